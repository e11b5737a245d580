//! Change since the first release, a panel for each group or employer, on one scale.

use vwis_proto::ods::OdsCode;

use super::{Ask, Gap, Reading, Told, charts, told::is_total};
use crate::{
    estimate::{Figure, Unit, thresholds::Z_95},
    indicator::Finding,
    page::{
        Html,
        chart::{Foot, Framed, Multiples, Panel, Point},
        markup::Part,
    },
};

/// Panels at most, on a page that is about something else: the largest groups.
pub(super) const FEW: usize = 6;
/// Panels at most where they are what the page is about.
pub(super) const MANY: usize = 12;

const NOTE: &str = "The first release is the base, which has no band: each later interval holds the noise of \
    both. What is too noisy in the first or the last release has no panel; the CSV has it.";

/// One panel to be, and how large its group is.
struct Group {
    name: String,
    size: f64,
    panel: Panel,
}

/// Of the largest categories of an attribute: `title` is `Change by staff group`.
pub(super) fn by(
    reading: &Reading<'_>,
    attribute: &'static str,
    title: &str,
    most: usize,
) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("trend").by(&[attribute]))?;
    let mut groups = Vec::new();
    for found in told.of("change_since_first") {
        let category = told.category(found, attribute);
        let Some(category) = category.filter(|one| !is_total(one) && one.code != charts::UNKNOWN)
        else {
            continue;
        };
        let points = charts::points(&told, "headcount", &[(attribute, &category.code)]);
        groups.extend(group(&category.label, points, found));
    }
    let unit = format!("{}, {}", unit(groups.len() > most), told.of_whom_and_when());
    Ok(framed(groups, title, &unit, told.foot(NOTE), most))
}

/// Of each employer.
pub(super) fn by_employer(reading: &Reading<'_>, employers: &[OdsCode]) -> Result<Html, Gap> {
    let ask = Ask::of("trend").by(&[]);
    let mut groups = Vec::new();
    let mut last: Option<Told> = None;
    for (code, told) in reading.ask_each(&ask, employers) {
        if let Some(found) = told.of("change_since_first").next() {
            let points = charts::points(&told, "headcount", &[]);
            groups.extend(group(reading.employer(&code), points, found));
        }
        last = Some(told);
    }
    let last = last.ok_or_else(|| Gap::new("no employer is in the releases of this"))?;
    let unit = format!("{}, {}", unit(groups.len() > MANY), last.date());
    let foot = reading.foot_of_each(&ask, NOTE);
    Ok(framed(groups, "Change by employer", &unit, foot, MANY))
}

fn unit(is_cut: bool) -> &'static str {
    if is_cut {
        "Change in people since the first release, of the largest groups; the same scale in every panel"
    } else {
        "Change in people since the first release; the same scale in every panel"
    }
}

fn group(name: &str, points: Vec<Point>, found: &Finding) -> Option<Group> {
    // A group that is too noisy at either end has no change to draw, and would flatten all others.
    let is_seen = |point: &Point| point.figure.is_some_and(|figure| figure.is_shown());
    if !points.first().is_some_and(is_seen) || !points.last().is_some_and(is_seen) {
        return None;
    }
    let than = format!("than in {}", points.first()?.label);
    let (tag, says) = charts::change(found, "people", &than);
    let size = points.last()?.figure?.value()?;
    let panel = Panel {
        name: name.to_owned(),
        says,
        tag,
        points: since_first(points)?,
    };
    Some(Group {
        name: name.to_owned(),
        size,
        panel,
    })
}

fn framed(mut groups: Vec<Group>, title: &str, unit: &str, foot: Foot, most: usize) -> Html {
    groups.sort_by(|a, b| b.size.total_cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
    let panels = groups.into_iter().take(most).map(|group| group.panel);
    let chart = Multiples::new(
        "changes",
        "change in people",
        "Change",
        Unit::Rate,
        panels.collect(),
    );
    Framed::around(&chart.of_change(), title, unit)
        .behind(foot)
        .html()
}

/// Points as a change from the first, as a part of it, with the noise of both.
fn since_first(mut points: Vec<Point>) -> Option<Vec<Point>> {
    let base = points.first()?.figure?;
    let start = base.value().filter(|value| *value > 0.0)?;
    let base_sd = base.sd()?;
    for point in &mut points {
        point.figure = point.figure.and_then(|figure| {
            let half = Z_95 * figure.sd()?.hypot(base_sd) / start;
            let change = figure.value()? / start - 1.0;
            Some(Figure::difference(
                Unit::Rate,
                change,
                change - half,
                change + half,
            ))
        });
    }
    points[0].figure = Some(Figure::difference(Unit::Rate, 0.0, 0.0, 0.0));
    Some(points)
}

#[cfg(test)]
mod tests {
    use vwis_proto::agreement::Measure;

    use super::*;
    use crate::estimate::Estimate;

    #[test]
    fn a_change_is_a_part_of_the_first_release_and_holds_the_noise_of_both() {
        let point = |label: &str, value: f64, variance: f64| Point {
            label: label.to_owned(),
            at: 0.0,
            figure: Some(Estimate::new(Measure::Headcount, value, variance).into()),
            has_fewer: false,
        };
        let points = since_first(vec![
            point("Dec 2025", 1_000.0, 9.0),
            point("Mar 2026", 1_050.0, 16.0),
        ]);
        let points = points.unwrap();
        assert_eq!(points[0].figure.unwrap().interval(), (0.0, 0.0));
        let change = points[1].figure.unwrap();
        assert!((change.value().unwrap() - 0.05).abs() < 1e-12);
        // The sds are 3 and 4: of the difference 5, of 1,000.
        let (low, high) = change.interval();
        assert!((high - low - 2.0 * Z_95 * 0.005).abs() < 1e-12);
        assert!(since_first(vec![point("Dec 2025", -3.0, 9.0)]).is_none());
    }
}
