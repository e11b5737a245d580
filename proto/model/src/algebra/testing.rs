//! What the tests of this module share: random cases, and noise that is only good enough for
//! tests.

use std::f64::consts::TAU;

use proptest::prelude::{Strategy as Arbitrary, any, prop};

use super::{AttributeSet, Domain, MeasureUnit, Strategy, Tables, closure};

/// `SplitMix64` (Steele, Lea and Flood 2014): deterministic, and not for privacy.
pub(super) struct Rng(pub(super) u64);

impl Rng {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Uniform in (0, 1].
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal variate (Box and Muller).
    pub(super) fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos()
    }

    /// `y` with rounded Gaussian noise of the strategy's γ.
    pub(super) fn noisy(&mut self, strategy: &Strategy, y: &[i64]) -> Vec<i64> {
        let gamma = strategy.gamma() as f64;
        y.iter()
            .map(|&x| x + (gamma * self.normal()).round() as i64)
            .collect()
    }
}

/// A domain, a workload over it, a strategy for that with random weights and γ, and people.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) domain: Domain,
    pub(super) workload: Vec<AttributeSet>,
    pub(super) strategy: Strategy,
    /// Each person's categories, one per attribute, and contribution in the strategy's unit.
    pub(super) people: Vec<(Vec<usize>, i64)>,
    pub(super) seed: u64,
}

impl Case {
    pub(super) fn new(sizes: Vec<u32>, workload: &[u32], unit: MeasureUnit, seed: u64) -> Self {
        let domain = Domain::new(sizes).unwrap();
        let workload: Vec<_> = workload
            .iter()
            .map(|&bits| AttributeSet::from_bits(bits).intersection(domain.all()))
            .collect();
        let mut rng = Rng(seed);
        let strategy = random_strategy(&domain, &workload, unit, &mut rng);
        let people = (0..rng.below(60))
            .map(|_| {
                let person = (0..domain.attributes())
                    .map(|i| rng.below(domain.size_of(i).into()) as usize)
                    .collect();
                let contribution = match unit {
                    MeasureUnit::Headcount => 1,
                    MeasureUnit::Fte => rng.below(101) as i64,
                };
                (person, contribution)
            })
            .collect();
        Self {
            domain,
            workload,
            strategy,
            people,
            seed,
        }
    }

    /// The exact table over a marginal, counted person by person.
    pub(super) fn count(&self, marginal: AttributeSet) -> Vec<i64> {
        let mut table = vec![0; self.domain.cells(marginal) as usize];
        for (person, contribution) in &self.people {
            let categories: Vec<_> = marginal.iter().map(|i| person[i]).collect();
            table[self.domain.cell_index(marginal, &categories).unwrap()] += contribution;
        }
        table
    }

    /// The exact tables of the workload's marginals.
    pub(super) fn tables(&self) -> Tables {
        let mut tables = Tables::new(self.domain.clone());
        for &marginal in &self.workload {
            tables.insert(marginal, self.count(marginal)).unwrap();
        }
        tables
    }

    pub(super) fn closure(&self) -> Vec<AttributeSet> {
        closure(&self.workload)
    }
}

/// A strategy for the workload with random weights and γ.
pub(super) fn random_strategy(
    domain: &Domain,
    workload: &[AttributeSet],
    unit: MeasureUnit,
    rng: &mut Rng,
) -> Strategy {
    let residuals = closure(workload)
        .into_iter()
        .map(|set| (set, 1 + rng.below(1000)))
        .collect();
    Strategy::new(domain.clone(), unit, residuals, 16 + rng.below(1_000_000)).unwrap()
}

/// Random cases, small enough that a test can write out every dense matrix.
pub(super) fn cases() -> impl Arbitrary<Value = Case> {
    let sizes = prop::collection::vec(2_u32..=4, 1..=4);
    let workload = prop::collection::vec(any::<u32>(), 1..=4);
    (sizes, workload, any::<bool>(), any::<u64>()).prop_map(|(sizes, workload, fte, seed)| {
        let unit = if fte {
            MeasureUnit::Fte
        } else {
            MeasureUnit::Headcount
        };
        Case::new(sizes, &workload, unit, seed)
    })
}

/// The 35 marginals of design section 3.4, in its order.
pub(super) fn reference_workload() -> (Domain, Vec<AttributeSet>) {
    let domain = Domain::new(vec![11, 17, 7, 3, 11, 3, 11, 18, 4, 4]).unwrap();
    let with = |first: usize, others: &[usize]| -> Vec<AttributeSet> {
        let pair = |&other| AttributeSet::from_positions([first, other]);
        others.iter().map(pair).collect()
    };
    let mut workload: Vec<_> = (0..10).map(AttributeSet::single).collect();
    workload.extend(with(0, &[1, 2, 3, 4, 5, 6, 7, 8, 9]));
    workload.extend(with(1, &[2, 3, 5, 4]));
    workload.extend(with(6, &[4, 2, 1]));
    workload.extend(with(7, &[2, 4, 1, 3, 5, 6]));
    workload.extend([[0, 1, 2], [0, 4, 6], [7, 1, 2]].map(AttributeSet::from_positions));
    (domain, workload)
}

/// Bounds that a χ² variate with `degrees` leaves with a chance of at most `alpha`
/// (Laurent and Massart 2000, lemma 1).
pub(super) fn chi_square_bounds(degrees: f64, alpha: f64) -> (f64, f64) {
    let x = (2.0 / alpha).ln();
    let spread = 2.0 * (degrees * x).sqrt();
    (degrees - spread, degrees + spread + 2.0 * x)
}

pub(super) fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected} ± {tolerance}"
    );
}
