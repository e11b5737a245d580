//! Overview: how many people, in which groups and places; what changed, and whether that is real.

use vwis_model::{
    dictionary::{Attribute, Category},
    here,
};

use super::{
    Ask, Document, Gap, Reading, View, changes,
    charts::{self, people_by},
    gap::or_gap,
    group::Group,
    head, localities,
};
use crate::ui::{
    component::{Choice, Columns, Filters, Layout, Section},
    layout,
};

/// The name of the choice that leads to another page.
pub(super) const GO_TO: &str = "show";

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let everybody = Group::everybody(reading);
    let glance = everybody.at_a_glance()?;
    let heading = match reading.whose_alone() {
        None => format!("The NHS workforce of {}", here::place().name()),
        Some(alone) => format!("The workforce of {alone}"),
    };
    let mut shell = head::shell(reading, layout::Section::Overview, &heading);
    shell.meta = head::meta(reading, &glance.people);
    let of_whom_and_when = glance.people.of_whom_and_when().replacen(", ", " on ", 1);
    let of_where = format!("work for {of_whom_and_when}");
    shell.lead = glance.lead(&[], ("people", &of_where));
    let mut document = Document::new(shell);
    document.push(&filters(reading));
    document.push(&glance.cards(&[]));
    if let Some(archived) = glance.people.release(reading) {
        document.push(&reading.coverage(archived));
    }
    let staff_groups = reading.ask(&Ask::of("composition").by(&["staff_group"]))?;
    let by_staff_group = people_by(
        &staff_groups,
        ("staff_group", "Staff group"),
        &[],
        "People by staff group",
        |category| reading.page_of("staff_group", category),
    );
    let halves = vec![
        or_gap("Age and gender", everybody.pyramid()),
        or_gap("Retirement outlook", everybody.retirement()),
    ];
    document.section(
        &Section::new("who", "Who works here")
            .with_html(by_staff_group)
            .with(&Columns::of(Layout::Halves, halves)),
    );
    let trend = vec![
        or_gap("Trend", everybody.trend()),
        everybody.like_with_like(),
    ];
    document.section(
        &Section::new("change", "What has changed")
            .with(&Columns::of(Layout::MainAndAside, trend))
            .with_html(or_gap(
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
        &Section::new("where", "Where they work")
            .with_html(or_gap("People by locality", localities::people(reading)))
            .with_html(or_gap(
                "Aged 55 and over",
                localities::over_55(reading, None),
            )),
    );
    document.push(&head::take(
        reading,
        &View::Overview,
        &heading,
        &staff_groups,
    ));
    Ok(document)
}

/// The form to choose the date and the group.
fn filters(reading: &Reading<'_>) -> Filters {
    let mut filters = head::dates(reading, &View::Overview, head::SERIES);
    let everybody = (String::new(), "All staff".to_owned());
    let pages = |attribute: &str, page: fn(&str) -> Option<View>| {
        let attribute = reading.attribute(attribute);
        let categories = attribute.into_iter().flat_map(Attribute::categories);
        let option = |category: &Category| {
            let view = page(category.code()).filter(|_| category.code() != charts::UNKNOWN)?;
            Some((view.path(), category.label().to_owned()))
        };
        categories.filter_map(option).collect::<Vec<_>>()
    };
    let options = std::iter::once(everybody)
        .chain(pages("locality", View::locality))
        .chain(pages("staff_group", View::staff_group));
    let whose = Choice {
        name: GO_TO.to_owned(),
        label: "Whose numbers".to_owned(),
        options: options.collect(),
        chosen: String::new(),
    };
    filters.choices.insert(0, whose);
    filters
}
