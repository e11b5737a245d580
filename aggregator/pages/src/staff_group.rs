//! A staff group: its bands, its age, who leaves and where to, and who could follow.

use vwis_model::dictionary::Category;

use super::{
    Ask, Document, Gap, Reading, View,
    charts::{self, people_by},
    gap::or_gap,
    group::Group,
    head,
    indicator_answer::is_total,
};
use crate::{
    estimate::Unit,
    ui::{
        Html,
        chart::{Order, Row, RowChart},
        component::{Card, Cards, Columns, Layout, Section},
        layout,
        markup::Part,
        sentence,
    },
};

pub(super) fn document(
    reading: &Reading<'_>,
    staff_group: &'static Category,
) -> Result<Document, Gap> {
    let view = View::StaffGroup(staff_group);
    let group = Group::of(reading, "staff_group", staff_group);
    let at = group.at();
    let glance = group.at_a_glance()?;
    let name = staff_group.label();
    let mut shell = head::shell_beneath(reading, layout::Section::StaffGroups, name);
    shell.meta = head::meta(reading, &glance.people);
    let of_where = format!("in this staff group, {}", glance.people.of_whom_and_when());
    shell.lead = glance.lead(&at, ("people", &of_where));
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &view, head::SERIES));
    document.push(&glance.cards(&at));
    document.section(
        &Section::new("bands", "On which bands they are")
            .with_html(or_gap("People by band", bands(&group))),
    );
    let halves = vec![
        or_gap("People by age", group.ages()),
        or_gap("Retirement outlook", group.retirement()),
    ];
    document.section(
        &Section::new("age", "How old they are").with(&Columns::of(Layout::Halves, halves)),
    );
    let mut leaving = Section::new("leavers", "Who leaves, and where to");
    if let Ok(cards) = leavers(&group) {
        leaving = leaving.with(&cards);
    }
    document.section(&leaving.with_html(or_gap("Destinations", destinations(&group))));
    document.section(
        &Section::new("succession", "Who could follow")
            .with_html(or_gap("Succession", succession(&group))),
    );
    let trend = vec![or_gap("Trend", group.trend()), group.like_with_like()];
    document.section(
        &Section::new("change", "What has changed").with(&Columns::of(Layout::MainAndAside, trend)),
    );
    document.section(
        &Section::new("where", "Where they work")
            .with_html(or_gap("People by locality", places(&group))),
    );
    document.push(&head::take(reading, &view, name, &glance.people));
    Ok(document)
}

/// The chart of people by band, from the highest down.
fn bands(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("composition"), &["band"])?;
    let rows = charts::rows(&answer, "headcount", "band", &group.at(), charts::unlinked);
    let (rows, unseen) = charts::without_the_unseen(charts::highest_first(rows), "bands")?;
    let title = "People by band";
    let chart = RowChart::new(title, ("Band, highest first", "People"), Unit::People, rows)
        .ordered(Order::AsGiven);
    let note = charts::with_the_unseen("bands", unseen, charts::PEOPLE_BY_EMPLOYER);
    Ok(charts::framed(&answer, &chart, title, "People", note).html())
}

fn leavers(group: &Group<'_, '_>) -> Result<Cards, Gap> {
    let answer = group.ask(Ask::of("leavers"), &[])?;
    let at = group.at();
    let measures = [
        ("leavers", "Left in a year"),
        ("leaver_rate", "Leaver rate"),
        ("stability_at_least", "Stayed for the year, at least"),
    ];
    let card = |(measure, heading): (&str, &str)| {
        answer
            .figure(measure, &at)
            .map(|figure| Card::new(heading, &figure))
    };
    Ok(Cards::new(measures.into_iter().filter_map(card).collect()).in_section())
}

/// The chart of leavers by destination: single destinations, not their sums.
fn destinations(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("destinations"), &[])?;
    let at = group.at();
    let mut rows = Vec::new();
    for found in answer.within("share_of_leavers", &at) {
        let destination = answer.category(found, "leaving_destination");
        let Some(destination) = destination.filter(|one| !is_total(one)) else {
            continue;
        };
        let row = Row::new(&destination.label, found.figure);
        rows.push(if destination.code == charts::UNKNOWN {
            row.last()
        } else {
            row
        });
    }
    let inside = answer.figure("share_of_leavers", &[&at[..], &[("nhs", "nhs")]].concat());
    let title = "Where leavers go";
    let chart = RowChart::new(title, ("Destination", "Share"), Unit::Share, rows);
    let note =
        "Leavers of a year; a move to another employer here counts as a leaver of the first.";
    let mut framed = charts::framed(&answer, &chart, title, "Share of the year's leavers", note);
    if let Some(inside) = inside.filter(crate::estimate::Figure::is_shown) {
        let says = sentence::level(&inside, "of the year's leavers stay in the NHS");
        framed = framed.stating(says.whole());
    }
    Ok(framed.html())
}

fn succession(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("succession"), &[])?;
    let at = group.at();
    let measures = [
        ("pool_under_55", "On bands 7 to 8b, not 55 or over"),
        ("posts", "On band 8a and above"),
        ("posts_55_and_over", "On band 8a and above, 55 and over"),
    ];
    let rows = measures.into_iter().filter_map(|(measure, label)| {
        answer
            .figure(measure, &at)
            .map(|figure| Row::new(label, figure))
    });
    let title = "Senior posts, and who could follow";
    let chart = RowChart::new(title, ("People", "People"), Unit::People, rows.collect())
        .ordered(Order::AsGiven);
    let note = "Doctors and dentists are on other pay scales, and are not in this.";
    Ok(charts::framed(&answer, &chart, title, "People", note).html())
}

fn places(group: &Group<'_, '_>) -> Result<Html, Gap> {
    let answer = group.ask(Ask::of("composition"), &["locality"])?;
    let heading = ("locality", "Locality");
    let title = "People by locality of the place of work";
    Ok(people_by(
        &answer,
        heading,
        &group.at(),
        title,
        |category| group.reading().page_of("locality", category),
    ))
}
