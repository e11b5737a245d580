//! The same share of several groups or employers, each compared with all the others.

use uuid::Uuid;
use vwis_model::{ods::OdsCode, period::Period};

use super::{Ask, At, Gap, IndicatorAnswer, Reading, charts};
use crate::{
    estimate::{Figure, Unit, Verdict},
    indicator::Finding,
    ui::{
        Comparison, Html, Sentence,
        chart::{Foot, Framed, Row, RowChart, Start},
        markup::Part,
    },
};

const NOTE: &str = "Each is held against all the others together, with the noise of both. Neighbours in the \
    list overlap: do not read the order as a league table.";
/// The code of the share that is compared where nothing else is chosen.
pub(super) const OVER_55: &str = "aged_55_and_over";
const NOT_IN_IT: &str = "not in this release";

/// The shares of several sides, with where each stands against all the others.
pub(super) struct Shares {
    sides: Vec<Side>,
    /// Rows that are compared with nothing: the unknown category, and employers without a number.
    rest: Vec<Row>,
    /// The code of the side that the page is about.
    here: Option<String>,
    when: String,
    foot: Foot,
}

/// A category or an employer whose share is compared with that of the others.
pub(super) struct Side {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) href: Option<String>,
    share: Figure,
    others: Figure,
    comparison: Comparison,
}

// === impl Shares ===

impl Shares {
    /// The shares of the categories of an attribute.
    pub(super) fn of_categories(
        reading: &Reading<'_>,
        attribute: &'static str,
        of: &str,
    ) -> Result<Self, Gap> {
        let answer = reading.ask(&Ask::of("comparison").by(&[attribute]).option("of", of))?;
        let mut all = Self::none(answer.of_whom_and_when(), answer.foot(NOTE));
        for found in answer.of("share") {
            let Some(category) = answer.category(found, attribute) else {
                continue;
            };
            let href = reading.page_of(attribute, category);
            let at = [(attribute, category.code.as_str())];
            let Some(side) = Side::of(&answer, &at, (&category.code, &category.label, href)) else {
                continue;
            };
            if category.code == charts::UNKNOWN {
                all.rest.push(side.row().last());
            } else {
                all.sides.push(side);
            }
        }
        Ok(all)
    }

    /// The shares of these employers; each is asked about separately. An employer that is not in the newest
    /// of their releases has no number, because an older one would stand beside newer ones.
    pub(super) fn of_employers(
        reading: &Reading<'_>,
        employers: &[OdsCode],
        of: &str,
    ) -> Result<Self, Gap> {
        let ask = Ask::of("comparison").by(&[]).option("of", of);
        let all_answers = reading.ask_each(&ask, employers);
        let newest = all_answers
            .iter()
            .filter_map(|(_, answer)| rank(reading, answer));
        let newest = newest.max();
        let in_newest = |code: &OdsCode| {
            let mut all_answers = all_answers.iter();
            let (_, answer) = all_answers.find(|(other, _)| other == code)?;
            (rank(reading, answer) == newest).then_some(answer)
        };
        let when = employers
            .iter()
            .find_map(in_newest)
            .map(IndicatorAnswer::date);
        let when = when.ok_or_else(|| Gap::new("no employer is in the releases of this"))?;
        let mut all = Self::none(when.to_owned(), reading.foot_of_each(&ask, NOTE));
        for code in employers {
            let name = reading.employer(code);
            let side = in_newest(code)
                .and_then(|answer| Side::of(answer, &[], (code.as_str(), name, None)));
            match side {
                Some(side) => all.sides.push(side),
                None => all.rest.push(Row::missing(name, NOT_IN_IT)),
            }
        }
        Ok(all)
    }

    fn none(when: String, foot: Foot) -> Self {
        Self {
            sides: Vec::new(),
            rest: Vec::new(),
            here: None,
            when,
            foot,
        }
    }

    /// Marks the side with this code as the one that the page is about.
    pub(super) fn seen_from(mut self, code: &str) -> Self {
        self.here = Some(code.to_owned());
        self
    }

    /// The date of the shares; of categories also whose staff they are of.
    pub(super) fn when(&self) -> &str {
        &self.when
    }

    /// The sides that are compared, with the largest share first.
    pub(super) fn sides(&self) -> Vec<&Side> {
        let value = |side: &Side| side.share.value().unwrap_or(0.0);
        let mut sides: Vec<_> = self.sides.iter().collect();
        sides.sort_by(|a, b| value(b).total_cmp(&value(a)));
        sides
    }

    /// A sentence about which sides are clearly different.
    pub(super) fn says(&self) -> Sentence {
        let clearly = |comparison: Comparison| {
            let there = self
                .sides
                .iter()
                .filter(|side| side.comparison == comparison);
            there.map(|side| side.name.as_str()).collect::<Vec<_>>()
        };
        let told = [("higher", Comparison::Higher), ("lower", Comparison::Lower)].into_iter();
        let told: Vec<_> = told
            .map(|(what, comparison)| (what, clearly(comparison)))
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

    pub(super) fn framed(self, title: &str, share_of: &str, one: &str) -> Html {
        let row = |side: &Side| {
            if self.here.as_ref() == Some(&side.code) {
                side.row_here()
            } else {
                side.row()
            }
        };
        let rows = self.sides.iter().map(row).chain(self.rest);
        let chart = RowChart::new(title, (one, "Share"), Unit::Share, rows.collect())
            .starting(Start::Near)
            .beside("all the others")
            .judged("Against the others");
        let unit = format!("Share, {}, {}", share_of.to_lowercase(), self.when);
        Framed::around(&chart, title, unit).behind(self.foot).html()
    }
}

/// The rank of the release that an answer is from: the newest and fullest release has the largest.
fn rank(reading: &Reading<'_>, answer: &IndicatorAnswer) -> Option<(Period, usize, Uuid)> {
    let release = &answer.release(reading)?.release;
    Some((release.period, release.contributors.len(), release.id))
}

// === impl Side ===

impl Side {
    fn of(
        answer: &IndicatorAnswer,
        at: At<'_>,
        (code, name, href): (&str, &str, Option<String>),
    ) -> Option<Self> {
        let first = |measure| answer.within(measure, at).first().copied();
        let (share, others) = (first("share")?, first("share_of_others")?);
        let difference = first("difference")?;
        Some(Self {
            code: code.to_owned(),
            name: name.to_owned(),
            href,
            share: share.figure,
            others: others.figure,
            comparison: if share.figure.is_shown() {
                compared(difference)
            } else {
                Comparison::NoAnswer
            },
        })
    }

    fn row(&self) -> Row {
        let row = self.unlinked();
        match &self.href {
            Some(href) => row.linked(href),
            None => row,
        }
    }

    /// The row on the side's own page, which does not link to itself.
    fn row_here(&self) -> Row {
        self.unlinked().noted("this page")
    }

    fn unlinked(&self) -> Row {
        Row::new(&self.name, self.share)
            .compared(self.comparison)
            .beside(self.others)
    }
}

/// Where a share stands against another, by their difference.
pub(super) fn compared(difference: &Finding) -> Comparison {
    let (low, high) = difference.figure.interval();
    if low > 0.0 {
        Comparison::Higher
    } else if high < 0.0 {
        Comparison::Lower
    } else if difference.verdict == Some(Verdict::No) {
        Comparison::Alike
    } else {
        Comparison::CannotTell
    }
}
