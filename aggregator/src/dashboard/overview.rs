//! Overview: how many, of whom, where; what changed, and whether that is real.

use super::{
    Ask, Document, Gap, Reading, Told, View,
    charts::{self, people_by},
    gap::or_gap,
    head,
    told::is_total,
    words,
};
use crate::{
    estimate::{Figure, Unit, Verdict},
    indicator::{Category, Finding},
    page::{
        Html, Sentence, Tag,
        chart::{Benchmark, Multiples, RowChart, Start, Trend},
        component::{Card, Cards, Columns, Inset, Layout, Section},
        layout,
        markup::Part,
        sentence,
    },
};

/// The series that the dates of the page are chosen from.
const SERIES: &str = "headline";
/// Panels of change at most: the largest staff groups.
const MOST_PANELS: usize = 6;

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let people = reading.ask(&Ask::of("composition").by(&["staff_group"]))?;
    let change = reading.ask(&Ask::of("change").by(&[]));
    let ages = reading.ask(&Ask::of("age-profile").by(&[]));
    let heading = format!("The NHS workforce of {}", reading.place().place);
    let mut shell = head::shell(reading, layout::Section::Overview, &heading);
    shell.meta = head::meta(reading, &people);
    shell.lead = lead(&people, change.as_ref().ok(), ages.as_ref().ok());
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &View::Overview, SERIES));
    document.push(&cards(&people, change.as_ref().ok(), ages.as_ref().ok()));
    if let Some(archived) = people.release(reading) {
        document.push(&reading.coverage(archived));
    }
    let by_staff_group = people_by(
        &people,
        (0, "Staff group"),
        "People by staff group",
        staff_group_page,
    );
    let halves = vec![
        or_gap("Age and gender", age_and_gender(reading)),
        or_gap("Retirement outlook", retirement(reading)),
    ];
    document.section(
        &Section::new("who", "Who works here")
            .with_html(by_staff_group)
            .with(&Columns::of(Layout::Halves, halves)),
    );
    document.section(
        &Section::new("change", "What has changed")
            .with(&Columns::of(
                Layout::MainAndAside,
                vec![or_gap("Trend", trend(reading)), like_with_like(reading)],
            ))
            .with_html(or_gap("Change by staff group", changes(reading))),
    );
    document.section(
        &Section::new("where", "Where they work")
            .with_html(or_gap("People by locality", localities(reading)))
            .with_html(or_gap("Aged 55 and over by locality", over_55(reading))),
    );
    document.push(&head::take(reading, &View::Overview, &heading, &people));
    Ok(document)
}

fn staff_group_page(category: &Category) -> Option<String> {
    View::staff_group(&category.code).map(|view| view.path())
}

fn locality_page(category: &Category) -> Option<String> {
    View::locality(&category.code).map(|view| view.path())
}

fn total(told: &Told, measure: &str) -> Option<Figure> {
    let mut rows = told.of(measure);
    rows.find(|row| row.group.iter().all(is_total))
        .map(|row| row.figure)
}

/// Against the quarter before, or against the year before where there is no such release; and the
/// date that it is compared with.
fn latest_change(change: &Told) -> Option<(&Finding, String)> {
    let against = ["previous_quarter", "year_before"];
    let found = against.into_iter().find_map(|against| {
        let before = change.at("before", &[against])?;
        Some((change.at("change", &[against])?, before))
    });
    let (change, before) = found?;
    Some((change, words::date(before.source.period.parse().ok()?)))
}

fn lead(people: &Told, change: Option<&Told>, ages: Option<&Told>) -> Vec<Sentence> {
    let mut lead = Vec::new();
    if let Some(all) = total(people, "headcount") {
        let of_where = format!(
            "work for {}",
            people.of_whom_and_when().replace(", ", " on ")
        );
        lead.push(sentence::count(&all, "people", &of_where));
    }
    if let Some((found, date)) = change.and_then(latest_change) {
        lead.push(charts::change(found, "people", &format!("than on {date}")).1);
    }
    if let Some(over_55) = ages.and_then(|told| told.figure("share_55_and_over", &["55_and_over"]))
    {
        lead.push(sentence::level(&over_55, "are 55 or over"));
    }
    lead
}

fn cards(people: &Told, change: Option<&Told>, ages: Option<&Told>) -> Cards {
    let mut cards = Vec::new();
    if let Some(all) = total(people, "headcount") {
        cards.push(Card::new("People", &all).noted("People by employer, not unique people"));
    }
    if let Some(fte) = total(people, "fte") {
        let each = total(people, "fte_per_head").and_then(|figure| figure.value());
        let note = each.map(|each| format!("{each:.2} for each person"));
        let card = Card::new("Full-time equivalents", &fte);
        cards.push(match note {
            Some(note) => card.noted(note),
            None => card,
        });
    }
    if let Some((found, date)) = change.and_then(latest_change) {
        let verdict = found.verdict.unwrap_or(Verdict::CannotTell);
        let change = Card::new(format!("Change since {date}"), &found.figure);
        cards.push(change.tagged(Tag::of_change(&found.figure, verdict)));
    }
    if let Some(over_55) = ages.and_then(|told| told.figure("share_55_and_over", &["55_and_over"]))
    {
        cards.push(Card::new("Aged 55 and over", &over_55).noted("Of all staff"));
    }
    Cards { cards }
}

fn age_and_gender(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("composition").by(&["age_band", "gender"]))?;
    Ok(charts::pyramid("pyramid", &told, &[], "Age and gender"))
}

fn retirement(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("retirement-outlook").by(&[]))?;
    let title = told
        .figure("expected_leavers_with_rates", &["years_3"])
        .map_or_else(
            || "Who may leave".to_owned(),
            |figure| {
                let says = sentence::count(
                    &figure,
                    "people aged 55 and over",
                    "may leave within three years",
                );
                let says = says.text();
                let says = says
                    .split(", give or take")
                    .next()
                    .unwrap_or(&says)
                    .to_owned();
                capital(&says)
            },
        );
    let fan = charts::fan("fan", &told, &[], &title);
    fan.map(|fan| fan.html())
        .ok_or_else(|| Gap::new("there is no outlook in these releases"))
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn trend(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("trend").by(&[]))?;
    let points = charts::points(&told, "headcount", &[]);
    let chart = Trend::new("trend", "People by quarter", "People", Unit::People, points);
    let framed = charts::framed(
        &told,
        &chart,
        "People over all releases",
        "People at the employers present throughout",
        "The band is the 95% interval of each release.",
    );
    let since_first = told.of("change_since_first").next();
    let framed = match since_first {
        Some(found) => {
            let (tag, says) = charts::change(found, "people", "than in the first release");
            framed.saying(tag, says.whole())
        }
        None => framed,
    };
    Ok(framed.html())
}

fn like_with_like(reading: &Reading<'_>) -> Html {
    let mut says = Vec::new();
    if let Ok(told) = reading.ask(&Ask::of("change").by(&[])) {
        says.extend(
            told.findings
                .notes
                .iter()
                .map(|note| Sentence::words(note.trim_end_matches('.'))),
        );
    }
    says.push(Sentence::words(
        "comparisons over time are of the employers that are in all releases compared",
    ));
    says.push(Sentence::words(
        "a change is called real when it is larger than the noise of both releases together",
    ));
    Inset::caveat("Comparing like with like", says)
        .more("How we decide", "/method#real")
        .html()
}

fn changes(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("trend").by(&["staff_group"]))?;
    let mut groups: Vec<(&Category, &Finding)> = Vec::new();
    for found in told.of("change_since_first") {
        if !is_total(&found.group[0]) && found.group[0].code != charts::UNKNOWN {
            groups.push((&found.group[0], found));
        }
    }
    let last = |code: &str| {
        let points = charts::points(&told, "headcount", &[code]);
        points.last().and_then(|point| point.figure)?.value()
    };
    groups.sort_by(|a, b| {
        let size = |category: &Category| last(&category.code).unwrap_or(0.0);
        size(b.0).total_cmp(&size(a.0))
    });
    let panels: Vec<_> = groups
        .into_iter()
        .take(MOST_PANELS)
        .filter_map(|(category, found)| {
            let points = charts::points(&told, "headcount", &[&category.code]);
            let base = points.first()?.figure?;
            let points = relative(points, &base);
            charts::panel(
                &category.label,
                points,
                Some(found),
                ("people", "than in the first release"),
            )
        })
        .collect();
    let chart =
        Multiples::new("changes", "change in people", "Change", Unit::Rate, panels).of_change();
    Ok(charts::framed(
        &told,
        &chart,
        "Change by staff group",
        "Change in people since the first release, the largest staff groups; the same scale in every panel",
        "The base has no band: each point's interval is of the change since then.",
    )
    .html())
}

/// Points as a change from the first, as a part of it, with the noise of both.
fn relative(
    points: Vec<crate::page::chart::Point>,
    base: &Figure,
) -> Vec<crate::page::chart::Point> {
    let start = base.value().filter(|value| *value > 0.0);
    let base_sd = base.sd().unwrap_or(0.0);
    let mut points: Vec<_> = points
        .into_iter()
        .map(|mut point| {
            point.figure = point.figure.and_then(|figure| {
                let (start, value) = (start?, figure.value()?);
                let sd = figure.sd().unwrap_or(0.0).hypot(base_sd) / start;
                let change = value / start - 1.0;
                let half = crate::estimate::thresholds::Z_95 * sd;
                Some(Figure::difference(
                    Unit::Rate,
                    change,
                    change - half,
                    change + half,
                ))
            });
            point
        })
        .collect();
    if let Some(first) = points.first_mut() {
        first.figure = Some(Figure::difference(Unit::Rate, 0.0, 0.0, 0.0));
    }
    points
}

fn localities(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("composition").by(&["locality"]))?;
    Ok(people_by(
        &told,
        (0, "Locality"),
        "People by locality of the place of work",
        locality_page,
    ))
}

fn over_55(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("age-profile").by(&["locality"]))?;
    let all = told.at("share_55_and_over", &["total", "55_and_over"]);
    let all = all.and_then(|row| row.figure.value());
    let title = "Share of people aged 55 and over by locality";
    let rows = charts::rows_against(&told, "share_55_and_over", 0, all, locality_page);
    let mut chart = RowChart::new(title, ("Locality", "Share"), Unit::Share, rows)
        .starting(Start::Near)
        .judged("Against all");
    if let Some(value) = all {
        chart = chart.against(Benchmark {
            value,
            label: "All localities".to_owned(),
        });
    }
    Ok(charts::framed(
        &told,
        &chart,
        title,
        "Share of people aged 55 and over, by locality of the place of work",
        "Neighbours in the list overlap: do not read the order as a league table.",
    )
    .html())
}
