//! A pathway board's page: does this workforce look like the people it serves, and where on the ladder does
//! that stop?

mod counted;

use std::collections::BTreeSet;

use vwis_model::{dictionary::Category, here};

use super::{
    Ask, Document, Gap, IndicatorAnswer, Reading, View, charts,
    gap::or_gap,
    group::Group,
    head, ladders,
    likeness::{self, Likeness},
    words,
};
use crate::{
    estimate::{Unit, Verdict},
    ui::{
        Comparison, DisplayedFigure, Html, Sentence, Tag,
        chart::{Benchmark, Trend},
        component::{Card, Cards, Columns, Inset, Layout, Section},
        layout,
        markup::Part,
        sentence,
    },
};

/// What a board's page is made from.
struct Board<'a, 'r> {
    reading: &'r Reading<'a>,
    group: Group<'a, 'r>,
    pathway: &'static Category,
}

pub(super) fn document(reading: &Reading<'_>, pathway: &'static Category) -> Result<Document, Gap> {
    let view = View::Pathway(pathway);
    let board = Board {
        reading,
        group: Group::of(reading, "pathway", pathway),
        pathway,
    };
    let glance = board.group.at_a_glance()?;
    let at = board.group.at();
    let heading = board.name();
    let mut shell = head::shell_beneath(reading, layout::Section::Pathways, &heading);
    shell.meta = head::meta(reading, &glance.people);
    let of_where = format!("work on this pathway in {}", glance.people.employers());
    let people = glance.people.figure("headcount", &at);
    shell.lead = people
        .map(|people| sentence::count(&people, "people", &of_where))
        .into_iter()
        .collect();
    let mut document = Document::new(shell);
    let ladder = board.ladder();
    match board.likeness() {
        Ok(answer) => document.push(&answer),
        Err(gap) => document.push(&Inset::information(
            "Does this workforce look like the people it serves?",
            vec![Sentence::words(gap.to_string())],
        )),
    }
    document.push(&board.cards(ladder.as_ref().ok().map(|(_, drawn)| drawn)));
    let drawn = ladder.map(|(answer, drawn)| framed_ladder(&answer, &drawn));
    let mut section =
        Section::new("ladder", "Where the ladder stops").with_html(or_gap("Share by band", drawn));
    if let Some(help) = board.what_would_help() {
        section = section.with(&help);
    }
    document.section(&section);
    document.section(
        &Section::new("roles", "Which roles").with_html(or_gap("People by role", board.roles())),
    );
    let better = Section::new("better", "Is it getting better?")
        .with_html(or_gap("Share over time", board.share_over_time()))
        .with_html(or_gap("People over time", board.group.trend()));
    let age = Section::new("age", "How old is it?").with_html(or_gap("Age", board.group.ages()));
    document.shell.on_page.extend([better.link(), age.link()]);
    document.push(&Columns::of_sections(Layout::Halves, vec![better, age]));
    document.section(&counted::section(reading, pathway));
    if let Some(archived) = glance.people.release(reading) {
        document.push(&reading.coverage(archived));
    }
    document.push(&head::take(reading, &view, &heading, &glance.people));
    Ok(document)
}

fn framed_ladder(answer: &IndicatorAnswer, drawn: &ladders::Drawn) -> Html {
    let unit = "Share of people from ethnic minority groups, of those who said";
    let note = format!(
        "Bands are taken together in the tiers of the race disparity ratio, because few people are on each. {}",
        words::population()
    );
    drawn.framed(answer, "The ladder", unit, &note)
}

// === impl Board ===

impl Board<'_, '_> {
    fn name(&self) -> String {
        name(self.pathway)
    }

    /// An indicator's answer about the staff of this pathway.
    fn ask(&self, indicator: &'static str) -> Result<IndicatorAnswer, Gap> {
        self.group.ask(Ask::of(indicator), &[])
    }

    fn likeness(&self) -> Result<crate::ui::component::Answer, Gap> {
        let answer = self.ask("representation")?;
        let place = here::place().name();
        let pathway = words::in_a_sentence(self.pathway.label());
        let asked = Likeness {
            question: match self.reading.whose_alone() {
                None => format!("Does the {pathway} workforce look like {place}?"),
                Some(alone) => {
                    format!("Does the {pathway} workforce of {alone} look like {place}?")
                }
            },
            subject: "This pathway",
            residents: &format!("of {place}"),
        };
        likeness::answer(&answer, &self.group.at(), asked)
    }

    fn ladder(&self) -> Result<(IndicatorAnswer, ladders::Drawn), Gap> {
        let ask = Ask::of("ladder").option("rungs", "tier");
        let answer = self.group.ask(ask, &[])?;
        let steps = ladders::Steps {
            dimension: "band",
            part: charts::BME,
            line: None,
            line_label: ("Population", "Against the population"),
        };
        let caption = "Share of people from ethnic minority groups by band";
        let drawn = ladders::ladder(&answer, &self.group.at(), caption, steps)?;
        Ok((answer, drawn))
    }

    /// The cards: where the ladder narrows, who did not say, age, change; each with its doubt.
    fn cards(&self, ladder: Option<&ladders::Drawn>) -> Cards {
        let mut cards = Vec::new();
        if let Some(drawn) = ladder {
            cards.push(match &drawn.narrowing {
                Some(narrowing) => Card::of_words(
                    "Where it narrows",
                    &narrowing.at,
                    "clearly lower here, and no rung above it is alike or higher",
                )
                .tagged(Comparison::Lower.tag()),
                None if drawn.ladder.has_an_answer() => Card::of_words(
                    "Where it narrows",
                    "Cannot tell",
                    "it does not clearly narrow towards the top",
                )
                .tagged(Tag::CANNOT_TELL),
                None => Card::of_words("Where it narrows", "No answer", "every rung is too noisy")
                    .tagged(Tag::NO_ANSWER),
            });
        }
        let at = self.group.at();
        let unsaid = self.ask("representation");
        cards.extend(replaced(&unsaid, "Did not say their ethnic group"));
        let unsaid = unsaid.ok().and_then(|answer| {
            let at: Vec<_> = at
                .iter()
                .copied()
                .chain([("ethnic_group", "unknown")])
                .collect();
            answer.figure("share", &at)
        });
        if let Some(unsaid) = unsaid {
            let card = Card::new("Did not say their ethnic group", &unsaid);
            cards.push(card.noted("Left out of every share"));
        }
        let ages = self.ask("age-profile");
        cards.extend(replaced(&ages, "Aged 55 and over"));
        let over_55 = ages.ok().and_then(|answer| {
            let rows = answer.within("share_55_and_over", &at);
            rows.first().map(|row| row.figure)
        });
        if let Some(over_55) = over_55 {
            let card = Card::new("Aged 55 and over", &over_55);
            let all = self.reading.ask(&Ask::of("age-profile").by(&[])).ok();
            let all = all.and_then(|answer| Some(answer.of("share_55_and_over").next()?.figure));
            let value =
                all.and_then(|all| Some((all.value()?, DisplayedFigure::of(&all).value_text()?)));
            cards.push(match value {
                Some((value, shown)) => card
                    .tagged(charts::compared(&over_55, value, None).tag())
                    .noted(format!("Against {shown} of all staff")),
                None => card,
            });
        }
        let over_time = self.ask("representation-over-time");
        cards.extend(replaced(&over_time, "Share over time"));
        if let Ok(answer) = over_time {
            let changed = answer.of("change_since_first").next();
            if let Some(found) = changed {
                let verdict = found.verdict.unwrap_or(Verdict::CannotTell);
                let tag = Tag::of_change(&found.figure, verdict);
                let since = answer
                    .of("share")
                    .next()
                    .map(|row| row.source.period.clone());
                let since = since.and_then(|period| Some(words::date(period.parse().ok()?)));
                let heading = format!("Share since {}", since.unwrap_or_default());
                cards.push(Card::new(heading, &found.figure).tagged(tag));
            }
        }
        Cards::new(cards)
    }

    /// The staff of the pathway by role.
    fn roles(&self) -> Result<Html, Gap> {
        let answer = self.group.ask(Ask::of("composition"), &["role"])?;
        let (measure, title) = ("headcount", "People by role");
        self.group
            .by_role(&answer, measure, title, charts::PEOPLE_BY_EMPLOYER)
    }

    fn share_over_time(&self) -> Result<Html, Gap> {
        let answer = self.ask("representation-over-time")?;
        let at = [&self.group.at()[..], &[charts::BME]].concat();
        let points = charts::points(&answer, "share", &at);
        let first = points
            .first()
            .map(|point| point.label.clone())
            .unwrap_or_default();
        let name = "Share over all releases";
        let mut chart = Trend::new("share-trend", name, "Share", Unit::Share, points).from_zero();
        if let Some(value) = self.population() {
            chart = chart.against(Benchmark {
                value,
                label: "Population".to_owned(),
            });
        }
        let unit = "Share of people from ethnic minority groups, of those who said";
        let note = "A share rises, too, where more people say what they are.";
        let framed = charts::framed(&answer, &chart, name, unit, note);
        Ok(match answer.within("change_since_first", &at).first() {
            Some(found) => {
                let (tag, says) = charts::change(found, "", &format!("than in {first}"));
                framed.saying(tag, says.whole()).html()
            }
            None => framed.html(),
        })
    }

    fn population(&self) -> Option<f64> {
        let answer = self.ask("representation").ok()?;
        let at = [&self.group.at()[..], &[charts::BME]].concat();
        let share = answer.at("share", &at)?;
        share.benchmark.as_ref().map(|benchmark| benchmark.value)
    }

    /// An inset about rungs that are too noisy for an answer, and what would give one.
    fn what_would_help(&self) -> Option<Inset> {
        let (answer, _) = self.ladder().ok()?;
        let at = [&self.group.at()[..], &[charts::BME]].concat();
        let shares = answer.within("share", &at).into_iter();
        let noisy = shares.filter(|row| !row.figure.is_shown());
        let rungs = noisy.filter_map(|row| answer.category(row, "band"));
        let rungs = rungs.filter(|rung| ladders::is_rung(rung));
        let rungs: Vec<_> = rungs.map(|rung| format!("“{}”", rung.label)).collect();
        if rungs.is_empty() {
            return None;
        }
        let mut says = vec![Sentence::words(format!(
            "the shares on {} are too noisy for an answer",
            rungs.join(", ")
        ))];
        says.push(Sentence::words(
            "looking at all cancer pathways together, or at several years together, would help, at no \
             further cost in privacy. The list of pathways has the ladder of all, for whoever may read all",
        ));
        Some(
            Inset::caveat("What would give a clearer answer", says).more(
                "All pathways",
                self.reading.link(&View::Pathways(BTreeSet::new())),
            ),
        )
    }
}

/// The card that says that an answer was replaced; `None` if it was not.
fn replaced(answer: &Result<IndicatorAnswer, Gap>, heading: &str) -> Option<Card> {
    answer.as_ref().err()?.card(heading)
}

/// The name of a pathway's page: `Breast cancer pathway`. What is not a tumour site has its own label.
pub(super) fn name(pathway: &Category) -> String {
    if crate::access::pathways_of_nobody().contains(pathway.code()) {
        pathway.label().to_owned()
    } else {
        format!("{} cancer pathway", pathway.label())
    }
}
