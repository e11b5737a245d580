//! Compare: employers, localities or staff groups side by side, each compared with all the others and with
//! each other.

mod pairs;

use super::{Choices, Document, Gap, Reading, View, changes, gap::or_gap, head, shares::Shares};
use crate::ui::{
    Sentence,
    component::{Choice, Filters, Inset, Section},
    layout,
};

/// The names of the choices that an address may hold.
pub(super) const CHOICES: [&str; 2] = ["between", "of"];

/// What can be compared: its code, its name in the form, and what one of them is called.
const BETWEEN: [(&str, &str, &str); 3] = [
    ("locality", "Localities", "Locality"),
    ("staff_group", "Staff groups", "Staff group"),
    ("employers", "Employers", "Employer"),
];
/// The shares that can be compared: the indicator's value of `of`, and the words for people.
const OF: [(&str, &str); 4] = [
    ("aged_55_and_over", "People aged 55 and over"),
    ("bme", "People from ethnic minority groups"),
    ("women", "Women"),
    ("disabled", "People who declared a disability"),
];

/// Whether the page shows employers' own numbers.
pub(super) fn is_of_employers(choices: &Choices) -> bool {
    choices.or("between", BETWEEN[0].0) == "employers"
}

/// What is compared, and by which share.
pub(super) type Chosen = (
    (&'static str, &'static str, &'static str),
    (&'static str, &'static str),
);

/// What was chosen, or a gap if there is no such choice.
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
    let chosen = chosen(choices)?;
    let ((between, many, one), (of, share_of)) = chosen;
    let heading = "Compare";
    let mut shell = head::shell(reading, layout::Section::Compare, heading);
    shell.lead = vec![Sentence::words(format!(
        "{} side by side, each against all the others together",
        many.to_lowercase()
    ))];
    let mut document = Document::new(shell);
    document.push(&form(reading, between, of));
    let title = format!("{share_of}: share by {}", one.to_lowercase());
    let employers: Vec<_> = reading.archive().organisations().into_iter().collect();
    let shares = match between {
        "employers" => Shares::of_employers(reading, &employers, of),
        attribute => Shares::of_categories(reading, attribute, of),
    };
    let mut pairs = None;
    let shares = shares.map(|shares| {
        document.shell.lead.push(shares.says());
        document.shell.meta = vec![
            shares.when().to_owned(),
            "Every number has a 95% interval".to_owned(),
        ];
        pairs = Some(pairs::section(reading, chosen, &shares));
        shares.framed(&title, share_of, one)
    });
    document.section(&Section::new("share", "How they differ").with_html(or_gap(&title, shares)));
    if let Some(pairs) = pairs {
        document.section(&pairs);
    }
    let change = match between {
        "employers" => changes::by_employer(reading, &employers),
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

fn form(reading: &Reading<'_>, between: &str, of: &str) -> Filters {
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
        kept: reading.kept(),
        choices: vec![
            choice("between", "Between", betweens.to_vec(), between),
            choice("of", "Share of", ofs.to_vec(), of),
        ],
    }
}
