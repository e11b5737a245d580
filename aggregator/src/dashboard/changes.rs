//! Change since the first release, a panel for each of the largest groups, on one scale.

use super::{Ask, Gap, Reading, charts, told::is_total};
use crate::{
    estimate::{Figure, Unit, thresholds::Z_95},
    indicator::{Category, Finding},
    page::{
        Html,
        chart::{Multiples, Panel, Point},
        markup::Part,
    },
};

/// Panels at most: the largest groups.
const MOST_PANELS: usize = 6;

/// Of each of the largest staff groups.
pub(super) fn by_staff_group(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("trend").by(&["staff_group"]))?;
    let mut groups: Vec<(f64, &Category, &Finding, Vec<Point>)> = Vec::new();
    for found in told.of("change_since_first") {
        let Some(group) = told.category(found, "staff_group") else {
            continue;
        };
        if is_total(group) || group.code == charts::UNKNOWN {
            continue;
        }
        let points = charts::points(&told, "headcount", &[("staff_group", &group.code)]);
        let last = points.last().and_then(|point| point.figure?.value());
        groups.push((last.unwrap_or(0.0), group, found, points));
    }
    groups.sort_by(|a, b| b.0.total_cmp(&a.0));
    let panels = groups.into_iter().take(MOST_PANELS);
    let panels: Vec<Panel> = panels
        .filter_map(|(_, group, found, points)| {
            let than = format!("than in {}", points.first()?.label);
            let (tag, says) = charts::change(found, "people", &than);
            Some(Panel {
                name: group.label.clone(),
                says,
                tag,
                points: since_first(points)?,
            })
        })
        .collect();
    let name = "change in people";
    let chart = Multiples::new("changes", name, "Change", Unit::Rate, panels).of_change();
    let unit = "Change in people since the first release, of the largest staff groups; the same scale in \
        every panel";
    let note = "The first release is the base, which has no band: each later interval holds the noise of \
        both.";
    Ok(charts::framed(&told, &chart, "Change by staff group", unit, note).html())
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
