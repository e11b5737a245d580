//! Recruitment and careers: who is shortlisted, who is appointed, who moves up.
//!
//! An agreement of its own asks employers for this, which some of them may decline. So the page is made from
//! another agreement's releases than the others, and from those alone.

use vwis_model::agreement::Series;

use super::{
    Ask, At, Document, Gap, IndicatorAnswer, Reading, View, charts, gap::or_gap, head, parity,
};
use crate::{
    estimate::Unit,
    indicator::named,
    ui::{
        Html,
        chart::{Order, Row, RowChart},
        component::{Answer, Section},
        layout,
        markup::Part,
    },
};

pub(super) const HEADING: &str = "Recruitment and careers";

const RECRUITMENT: &str = "recruitment";
const CAREER_MOVEMENT: &str = "career-movement";
/// The characteristics by which people are told apart, and what is compared of each.
const CHARACTERISTICS: [(&str, &str); 3] = [
    (
        "ethnic_group",
        "White people over people from ethnic minority groups",
    ),
    (
        "disability",
        "People who are not disabled over disabled people",
    ),
    ("gender", "Men over women"),
];
/// The stages of an application, as the indicator calls them.
const STAGES: [&str; 3] = ["applied", "shortlisted", "appointed"];
const PERSONS: &str = "Each person is counted once, by the application that went furthest. The indicator of the Workforce Race \
    Equality Standard counts applications, so its ratios are larger.";
const ONE_EMPLOYER: &str =
    "Moves within one employer: who moves up by going to another is one who left.";

/// Whether any of its indicators reads the people that a series counts.
pub(super) fn is_told_by(series: &Series) -> bool {
    let mut indicators = [RECRUITMENT, CAREER_MOVEMENT].into_iter();
    indicators.any(|name| {
        let found = named(name);
        found.is_ok_and(|indicator| indicator.definition.reads_people_of(series))
    })
}

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let reading = &reading.unpinned();
    let recruitment = reading.ask(&Ask::of(RECRUITMENT).by(&[]));
    let movement = reading.ask(&Ask::of(CAREER_MOVEMENT).by(&[]));
    let main = match (&recruitment, &movement) {
        (Ok(answer), _) | (_, Ok(answer)) => answer,
        (Err(gap), Err(_)) => return Err(gap.clone()),
    };
    let mut shell = head::shell_beneath(reading, layout::Section::Equality, HEADING);
    shell.meta = head::meta(reading, main);
    let mut document = Document::new(shell);
    let answers = [
        recruitment.as_ref().ok().and_then(is_appointing_shared),
        movement.as_ref().ok().and_then(is_moving_up_shared),
    ];
    for answer in answers.into_iter().flatten() {
        document.push(&answer);
    }
    document.section(
        &Section::new("path", "From applying to being appointed").with_html(or_gap(
            "From applying to being appointed",
            recruitment
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|answer| path(answer, &[])),
        )),
    );
    document.section(
        &Section::new("support", "The way to becoming a healthcare support worker").with_html(
            or_gap("Healthcare support workers", support_workers(reading)),
        ),
    );
    document.section(
        &Section::new("appointed", "Appointed, once shortlisted").with_html(or_gap(
            "Appointed, once shortlisted",
            likelihoods(
                reading,
                RECRUITMENT,
                "relative_likelihood_persons",
                &[("stage", "appointed")],
                PERSONS,
            ),
        )),
    );
    document.section(
        &Section::new("up", "Who moves up")
            .with_html(or_gap(
                "Moved up",
                likelihoods(
                    reading,
                    CAREER_MOVEMENT,
                    "relative_likelihood",
                    &[],
                    ONE_EMPLOYER,
                ),
            ))
            .with_html(or_gap(
                "Moved up, by ethnic group",
                movement.as_ref().map_err(Clone::clone).and_then(|answer| {
                    groups(
                        answer,
                        "share_moved_up",
                        "Moved up in the year",
                        ONE_EMPLOYER,
                    )
                }),
            )),
    );
    document.section(&Section::new("left", "Who leaves").with_html(or_gap(
        "Left in the year",
        movement.as_ref().map_err(Clone::clone).and_then(|answer| {
            groups(
                answer,
                "share_left",
                "Left in the year",
                "Of all who were in post a year before.",
            )
        }),
    )));
    document.push(&head::take(reading, &View::Careers, HEADING, main));
    Ok(document)
}

fn is_appointing_shared(recruitment: &IndicatorAnswer) -> Option<Answer> {
    let found = recruitment.at("relative_likelihood_persons", &[("stage", "appointed")])?;
    Some(parity::is_shared(
        recruitment,
        found,
        (
            "appointing",
            "Once shortlisted, is everybody as likely to be appointed?",
        ),
        "a ratio of 1 means that White people and people from ethnic minority groups are as likely to be appointed \
         once they are shortlisted; above 1, White people are appointed more often",
    ))
}

fn is_moving_up_shared(movement: &IndicatorAnswer) -> Option<Answer> {
    let found = movement.at("relative_likelihood", &[])?;
    Some(parity::is_shared(
        movement,
        found,
        ("moving-up", "Is everybody as likely to move up?"),
        "a ratio of 1 means that White people and people from ethnic minority groups moved up a band as often; above \
         1, White people did more often",
    ))
}

/// The share from ethnic minority groups at each stage, held against their share of those who applied.
fn path(answer: &IndicatorAnswer, at: At<'_>) -> Result<Html, Gap> {
    let row = |stage: &str| {
        let at: Vec<_> = at
            .iter()
            .copied()
            .chain([("stage", stage), charts::BME])
            .collect();
        let found = answer.at("share", &at)?;
        let label = &answer.category(found, "stage")?.label;
        let row = Row::new(label, found.figure);
        Some(match &found.benchmark {
            Some(applied) => row.compared(charts::held_against(found, applied.value)),
            None => row,
        })
    };
    let rows: Vec<_> = STAGES.into_iter().filter_map(row).collect();
    if rows.is_empty() {
        return Err(Gap::new("nobody's stage is in these releases"));
    }
    let title = "Share of people from ethnic minority groups at each stage";
    let chart = RowChart::new(title, ("Stage", "Share"), Unit::Share, rows)
        .ordered(Order::AsGiven)
        .judged("Against those who applied");
    let unit = "Share of the people at the stage, those who did not say included";
    Ok(charts::framed(answer, &chart, title, unit, PERSONS).html())
}

fn support_workers(reading: &Reading<'_>) -> Result<Html, Gap> {
    let role = ("role", "healthcare_support_worker");
    let ask = Ask::of(RECRUITMENT).by(&[role.0]).only(role.0, &[role.1]);
    path(&reading.ask(&ask)?, &[role])
}

/// The relative likelihoods by each characteristic.
fn likelihoods(
    reading: &Reading<'_>,
    indicator: &'static str,
    measure: &str,
    at: At<'_>,
    note: &str,
) -> Result<Html, Gap> {
    let mut rows = Vec::new();
    let mut first = None;
    for (of, words) in CHARACTERISTICS {
        let answer = reading.ask(&Ask::of(indicator).by(&[]).option("of", of))?;
        if let Some(found) = answer.at(measure, at) {
            rows.push(parity::row(words, found));
        }
        first.get_or_insert(answer);
    }
    let answer = first.filter(|_| !rows.is_empty());
    let answer = answer.ok_or_else(|| Gap::new("there is no ratio in these releases"))?;
    let title = "How much likelier the first are than the second";
    Ok(parity::chart(
        &answer,
        rows,
        (title, "Who over whom"),
        "Ratio of two shares",
        note,
    ))
}

/// A share of each ethnic group.
fn groups(answer: &IndicatorAnswer, measure: &str, title: &str, note: &str) -> Result<Html, Gap> {
    let rows = charts::rows(answer, measure, "ethnic_group", &[], charts::unlinked);
    if rows.is_empty() {
        return Err(Gap::new("no ethnic group is in these releases"));
    }
    let chart = RowChart::new(title, ("Ethnic group", "Share"), Unit::Share, rows);
    Ok(charts::framed(answer, &chart, title, "Share of the group", note).html())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::indicator::testing::{STANDARD, a_year};

    const EQUALITY: &str = include_str!("../../../deploy/agreements/gm-equality.toml");

    fn html(agreement: &str) -> Result<String, Gap> {
        let noise = ChaCha20Rng::seed_from_u64(3);
        let archive = a_year().released_under(agreement, Some(noise));
        let reading = Reading::new(&archive, None, None)?;
        let pinned = vec![
            ("agreement", "abc".to_owned()),
            ("release", "def".to_owned()),
        ];
        Ok(document(&reading.pinned_by(pinned))?.html())
    }

    #[test]
    fn it_says_who_is_appointed_and_who_moves_up_from_its_own_agreement() {
        let html = html(EQUALITY).unwrap();
        for said in [
            "Once shortlisted, is everybody as likely to be appointed?",
            "Is everybody as likely to move up?",
            "Share of people from ethnic minority groups at each stage",
            "The way to becoming a healthcare support worker",
            "Men over women",
            "Left in the year",
        ] {
            assert!(html.contains(said), "{said}");
        }
        let missing = "The agreement does not ask employers for this";
        assert!(!html.contains(missing), "every section is told");
        let own = format!("\"{}", View::Equality.path());
        assert!(html.contains(&own), "its crumb leads back");
    }

    #[test]
    fn its_links_to_other_pages_keep_no_agreement_and_no_release() {
        let html = html(EQUALITY).unwrap();
        let links = html.split("href=\"/").skip(1);
        let mut links = links.filter_map(|rest| rest.split('"').next());
        let of_the_api = |link: &&str| link.starts_with("api/");
        let is_kept = |link: &str| link.contains("agreement=abc") || link.contains("release=def");
        assert!(links.all(|link| of_the_api(&link) || !is_kept(link)));
    }

    #[test]
    fn the_usual_agreement_has_no_such_page() {
        let gap = html(STANDARD).unwrap_err();
        assert!(gap.is_of_releases(), "{gap}");
    }
}
