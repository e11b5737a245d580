//! Charts that several pages draw from what indicators told.

use vwis_proto::period::Period;

use super::{Told, told::is_total, words};
use crate::{
    estimate::{Figure, Unit, Verdict},
    indicator::{Category, Finding},
    page::{
        Html, Sentence, Standing, Tag,
        chart::{AgeBand, Chart, Fan, Framed, Horizon, Panel, Point, Pyramid, Row, RowChart},
        markup::Part,
        sentence,
    },
};

/// The code of what is not known, in every attribute.
pub(super) const UNKNOWN: &str = "unknown";
/// Months that one step of a trend's axis is.
const MONTHS_A_YEAR: f64 = 12.0;

/// Rows of one measure along one dimension: all together left out, what is not known last. `link` says
/// where a row leads.
pub(super) fn rows(
    told: &Told,
    measure: &str,
    dimension: usize,
    link: impl Fn(&Category) -> Option<String>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for finding in told.of(measure) {
        let category = &finding.group[dimension];
        if is_total(category) {
            continue;
        }
        let mut row = Row::new(&category.label, finding.figure);
        if let Some(href) = link(category) {
            row = row.linked(href);
        }
        if category.code == UNKNOWN {
            row = row.last();
        }
        if let Some(benchmark) = &finding.benchmark {
            row = row.standing(Standing::of(
                &finding.figure,
                benchmark.value,
                finding.verdict,
            ));
        }
        rows.push(row);
    }
    rows
}

/// The same, each held against one value: the whole that they are parts of.
pub(super) fn rows_against(
    told: &Told,
    measure: &str,
    dimension: usize,
    whole: Option<f64>,
    link: impl Fn(&Category) -> Option<String>,
) -> Vec<Row> {
    let judged = |row: Row| match (whole, row.figure().copied()) {
        (Some(whole), Some(figure)) => row.standing(Standing::of(&figure, whole, None)),
        _ => row,
    };
    rows(told, measure, dimension, link)
        .into_iter()
        .map(judged)
        .collect()
}

/// Without a page of its own.
pub(super) fn unlinked(_: &Category) -> Option<String> {
    None
}

/// A chart of rows in its frame.
pub(super) fn framed(
    told: &Told,
    chart: &impl Chart,
    title: impl Into<String>,
    unit: &str,
    note: impl Into<String>,
) -> Framed {
    Framed::around(chart, title, format!("{unit}, {}", told.of_whom_and_when()))
        .behind(told.foot(note))
}

/// Counts of people by one dimension, with bars.
pub(super) fn people_by(
    told: &Told,
    (dimension, heading): (usize, &str),
    title: &str,
    link: impl Fn(&Category) -> Option<String>,
) -> Html {
    let rows = rows(told, "headcount", dimension, link);
    let chart = RowChart::new(title, (heading, "People"), Unit::People, rows);
    framed(
        told,
        &chart,
        title,
        "People",
        "Counts are people by employer: someone with two employers is counted twice.",
    )
    .html()
}

/// An age pyramid of women and men, the youngest at the bottom. `told` is of people whose last two
/// dimensions are age band and gender; `within` are the categories of those before.
pub(super) fn pyramid(id: &str, told: &Told, within: &[&str], title: &str) -> Html {
    let figure = |age: &str, gender: &str| {
        let group: Vec<_> = within.iter().copied().chain([age, gender]).collect();
        told.figure("headcount", &group)
    };
    let age = within.len();
    let mut bands: Vec<AgeBand> = Vec::new();
    for finding in told.of("headcount") {
        let category = &finding.group[age];
        let is_new = bands.last().is_none_or(|band| band.label != category.label);
        if is_total(category) || category.code == UNKNOWN || !is_new {
            continue;
        }
        if let (Some(left), Some(right)) = (
            figure(&category.code, "female"),
            figure(&category.code, "male"),
        ) {
            bands.push(AgeBand {
                label: category.label.clone(),
                left,
                right,
            });
        }
    }
    let chart = Pyramid::new(id, title, ("Women", "Men"), Unit::People, bands);
    let note = "People of another, or of no known gender, and those of unknown age are in the CSV.";
    framed(told, &chart, title, "People by age band and gender", note).html()
}

/// Who of those aged 55 and over may have left by when: `told` by the retirement outlook, of the group
/// whose categories are `within`.
pub(super) fn fan(id: &str, told: &Told, within: &[&str], title: &str) -> Option<Framed> {
    let at = |measure: &str, horizon: &str| {
        let group: Vec<_> = within.iter().copied().chain([horizon]).collect();
        told.figure(measure, &group)
    };
    let horizons = [(1, "years_1"), (3, "years_3"), (5, "years_5")];
    let horizons: Option<Vec<Horizon>> = horizons
        .into_iter()
        .map(|(years, code)| {
            Some(Horizon {
                years,
                noise: at("expected_leavers", code)?,
                rates: at("expected_leavers_with_rates", code)?,
            })
        })
        .collect();
    let chart = Fan::new(
        id,
        "Expected leavers aged 55 and over",
        "People",
        Unit::People,
        horizons?,
    );
    let note = "England leaver rates by staff group and age. Does not count people who retire and return \
        within the year.";
    let unit = "Expected leavers of today's people aged 55 and over, running total";
    Some(framed(told, &chart, title, unit, note))
}

/// A series over all releases, of the group whose categories are `within`; `told` by the trend.
pub(super) fn points(told: &Told, measure: &str, within: &[&str]) -> Vec<Point> {
    let mut points = Vec::new();
    for finding in told.of(measure) {
        let (period, group) = finding
            .group
            .split_last()
            .expect("a trend is told by period");
        if !group
            .iter()
            .map(|category| category.code.as_str())
            .eq(within.iter().copied())
        {
            continue;
        }
        if let Ok(period) = period.code.parse::<Period>() {
            points.push(point(period, Some(finding.figure)));
        }
    }
    points
}

/// One release on an axis of time.
pub(super) fn point(period: Period, figure: Option<Figure>) -> Point {
    Point {
        label: words::short_date(period),
        at: f64::from(period.year()) + f64::from(period.month()) / MONTHS_A_YEAR,
        figure,
        has_fewer: false,
    }
}

/// The verdict on a change, and its sentence.
pub(super) fn change(finding: &Finding, what: &str, than: &str) -> (Tag, Sentence) {
    let verdict = finding.verdict.unwrap_or(Verdict::CannotTell);
    (
        Tag::of_change(&finding.figure, verdict),
        sentence::change(&finding.figure, verdict, what, than),
    )
}

/// One panel of a trend, with the verdict on its change.
pub(super) fn panel(
    name: &str,
    points: Vec<Point>,
    change_told: Option<&Finding>,
    (what, than): (&str, &str),
) -> Option<Panel> {
    let (tag, says) = change(change_told?, what, than);
    Some(Panel {
        name: name.to_owned(),
        says,
        tag,
        points,
    })
}
