//! Compare: employers, localities or staff groups side by side, each against all the others.

use vwis_proto::ods::OdsCode;

use super::{
    Ask, Choices, Document, Gap, Reading, Told, View, changes, charts, gap::or_gap, head,
    localities, staff_groups,
};
use crate::{
    estimate::{Figure, Unit, Verdict},
    indicator::Finding,
    page::{
        Html, Sentence, Standing,
        chart::{Foot, Framed, Row, RowChart, Start},
        component::{Choice, Filters, Inset, Section},
        layout,
        markup::Part,
    },
};

/// What can be chosen, as the address names it.
pub(super) const CHOICES: [&str; 2] = ["between", "of"];

/// What is held against each other: its code, its name in the form, what one is called.
const BETWEEN: [(&str, &str, &str); 3] = [
    ("locality", "Localities", "Locality"),
    ("staff_group", "Staff groups", "Staff group"),
    ("employers", "Employers", "Employer"),
];
/// What is compared, as the indicator names it, and for people.
const OF: [(&str, &str); 4] = [
    ("aged_55_and_over", "People aged 55 and over"),
    ("bme", "People from ethnic minority groups"),
    ("women", "Women"),
    ("disabled", "People who declared a disability"),
];

/// Whether an answer holds employers' own numbers.
pub(super) fn is_of_employers(choices: &Choices) -> bool {
    choices.or("between", BETWEEN[0].0) == "employers"
}

/// What is held against each other, and the share that is.
type Chosen = (
    (&'static str, &'static str, &'static str),
    (&'static str, &'static str),
);

/// What was chosen, if it is there.
pub(super) fn chosen(choices: &Choices) -> Result<Chosen, Gap> {
    let between = choices.or("between", BETWEEN[0].0);
    let known = BETWEEN.iter().find(|(code, ..)| *code == between);
    let between = known.ok_or_else(|| not_there("between", between, BETWEEN.map(|b| b.0)))?;
    let of = choices.or("of", OF[0].0);
    let known = OF.iter().find(|(code, _)| *code == of);
    let of = known.ok_or_else(|| not_there("of", of, OF.map(|of| of.0)))?;
    Ok((*between, *of))
}

pub(super) fn document(reading: &Reading<'_>, choices: &Choices) -> Result<Document, Gap> {
    let ((between, many, one), (of, share_of)) = chosen(choices)?;
    let heading = "Compare";
    let mut shell = head::shell(reading, layout::Section::Compare, heading);
    shell.lead = vec![Sentence::words(format!(
        "{} side by side, each against all the others together",
        many.to_lowercase()
    ))];
    let mut document = Document::new(shell);
    document.push(&form(between, of));
    let title = format!("{share_of}: share by {}", one.to_lowercase());
    let compared = match between {
        "employers" => Compared::employers(reading, of),
        attribute => Compared::categories(reading, attribute, of),
    };
    let share = compared.map(|compared| {
        document.shell.lead.push(compared.says());
        document.shell.meta = vec![
            compared.when.clone(),
            "Every number has a 95% interval".to_owned(),
        ];
        compared.framed(&title, share_of, one)
    });
    document.section(&Section::new("share", "How they differ").with_html(or_gap(&title, share)));
    let change = match between {
        "employers" => changes::by_employer(reading, &employers(reading)),
        "staff_group" => changes::by(
            reading,
            "staff_group",
            "Change by staff group",
            changes::MANY,
        ),
        _ => changes::by(reading, "locality", "Change by locality", changes::MANY),
    };
    document.section(
        &Section::new("change", "How they have changed")
            .with_html(or_gap("Change", change))
            .with(&Inset::caveat(
                "No league table",
                vec![
                    Sentence::words(
                        "neighbours in a list overlap: where their intervals do, their order says nothing",
                    ),
                    Sentence::words(
                        "many are compared at once: where none differs, about one in twenty is still called \
                         different",
                    ),
                ],
            )),
    );
    Ok(document)
}

fn not_there<const N: usize>(name: &str, value: &str, there: [&str; N]) -> Gap {
    let value: String = value.chars().take(40).collect();
    Gap::new(format!(
        "`{name}={value}` is not there; there are: {}",
        there.join(", ")
    ))
}

fn form(between: &str, of: &str) -> Filters {
    let choice = |name: &str, label: &str, options: Vec<(String, String)>, chosen: &str| Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        options,
        chosen: chosen.to_owned(),
    };
    let betweens = BETWEEN.map(|(code, words, _)| (code.to_owned(), words.to_owned()));
    let ofs = OF.map(|(code, words)| (code.to_owned(), words.to_owned()));
    Filters {
        action: View::Compare(Choices::default()).path(),
        choices: vec![
            choice("between", "Between", betweens.to_vec(), between),
            choice("of", "Share of", ofs.to_vec(), of),
        ],
    }
}

fn employers(reading: &Reading<'_>) -> Vec<OdsCode> {
    reading.archive().organisations().into_iter().collect()
}

/// Shares of several, with where each stands against all the others.
struct Compared {
    rows: Vec<Row>,
    /// Names of those that are clearly different.
    higher: Vec<String>,
    lower: Vec<String>,
    when: String,
    foot: Foot,
}

// === impl Compared ===

impl Compared {
    /// The categories of an attribute.
    fn categories(reading: &Reading<'_>, attribute: &'static str, of: &str) -> Result<Self, Gap> {
        let told = reading.ask(&Ask::of("comparison").by(&[attribute]).option("of", of))?;
        let mut all = Self::none(told.of_whom_and_when(), told.foot(NOTE));
        for share in told.of("share") {
            let Some(category) = told.category(share, attribute) else {
                continue;
            };
            let at = [(attribute, category.code.as_str())];
            let link = if attribute == "locality" {
                localities::page(category)
            } else {
                staff_groups::page(category)
            };
            let is_unknown = category.code == charts::UNKNOWN;
            all.push(&told, &at, &category.label, (link, is_unknown));
        }
        Ok(all)
    }

    /// The employers, each in a question of its own.
    fn employers(reading: &Reading<'_>, of: &str) -> Result<Self, Gap> {
        let ask = Ask::of("comparison").by(&[]).option("of", of);
        let mut all: Option<Self> = None;
        for (code, told) in reading.ask_each(&ask, &employers(reading)) {
            let all = all.get_or_insert_with(|| {
                Self::none(told.date().to_owned(), reading.foot_of_each(&ask, NOTE))
            });
            all.push(&told, &[], reading.employer(&code), (None, false));
        }
        all.ok_or_else(|| Gap::new("no employer is in the releases of this"))
    }

    fn none(when: String, foot: Foot) -> Self {
        Self {
            rows: Vec::new(),
            higher: Vec::new(),
            lower: Vec::new(),
            when,
            foot,
        }
    }

    fn push(
        &mut self,
        told: &Told,
        at: super::At<'_>,
        name: &str,
        (link, is_last): (Option<String>, bool),
    ) {
        let first = |measure| told.within(measure, at).first().copied();
        let (Some(share), Some(others), Some(difference)) = (
            first("share"),
            first("share_of_others"),
            first("difference"),
        ) else {
            return;
        };
        let standing = stands(share, difference);
        match standing {
            Standing::Higher => self.higher.push(name.to_owned()),
            Standing::Lower => self.lower.push(name.to_owned()),
            Standing::Alike | Standing::CannotTell | Standing::NoAnswer => {}
        }
        let mut row = Row::new(name, share.figure)
            .standing(standing)
            .beside(others.figure);
        if let Some(href) = link {
            row = row.linked(href);
        }
        self.rows.push(if is_last { row.last() } else { row });
    }

    /// The sentence says which are clearly different.
    fn says(&self) -> Sentence {
        let told = [("higher", &self.higher), ("lower", &self.lower)].into_iter();
        let told: Vec<_> = told
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| {
                format!("clearly {what} than all the others: {}", names.join(", "))
            })
            .collect();
        Sentence::words(if told.is_empty() {
            "none is clearly different from all the others".to_owned()
        } else {
            told.join("; ")
        })
    }

    fn framed(self, title: &str, share_of: &str, one: &str) -> Html {
        let chart = RowChart::new(title, (one, "Share"), Unit::Share, self.rows)
            .starting(Start::Near)
            .beside("all the others")
            .judged("Against the others");
        let unit = format!("Share, {}, {}", share_of.to_lowercase(), self.when);
        Framed::around(&chart, title, unit).behind(self.foot).html()
    }
}

const NOTE: &str = "Each is held against all the others together, with the noise of both.";

/// Where a share stands, by its difference from the others'.
fn stands(share: &Finding, difference: &Finding) -> Standing {
    let (low, high) = difference.figure.interval();
    if !Figure::is_shown(&share.figure) {
        Standing::NoAnswer
    } else if low > 0.0 {
        Standing::Higher
    } else if high < 0.0 {
        Standing::Lower
    } else if difference.verdict == Some(Verdict::No) {
        Standing::Alike
    } else {
        Standing::CannotTell
    }
}
