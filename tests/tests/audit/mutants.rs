//! Mechanisms that break the promise, each in one way; all else is as the product does it.
//!
//! A mechanism sees no more than the counts, so the two faults of an import (a person counted
//! twice, FTE not clamped) stand in it as the vector that such an import would have led to.

mod faults;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use vwis_node::{
    counts::ConfidentialCounts,
    mechanism::{DiscreteGaussian, KernelRandomness, Mechanism, MechanismError},
};
use vwis_proto::{agreement::Agreement, algebra::Strategy, measurement::Payload};
use vwis_tests::extract::Extract;

use super::{
    checks::Check,
    data::{Arm, the_person},
};

/// What a broken mechanism works with.
struct Draw<'a> {
    strategy: &'a Strategy,
    /// The exact vector.
    exact: Vec<i64>,
    /// Noise as it should be.
    noise: Vec<i64>,
    /// How many measurements of the series were drawn before.
    number: u64,
    /// Unlike that of any other mechanism.
    seed: u64,
}

type Fault = Box<dyn Fn(Draw<'_>) -> Vec<i64> + Send + Sync>;

/// A mechanism with a fault.
pub(crate) struct Broken {
    fault: Fault,
    seed: u64,
    /// By γ, which tells the series apart.
    drawn: Mutex<BTreeMap<u64, u64>>,
}

/// A fault and who must notice it.
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    pub(crate) mechanism: Broken,
    pub(crate) caught_by: Check,
}

/// All of them.
pub(crate) fn all(agreement: &Agreement) -> Vec<Mutant> {
    let twice = misread(agreement, "headcount", |person| {
        vec![person.clone(), person]
    });
    // Three assignments of 1.00: the exact vector is linear, so three persons are one of FTE 3.
    let unclamped = misread(agreement, "fte", |person| {
        vec![person.clone(), person.clone(), person]
    });
    let list: Vec<(&str, Fault, Check)> = vec![
        (
            "scale × 0.95",
            Box::new(faults::smaller_scale),
            Check::Scale,
        ),
        (
            "γ used for the variance",
            Box::new(faults::variance_for_scale),
            Check::Scale,
        ),
        (
            "scale × 0.9 for a small organisation",
            Box::new(faults::smaller_for_few),
            Check::ArmScale,
        ),
        (
            "no noise on the total",
            Box::new(faults::exact_total),
            Check::CellScale,
        ),
        (
            "only cells that are not 0 get noise",
            Box::new(faults::zero_stays_zero),
            Check::ZeroCells,
        ),
        (
            "noise leans by γ/16",
            Box::new(faults::leaning),
            Check::Mean,
        ),
        ("clamped at zero", Box::new(faults::clamped), Check::Mean),
        (
            "neighbouring cells share half of their noise",
            Box::new(faults::neighbours_share),
            Check::Cells,
        ),
        (
            "residuals share their noise",
            Box::new(faults::residuals_share),
            Check::Residuals,
        ),
        ("fixed seed", Box::new(faults::fixed_seed), Check::AnyTwo),
        (
            "seed kept for 8 measurements",
            Box::new(faults::seed_kept),
            Check::Successive,
        ),
        (
            "seed made from the data",
            Box::new(faults::seed_of_data),
            Check::Repeats,
        ),
        (
            "every second noise is the opposite",
            Box::new(faults::opposite),
            Check::Successive,
        ),
        (
            "Laplace of the same variance",
            Box::new(faults::laplace),
            Check::Tails,
        ),
        ("cut at 2.5 γ", Box::new(faults::cut), Check::Tails),
        ("even noise only", Box::new(faults::even), Check::Parity),
        (
            "noise in multiples of 16",
            Box::new(faults::multiples_of_16),
            Check::Sixteens,
        ),
        (
            "noise in multiples of w",
            Box::new(faults::multiples_of_weight),
            Check::Weights,
        ),
        ("person counted twice", twice, Check::Membership),
        ("FTE not clamped", unclamped, Check::Contribution),
    ];
    list.into_iter()
        .map(|(name, fault, caught_by)| Mutant {
            name,
            mechanism: Broken::new(fault),
            caught_by,
        })
        .collect()
}

/// The fault of an import that takes the one person for `instead`, seen in `series`.
fn misread(
    agreement: &Agreement,
    series: &str,
    instead: impl Fn(vwis_tests::extract::Person) -> Vec<vwis_tests::extract::Person>,
) -> Fault {
    let series = agreement.series_named(series).unwrap();
    let arms = Arm::ALL.into_iter().filter(|arm| arm.holds_the_person());
    let vectors: HashMap<Vec<i64>, Vec<i64>> = arms
        .map(|arm| {
            let right = arm.counted();
            // The one person comes last.
            let mut wrong = right.clone();
            wrong.people.pop();
            wrong.people.extend(instead(the_person()));
            let exact = |extract: &Extract| extract.exact(series);
            (exact(&right), exact(&wrong))
        })
        .collect();
    Box::new(move |draw| {
        let counted = vectors.get(&draw.exact).unwrap_or(&draw.exact);
        sum(counted, &draw.noise)
    })
}

fn sum(exact: &[i64], noise: &[i64]) -> Vec<i64> {
    exact.iter().zip(noise).map(|(x, z)| x + z).collect()
}

// === impl Broken ===

impl Broken {
    fn new(fault: Fault) -> Self {
        let seed = KernelRandomness::new().take().unwrap();
        Self {
            fault,
            seed: u64::from_le_bytes(seed),
            drawn: Mutex::default(),
        }
    }

    /// None: what the audit says of it is what it says of the product.
    pub(crate) fn honest() -> Self {
        Self::new(Box::new(|draw| sum(&draw.exact, &draw.noise)))
    }
}

impl Mechanism for Broken {
    fn draw(
        &self,
        strategy: &Strategy,
        counts: &ConfidentialCounts,
    ) -> Result<Payload, MechanismError> {
        let exact = counts
            .encode(strategy)
            .ok_or(MechanismError::CountsDoNotMatch)?;
        let honest = DiscreteGaussian.draw(strategy, counts)?.entries();
        let noise = honest.iter().zip(&exact).map(|(y, x)| y - x).collect();
        let number = {
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let drawn = drawn.entry(strategy.gamma()).or_default();
            *drawn += 1;
            *drawn - 1
        };
        let answer = (self.fault)(Draw {
            strategy,
            exact,
            noise,
            number,
            seed: self.seed,
        });
        Ok(Payload::from_entries(&answer))
    }
}
