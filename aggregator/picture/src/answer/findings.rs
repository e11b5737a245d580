//! An indicator's findings as a sheet.

use uuid::Uuid;
use vwis_model::period::Period;

use crate::{
    estimate::{Reliability, Verdict},
    export::{Cell, Column, Kind, RELIABILITY},
    indicator::{Finding, Findings},
    picture::Whose,
};

/// The name of the column with the period of the release that a row comes from. It is not `period` because an
/// indicator may tell its rows apart by a dimension of that name.
pub(super) const RELEASE_PERIOD: &str = "release_period";
/// The name of the column that says whose numbers a row holds.
pub(super) const ORGANISATION: &str = "organisation";

/// The column that says whose numbers a row holds.
pub(super) fn organisation() -> Column {
    text(
        ORGANISATION,
        "Whose",
        "ODS codes of the employers that the row is of, joined by +; or system.",
    )
    .machines()
}

/// The column with the day as of which the release counted.
pub(super) fn as_of() -> Column {
    text(
        "as_of",
        "As of",
        "The day that was counted: the last of the period.",
    )
    .machines()
}

/// The column with the other releases that a number rests on.
pub(super) fn pooled_with() -> Column {
    text(
        "pooled_with",
        "Pooled with",
        "The ids, with blanks between, of the other releases of the day that the number is a mean with: they count \
         the same people.",
    )
    .machines()
}

/// Ids with blanks between them; empty where there is none.
pub(super) fn ids(ids: impl Iterator<Item = Uuid>) -> Cell {
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    if ids.is_empty() {
        Cell::Empty
    } else {
        Cell::text(ids.join(" "))
    }
}

/// The columns of an indicator's findings: the same for every indicator except for its dimensions.
pub(super) fn columns(findings: &Findings) -> Vec<Column> {
    let mut columns = vec![organisation()];
    columns.extend(group_columns(findings));
    columns.extend(figure_columns());
    columns.extend(judgement_columns(findings));
    columns
}

fn text(name: &str, title: &str, description: &str) -> Column {
    Column::new(name, title, Kind::Text, description)
}

fn number(name: &str, title: &str, description: &str) -> Column {
    Column::new(name, title, Kind::Decimal, description)
}

fn group_columns(findings: &Findings) -> Vec<Column> {
    let mut columns = Vec::new();
    for dimension in &findings.dimensions {
        let (code, label) = (&dimension.code, &dimension.label);
        let title = format!("{label} (code)");
        columns.push(text(code, &title, "The code of the group; `total` for all.").machines());
        columns.push(text(
            &format!("{code}_label"),
            label,
            &format!("{label}: which one."),
        ));
    }
    columns
}

fn figure_columns() -> Vec<Column> {
    vec![
        text("measure", "Measure (code)", "What is measured.").machines(),
        text("measure_label", "Measure", "What is measured."),
        text(
            "unit",
            "Unit",
            "people, fte, share (0 to 1) or ratio.",
        )
        .machines(),
        number(
            "estimate",
            "Estimate",
            "The value, not rounded. A count is unbiased and may be below 0; empty where there is none, as \
             in a share of nobody.",
        )
        .machines(),
        number("sd", "Standard deviation", "Of the privacy noise, of counts and their differences.")
            .machines(),
        number("lower", "Lower end", "Of the 95% interval; 0 where a count, share or ratio would be less.")
            .machines(),
        number(
            "upper",
            "Upper end",
            "Of the 95% interval; empty where nothing bounds it.",
        )
        .machines(),
        number(
            "display",
            "About",
            "The value rounded. Empty where it is too noisy to show, and where noise took a part below \
             nobody, which is no share of 0: the interval says what can be.",
        ),
        text(
            "interval",
            "95% interval",
            "In 95 of 100 such tables the true number is in here; rounded outwards.",
        )
        .people(),
        text(
            "reliability_label",
            "Reliability",
            "By the width of the interval, never by the number; only a bound where noise took a part below \
             nobody.",
        )
        .people(),
        text(
            RELIABILITY,
            "Reliability (code)",
            "By the half-width of the 95% interval. Counts and ratios, relative to the number: good up to \
             15%, use_with_care up to 50%. Shares: good up to 5 points, use_with_care up to 20; \
             only_a_bound where noise took a part below nobody, so that there is no number. Else \
             too_noisy_to_show. Empty for differences, which have a verdict.",
        )
        .machines(),
    ]
}

fn judgement_columns(findings: &Findings) -> Vec<Column> {
    let judged = |column: Column, is_there: bool| if is_there { column } else { column.machines() };
    let has_benchmark = findings.rows.iter().any(|row| row.benchmark.is_some());
    let has_verdict = findings.rows.iter().any(|row| row.verdict.is_some());
    let has_note = findings.rows.iter().any(|row| row.note.is_some());
    let periods = findings
        .rows
        .windows(2)
        .any(|two| two[0].source.period != two[1].source.period);
    vec![
        judged(
            number("benchmark", "Against", "What the number is held against."),
            has_benchmark,
        ),
        judged(
            text("benchmark_label", "Which is", "What the benchmark is."),
            has_benchmark,
        ),
        text("verdict", "Verdict (code)", "yes, no or cannot_tell.").machines(),
        judged(
            text(
                "verdict_label",
                "Verdict",
                "The answer to the indicator's question, as far as the doubt allows.",
            ),
            has_verdict,
        ),
        judged(
            text("note", "Note", "What is to be known of this number."),
            has_note,
        ),
        judged(
            text(
                RELEASE_PERIOD,
                "Release of",
                "The period of the release it comes from.",
            ),
            periods,
        ),
        as_of(),
        text("series", "Series", "Of the agreement.").machines(),
        text("release", "Release", "The id of the release it comes from.").machines(),
        pooled_with(),
    ]
}

/// One row of cells, in the order of [`columns`].
pub(super) fn cells(finding: &Finding, whose: &Whose) -> Vec<Cell> {
    let mut cells = vec![Cell::text(whose.name())];
    for category in &finding.group {
        cells.extend([Cell::text(&category.code), Cell::text(&category.label)]);
    }
    let figure = finding.figure;
    let kind = Kind::from(figure.unit());
    let of = |value: Option<f64>| value.map_or(Cell::Empty, |value| Cell::Of(kind, value));
    let (lower, upper) = figure.interval();
    let reliability = figure.reliability();
    let optional = |text: Option<&str>| text.map_or(Cell::Empty, Cell::text);
    let benchmark = finding.benchmark.as_ref();
    cells.extend([
        Cell::text(finding.measure),
        Cell::text(finding.label),
        Cell::text(figure.unit().code()),
        of(figure.value()),
        of(figure.sd()),
        of(Some(lower)),
        of(Some(upper).filter(|upper| upper.is_finite())),
        Cell::displayed(&figure),
        Cell::text(figure.interval_text()),
        optional(reliability.map(Reliability::in_words)),
        optional(reliability.map(Reliability::code)),
        of(benchmark.map(|benchmark| benchmark.value)),
        optional(benchmark.map(|benchmark| benchmark.label.as_str())),
        optional(finding.verdict.map(Verdict::code)),
        optional(finding.verdict.map(Verdict::in_words)),
        optional(finding.note.as_deref()),
        Cell::text(&finding.source.period),
        finding
            .source
            .period
            .parse::<Period>()
            .map_or(Cell::Empty, |period| {
                Cell::text(period.last_day().to_string())
            }),
        Cell::text(&finding.source.series),
        Cell::text(finding.source.release.to_string()),
        ids(finding.source.pooled_with.iter().copied()),
    ]);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        estimate::{Figure, Unit},
        estimator::Source,
        indicator::{Benchmark, Category, Dimension},
    };

    fn finding(figure: Figure) -> Finding {
        let source = Source {
            series: "headline".to_owned(),
            period: "2026-09".to_owned(),
            release: Uuid::nil(),
            pooled_with: Vec::new(),
        };
        Finding::new(
            vec![Category::named("afc_5", "Band 5")],
            ("bme", "BME"),
            figure,
            source,
        )
    }

    #[test]
    fn every_row_has_a_cell_for_every_column_whatever_is_known() {
        let bare = finding(Figure::level(Unit::Ratio, None, 0.5, f64::INFINITY));
        let benchmark = Benchmark::exact(0.281, "Census 2021");
        let judged = finding(Figure::exact(Unit::Share, 0.3))
            .against(benchmark, Verdict::No)
            .noted("Look.");
        let findings = Findings {
            dimensions: vec![Dimension {
                code: "band".to_owned(),
                label: "Band".to_owned(),
            }],
            rows: vec![bare, judged],
            notes: Vec::new(),
        };
        let columns = columns(&findings);
        for row in &findings.rows {
            assert_eq!(cells(row, &Whose::System).len(), columns.len());
        }
        let at = |row: usize, name: &str| {
            let place = columns
                .iter()
                .position(|column| column.name == name)
                .unwrap();
            cells(&findings.rows[row], &Whose::System)[place].clone()
        };
        assert_eq!(at(0, "organisation"), Cell::text("system"));
        assert_eq!(at(0, "as_of"), Cell::text("2026-09-30"));
        assert_eq!(at(0, "upper"), Cell::Empty);
        assert_eq!(at(0, "interval"), Cell::text("0.50 or more"));
        assert_eq!(at(0, "estimate"), Cell::Empty);
        assert_eq!(at(1, "benchmark"), Cell::Of(Kind::Share, 0.281));
        assert_eq!(at(1, "verdict"), Cell::text("no"));
    }
}
