//! Staff groups: how many people are in each, who leaves, how old they are.

use super::{
    Ask, Document, Gap, Reading, View, changes,
    charts::{self, people_by},
    gap::or_gap,
    head, overview,
};
use crate::{
    estimate::Unit,
    indicator::Category,
    page::{
        Html,
        chart::{Benchmark, RowChart, Start},
        component::Section,
        layout,
        markup::Part,
        sentence,
    },
};

/// The page of a staff group.
pub(super) fn page(category: &Category) -> Option<String> {
    View::staff_group(&category.code).map(|view| view.path())
}

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let told = reading.ask(&Ask::of("composition").by(&["staff_group"]))?;
    let heading = "Staff groups";
    let mut shell = head::shell(reading, layout::Section::StaffGroups, heading);
    shell.meta = head::meta(reading, &told);
    if let Some(all) = told.figure("headcount", &[]) {
        let of_where = format!("in {}", told.of_whom_and_when().replacen(", ", " on ", 1));
        shell.lead.push(sentence::count(&all, "people", &of_where));
    }
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &View::StaffGroups, overview::SERIES));
    let people = people_by(
        &told,
        ("staff_group", "Staff group"),
        &[],
        "People by staff group",
        page,
    );
    document.section(&Section::new("people", "How many there are").with_html(people));
    document.section(
        &Section::new("change", "Which are growing").with_html(or_gap(
            "Change by staff group",
            changes::by(
                reading,
                "staff_group",
                "Change by staff group",
                changes::FEW,
            ),
        )),
    );
    let leavers = rates(
        reading,
        "leavers",
        "leaver_rate",
        "Leaver rate by staff group",
        "Share that left in a year",
    );
    document.section(
        &Section::new("leavers", "Which people leave").with_html(or_gap("Leavers", leavers)),
    );
    let over_55 = rates(
        reading,
        "age-profile",
        "share_55_and_over",
        "Share of people aged 55 and over by staff group",
        "Share of people aged 55 and over",
    );
    document.section(
        &Section::new("age", "Where retirement is nearest")
            .with_html(or_gap("Aged 55 and over", over_55)),
    );
    document.push(&head::take(reading, &View::StaffGroups, heading, &told));
    Ok(document)
}

/// A share or rate of each staff group, against all staff.
fn rates(
    reading: &Reading<'_>,
    indicator: &'static str,
    measure: &str,
    title: &str,
    unit: &str,
) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of(indicator).by(&["staff_group"]))?;
    let mut rows = charts::rows(&told, measure, "staff_group", &[], page);
    let all = told.within(measure, &[("staff_group", "total")]);
    let all = all
        .first()
        .and_then(|row| Some((row.figure.unit(), row.figure.value()?)));
    if let Some((_, all)) = all {
        rows = charts::against(rows, all);
    }
    let of = all.map_or(Unit::Share, |(unit, _)| unit);
    let mut chart = RowChart::new(title, ("Staff group", "Share"), of, rows)
        .starting(Start::Near)
        .judged("Against all");
    if let Some((_, value)) = all {
        chart = chart.against(Benchmark {
            value,
            label: "All staff".to_owned(),
        });
    }
    Ok(charts::framed(&told, &chart, title, unit, "").html())
}
