//! A ladder: a share on each band, from the highest down, compared with one line through all rungs.

use super::{Benchmark, Chart, Key, Order, Row, RowChart};
use crate::{
    estimate::{Figure, Unit},
    ui::{Comparison, DataTable, Html, Sentence},
};

/// A ladder's rungs, from the highest to the lowest, and the chart that shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    rungs: Vec<Rung>,
    chart: RowChart,
}

/// A rung of a ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// The name of the band: `Band 6`.
    pub label: String,
    /// How many people stand there, in words: `about 180 people`.
    pub size: String,
    /// The share among these people.
    pub share: Figure,
    /// Where the share stands against the line.
    pub comparison: Comparison,
    /// The share among all staff of the same employers, where there is one.
    pub all_staff: Option<Figure>,
}

/// The place from which up a ladder is clearly lower than its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    /// The lowest rung that is clearly lower than the line, with no rung above it that is alike or clearly
    /// higher.
    pub at: String,
    /// The rung beneath it, which is not clearly lower; `None` if `at` is the lowest rung.
    pub beneath: Option<String>,
}

// === impl Ladder ===

impl Ladder {
    /// A ladder of these rungs, the highest first, compared with a benchmark. `judged` heads the column of
    /// verdicts.
    #[must_use]
    pub fn new(
        caption: impl Into<String>,
        rungs: Vec<Rung>,
        benchmark: Benchmark,
        judged: &str,
    ) -> Self {
        let row = |rung: &Rung| {
            let row = Row::new(&rung.label, rung.share)
                .noted(&rung.size)
                .compared(rung.comparison);
            match rung.all_staff {
                Some(all_staff) => row.beside(all_staff),
                None => row,
            }
        };
        let rows = rungs.iter().map(row).collect();
        let chart = RowChart::new(caption, ("Band, highest first", "Share"), Unit::Share, rows)
            .ordered(Order::AsGiven)
            .against(benchmark)
            .judged(judged)
            .beside("all staff of the same employers");
        Self { rungs, chart }
    }

    /// Where the ladder narrows, seen from the bottom: the lowest rung that is clearly lower than the line,
    /// with no rung above it that is alike or clearly higher. `None` if there is no such rung.
    #[must_use]
    pub fn narrowing(&self) -> Option<Narrowing> {
        let is_not_lower =
            |rung: &&Rung| !matches!(rung.comparison, Comparison::Alike | Comparison::Higher);
        let above = self.rungs.iter().take_while(is_not_lower).count();
        let is_lower = |rung: &Rung| rung.comparison == Comparison::Lower;
        let place = self.rungs[..above].iter().rposition(is_lower)?;
        Some(Narrowing {
            at: self.rungs[place].label.clone(),
            beneath: self.rungs.get(place + 1).map(|rung| rung.label.clone()),
        })
    }

    /// Whether any rung is precise enough for an answer.
    #[must_use]
    pub fn has_an_answer(&self) -> bool {
        let has_none = |rung: &Rung| rung.comparison == Comparison::NoAnswer;
        !self.rungs.iter().all(has_none)
    }

    /// A sentence about what each rung tells, from the bottom up: `clearly lower at Band 6 and Band 7; too
    /// noisy for an answer at Consultants`.
    #[must_use]
    pub fn says(&self) -> Sentence {
        let said = [
            (Comparison::Lower, "clearly lower"),
            (Comparison::Higher, "clearly higher"),
            (Comparison::Alike, "much the same"),
            (Comparison::CannotTell, "we cannot tell"),
            (Comparison::NoAnswer, "too noisy for an answer"),
        ];
        let parts = said.into_iter().filter_map(|(comparison, words)| {
            let rungs = self.rungs.iter().rev();
            let labels: Vec<_> = rungs
                .filter(|rung| rung.comparison == comparison)
                .map(|rung| rung.label.as_str())
                .collect();
            (!labels.is_empty()).then(|| format!("{words} at {}", listed(&labels)))
        });
        Sentence::words(parts.collect::<Vec<_>>().join("; "))
    }
}

/// Words in a sentence: `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

impl Chart for Ladder {
    fn html(&self) -> Html {
        self.chart.html()
    }

    fn key(&self) -> Vec<Key> {
        self.chart.key()
    }

    fn start_in_words(&self) -> Option<String> {
        self.chart.start_in_words()
    }

    fn table(&self) -> Option<DataTable> {
        self.chart.table()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rung(label: &str, low: f64, high: f64) -> Rung {
        let share = Figure::level(Unit::Share, Some(f64::midpoint(low, high)), low, high);
        Rung {
            label: label.to_owned(),
            size: "about 100 people".to_owned(),
            share,
            comparison: Comparison::of(&share, 0.236, None),
            all_staff: None,
        }
    }

    fn ladder(rungs: Vec<Rung>) -> Ladder {
        let benchmark = Benchmark {
            value: 0.236,
            label: "Population".to_owned(),
        };
        Ladder::new("Share by band", rungs, benchmark, "Against the population")
    }

    #[test]
    fn a_ladder_narrows_at_its_lowest_rung_that_is_clearly_lower() {
        let ladder = ladder(vec![
            rung("Consultants", 0.0, 0.49),
            rung("Band 7", 0.0, 0.18),
            rung("Band 6", 0.03, 0.22),
            rung("Band 5", 0.18, 0.40),
        ]);
        assert_eq!(
            ladder.narrowing(),
            Some(Narrowing {
                at: "Band 6".to_owned(),
                beneath: Some("Band 5".to_owned()),
            })
        );
        assert_eq!(
            ladder.says().whole().text(),
            "Clearly lower at Band 6 and Band 7; we cannot tell at Band 5; too noisy for an answer at \
             Consultants."
        );
        // The highest rung stays first.
        let html = ladder.html();
        let place = |label| html.as_str().find(label).unwrap();
        assert!(place("Consultants") < place("Band 5"));
    }

    #[test]
    fn a_ladder_does_not_narrow_beneath_a_rung_that_is_higher() {
        let ladder = ladder(vec![
            rung("Band 7", 0.0, 0.18),
            rung("Band 6", 0.30, 0.34),
            rung("Band 5", 0.03, 0.22),
        ]);
        assert_eq!(ladder.narrowing().unwrap().at, "Band 7");
    }

    #[test]
    fn nothing_narrows_where_nothing_is_clearly_lower() {
        assert_eq!(ladder(vec![rung("Band 5", 0.18, 0.40)]).narrowing(), None);
    }
}
