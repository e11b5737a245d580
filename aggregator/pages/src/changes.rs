//! Change since the first release: a panel for each group or employer, all on one scale.

use vwis_model::ods::OdsCode;

use super::{Ask, At, Gap, IndicatorAnswer, Reading, charts, indicator_answer::is_total};
use crate::{
    estimate::{Figure, Unit},
    indicator::Finding,
    ui::{
        Html,
        chart::{Foot, Framed, Multiples, Panel, Point},
        markup::Part,
    },
};

/// The most panels on a page that is about something else; the largest groups have one.
pub(super) const FEW: usize = 6;
/// The most panels on a page that is about them.
pub(super) const MANY: usize = 12;

/// The reason that a page gives where there is no second date.
pub(super) const ONE_DATE: &str = "there is one date so far that can be told of the same employers, and nothing to compare it with";

const NOTE: &str = "The first release is the base, which has no band: each later interval holds the noise of \
    both. What is too noisy in the first or the last release has no panel; the CSV has it.";

/// A panel to be drawn, with the size of its group.
struct Group {
    name: String,
    size: f64,
    panel: Panel,
}

/// Panels for the largest categories of an attribute. `title` is, for example, `Change by staff group`.
pub(super) fn by(
    reading: &Reading<'_>,
    attribute: &'static str,
    title: &str,
    most: usize,
) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("trend").by(&[attribute]))?;
    let mut groups = Vec::new();
    for found in answer.of("change_since_first") {
        let category = answer.category(found, attribute);
        let Some(category) = category.filter(|one| !is_total(one) && one.code != charts::UNKNOWN)
        else {
            continue;
        };
        let at = [(attribute, category.code.as_str())];
        groups.extend(group(&category.label, &answer, &at, found));
    }
    if groups.is_empty() {
        return Err(no_panel(&answer));
    }
    let unit = format!(
        "{}, {}",
        unit(groups.len() > most),
        answer.of_whom_and_when()
    );
    Ok(framed(groups, title, &unit, answer.foot(NOTE), most))
}

/// A panel for each employer.
pub(super) fn by_employer(reading: &Reading<'_>, employers: &[OdsCode]) -> Result<Html, Gap> {
    let ask = Ask::of("trend").by(&[]);
    let mut groups = Vec::new();
    let mut last: Option<IndicatorAnswer> = None;
    for (code, answer) in reading.ask_each(&ask, employers) {
        if let Some(found) = answer.of("change_since_first").next() {
            groups.extend(group(reading.employer(&code), &answer, &[], found));
        }
        last = Some(answer);
    }
    let last = last.ok_or_else(|| Gap::new("no employer is in the releases of this"))?;
    if groups.is_empty() {
        return Err(no_panel(&last));
    }
    let unit = format!("{}, {}", unit(groups.len() > MANY), last.date());
    let foot = reading.foot_of_each(&ask, NOTE);
    Ok(framed(groups, "Change by employer", &unit, foot, MANY))
}

/// Why no group has a change to draw.
fn no_panel(answer: &IndicatorAnswer) -> Gap {
    Gap::new(if answer.of("change_since_first").next().is_none() {
        ONE_DATE
    } else {
        "every group is too noisy in the first or the last release to draw its change"
    })
}

fn unit(is_cut: bool) -> &'static str {
    if is_cut {
        "Change in people since the first release, of the largest groups; the same scale in every panel"
    } else {
        "Change in people since the first release; the same scale in every panel"
    }
}

fn group(name: &str, answer: &IndicatorAnswer, at: At<'_>, found: &Finding) -> Option<Group> {
    let points = charts::points(answer, "headcount", at);
    // A group that is too noisy at either end has no change to draw, and would widen the scale of all others.
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
        points: since_first(
            &points,
            charts::points(answer, "part_changed_since_first", at),
        )?,
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

/// The points of a panel: the first, which is the base, then the changes since, as the indicator gives them.
fn since_first(people: &[Point], changes: Vec<Point>) -> Option<Vec<Point>> {
    let mut base = people.first()?.clone();
    base.figure = Some(Figure::difference(Unit::Rate, 0.0, 0.0, 0.0));
    let points: Vec<_> = std::iter::once(base).chain(changes).collect();
    (points.len() == people.len()).then_some(points)
}

#[cfg(test)]
mod tests {
    use crate::{View, indicator::testing::Workforce, testing::text};

    #[test]
    fn where_there_is_one_date_it_is_said_and_nothing_is_drawn() {
        let archive = Workforce::new()
            .people(&[("staff_group", "students")], 100)
            .employer("RMC")
            .people(&[("staff_group", "students")], 100)
            .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
        let page = text(&archive, &View::Overview);
        assert_eq!(
            page.matches("There is one date so far").count(),
            2,
            "{page}"
        );
        for drawn in ["The first release is the base", "People over all releases"] {
            assert!(!page.contains(drawn), "{page}");
        }
    }
}
