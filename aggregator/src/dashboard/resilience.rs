//! Where teams are thin: one row a staff group, each part with its interval, all together last.

use super::{Ask, Gap, Told, group::Group, told::is_total};
use crate::{
    estimate::Figure,
    page::{
        Html, Shown,
        component::{DataTable, Heading, TableCard},
        markup::Part,
    },
};

/// The parts, and what their columns are called.
const PARTS: [(&str, &str); 4] = [
    ("small_team", "People in the team"),
    ("aged_55_and_over", "Aged 55 and over"),
    ("leavers_of_group", "Leaver rate, all localities"),
    ("vacancy", "Vacancy rate"),
];

/// The staff groups of a locality whose team is large enough to be seen.
pub(super) fn table(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let told = group.ask(Ask::of("resilience"), &["staff_group"])?;
    let at = group.at();
    let mut rows: Vec<(f64, Vec<String>)> = Vec::new();
    let mut unseen = Vec::new();
    for row in told.within("value", &at) {
        let is_first = told
            .category(row, "part")
            .is_some_and(|part| part.code == "small_team");
        let Some(staff_group) = told
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
        let composite = figure(&told, "score", &at, "composite");
        let parts = PARTS.map(|(part, _)| cell(figure(&told, "value", &at, part).as_ref()));
        let mut cells = vec![staff_group.label.clone()];
        cells.extend(parts);
        cells.push(cell(composite.as_ref()));
        // The thinnest first; where it cannot be said, last.
        let shown = composite
            .filter(Figure::is_shown)
            .and_then(|figure| figure.value());
        rows.push((shown.unwrap_or(-1.0), cells));
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut headings = vec![Heading::text("Staff group")];
    headings.extend(PARTS.map(|(_, heading)| Heading::number(heading)));
    headings.push(Heading::number("All together"));
    let rows = rows.into_iter().map(|(_, cells)| cells).collect();
    let caption = format!("Resilience of teams, {}", told.of_whom_and_when());
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
    let table = DataTable::new(caption, headings, rows);
    Ok(TableCard::new(table).behind(told.foot(note)).html())
}

fn figure(told: &Told, measure: &str, at: &[(&str, &str)], part: &str) -> Option<Figure> {
    let at: Vec<_> = at.iter().copied().chain([("part", part)]).collect();
    told.figure(measure, &at)
}

/// `19.0% (15.9% to 22.1%)`, or the interval alone where that is all that can be said.
fn cell(figure: Option<&Figure>) -> String {
    let Some(figure) = figure else {
        return "not known".to_owned();
    };
    let shown = Shown::of(figure);
    match shown.value_text() {
        Some(value) => format!("{value} ({})", shown.interval_text()),
        None => format!("{} ({})", shown.without_value(), shown.interval_text()),
    }
}
