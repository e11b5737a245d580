//! What an agreement costs, worked out again from its canonical text alone, as anybody can: by adding squares.

use std::collections::BTreeSet;

use serde_json::Value;
use vwis_tests::extract::{Extract, Person, staff};

use super::data::audited;

/// A series of the canonical text.
struct Clause {
    text: Value,
}

impl Clause {
    /// Those of the audit's agreement that measure groups.
    fn with_groups() -> Vec<Self> {
        let text: Value = serde_json::from_slice(audited().canonical()).unwrap();
        let all = text["series"].as_array().unwrap().iter().cloned();
        all.map(|text| Self { text })
            .filter(|clause| clause.text["trees"].is_array())
            .collect()
    }

    fn name(&self) -> &str {
        self.text["name"].as_str().unwrap()
    }

    fn number(&self, key: &str) -> u128 {
        u128::from(self.text[key].as_u64().unwrap())
    }

    /// What one whole person counts as.
    fn unit(&self) -> u128 {
        if self.text["measure"] == "fte" {
            100
        } else {
            1
        }
    }

    /// Each residual's (attribute, level) and its stated weight W.
    fn residuals(&self) -> Vec<(Vec<(String, usize)>, u128)> {
        let residuals = self.text["residuals"].as_array().unwrap().iter();
        let level = |name: &Value| {
            let (attribute, level) = name.as_str().unwrap().split_once(':').unwrap();
            (attribute.to_owned(), level.parse().unwrap())
        };
        let residual = |residual: &Value| {
            let by = residual["by"]
                .as_array()
                .unwrap()
                .iter()
                .map(level)
                .collect();
            (by, u128::from(residual["weight"].as_u64().unwrap()))
        };
        residuals.map(residual).collect()
    }

    /// The node of every category of an attribute at a level, 0 for everybody.
    fn nodes(&self, attribute: &str, level: usize) -> Vec<u64> {
        let categories = staff().attributes()[staff().position(attribute).unwrap()].size() as u64;
        let mut trees = self.text["trees"].as_array().unwrap().iter();
        let drawn = trees.find(|tree| tree["attribute"] == attribute);
        let inner = drawn.map_or(Vec::new(), |tree| {
            tree["levels"].as_array().unwrap().clone()
        });
        match level {
            0 => vec![0; usize::try_from(categories).unwrap()],
            level if level <= inner.len() => inner[level - 1]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node.as_u64().unwrap())
                .collect(),
            _ => (0..categories).collect(),
        }
    }

    /// How many nodes of a level have the same parent as this person's, itself included.
    fn siblings(&self, (attribute, level): &(String, usize), person: &Person) -> u128 {
        let own = person.codes[staff().position(attribute).unwrap()];
        let (parents, nodes) = (
            self.nodes(attribute, level - 1),
            self.nodes(attribute, *level),
        );
        let together = parents
            .iter()
            .zip(&nodes)
            .filter(|(parent, _)| **parent == parents[own]);
        together
            .map(|(_, node)| node)
            .collect::<BTreeSet<_>>()
            .len() as u128
    }

    /// The squared length of what a whole person adds: Σ w²K with w = ⌊√⌊W²/K⌋⌋ and K = ∏ m(m − 1).
    fn squared(&self, person: &Person) -> u128 {
        let part = |(by, weight): &(Vec<(String, usize)>, u128)| {
            let factors = by.iter().map(|level| self.siblings(level, person));
            let k: u128 = factors.map(|m| m * (m - 1)).product();
            (weight.pow(2) / k).isqrt().pow(2) * k
        };
        self.residuals().iter().map(part).sum::<u128>() * self.unit().pow(2)
    }

    /// ΣW² in the series' unit, which nobody exceeds.
    fn most(&self) -> u128 {
        self.residuals()
            .iter()
            .map(|(_, weight)| weight.pow(2))
            .sum::<u128>()
            * self.unit().pow(2)
    }
}

#[test]
fn the_charge_is_the_sum_of_squares_that_anybody_can_add_up() {
    let agreement = audited();
    let clauses = Clause::with_groups();
    assert_eq!(clauses.len(), 1);
    for clause in clauses {
        // ρ = ΣW² / 2γ², in billionths and rounded up.
        let twice = 2 * clause.number("gamma").pow(2);
        let charge = (clause.most() * 1_000_000_000).div_ceil(twice);
        let series = agreement.series_named(clause.name()).unwrap();
        assert_eq!(u128::from(series.charge().nano()), charge);
        assert!(charge <= clause.number("rho_nano"));
    }
}

#[test]
fn every_kind_of_person_adds_what_the_text_says_and_nobody_more_than_is_charged() {
    let agreement = audited();
    for clause in Clause::with_groups() {
        let series = agreement.series_named(clause.name()).unwrap();
        let (most, mut seen) = (clause.most(), BTreeSet::new());
        for mut person in Extract::seeded(11, 400).people {
            person.fte_hundredths = 100;
            let said = clause.squared(&person);
            let alone = Extract {
                people: vec![person],
            }
            .exact(series);
            let added: u128 = alone
                .iter()
                .map(|entry| u128::from(entry.unsigned_abs()).pow(2))
                .sum();
            assert_eq!(added, said);
            assert!(added <= most, "{added} of {most}");
            // Weights are rounded down by less than 1, and the least is above 1,000.
            assert!(added >= most / 1000 * 998, "{added} of {most}");
            seen.insert(added);
        }
        // Otherwise all stood in blocks of one size, and nothing was shown.
        assert!(seen.len() > 4, "{seen:?}");
    }
}

#[test]
fn no_change_of_somebodys_attributes_costs_more_than_is_said_and_one_costs_as_much() {
    let agreement = audited();
    for clause in Clause::with_groups() {
        let series = agreement.series_named(clause.name()).unwrap();
        let strategy = series.strategy();
        let said =
            2.0 * strategy.rho_of_change().to_f64().value() * (strategy.gamma() as f64).powi(2);
        let mut people = Extract::seeded(13, 300).people;
        // Whoever differs in everything, and in little: each person beside the next and beside the first.
        for person in &mut people {
            person.fte_hundredths = 100;
        }
        let vectors: Vec<_> = (people.into_iter())
            .map(|person| {
                Extract {
                    people: vec![person],
                }
                .exact(series)
            })
            .collect();
        let mut most: f64 = 0.0;
        for (at, one) in vectors.iter().enumerate() {
            for other in &vectors[at + 1..] {
                let squares = one.iter().zip(other).map(|(a, b)| ((a - b) as f64).powi(2));
                most = most.max(squares.sum());
            }
        }
        assert!(most <= said * (1.0 + 1e-9), "{most} of {said}");
        assert!(most > 0.97 * said, "{most} of {said}: no pair comes near");
    }
}
