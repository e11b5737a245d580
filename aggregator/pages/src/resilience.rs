//! Where teams are thin: one row for each staff group, with the composite first, then each part, above its
//! interval.

use super::{Ask, Gap, IndicatorAnswer, group::Group, indicator_answer::is_total};
use crate::{
    estimate::Figure,
    ui::{
        Html,
        component::{Cell, Matrix},
        markup::Part,
    },
};

/// The parts' codes, and the headings of their columns.
const PARTS: [(&str, &str); 5] = [
    ("small_team", "People in the team"),
    ("aged_55_and_over", "Aged 55 and over"),
    ("leavers", "Leaver rate"),
    (
        "leavers_of_group",
        "Leaver rate of the staff group in all localities",
    ),
    ("vacancy", "Vacancy rate"),
];

/// The table of a locality's staff groups whose team is large enough to be shown.
pub(super) fn table(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("resilience"), &["staff_group"])?;
    let at = group.at();
    let is_told = |part: &&(&str, &str)| {
        let mut rows = answer.findings.rows.iter();
        rows.any(|row| answer.is_of(row, "part", part.0))
    };
    let parts: Vec<_> = PARTS.iter().filter(is_told).collect();
    let mut rows: Vec<(f64, String, Vec<Option<Cell>>)> = Vec::new();
    let mut unseen = Vec::new();
    for row in answer.within("value", &at) {
        let is_first = answer.is_of(row, "part", "small_team");
        let Some(staff_group) = answer
            .category(row, "staff_group")
            .filter(|one| is_first && !is_total(one))
        else {
            continue;
        };
        if !row.figure.is_shown() {
            unseen.push(staff_group.label.clone());
            continue;
        }
        let mut at = at.clone();
        at.push(("staff_group", &staff_group.code));
        let composite = figure(&answer, "score", &at, "composite");
        let mut cells = vec![composite.as_ref().map(Cell::of)];
        cells.extend(parts.iter().map(|(part, _)| {
            let figure = figure(&answer, "value", &at, part);
            figure.as_ref().map(Cell::of)
        }));
        // The thinnest team stands first; teams about which nothing can be said stand last.
        let shown = composite
            .filter(Figure::is_shown)
            .and_then(|figure| figure.value());
        rows.push((shown.unwrap_or(-1.0), staff_group.label.clone(), cells));
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let headings = std::iter::once("All together").chain(parts.iter().map(|(_, heading)| *heading));
    let caption = format!(
        "Resilience of teams, each with its 95% interval, {}",
        answer.of_whom_and_when()
    );
    let headings = headings.map(str::to_owned).collect();
    let mut table = Matrix::new(caption, "Staff group", headings);
    for (_, staff_group, cells) in rows {
        table.push(staff_group, None, cells);
    }
    let mut note =
        "All together: 0 to 1, the higher the thinner; the mean of the parts and of the \
        locality's own leaver rate, by thresholds that are our judgement."
            .to_owned();
    if !unseen.is_empty() {
        note = format!(
            "{note} Too few people to be seen through the noise: {}.",
            unseen.join(", ")
        );
    }
    Ok(table.behind(answer.foot(note)).html())
}

fn figure(
    answer: &IndicatorAnswer,
    measure: &str,
    at: &[(&str, &str)],
    part: &str,
) -> Option<Figure> {
    let at: Vec<_> = at.iter().copied().chain([("part", part)]).collect();
    answer.figure(measure, &at)
}
