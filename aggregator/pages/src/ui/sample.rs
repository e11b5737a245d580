//! A page with every part, made as a real page is: the test renders it. To look at it in a browser, name a
//! file in `VWIS_SAMPLE_PAGE`, to which it is written.

use askama::Template;

use super::{
    Comparison, DataTable, Heading, Html, Sentence, Tag, assets,
    chart::{
        AgeBand, Benchmark, Beside, Chart, Fan, Foot, Framed, Horizon, Ladder, Multiples,
        NumberLine, Panel, Point, Pyramid, Row, RowChart, Rung, Start, Trend,
    },
    component::{
        Answer, Answered, Attendance, Card, Cards, Choice, CoverageStrip, Employer, Filters, Inset,
        Link, Take,
    },
    layout::{Section, Shell},
    markup::Part,
    sentence,
};
use crate::estimate::{Figure, Unit, Verdict, thresholds::Z_95};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "ui/shell.html" %}
{% block content %}{% for part in parts %}{% if let Some((id, heading)) = part.0 %}<h2 id="{{ id }}" class="after">{{ heading }}</h2>{% endif %}{{ part.1 }}{% endfor %}{% endblock %}"#
)]
struct Sample {
    shell: Shell,
    parts: Vec<(Option<(&'static str, &'static str)>, Html)>,
}

fn people(value: f64, half: f64) -> Figure {
    let sd = half / Z_95;
    let measure = vwis_model::agreement::Measure::Headcount;
    crate::estimate::Estimate::new(measure, value, sd * sd).into()
}

fn share(value: f64, half: f64) -> Figure {
    Figure::level(Unit::Share, Some(value), value - half, value + half)
}

fn population() -> Benchmark {
    Benchmark {
        value: 0.236,
        label: "Population".to_owned(),
    }
}

fn foot() -> Foot {
    Foot {
        csv: Some("/numbers.csv".to_owned()),
        permalink: Some("/releases/2026-09/1".to_owned()),
        note: "People by employer: whoever works for two counts twice.".to_owned(),
    }
}

fn answer() -> Html {
    let figure = share(0.171, 0.022);
    let comparison = Comparison::of(&figure, 0.236, Some(Verdict::No));
    let beside = |label: &str, figure| Beside {
        label: label.to_owned(),
        figure,
    };
    let subject = beside("This pathway", figure);
    let line = NumberLine::new(
        "nl",
        "Share, and what it is held against",
        subject,
        population(),
        comparison,
    )
    .beside(beside("All staff", share(0.272, 0.001)));
    let of = "of the people who said are from ethnic minority groups";
    Answer {
        id: "question".to_owned(),
        question: "Does this workforce look like Greater Manchester?".to_owned(),
        answered: Some(Answered(Verdict::No)),
        says: vec![
            sentence::level(&figure, of),
            sentence::against(&figure, 0.236, "in the population", Some(Verdict::No)),
        ],
        beside: Some(sentence::level(
            &share(0.272, 0.001),
            "of all staff of the same employers",
        )),
        drawing: Some(line.html()),
        behind: None,
    }
    .html()
}

fn filters() -> Html {
    let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    let choice = |(name, label): (&str, &str)| Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        options: vec![option("", "All"), option("bolton", "Bolton")],
        chosen: String::new(),
    };
    let choices = [("locality", "Locality"), ("period", "Period")];
    Filters {
        kept: Vec::new(),
        action: "/".to_owned(),
        choices: choices.map(choice).to_vec(),
    }
    .html()
}

fn cards() -> Html {
    let change = Figure::difference(Unit::Share, 0.007, -0.025, 0.039);
    let cards = vec![
        Card::new("People", &people(86_758.0, 78.0)).noted("People by employer, not unique people"),
        Card::new("Change since 2025", &change).tagged(Tag::CANNOT_TELL),
        Card::new("Aged 55 and over", &share(0.199, 0.001)).noted("Of all staff"),
        Card::new("Consultants", &share(0.26, 0.23)).tagged(Tag::NO_ANSWER),
    ];
    Cards::new(cards).html()
}

fn coverage() -> Html {
    let names = [
        "Manchester University",
        "Northern Care Alliance",
        "Wrightington, Wigan and Leigh",
        "GM Mental Health",
        "Bolton",
        "Stockport",
        "Tameside and Glossop",
        "Pennine Care",
        "The Christie",
    ];
    let employer = |name: &str| Employer {
        name: name.to_owned(),
        attendance: match name {
            "Stockport" => Attendance::Missing,
            _ => Attendance::In,
        },
    };
    CoverageStrip::new(names.map(employer).to_vec())
        .of_headcount("about 93% of the last known headcount")
        .html()
}

fn groups() -> Html {
    let rows = vec![
        Row::new("Nursing and midwifery registered", people(26_840.0, 55.0))
            .linked("/staff-groups/nursing"),
        Row::new(
            "Additional professional scientific and technical",
            people(2_790.0, 55.0),
        ),
        Row::new("Students", people(310.0, 55.0)),
        Row::new("Unknown", people(300.0, 55.0)).last(),
        Row::new("Supplementary roles", people(8.0, 55.0)),
        Row::missing("Stockport NHS Foundation Trust", "not in this release"),
    ];
    let chart = RowChart::new(
        "People by staff group",
        ("Staff group", "People"),
        Unit::People,
        rows,
    );
    Framed::around(
        &chart,
        "People by staff group",
        "People, eight employers, 30 September 2026",
    )
    .behind(foot())
    .html()
}

fn localities() -> Html {
    let all = Benchmark {
        value: 0.199,
        label: "All localities".to_owned(),
    };
    let row = |(name, value, half): (&str, f64, f64)| {
        let figure = share(value, half);
        Row::new(name, figure).compared(Comparison::of(&figure, 0.199, None))
    };
    let rows = [
        ("Wigan", 0.229, 0.007),
        ("Stockport", 0.201, 0.042),
        ("Manchester", 0.178, 0.003),
    ];
    let chart = RowChart::new(
        "Share aged 55 and over by locality",
        ("Locality", "Share"),
        Unit::Share,
        rows.map(row).to_vec(),
    )
    .starting(Start::Near)
    .against(all);
    Framed::around(
        &chart,
        "Wigan is closest to retirement",
        "Share of people aged 55 and over",
    )
    .behind(foot())
    .html()
}

fn ladder() -> Html {
    let rung = |(label, size, value, half): (&str, &str, f64, f64)| {
        let share = share(value, half);
        Rung {
            label: label.to_owned(),
            size: size.to_owned(),
            share,
            comparison: Comparison::of(&share, 0.236, None),
            all_staff: Some(self::share(0.2 + value / 5.0, 0.002)),
        }
    };
    let rungs = [
        ("Consultants", "about 75 people", 0.26, 0.23),
        ("Band 7", "about 140 people", 0.06, 0.12),
        ("Band 6", "about 180 people", 0.13, 0.10),
        ("Band 5", "about 165 people", 0.29, 0.11),
    ];
    let rungs = rungs.map(rung).to_vec();
    let ladder = Ladder::new(
        "Share by band",
        rungs,
        population(),
        "Against the population",
    );
    let narrowing = ladder.narrowing().expect("Band 6 is clearly lower");
    let title = format!("The share is first clearly lower at {}", narrowing.at);
    Framed::around(&ladder, title, "Share of those who said, 31 March 2026")
        .behind(foot())
        .html()
}

fn points(values: &[(f64, f64)], of: fn(f64, f64) -> Figure) -> Vec<Point> {
    let point = |(index, (value, half)): (u32, &(f64, f64))| Point {
        label: format!("Q{} 2026", index + 1),
        at: f64::from(index),
        figure: Some(of(*value, *half)),
        has_fewer: index == 1,
    };
    (0_u32..).zip(values).map(point).collect()
}

fn trend() -> Html {
    let values = [
        (84_920.0, 74.0),
        (85_210.0, 74.0),
        (85_360.0, 74.0),
        (85_890.0, 74.0),
        (86_240.0, 74.0),
        (86_760.0, 74.0),
    ];
    let trend = Trend::new(
        "tr",
        "People by quarter",
        "People",
        Unit::People,
        points(&values, people),
    );
    let change = Figure::difference(Unit::People, 410.0, 302.0, 518.0);
    let says = sentence::change(&change, Verdict::Yes, "people", "than in June");
    Framed::around(
        &trend,
        "The workforce has grown",
        "People at the employers present throughout",
    )
    .saying(Tag::of_change(&change, Verdict::Yes), says.whole())
    .behind(foot())
    .html()
}

fn multiples() -> Html {
    let growth =
        |value: f64, half: f64| Figure::difference(Unit::Rate, value, value - half, value + half);
    let panel = |(name, value, half): (&str, f64, f64)| {
        let last = growth(value, half);
        let verdict = if half < value.abs() {
            Verdict::Yes
        } else {
            Verdict::CannotTell
        };
        Panel {
            name: name.to_owned(),
            says: sentence::change(&last, verdict, "people", "than last year"),
            tag: Tag::of_change(&last, verdict),
            points: points(&[(0.0, 0.0), (value / 2.0, half), (value, half)], growth),
        }
    };
    let panels = [
        ("Nursing and midwifery", 0.019, 0.003),
        ("Administrative and clerical", -0.016, 0.005),
        ("Healthcare scientists", -0.013, 0.033),
    ];
    let panels = panels.map(panel).to_vec();
    let chart = Multiples::new("m", "change in people", "Change", Unit::Rate, panels).of_change();
    Framed::around(
        &chart,
        "Nurses are up",
        "Change in people. Same scale in every panel",
    )
    .behind(foot())
    .html()
}

fn pyramid() -> Html {
    let labels = ["Under 25", "25–29", "30–34", "35–39", "40–44"];
    let band = |(index, label): (u32, &str)| AgeBand {
        label: label.to_owned(),
        left: people(22.0 + 30.0 * f64::from(index), 11.0),
        right: people(-4.0 + 20.0 * f64::from(index), 11.0),
    };
    let bands = (0_u32..).zip(labels).map(band).collect();
    let chart = Pyramid::new(
        "py",
        "Age and gender",
        ("Women", "Men"),
        Unit::People,
        bands,
    );
    Framed::around(&chart, "People by age and gender", "People, 31 March 2026")
        .behind(foot())
        .html()
}

fn fan() -> Html {
    let horizon = |(years, value, half, wide): (u8, f64, f64, f64)| Horizon {
        years,
        noise: people(value, half),
        rates: people(value, wide),
    };
    let horizons = [
        (1, 1_930.0, 30.0, 300.0),
        (3, 5_240.0, 60.0, 850.0),
        (5, 7_900.0, 90.0, 1_400.0),
    ];
    let horizons = horizons.map(horizon).to_vec();
    let chart = Fan::new(
        "fan",
        "Expected leavers aged 55 and over",
        "People",
        Unit::People,
        horizons,
    );
    Framed::around(
        &chart,
        "Expected leavers",
        "People aged 55 and over, running total",
    )
    .behind(foot())
    .html()
}

fn sample() -> String {
    let mut shell = Shell::new(
        "Greater Manchester",
        Section::Pathways,
        "Breast cancer pathway",
    );
    shell.notice = Some("Every number on this page is invented.".to_owned());
    shell.crumbs = vec![
        Link::new("Overview", "/"),
        Link::new("Pathways", "/pathways"),
    ];
    shell.lead = vec![sentence::count(
        &people(903.0, 18.0),
        "people",
        "work on this pathway",
    )];
    shell.meta = vec!["31 March 2026".to_owned(), "9 of 9 employers".to_owned()];
    shell.on_page = vec![
        Link::new("Where the ladder stops", "#ladder"),
        Link::new("Change", "#change"),
    ];
    let says = Sentence::words("between 3% and 49% of consultants: too noisy for an answer");
    let inset =
        Inset::caveat("What would give a clearer answer", vec![says]).more("Method", "/method");
    let note = Inset::information(
        "Asking is free",
        vec![Sentence::words("no question reaches an employer")],
    );
    let table = DataTable::new(
        "Releases agreed",
        [Heading::text("Series"), Heading::number("ρ")],
        vec![vec!["Headline".to_owned(), "0.125".to_owned()]],
    )
    .totalled(vec!["Total".to_owned(), "0.125".to_owned()]);
    let take = Take {
        links: vec![
            Link::new("CSV with notes", "/numbers.csv"),
            Link::new("JSON", "/numbers.json"),
        ],
        permalink: "/releases/2026-03/1/pathways/breast".to_owned(),
        cite: "Greater Manchester VWIS. Breast cancer pathway, 31 March 2026, release 1."
            .to_owned(),
    };
    let parts = vec![
        (None, answer()),
        (None, filters()),
        (Some(("short", "In short")), cards()),
        (None, coverage()),
        (Some(("who", "Who works here")), groups()),
        (Some(("where", "Where they work")), localities()),
        (Some(("ladder", "Where the ladder stops")), ladder()),
        (None, inset.html()),
        (Some(("change", "What has changed")), trend()),
        (None, multiples()),
        (Some(("age", "How old it is")), pyramid()),
        (None, fan()),
        (Some(("buys", "What the year buys")), table.html()),
        (None, note.html()),
        (None, take.html()),
    ];
    Sample { shell, parts }.render().unwrap()
}

#[test]
fn a_page_of_every_part_has_one_heading_no_style_and_ids_of_its_own() {
    let html = sample();
    assert_eq!(html.matches("<h1").count(), 1);
    for inline in [" style=", "<style", " onload", " onclick", "javascript:"] {
        assert!(!html.contains(inline), "{inline}");
    }
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");
    // Every part that is referred to is on the page.
    for reference in html
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(ids.contains(&reference), "{reference}");
    }
    assert!(html.contains(&assets::STYLESHEET.path()));
    if let Some(path) = std::env::var_os("VWIS_SAMPLE_PAGE") {
        std::fs::write(path, html).unwrap();
    }
}

#[test]
fn every_class_that_is_drawn_has_a_look() {
    let html = sample();
    let classes = html
        .split("class=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for class in classes.flat_map(str::split_whitespace) {
        let is_known = assets::STYLESHEET.content.contains(&format!(".{class}"));
        assert!(is_known, "{class}");
    }
}
