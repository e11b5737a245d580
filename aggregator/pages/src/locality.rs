//! A locality: its shape, the staff that a neighbourhood team can draw on, and where it is thin.

use vwis_model::dictionary::Category;

use super::{
    Ask, Document, Gap, Reading, View,
    charts::{self, people_by},
    gap::or_gap,
    group::Group,
    head,
    likeness::{self, Likeness},
    localities, resilience, words,
};
use crate::ui::{
    Html,
    component::{Columns, Layout, Section},
    layout,
};

pub(super) fn document(
    reading: &Reading<'_>,
    locality: &'static Category,
) -> Result<Document, Gap> {
    let view = View::Locality(locality);
    let group = Group::of(reading, "locality", locality);
    let at = group.at();
    let glance = group.at_a_glance()?;
    let name = locality.label();
    let mut shell = head::shell_beneath(reading, layout::Section::Localities, name);
    shell.meta = head::meta(reading, &glance.people);
    shell.lead = glance.lead(
        &at,
        (
            "people",
            &words::with_employers(reading, &format!("work in {name}")),
        ),
    );
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &view, head::SERIES));
    document.push(&glance.cards(&at));
    if let Ok(answer) = likeness(&group, name) {
        document.push(&answer);
    }
    let halves = vec![
        or_gap("Age and gender", group.pyramid()),
        or_gap("Retirement outlook", group.retirement()),
    ];
    document.section(
        &Section::new("shape", "Who works here")
            .with_html(or_gap("People by staff group", shape(&group)))
            .with(&Columns::of(Layout::Halves, halves)),
    );
    document.section(
        &Section::new("team", "Who a neighbourhood team can draw on")
            .with_html(or_gap("People by role", roles(&group))),
    );
    document.section(
        &Section::new("thin", "Where it is thin")
            .with_html(or_gap("Resilience of teams", resilience::table(&group))),
    );
    let trend = vec![or_gap("Trend", group.trend()), group.like_with_like()];
    document.section(
        &Section::new("change", "What has changed").with(&Columns::of(Layout::MainAndAside, trend)),
    );
    let here = Some(locality.code());
    document.section(
        &Section::new("neighbours", "Against the other localities").with_html(or_gap(
            "Aged 55 and over",
            localities::over_55(reading, here),
        )),
    );
    document.push(&head::take(reading, &view, name, &glance.people));
    Ok(document)
}

fn likeness(group: &Group<'_, '_>, name: &str) -> Result<crate::ui::component::Answer, Gap> {
    let answer = group.ask(Ask::of("representation"), &[])?;
    let asked = Likeness {
        question: match group.reading().whose_alone() {
            None => format!("Does the workforce of {name} look like the people of {name}?"),
            Some(alone) => {
                format!("Do the staff of {alone} in {name} look like the people of {name}?")
            }
        },
        subject: "Staff here",
        residents: &format!("of {name}"),
    };
    likeness::answer(&answer, &group.at(), asked)
}

fn shape(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("composition"), &["staff_group"])?;
    let (heading, title) = (("staff_group", "Staff group"), "People by staff group");
    Ok(people_by(
        &answer,
        heading,
        &group.at(),
        title,
        |category| group.reading().page_of("staff_group", category),
    ))
}

/// People by role across all employers. The indicator's note says how many employers certainly have staff
/// here.
fn roles(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("neighbourhood-team"), &["role"])?;
    let title = "People by role, whoever employs them";
    let employers = answer
        .at("people", &group.at())
        .and_then(|row| row.note.clone());
    let employers = employers.map_or_else(String::new, |note| format!(" {note}."));
    let note = format!("{}{employers}", charts::PEOPLE_BY_EMPLOYER);
    group.by_role(&answer, "people", title, &note)
}
