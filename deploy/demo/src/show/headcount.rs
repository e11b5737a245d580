//! Headcount by staff group, beside what is published.
//!
//! The publication groups by occupation code and VWIS by the ten NWD staff groups, so the comparison
//! is made over roles, which follow the occupation code too: see `data/SOURCES.md`.

use std::io::Write;

use vwis_model::dictionary::{Attribute, Dictionary};

use super::{
    Picture, Value,
    layout::{Columns, day, month, people},
};
use crate::{published::Group, trusts::trusts, truth::SYSTEM};

const SERIES: &str = "headline";

/// A column of the comparison: published groups, and the roles of the same people.
struct Kind {
    label: &'static str,
    groups: &'static [Group],
    has: fn(profession: &str, role: &str) -> bool,
}

const KINDS: [Kind; 8] = [
    Kind {
        label: "doctors",
        groups: &[Group::Doctors],
        has: |profession, _| profession == "medical",
    },
    Kind {
        label: "nurses",
        groups: &[Group::Nurses],
        has: |profession, _| profession == "nursing",
    },
    Kind {
        label: "midwives",
        groups: &[Group::Midwives],
        has: |profession, _| profession == "midwifery",
    },
    Kind {
        label: "ST&T¹",
        groups: &[Group::Scientific, Group::Ambulance],
        has: |profession, _| matches!(profession, "ahp" | "scientific"),
    },
    Kind {
        label: "support²",
        groups: &[
            Group::SupportClinical,
            Group::SupportScientific,
            Group::SupportAmbulance,
            Group::Central,
        ],
        has: |profession, role| {
            matches!(profession, "support" | "other") || role == "administrator"
        },
    },
    Kind {
        label: "estates",
        groups: &[Group::Estates],
        has: |_, role| role == "estates_and_facilities",
    },
    Kind {
        label: "managers",
        groups: &[Group::Managers, Group::SeniorManagers],
        has: |_, role| role == "manager",
    },
    Kind {
        label: "unknown",
        groups: &[Group::Unclassified],
        has: |profession, _| profession == "unknown",
    },
];

/// Prints trusts and system beside the publication, then the system by NWD staff group.
pub(crate) fn show(out: &mut impl Write, picture: &Picture<'_>) -> anyhow::Result<()> {
    let latest = picture.published.latest();
    let published_on = month(latest.month(), latest.year());
    writeln!(
        out,
        "\nHEADCOUNT on {}, and as published for {published_on}",
        day(picture.period),
    )?;
    if picture.scale < 0.5 {
        writeln!(
            out,
            "  Published × {}. Noise does not shrink with the staff: at this scale it drowns most cells.",
            picture.scale
        )?;
    }
    let header = KINDS.iter().map(|kind| kind.label);
    let mut columns = Columns::new(["  people"].into_iter().chain(header).chain(["all⁴"]));
    let mut whole = [0.0; 9];
    for trust in trusts() {
        let name = format!("{} {}", trust.ods_code, trust.name);
        columns.row(
            [name]
                .into_iter()
                .chain(estimates(picture, trust.ods_code).map(|v| people(v.estimate))),
        );
        let published = published(picture, trust.ods_code);
        whole
            .iter_mut()
            .zip(published)
            .for_each(|(sum, own)| *sum += own);
        let label = if picture.published.is_estimated(trust.ods_code) {
            "      estimated³"
        } else {
            "      published"
        };
        columns.row([label.to_owned()].into_iter().chain(published.map(people)));
    }
    let system = estimates(picture, SYSTEM);
    columns.row(
        ["All together".to_owned()]
            .into_iter()
            .chain(system.map(|v| people(v.estimate))),
    );
    columns.row(
        ["      published or estimated".to_owned()]
            .into_iter()
            .chain(whole.map(people)),
    );
    let width = |value: Value| format!("±{}", people(value.half_width().ceil()));
    columns.row(
        ["95%: a trust".to_owned()]
            .into_iter()
            .chain(estimates(picture, trusts()[0].ods_code).map(width)),
    );
    columns.row(
        ["     all together".to_owned()]
            .into_iter()
            .chain(system.map(width)),
    );
    columns.print(out)?;
    writeln!(
        out,
        "  Published groups go by occupation code, ours here by role, which mostly does too. ¹ Scientific, therapeutic,\n  \
         technical, with paramedics. ² Support to clinical staff and central functions: clerical staff are in both.\n  \
         ³ From FTE of June 2018 and heads per FTE of acute trusts, or from the place pack's headcount in groups as at\n  \
         trusts of their kind: services have moved since.\n  \
         ⁴ Sum of the groups; a person in two groups is in both, so it is up to 0.2% above the published total."
    )?;
    show_staff_groups(out, picture)
}

fn show_staff_groups(out: &mut impl Write, picture: &Picture<'_>) -> anyhow::Result<()> {
    let heads = picture.table(SERIES, SYSTEM, "staff_group");
    let fte = picture.table("fte", SYSTEM, "staff_group");
    writeln!(
        out,
        "\nALL TOGETHER by staff group of the National Workforce Data Set"
    )?;
    let mut columns = Columns::new(["", "people", "95% interval", "FTE", "95% interval"]);
    let interval = |value: Value| {
        let (low, high) = (
            value.estimate - value.half_width(),
            value.estimate + value.half_width(),
        );
        format!("{} to {}", people(low.floor()), people(high.ceil()))
    };
    let mut row = |label: &str, heads: Value, fte: Value| {
        columns.row([
            label.to_owned(),
            people(heads.estimate),
            interval(heads),
            people(fte.estimate),
            interval(fte),
        ]);
    };
    let staff_group = picture.dictionary.attribute("staff_group");
    for category in staff_group.into_iter().flat_map(Attribute::categories) {
        if let (Some(heads), Some(fte)) = (heads.get(category.code()), fte.get(category.code())) {
            row(category.label(), *heads, *fte);
        }
    }
    row(
        "All",
        picture.total(SERIES, SYSTEM),
        picture.total("fte", SYSTEM),
    );
    columns.print(out)?;
    Ok(())
}

/// The estimates of the kinds, and of the total.
fn estimates(picture: &Picture<'_>, org: &str) -> [Value; 9] {
    let roles = picture.table(SERIES, org, "role");
    let total = picture.total(SERIES, org);
    let mut values = [total; 9];
    for (value, kind) in values.iter_mut().zip(&KINDS) {
        let own = codes(picture.dictionary, kind);
        let cells: Vec<Value> = own
            .iter()
            .filter_map(|code| roles.get(code).copied())
            .collect();
        *value = sum(&cells, roles.len(), total);
    }
    values
}

/// The sum of some cells of a table of one attribute. Its cells are exchangeable: any two have the
/// same covariance c, and all n sum to the total, so n·v + n(n − 1)·c = Var(total) gives c.
#[expect(clippy::cast_precision_loss, reason = "fewer than 64 categories")]
fn sum(cells: &[Value], of: usize, total: Value) -> Value {
    let estimate = cells.iter().map(|cell| cell.estimate).sum();
    let (k, n) = (cells.len() as f64, of as f64);
    let variance = cells.first().map_or(0.0, |cell| cell.sd.powi(2));
    let covariance = if of > 1 {
        (total.sd.powi(2) - n * variance) / (n * (n - 1.0))
    } else {
        0.0
    };
    let variance = k * variance + k * (k - 1.0) * covariance;
    Value {
        estimate,
        sd: variance.max(0.0).sqrt(),
    }
}

fn codes(dictionary: &'static Dictionary, kind: &Kind) -> Vec<&'static str> {
    let Some(role) = dictionary.attribute("role") else {
        return Vec::new();
    };
    let profession = |index| {
        let grouping = role.grouping("profession")?;
        Some(grouping.group_of(index)?.code())
    };
    let own = role
        .categories()
        .iter()
        .enumerate()
        .filter(|(index, category)| {
            profession(*index).is_some_and(|profession| (kind.has)(profession, category.code()))
        });
    own.map(|(_, category)| category.code()).collect()
}

fn published(picture: &Picture<'_>, ods_code: &str) -> [f64; 9] {
    let latest = picture.published.latest();
    let mut figures = [0.0; 9];
    for (figure, kind) in figures.iter_mut().zip(&KINDS) {
        let groups = kind.groups.iter();
        *figure = groups
            .map(|group| picture.published.headcount(ods_code, *group, latest) * picture.scale)
            .sum();
    }
    figures[8] = figures[..8].iter().sum();
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_and_every_published_group_is_in_exactly_one_column() {
        let dictionary = vwis_model::here::dictionary();
        let role = dictionary.attribute("role").unwrap();
        for category in role.categories() {
            let columns = KINDS
                .iter()
                .filter(|kind| codes(dictionary, kind).contains(&category.code()));
            assert_eq!(columns.count(), 1, "{}", category.code());
        }
        for group in Group::ALL {
            let columns = KINDS.iter().filter(|kind| kind.groups.contains(&group));
            assert_eq!(columns.count(), 1, "{group:?}");
        }
    }

    #[test]
    fn the_sum_of_all_cells_is_as_doubtful_as_the_total() {
        let total = Value {
            estimate: 30.0,
            sd: 2.0,
        };
        let cell = Value {
            estimate: 10.0,
            sd: 5.0,
        };
        let all = sum(&[cell; 3], 3, total);
        assert!((all.sd - 2.0).abs() < 1e-9 && (all.estimate - 30.0).abs() < 1e-9);
        let one = sum(&[cell], 3, total);
        assert!((one.sd - 5.0).abs() < 1e-9);
    }
}
