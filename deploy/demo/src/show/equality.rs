//! The share of each ethnic group by band, with intervals.
//!
//! A share is p = X/T, for a table's cell X and its band's total T. Its interval is
//! p ± 1.96·sd(X − p·T)/T. All cells of a band are exchangeable and sum to T, so cov(X, T) = Var(T)/n
//! over n groups, and Var(X − p·T) = Var(X) − 2p·Var(T)/n + p²·Var(T), exactly. It is meant for a T of
//! more than five standard deviations, where it differs little from the posterior; smaller bands are
//! named instead.

use std::io::Write;

use vwis_model::agreement::Agreement;

use super::{
    Picture, Value, Z_95,
    layout::{Columns, day},
};
use crate::truth::SYSTEM;

const SERIES: &str = "detail";
/// The largest half-width of an interval that is shown, in percentage points.
const WIDEST: f64 = 12.0;

/// Prints the shares of ethnic groups, band by band.
pub(crate) fn show(
    out: &mut impl Write,
    picture: &Picture<'_>,
    agreement: &Agreement,
) -> anyhow::Result<()> {
    let crossed = picture.table(SERIES, SYSTEM, "band+ethnic_group");
    let totals = picture.table(SERIES, SYSTEM, "band");
    let Some(series) = agreement.series_named(SERIES) else {
        return Ok(());
    };
    if crossed.is_empty() || totals.is_empty() {
        return Ok(());
    }
    // The picture holds each series' latest period.
    let (first, last) = agreement.term();
    let latest = first
        .through(last)
        .filter(|period| agreement.allows(series, *period))
        .last();
    let latest = latest.map_or(String::new(), day);
    writeln!(
        out,
        "\nETHNIC GROUPS BY BAND on {latest}, all together: share of the band in %, with its 95% interval"
    )?;
    let (Some(band), Some(ethnic_group)) = (
        picture.dictionary.attribute("band"),
        picture.dictionary.attribute("ethnic_group"),
    ) else {
        return Ok(());
    };
    let short = |label: &str| {
        label
            .split(" or ")
            .next()
            .unwrap_or(label)
            .replace("Any other ethnic group", "Other")
    };
    let header = ethnic_group
        .categories()
        .iter()
        .map(|category| short(category.label()));
    let mut columns = Columns::new([String::new()].into_iter().chain(header));
    let groups = ethnic_group.size();
    let mut small = Vec::new();
    for category in band.categories() {
        let Some(total) = totals.get(category.code()).copied() else {
            continue;
        };
        if category.code() == vwis_model::dictionary::UNKNOWN {
            continue;
        }
        let cells: Vec<_> = ethnic_group
            .categories()
            .iter()
            .filter_map(|group| {
                crossed.get(format!("{}+{}", category.code(), group.code()).as_str())
            })
            .map(|cell| share(*cell, total, groups))
            .collect();
        let is_small = total.estimate < 5.0 * total.sd;
        let label = category.label().trim_end_matches(" or dentist");
        if is_small || cells.iter().any(|(_, half)| 100.0 * half > WIDEST) {
            small.push(label);
        } else {
            columns.row(
                [label.to_owned()]
                    .into_iter()
                    .chain(cells.into_iter().map(text)),
            );
        }
    }
    columns.print(out)?;
    if !small.is_empty() {
        let small = small.join(", ");
        writeln!(
            out,
            "  Too few people for a share within ±{WIDEST} points: {small}."
        )?;
    }
    Ok(())
}

/// The share of a cell in its total, and the half-width of its interval.
#[expect(clippy::cast_precision_loss, reason = "fewer than 64 categories")]
fn share(cell: Value, total: Value, groups: usize) -> (f64, f64) {
    let p = (cell.estimate / total.estimate).clamp(0.0, 1.0);
    let whole = total.sd.powi(2);
    let variance = cell.sd.powi(2) - 2.0 * p * whole / groups as f64 + p * p * whole;
    (p, Z_95 * variance.max(0.0).sqrt() / total.estimate)
}

fn text((share, half): (f64, f64)) -> String {
    format!("{:.1} ±{:.1}", 100.0 * share, 100.0 * half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_band_that_is_all_one_group_is_as_exact_as_the_algebra_says() {
        let total = Value {
            estimate: 1000.0,
            sd: 10.0,
        };
        let cell = Value {
            estimate: 1000.0,
            sd: 10.0,
        };
        let (p, half) = share(cell, total, 7);
        assert!((p - 1.0).abs() < 1e-12);
        // The variance is 100 − 200/7 + 100.
        let expected = Z_95 * (200.0_f64 - 200.0 / 7.0).sqrt() / 1000.0;
        assert!((half - expected).abs() < 1e-12);
        assert_eq!(text((0.123_4, 0.004)), "12.3 ±0.4");
    }
}
