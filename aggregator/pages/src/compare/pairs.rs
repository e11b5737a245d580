//! Who differs from whom: each compared with each other.

use std::collections::BTreeSet;

use vwis_model::ods::OdsCode;

use super::{
    super::{
        Ask, Gap, IndicatorAnswer, Reading,
        gap::or_gap,
        shares::{Shares, Side, compared},
    },
    Chosen,
};
use crate::{
    picture::Whose,
    ui::{
        Comparison, Html, Sentence,
        component::{Cell, Inset, Matrix, Section},
        markup::Part,
    },
};

/// The most rows and columns that people can read; the file has all pairs.
const MOST: usize = 20;
/// The name of the dimension that holds the other side.
const AGAINST: &str = "against";

/// The section with the table of pairs, in the order of their shares.
pub(super) fn section(reading: &Reading<'_>, chosen: Chosen, shares: &Shares) -> Section {
    let heading = "Who differs from whom";
    let section = Section::new("pairs", heading);
    let sides = shares.sides();
    match answer_of(reading, chosen, &sides) {
        Ok(answer) => {
            let clear = clear_pairs(&answer);
            let all = answer.of("difference").count() / 2;
            section
                .saying(Sentence::words(format!(
                    "of {all} pairs, {clear} clearly differ"
                )))
                .with_html(matrix(&answer, chosen, &sides))
                .with(&Inset::caveat(
                    "Many pairs at once",
                    vec![Sentence::words(
                        "each pair is judged by itself: where none differs, about one in twenty is still \
                         called different",
                    )],
                ))
        }
        Err(gap) => section.with_html(or_gap(heading, Err::<Html, _>(gap))),
    }
}

fn answer_of(
    reading: &Reading<'_>,
    chosen: Chosen,
    sides: &[&Side],
) -> Result<IndicatorAnswer, Gap> {
    let ((between, ..), (of, _)) = chosen;
    let ask = Ask::of("pairs").option("of", of);
    if between != "employers" {
        return reading.ask(&ask.by(&[between]));
    }
    let codes = sides.iter().filter_map(|side| side.code.parse().ok());
    // Put the codes into the order in which addresses name them.
    let codes: BTreeSet<OdsCode> = codes.collect();
    let codes = Whose::Organisations(codes.into_iter().collect());
    reading.of(codes).ask(&ask.by(&[]))
}

/// How many pairs clearly differ. Each pair has two rows; only the one with the higher side counts.
fn clear_pairs(answer: &IndicatorAnswer) -> usize {
    let differences = answer.of("difference");
    differences
        .filter(|row| compared(row) == Comparison::Higher)
        .count()
}

fn matrix(answer: &IndicatorAnswer, chosen: Chosen, sides: &[&Side]) -> Html {
    let ((between, _, one), (_, share_of)) = chosen;
    let dimension = match between {
        "employers" => "employer",
        attribute => attribute,
    };
    let shown = &sides[..sides.len().min(MOST)];
    let caption = format!(
        "{share_of}: the row's share less the column's, in points, with its 95% interval, {}",
        answer.date()
    );
    let columns = shown.iter().map(|side| side.name.clone()).collect();
    let mut matrix = Matrix::new(caption, one, columns);
    for row in shown {
        let cells = shown.iter().map(|column| {
            let at = [
                (dimension, row.code.as_str()),
                (AGAINST, column.code.as_str()),
            ];
            let difference = answer.at("difference", &at)?;
            Some(Cell::of_pair(&difference.figure, compared(difference)))
        });
        matrix.push(&row.name, row.href.clone(), cells.collect());
    }
    let note = match sides.len() {
        all if all > MOST => {
            format!("The {MOST} with the highest shares of {all}; the CSV has all pairs.")
        }
        _ => "Read along a row. The largest share first.".to_owned(),
    };
    matrix.behind(answer.foot(note)).html()
}
