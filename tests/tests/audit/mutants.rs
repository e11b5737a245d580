//! Mechanisms that break the promise, each in one way. Everything else is as in the product.
//!
//! A mechanism sees only the counts. So the two faults of an import (a person counted twice, FTE not clamped)
//! are given to it as the vector that such an import would have led to.

mod faults;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use vwis_model::{agreement::Agreement, algebra::Strategy, measurement::Payload};
use vwis_noise::{DiscreteGaussian, Drawing, KernelRandomness, Mechanism, MechanismError};
use vwis_tests::extract::Extract;

use super::{checks::Check, data::Arm};

/// The input of a broken mechanism.
struct Draw<'a> {
    strategy: &'a Strategy,
    /// The exact vector.
    exact: Vec<i64>,
    /// Noise as the product would draw it.
    noise: Vec<i64>,
    /// Number of measurements of the series that were drawn before.
    number: u64,
    /// A seed that no other mechanism has.
    seed: u64,
}

type Fault = Box<dyn Fn(&Draw<'_>) -> Vec<i64> + Send + Sync>;

/// A mechanism with a fault.
pub(crate) struct Broken {
    fault: Fault,
    seed: u64,
    /// Number of measurements drawn so far, by γ, which tells the series apart.
    drawn: Mutex<BTreeMap<u64, u64>>,
}

/// A fault, and the check that must notice it.
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    pub(crate) mechanism: Broken,
    pub(crate) caught_by: Check,
}

/// Mutants that show within some tens of months.
pub(crate) fn all(agreement: &Agreement) -> Vec<Mutant> {
    let twice = misread(agreement, "headcount", 2);
    // Three assignments of 1.00. The exact vector is linear, so three persons equal one of FTE 3.
    let unclamped = misread(agreement, "fte", 3);
    vec![
        mutant("scale × 0.95", Check::Scale, faults::smaller_scale),
        mutant(
            "γ used for the variance",
            Check::Scale,
            faults::variance_for_scale,
        ),
        mutant(
            "scale × 0.9 for a small organisation",
            Check::ArmScale,
            faults::smaller_for_few,
        ),
        mutant(
            "no noise on the total",
            Check::CellScale,
            faults::exact_total,
        ),
        mutant(
            "only cells that are not 0 get noise",
            Check::ZeroCells,
            faults::zero_stays_zero,
        ),
        mutant("noise leans by γ/10", Check::Mean, faults::leaning),
        mutant("clamped at zero", Check::Mean, faults::clamped),
        mutant(
            "neighbouring cells share half of it",
            Check::Cells,
            faults::neighbours_share,
        ),
        mutant(
            "residuals share their noise",
            Check::Residuals,
            faults::residuals_share,
        ),
        mutant("fixed seed", Check::AnyTwo, faults::fixed_seed),
        mutant(
            "seed kept for 8 months",
            Check::Successive,
            faults::seed_kept,
        ),
        mutant(
            "seed made from the data",
            Check::Repeats,
            faults::seed_of_data,
        ),
        mutant(
            "every second is the opposite",
            Check::Successive,
            faults::opposite,
        ),
        mutant(
            "Laplace of the same variance",
            Check::Tails,
            faults::laplace,
        ),
        mutant("cut at 2.5 γ", Check::Tails, faults::cut),
        mutant("even noise only", Check::Parity, faults::even),
        mutant(
            "noise in multiples of 16",
            Check::Sixteens,
            faults::multiples_of_16,
        ),
        mutant(
            "noise in multiples of w",
            Check::Weights,
            faults::multiples_of_weight,
        ),
        mutant(
            "weights of two blocks exchanged",
            Check::Truth,
            faults::blocks_exchanged,
        ),
        mutant(
            "a factor of K forgotten",
            Check::Truth,
            faults::factor_forgotten,
        ),
        mutant(
            "scale × 0.5 in one block",
            Check::ResidualScale,
            faults::smaller_in_one_block,
        ),
        mutant("person counted twice", Check::Membership, twice),
        mutant("FTE not clamped", Check::Contribution, unclamped),
    ]
}

/// Mutants that show only in hundreds of draws of the same cell.
pub(crate) fn of_one_cell() -> Vec<Mutant> {
    vec![mutant(
        "scale × 0.6 in one cell",
        Check::CellScale,
        faults::smaller_in_one_cell,
    )]
}

/// Mutants that show only in hundreds of thousands of draws.
pub(crate) fn rare() -> Vec<Mutant> {
    vec![
        mutant("scale × 0.99", Check::Scale, faults::slightly_smaller_scale),
        mutant("cut at 4.2 γ", Check::Tails, faults::cut_far_out),
    ]
}

fn mutant(
    name: &'static str,
    caught_by: Check,
    fault: impl Fn(&Draw<'_>) -> Vec<i64> + Send + Sync + 'static,
) -> Mutant {
    Mutant {
        name,
        mechanism: Broken::new(fault),
        caught_by,
    }
}

/// The fault of an import that counts the one person so many times, as it shows in `series`.
fn misread(
    agreement: &Agreement,
    series: &str,
    times: usize,
) -> impl Fn(&Draw<'_>) -> Vec<i64> + Send + Sync + use<> {
    let series = agreement.series_named(series).unwrap();
    let people = Arm::ALL
        .into_iter()
        .filter_map(|arm| Some((arm, arm.person()?)));
    let vectors: HashMap<Vec<i64>, Vec<i64>> = people
        .map(|(arm, person)| {
            let right = arm.counted();
            let mut wrong = right.clone();
            wrong.people.extend(vec![person; times - 1]);
            let exact = |extract: &Extract| extract.exact(series);
            (exact(&right), exact(&wrong))
        })
        .collect();
    move |draw| {
        let counted = vectors.get(&draw.exact).unwrap_or(&draw.exact);
        sum(counted, &draw.noise)
    }
}

fn sum(exact: &[i64], noise: &[i64]) -> Vec<i64> {
    exact.iter().zip(noise).map(|(x, z)| x + z).collect()
}

// === impl Broken ===

impl Broken {
    fn new(fault: impl Fn(&Draw<'_>) -> Vec<i64> + Send + Sync + 'static) -> Self {
        let seed = KernelRandomness::new().take().unwrap();
        Self {
            fault: Box::new(fault),
            seed: u64::from_le_bytes(seed),
            drawn: Mutex::default(),
        }
    }

    /// A mechanism without a fault: the audit must judge it as it judges the product.
    pub(crate) fn honest() -> Self {
        Self::new(|draw: &Draw<'_>| sum(&draw.exact, &draw.noise))
    }
}

impl Mechanism for Broken {
    fn draw(
        &self,
        drawing: &Drawing<'_>,
        strategy: &Strategy,
        exact: &[i64],
    ) -> Result<Payload, MechanismError> {
        let honest = DiscreteGaussian.draw(drawing, strategy, exact)?.entries();
        let noise = honest.iter().zip(exact).map(|(y, x)| y - x).collect();
        let number = {
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let drawn = drawn.entry(strategy.gamma()).or_default();
            *drawn += 1;
            *drawn - 1
        };
        let answer = (self.fault)(&Draw {
            strategy,
            exact: exact.to_vec(),
            noise,
            number,
            seed: self.seed,
        });
        Ok(Payload::from_entries(&answer))
    }
}
