//! The accessibility statement.

use super::{Document, Reading, head};
use crate::page::{
    Sentence,
    component::{Prose, Section},
    layout,
};

pub(super) fn document(reading: &Reading<'_>) -> Document {
    let heading = "Accessibility statement";
    let mut shell = head::shell(reading, layout::Section::Overview, heading);
    shell.section = None;
    shell.lead = vec![Sentence::words(
        "we want as many people as possible to be able to use these pages",
    )];
    let mut document = Document::new(shell);
    let says = |says: &[&str]| Prose::of(says.iter().map(|&one| Sentence::words(one)).collect());
    document.section(&Section::new("can", "What you can do").with(&says(&[
        "zoom in up to 400% without scrolling sideways; wide tables scroll within themselves",
        "use every page with a keyboard alone, and with a screen reader: each chart is a table, or has one \
         behind it",
        "read every chart without colour: shapes and words say what colour says",
        "use every page without JavaScript: there is none",
        "print every page on A4 paper",
    ])));
    document.section(&Section::new("status", "How accessible these pages are").with(&says(&[
        "these pages are meant to meet the Web Content Accessibility Guidelines 2.2 at level AA",
        "every page is tested with axe-core, an automatic checker, in a browser of 1,280, 390 and 320 pixels, \
         each time the software is changed; it finds no violation",
        "an automatic checker finds a part of all faults. They have not been tested by people who use \
         assistive technology, nor by an independent auditor",
    ])));
    document.section(&Section::new("limits", "What is not accessible").with(&says(&[
        "long ladders and tables have many rows for a screen reader; the sentence above each says what is in \
         it",
        "spreadsheets and CSV files are plain tables without headings within them",
        "the reader of the API's documentation is a third party's, and is for programmers",
    ])));
    document.section(&Section::new("contact", "If something does not work").with(&says(&[
        "tell whoever runs this service in your health system. They can also give you any page as a \
         spreadsheet, or read it to you",
    ])));
    document
}
