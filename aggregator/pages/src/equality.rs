//! Equality: who is on which band, by ethnic group, disability and gender; and how many did not say.

mod groups;

use super::{
    Ask, Document, Gap, IndicatorAnswer, Reading, View, careers, charts, gap::or_gap, head,
    indicator_answer::is_total, ladders, parity, words,
};
use crate::{
    estimate::{Figure, Unit},
    ui::{
        Html, Sentence,
        chart::{Row, RowChart, Start},
        component::{Answer, Inset, Section},
        layout,
        markup::Part,
        sentence,
    },
};

const SHARE_FROM_MINORITIES: &str = "Share of people from ethnic minority groups";

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let heading = "Equality";
    let ratio = reading.ask(&Ask::of("race-disparity-ratio").by(&[]))?;
    let mut shell = head::shell(reading, layout::Section::Equality, heading);
    shell.meta = head::meta(reading, &ratio);
    let upper = ratio.figure("disparity_ratio", &[("tier", "lower_to_upper")]);
    if let Some(figure) = &upper {
        let says = Sentence::words(
            "the race disparity ratio, from band 5 and below to band 8a and above, is ",
        );
        shell.lead.push(says.then("", sentence::level(figure, "")));
    }
    let mut document = Document::new(shell);
    if let Some(answer) = is_seniority_shared(&ratio) {
        document.push(&answer);
    }
    document.section(
        &Section::new("ratio", "From the lower to the upper bands")
            .with_html(or_gap("Race disparity ratio", ratios(&ratio))),
    );
    let wres = [
        ("clinical", "Clinical staff, without doctors"),
        ("non_clinical", "Non-clinical staff"),
    ];
    let wres = wres.into_iter().fold(
        Section::new("wres", "Clinical and non-clinical staff (WRES 1)"),
        |section, (kind, title)| section.with_html(or_gap(title, self::wres(reading, kind, title))),
    );
    document.section(
        &Section::new("ladder", "Where the ladder stops")
            .with_html(or_gap("Share by band", ladder(reading))),
    );
    document.section(&wres);
    document.section(
        &Section::new("groups", "Each ethnic group, band by band").with_html(or_gap(
            "Share of each ethnic group by band",
            groups::by_band(reading),
        )),
    );
    document.section(
        &Section::new("wdes", "Disability (WDES 1)").with_html(or_gap("Disability", wdes(reading))),
    );
    document.section(
        &Section::new("gender", "Women, band by band").with_html(or_gap("Gender", gender(reading))),
    );
    document.section(
        &Section::new(
            "support",
            "Healthcare support workers, and the people around them",
        )
        .with_html(or_gap(
            "Healthcare support workers",
            support_workers(reading),
        )),
    );
    document.section(&careers(reading));
    document.section(
        &Section::new("unsaid", "How many did not say")
            .with_html(or_gap("Did not say", unsaid(reading))),
    );
    document.push(&head::take(reading, &View::Equality, heading, &ratio));
    Ok(document)
}

/// The answer whether seniority is shared: whether the odds of white staff on the upper bands, over those of
/// staff from minority groups, are about 1.
fn is_seniority_shared(ratio: &IndicatorAnswer) -> Option<Answer> {
    let found = ratio.at("disparity_ratio", &[("tier", "lower_to_upper")])?;
    Some(parity::is_shared(
        ratio,
        found,
        ("shared", "Is seniority shared?"),
        "a ratio of 1 means that White people and people from ethnic minority groups are on the upper \
         bands in the same proportion to the lower bands; above 1, White people are there more often",
    ))
}

fn ratios(answer: &IndicatorAnswer) -> Result<Html, Gap> {
    let tiers = ["lower_to_middle", "middle_to_upper", "lower_to_upper"];
    let rows: Vec<_> = tiers
        .into_iter()
        .filter_map(|tier| {
            let found = answer.at("disparity_ratio", &[("tier", tier)])?;
            let label = &answer.category(found, "tier")?.label;
            Some(parity::row(label, found))
        })
        .collect();
    if rows.is_empty() {
        return Err(Gap::new("there is no ratio in these releases"));
    }
    let title = "Race disparity ratio";
    let unit = "How much more often White people are on the higher bands than people from ethnic minority \
        groups, for their numbers on the lower";
    let note =
        "Lower: band 5 and below. Middle: 6 and 7. Upper: 8a and above, very senior managers.";
    let heads = (title, "From which bands to which");
    Ok(parity::chart(answer, rows, heads, unit, note))
}

/// The share from ethnic minority groups on each band of all staff, compared with the population.
fn ladder(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("ladder").by(&[]))?;
    let steps = ladders::Steps {
        dimension: "band",
        part: charts::BME,
        line: None,
        line_label: ("Population", "Against the population"),
    };
    let title = "All staff";
    let drawn = ladders::ladder(&answer, &[], title, steps)?;
    let unit = format!("{SHARE_FROM_MINORITIES}, of those who said");
    Ok(drawn.framed(&answer, title, &unit, &words::population()))
}

/// The share from ethnic minority groups on each band of clinical or other staff, compared with the overall
/// workforce, as the standard does.
fn wres(reading: &Reading<'_>, kind: &'static str, title: &str) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("wres-1"))?;
    let steps = ladders::Steps {
        dimension: "band",
        part: charts::BME,
        line: None,
        line_label: (
            "Overall workforce, those who did not say included",
            "Against the overall workforce",
        ),
    };
    let drawn = ladders::ladder(&answer, &[("clinical", kind)], title, steps)?;
    let unit =
        format!("{SHARE_FROM_MINORITIES}, of all, those who did not say included, as WRES counts");
    Ok(drawn.framed(&answer, title, &unit, ""))
}

/// The share of disabled people in each cluster, compared with all staff.
fn wdes(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("wdes-1"))?;
    let steps = ladders::Steps {
        dimension: "wdes",
        part: ("disability", "yes"),
        line: all_staff(&answer, ("disability", "yes")),
        line_label: ("All staff", "Against all staff"),
    };
    let caption = "Share of disabled people by cluster";
    let drawn = ladders::ladder(&answer, &[("clinical", "total")], caption, steps)?;
    let note = "Disability is what people declared. Clusters of the Workforce Disability Equality Standard.";
    let unit = "Share of people who declared a disability, of all, those who did not say included, as WDES counts";
    Ok(drawn.framed(&answer, "Disabled people by cluster", unit, note))
}

/// The share of women on each band, compared with all staff.
fn gender(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("gender-balance").by(&["band"]))?;
    let steps = ladders::Steps {
        dimension: "band",
        part: ("gender", "female"),
        line: all_staff(&answer, ("gender", "female")),
        line_label: ("All staff", "Against all staff"),
    };
    let drawn = ladders::ladder(&answer, &[], "Share of women by band", steps)?;
    Ok(drawn.framed(
        &answer,
        "Women by band",
        "Share of women, of those whose gender is recorded",
        "",
    ))
}

fn all_staff(answer: &IndicatorAnswer, part: (&str, &str)) -> Option<f64> {
    answer.figure("share", &[part])?.value()
}

/// Each locality's support workers, compared with its residents.
fn support_workers(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("support-workers").by(&["locality"]))?;
    let mut rows = Vec::new();
    for found in answer.within("share", &[charts::BME]) {
        let (Some(place), Some(residents)) = (answer.category(found, "locality"), &found.benchmark)
        else {
            continue;
        };
        if is_total(place) {
            continue;
        }
        let mut row = Row::new(&place.label, found.figure)
            .compared(charts::held_against(found, residents.value))
            .beside(Figure::exact(Unit::Share, residents.value));
        if let Some(href) = reading.page_of("locality", place) {
            row = row.linked(href);
        }
        rows.push(row);
    }
    let title = "Healthcare support workers from ethnic minority groups by locality";
    let chart = RowChart::new(title, ("Locality", "Share"), Unit::Share, rows)
        .starting(Start::Near)
        .beside("people who live there")
        .judged("Against residents");
    let note = words::population();
    let unit = format!("{SHARE_FROM_MINORITIES}, of those who said");
    Ok(charts::framed(&answer, &chart, title, &unit, &note).html())
}

/// The way to the page about recruitment and careers, which another agreement tells.
fn careers(reading: &Reading<'_>) -> Section {
    let href = reading.unpinned().link(&View::Careers);
    let says = "who applies, is shortlisted and is appointed, and who moves up, is asked under an agreement of its own, \
                which employers may decline";
    Section::new("careers", "Who comes in, and who moves up").with_html(
        Inset::information("On a page of its own", vec![Sentence::words(says)])
            .more(careers::HEADING, href)
            .html(),
    )
}

/// How many people did not say. They are in no category, so their number limits all other numbers of the
/// page.
fn unsaid(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("completeness"))?;
    let asked = ["ethnic_group", "disability", "gender"].into_iter();
    let row = |attribute| {
        let found = answer.at("share_unknown", &[("attribute", attribute)])?;
        let label = &answer.category(found, "attribute")?.label;
        Some(Row::new(label, found.figure))
    };
    let rows: Vec<_> = asked.filter_map(row).collect();
    if rows.is_empty() {
        return Err(Gap::new("nothing of this is released yet"));
    }
    let title = "Share who did not say, or whose record does not";
    let chart = RowChart::new(title, ("What", "Share"), Unit::Share, rows);
    Ok(charts::framed(&answer, &chart, title, "Share of all staff", "").html())
}
