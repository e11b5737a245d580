//! The trusts of the place, and what the extracts of each look like.

use std::sync::LazyLock;

use vwis_model::{here, place::Setting};

/// A trust of the demo.
pub(crate) struct Trust {
    pub(crate) ods_code: &'static str,
    pub(crate) name: &'static str,
    /// The care that it gives, which decides what posts it has.
    pub(crate) setting: Setting,
    /// The codes of the localities in which its sites are.
    pub(crate) localities: &'static [String],
    /// The number of its people, if the place pack says.
    pub(crate) headcount: Option<u32>,
    pub(crate) style: &'static Style,
}

/// The habits of a trust's extract.
#[expect(
    clippy::struct_excessive_bools,
    reason = "habits are independent of each other"
)]
pub(crate) struct Style {
    /// The extract begins with a byte-order mark.
    pub(crate) bom: bool,
    /// An old spreadsheet saved it, so it takes `import --encoding windows-1252`.
    pub(crate) windows_1252: bool,
    /// Lines end in CR LF.
    pub(crate) crlf: bool,
    /// How most dates are written.
    pub(crate) dates: Dates,
    pub(crate) grades: Grades,
    pub(crate) ethnicity: Ethnicity,
    /// Whether it writes `F` for `Female` and `Y` for `Yes`.
    pub(crate) short_values: bool,
    /// Whether it lists a person's further assignments before the primary one.
    pub(crate) secondary_first: bool,
}

/// A way to write dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dates {
    /// Such as `31/12/1979`.
    Slashes,
    /// Such as `1979-12-31`.
    Iso,
    /// Such as `31-Dec-1979`.
    Month,
    /// Such as `31-DEC-79`.
    Oracle,
    /// Such as `1979-12-31 00:00:00`.
    Timestamp,
    /// The number of days since 30 December 1899.
    Serial,
}

/// A way to write grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grades {
    /// Such as `Review Body Band 5`.
    Long,
    /// Such as `XR05`.
    Scale,
    /// Such as `NHS|XR05|Review Body Band 5`.
    Parts,
}

/// A way to write ethnic categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ethnicity {
    /// Such as `A White - British`.
    CodeAndLabel,
    /// Such as `A`.
    Code,
    /// Such as `White - British`.
    Label,
}

/// The employers of this process's place, in its order. Each has habits of its own; from the tenth on they
/// repeat.
pub(crate) fn trusts() -> &'static [Trust] {
    static TRUSTS: LazyLock<Vec<Trust>> = LazyLock::new(|| {
        let employers = here::place().employers().iter();
        employers
            .zip(STYLES.iter().cycle())
            .map(|(employer, style)| Trust {
                ods_code: employer.ods_code.as_str(),
                name: &employer.name,
                setting: employer.setting,
                localities: &employer.localities,
                headcount: employer.headcount,
                style,
            })
            .collect()
    });
    &TRUSTS
}

const STYLES: [Style; 9] = [
    Style {
        bom: true,
        dates: Dates::Slashes,
        grades: Grades::Parts,
        ..PLAIN
    },
    Style {
        crlf: true,
        dates: Dates::Month,
        secondary_first: true,
        ..PLAIN
    },
    Style {
        dates: Dates::Iso,
        ethnicity: Ethnicity::Code,
        short_values: true,
        ..PLAIN
    },
    Style {
        dates: Dates::Oracle,
        grades: Grades::Scale,
        ..PLAIN
    },
    Style {
        bom: true,
        crlf: true,
        dates: Dates::Serial,
        ethnicity: Ethnicity::Label,
        ..PLAIN
    },
    Style {
        windows_1252: true,
        crlf: true,
        secondary_first: true,
        ..PLAIN
    },
    Style {
        dates: Dates::Timestamp,
        grades: Grades::Parts,
        ..PLAIN
    },
    Style {
        dates: Dates::Month,
        short_values: true,
        ..PLAIN
    },
    Style {
        bom: true,
        grades: Grades::Scale,
        ethnicity: Ethnicity::Label,
        ..PLAIN
    },
];

const PLAIN: Style = Style {
    bom: false,
    windows_1252: false,
    crlf: false,
    dates: Dates::Slashes,
    grades: Grades::Long,
    ethnicity: Ethnicity::CodeAndLabel,
    short_values: false,
    secondary_first: false,
};
