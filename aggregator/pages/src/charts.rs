//! Charts that several pages draw from the answers of indicators.

use vwis_model::period::Period;

use super::{At, Gap, IndicatorAnswer, indicator_answer::is_total, words};
use crate::{
    estimate::{Figure, Unit, Verdict},
    indicator::{Category, Finding},
    ui::{
        Comparison, DisplayedFigure, Html, Sentence, Tag,
        chart::{AgeBand, Chart, Fan, Framed, Horizon, Point, Pyramid, Row, RowChart},
        markup::Part,
        sentence,
    },
};

/// The code that the unknown category has in every attribute.
pub(super) const UNKNOWN: &str = "unknown";
/// All ethnic minority groups together, where a share is of them.
pub(super) const BME: (&str, &str) = ("ethnic_group", "bme");
/// The note under every count over several employers.
pub(super) const PEOPLE_BY_EMPLOYER: &str =
    "Counts are people by employer: someone with two employers is counted twice.";
/// From this many unreadable rows on, hide them and say how many.
const MANY_UNSEEN: usize = 6;
/// Months in a year: the axis of a trend counts years.
const MONTHS_A_YEAR: f64 = 12.0;

/// The rows of one measure along one dimension, at these categories of the other dimensions. The total is
/// left out, and the unknown category stands last. `link` gives the address that a row leads to.
pub(super) fn rows(
    answer: &IndicatorAnswer,
    measure: &str,
    dimension: &str,
    at: At<'_>,
    link: impl Fn(&Category) -> Option<String>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for finding in answer.within(measure, at) {
        let Some(category) = answer.category(finding, dimension) else {
            continue;
        };
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
        if let Some(date) = answer.earlier_date(finding) {
            row = row.noted(date);
        }
        if let Some(benchmark) = &finding.benchmark {
            row = row.compared(Comparison::of(
                &finding.figure,
                benchmark.value,
                finding.verdict,
            ));
        }
        rows.push(row);
    }
    rows
}

/// Where a row stands against a value: by the indicator's verdict, if the indicator compared it with this
/// value.
pub(super) fn held_against(row: &Finding, value: f64) -> Comparison {
    let own = row.benchmark.as_ref();
    let is_own = own.is_some_and(|benchmark| benchmark.value.to_bits() == value.to_bits());
    compared(&row.figure, value, row.verdict.filter(|_| is_own))
}

/// Where a figure stands against a value. A share without a verdict is judged by the rule for shares.
pub(super) fn compared(figure: &Figure, value: f64, verdict: Option<Verdict>) -> Comparison {
    let as_shares = (figure.unit() == Unit::Share).then(|| Verdict::looks_like(figure, value));
    Comparison::of(figure, value, verdict.or(as_shares))
}

/// Reverses rows that go from low to high, so that the highest stands first; the unknown one stays last.
pub(super) fn highest_first(mut rows: Vec<Row>) -> Vec<Row> {
    let unknown = rows.pop_if(|row| row.is_last());
    rows.reverse();
    rows.extend(unknown);
    rows
}

/// Removes the rows that are too noisy to show if there are many, and returns how many these were.
///
/// # Errors
/// A gap where no row is left.
pub(super) fn without_the_unseen(rows: Vec<Row>, what: &str) -> Result<(Vec<Row>, usize), Gap> {
    let is_seen = |row: &Row| row.figure().is_none_or(Figure::is_shown);
    let unseen = rows.iter().filter(|row| !is_seen(row)).count();
    if unseen < MANY_UNSEEN {
        return Ok((rows, 0));
    }
    if unseen == rows.len() {
        return Err(Gap::new(format!(
            "none of the {what} has enough people here to be told from the noise"
        )));
    }
    Ok((rows.into_iter().filter(is_seen).collect(), unseen))
}

/// A note that says how many rows were left out for having too few people, if any were; `note` follows it.
pub(super) fn with_the_unseen(what: &str, unseen: usize, note: &str) -> String {
    match unseen {
        0 => note.to_owned(),
        unseen => format!(
            "{unseen} other {what} have too few people here to be told from the noise; the CSV has them. \
             {note}"
        ),
    }
}

/// Gives no row a link.
pub(super) fn unlinked(_: &Category) -> Option<String> {
    None
}

/// A chart of rows in its frame, with title, unit and foot.
pub(super) fn framed(
    answer: &IndicatorAnswer,
    chart: &impl Chart,
    title: impl Into<String>,
    unit: &str,
    note: impl Into<String>,
) -> Framed {
    Framed::around(
        chart,
        title,
        format!("{unit}, {}", answer.of_whom_and_when()),
    )
    .behind(answer.foot(note))
}

/// A row chart with bars: counts of people by one dimension. `answer` is that of `composition`.
pub(super) fn people_by(
    answer: &IndicatorAnswer,
    (dimension, heading): (&str, &str),
    at: At<'_>,
    title: &str,
    link: impl Fn(&Category) -> Option<String>,
) -> Html {
    let rows = rows(answer, "headcount", dimension, at, link);
    let chart = RowChart::new(title, (heading, "People"), Unit::People, rows);
    framed(answer, &chart, title, "People", PEOPLE_BY_EMPLOYER).html()
}

/// An age pyramid of women and men, with the youngest at the bottom. `answer` is that of `composition` by
/// age band and gender.
pub(super) fn pyramid(id: &str, answer: &IndicatorAnswer, at: At<'_>, title: &str) -> Html {
    let figure = |age: &str, gender: &str| {
        let at: Vec<_> = at
            .iter()
            .copied()
            .chain([("age_band", age), ("gender", gender)])
            .collect();
        answer.figure("headcount", &at)
    };
    let mut bands: Vec<AgeBand> = Vec::new();
    let mut previous = None;
    for finding in answer.within("headcount", at) {
        let Some(age) = answer.category(finding, "age_band") else {
            continue;
        };
        let is_new = previous != Some(age.code.as_str());
        previous = Some(&age.code);
        if is_total(age) || age.code == UNKNOWN || !is_new {
            continue;
        }
        if let (Some(left), Some(right)) = (figure(&age.code, "female"), figure(&age.code, "male"))
        {
            bands.push(AgeBand {
                // On a phone the space between the two sides is narrow.
                label: age.label.replace(" and over", "+"),
                left,
                right,
            });
        }
    }
    let chart = Pyramid::new(id, title, ("Women", "Men"), Unit::People, bands);
    let note = "People of another, or of no known gender, and those of unknown age are in the CSV.";
    framed(answer, &chart, title, "People by age band and gender", note).html()
}

/// How many of those aged 55 and over may have left by when. `answer` is that of the retirement outlook.
pub(super) fn fan(id: &str, answer: &IndicatorAnswer, at: At<'_>) -> Result<Html, Gap> {
    let figure = |measure: &str, horizon: &str| {
        let at: Vec<_> = at.iter().copied().chain([("horizon", horizon)]).collect();
        answer.figure(measure, &at)
    };
    let horizons = [(1, "years_1"), (3, "years_3"), (5, "years_5")];
    let horizons: Option<Vec<Horizon>> = horizons
        .into_iter()
        .map(|(years, code)| {
            Some(Horizon {
                years,
                noise: figure("expected_leavers", code)?,
                rates: figure("expected_leavers_with_rates", code)?,
            })
        })
        .collect();
    let horizons = horizons.ok_or_else(|| Gap::new("there is no outlook in these releases"))?;
    let title = horizons
        .iter()
        .find(|horizon| horizon.years == 3)
        .and_then(|horizon| DisplayedFigure::of(&horizon.rates).value_text())
        .map_or_else(
            || "Who of those aged 55 and over may leave".to_owned(),
            |people| {
                format!("About {people} of those aged 55 and over may leave within three years")
            },
        );
    let name = "Expected leavers aged 55 and over";
    let chart = Fan::new(id, name, "People", Unit::People, horizons);
    let note = "England leaver rates by staff group and age. Does not count people who retire and return \
        within the year.";
    let unit = "Expected leavers of today's people aged 55 and over, running total";
    Ok(framed(answer, &chart, title, unit, note).html())
}

/// The points of a series over all releases. `answer` is that of the trend.
pub(super) fn points(answer: &IndicatorAnswer, measure: &str, at: At<'_>) -> Vec<Point> {
    let mut points = Vec::new();
    for finding in answer.within(measure, at) {
        let period = answer.category(finding, "period");
        if let Some(period) = period.and_then(|one| one.code.parse::<Period>().ok()) {
            points.push(point(period, Some(finding.figure)));
        }
    }
    points
}

/// A release as a point on an axis of time, which counts years.
pub(super) fn point(period: Period, figure: Option<Figure>) -> Point {
    Point {
        label: words::short_date(period),
        at: f64::from(period.year()) + f64::from(period.month()) / MONTHS_A_YEAR,
        figure,
        has_fewer: false,
    }
}

/// The tag of a change's verdict, and the sentence about the change.
pub(super) fn change(finding: &Finding, what: &str, than: &str) -> (Tag, Sentence) {
    let verdict = finding.verdict.unwrap_or(Verdict::CannotTell);
    (
        Tag::of_change(&finding.figure, verdict),
        sentence::change(&finding.figure, verdict, what, than),
    )
}
