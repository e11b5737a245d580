//! Staff groups: how many people are in each, who leaves, how old they are.

use super::{
    Ask, Document, Gap, Reading, View, changes,
    charts::{self, people_by},
    gap::or_gap,
    head,
    shares::{OVER_55, Shares},
};
use crate::{
    estimate::Unit,
    ui::{
        Html,
        chart::{Row, RowChart},
        component::Section,
        layout,
        markup::Part,
        sentence,
    },
};

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let answer = reading.ask(&Ask::of("composition").by(&["staff_group"]))?;
    let heading = "Staff groups";
    let mut shell = head::shell(reading, layout::Section::StaffGroups, heading);
    shell.meta = head::meta(reading, &answer);
    if let Some(all) = answer.figure("headcount", &[]) {
        let of_where = format!("in {}", answer.of_whom_and_when().replacen(", ", " on ", 1));
        shell.lead.push(sentence::count(&all, "people", &of_where));
    }
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &View::StaffGroups, head::SERIES));
    let people = people_by(
        &answer,
        ("staff_group", "Staff group"),
        &[],
        "People by staff group",
        |category| reading.page_of("staff_group", category),
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
    document.section(
        &Section::new("leavers", "Who leaves").with_html(or_gap("Leavers", leavers(reading))),
    );
    let title = "Share of people aged 55 and over by staff group";
    let over_55 = Shares::of_categories(reading, "staff_group", OVER_55);
    let over_55 =
        over_55.map(|shares| shares.framed(title, "people aged 55 and over", "Staff group"));
    document.section(
        &Section::new("age", "Where retirement is nearest")
            .with_html(or_gap("Aged 55 and over", over_55)),
    );
    document.push(&head::take(reading, &View::StaffGroups, heading, &answer));
    Ok(document)
}

/// The chart of each staff group's leaver rate, beside that of all staff, of which the group is a part.
fn leavers(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("leavers").by(&["staff_group"]))?;
    let rows = charts::rows(&answer, "leaver_rate", "staff_group", &[], |category| {
        reading.page_of("staff_group", category)
    });
    let all = answer.within("leaver_rate", &[("staff_group", "total")]);
    let all = all.first().map(|row| row.figure);
    let beside = |row: Row| match all {
        Some(all) => row.beside(all),
        None => row,
    };
    let rows = rows.into_iter().map(beside).collect();
    let title = "Leaver rate by staff group";
    let chart = RowChart::new(title, ("Staff group", "Rate"), Unit::Rate, rows).beside("all staff");
    Ok(charts::framed(&answer, &chart, title, "Share that left in a year", "").html())
}
