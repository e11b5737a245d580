//! The accessibility statement, in the form that public bodies use.

use super::Document;
use crate::ui::{
    Sentence,
    component::{Prose, Section},
    layout,
};

const CAN: [&str; 6] = [
    "zoom in up to 400% without scrolling sideways; wide tables scroll within themselves",
    "use every page with a keyboard alone",
    "listen to every page with a screen reader: each chart is a table, or has one behind it",
    "read every chart without colour: shapes and words say what colour says",
    "use every page without JavaScript: with it tables can be sorted and addresses copied",
    "print every page on A4 paper",
];
const FEEDBACK: [&str; 3] = [
    "if you need what is on these pages in another form, such as large print, easy read or a plain \
     spreadsheet, ask whoever runs this service in your health system. The numbers behind every chart can \
     be had as CSV",
    "if you find a problem that is not listed here, tell them as well: name the page and what you were \
     trying to do. How they are reached and how soon they answer is theirs to add here before the service \
     is open to others",
    "if you are not happy with how they respond, contact the Equality Advisory and Support Service. The \
     Equality and Human Rights Commission enforces the Public Sector Bodies (Websites and Mobile \
     Applications) (No. 2) Accessibility Regulations 2018",
];
const STATUS: [&str; 2] = [
    "these pages are meant to meet the Web Content Accessibility Guidelines, version 2.2, at level AA. \
     Whether they do has not been audited",
    "the checks that we ran found nothing that does not comply; they can find a part of all faults only",
];
const LIMITS: [&str; 4] = [
    "long ladders and tables have many rows for a screen reader; the sentence above each says what is in it",
    "spreadsheets and CSV files are plain tables without headings within them",
    "marks within charts are meant to have a contrast of 3 to 1 at least; an automatic checker cannot judge \
     it there",
    "the reader of the API’s documentation is a third party’s, and is for programmers",
];
const PREPARED: [&str; 3] = [
    "this statement was prepared on 28 November 2026, from what the makers of the software tested",
    "each time the software is changed, every kind of page is opened in a browser of 1,280, 390 and 320 \
     pixels and checked with axe-core, an automatic checker, for sideways scrolling and for text smaller \
     than 14 pixels; and journeys are made with the keyboard alone",
    "nothing here has been tested by people who use assistive technology, with a screen reader, with voice \
     control, or by an independent auditor. That is still to be done before a service relies on this \
     statement",
];

pub(super) fn document(mut shell: layout::Shell) -> Document {
    "Accessibility statement".clone_into(&mut shell.heading);
    shell.section = None;
    shell.lead = vec![Sentence::words(format!(
        "this statement is about the pages of the Virtual Workforce Information System of {}. We want as \
         many people as possible to be able to use them",
        shell.place
    ))];
    let mut document = Document::new(shell);
    let sections = [
        ("can", "What you can do", &CAN[..]),
        (
            "feedback",
            "Feedback, and what to do if something does not work",
            &FEEDBACK,
        ),
        ("status", "Compliance status", &STATUS),
        (
            "limits",
            "What is not as accessible as it could be",
            &LIMITS,
        ),
        ("prepared", "How this was tested, and when", &PREPARED),
    ];
    for (id, title, says) in sections {
        let says = says.iter().map(|&one| Sentence::words(one)).collect();
        document.section(&Section::new(id, title).with(&Prose::of(says)));
    }
    document
}

#[cfg(test)]
mod tests {
    use crate::View;

    #[test]
    fn the_statement_says_what_was_not_tested_and_who_enforces() {
        let document = View::Accessibility.without_releases(None);
        let html = document.unwrap().html();
        for said in [
            "Compliance status",
            "has not been audited",
            "nothing here has been tested by people",
            "Equality Advisory and Support Service",
            "prepared on 28 November 2026",
        ] {
            assert!(html.to_lowercase().contains(&said.to_lowercase()), "{said}");
        }
    }
}
