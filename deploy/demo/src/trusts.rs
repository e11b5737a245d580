//! The nine trusts, and how the extracts of each look.

/// What kind of care a trust gives: it decides which posts it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Acute,
    Cancer,
    MentalHealth,
}

/// A trust of the demo.
pub(crate) struct Trust {
    pub(crate) ods_code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) setting: Setting,
    pub(crate) style: Style,
}

/// The habits of a trust's extract.
#[expect(
    clippy::struct_excessive_bools,
    reason = "habits are independent of each other"
)]
pub(crate) struct Style {
    /// Begins with a byte-order mark.
    pub(crate) bom: bool,
    /// Saved by an old spreadsheet: `import --encoding windows-1252`.
    pub(crate) windows_1252: bool,
    /// Lines end in CR LF.
    pub(crate) crlf: bool,
    /// Most dates are written like this.
    pub(crate) dates: Dates,
    pub(crate) grades: Grades,
    pub(crate) ethnicity: Ethnicity,
    /// `Female` or `F`, `Yes` or `Y`.
    pub(crate) short_values: bool,
    /// Lists the further assignment of a person before the primary one.
    pub(crate) secondary_first: bool,
}

/// A way to write dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dates {
    /// 31/12/1979
    Slashes,
    /// 1979-12-31
    Iso,
    /// 31-Dec-1979
    Month,
    /// 31-DEC-79
    Oracle,
    /// 1979-12-31 00:00:00
    Timestamp,
    /// Days since 30 December 1899
    Serial,
}

/// A way to write grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grades {
    /// Review Body Band 5
    Long,
    /// XR05
    Scale,
    /// NHS|XR05|Review Body Band 5
    Parts,
}

/// A way to write ethnic categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ethnicity {
    /// A White - British
    CodeAndLabel,
    /// A
    Code,
    /// White - British
    Label,
}

pub(crate) const TRUSTS: [Trust; 9] = [
    trust(
        "R0A",
        "Manchester University",
        Setting::Acute,
        Style {
            bom: true,
            dates: Dates::Slashes,
            grades: Grades::Parts,
            ..PLAIN
        },
    ),
    trust(
        "RM3",
        "Northern Care Alliance",
        Setting::Acute,
        Style {
            crlf: true,
            dates: Dates::Month,
            secondary_first: true,
            ..PLAIN
        },
    ),
    trust(
        "RMC",
        "Bolton",
        Setting::Acute,
        Style {
            dates: Dates::Iso,
            ethnicity: Ethnicity::Code,
            short_values: true,
            ..PLAIN
        },
    ),
    trust(
        "RMP",
        "Tameside and Glossop",
        Setting::Acute,
        Style {
            dates: Dates::Oracle,
            grades: Grades::Scale,
            ..PLAIN
        },
    ),
    trust(
        "RRF",
        "Wrightington, Wigan and Leigh",
        Setting::Acute,
        Style {
            bom: true,
            crlf: true,
            dates: Dates::Serial,
            ethnicity: Ethnicity::Label,
            ..PLAIN
        },
    ),
    trust(
        "RWJ",
        "Stockport",
        Setting::Acute,
        Style {
            windows_1252: true,
            crlf: true,
            secondary_first: true,
            ..PLAIN
        },
    ),
    trust(
        "RBV",
        "The Christie",
        Setting::Cancer,
        Style {
            dates: Dates::Timestamp,
            grades: Grades::Parts,
            ..PLAIN
        },
    ),
    trust(
        "RT2",
        "Pennine Care",
        Setting::MentalHealth,
        Style {
            dates: Dates::Month,
            short_values: true,
            ..PLAIN
        },
    ),
    trust(
        "RXV",
        "Greater Manchester Mental Health",
        Setting::MentalHealth,
        Style {
            bom: true,
            grades: Grades::Scale,
            ethnicity: Ethnicity::Label,
            ..PLAIN
        },
    ),
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

const fn trust(
    ods_code: &'static str,
    name: &'static str,
    setting: Setting,
    style: Style,
) -> Trust {
    Trust {
        ods_code,
        name,
        setting,
        style,
    }
}
