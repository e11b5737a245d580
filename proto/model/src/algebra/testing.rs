//! What the tests of this module share: random cases, and noise that is only good enough for
//! tests.

use std::f64::consts::TAU;

use proptest::prelude::{Just, Strategy as Arbitrary, any, prop, prop_oneof};

use super::{Domain, Levels, MAX_DIFFERENCE, MeasureUnit, Strategy, Tables, Tree, closure};

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

/// The first level of the attributes at these positions: their categories, where they have no groups.
pub(super) fn flat(positions: impl IntoIterator<Item = usize>) -> Levels {
    Levels::of(positions.into_iter().map(|position| (position, 1)))
}

/// The first level of the attributes whose bits are set.
pub(super) fn bits(mask: u32) -> Levels {
    flat((0..32).filter(|at| mask >> at & 1 == 1))
}

/// A tree of `depth` levels whose parents have two or three children, in any order of the categories.
pub(super) fn random_tree(depth: usize, rng: &mut Rng) -> Tree {
    // Each category by the number of its node among its siblings, level by level.
    let mut paths = vec![Vec::new()];
    for level in 1..=depth {
        let most = if level == depth { 3 } else { 2 };
        let grown = paths.into_iter().flat_map(|path: Vec<u64>| {
            let children = 2 + rng.below(most - 1);
            (0..children).map(move |child| [path.clone(), vec![child]].concat())
        });
        paths = grown.collect();
    }
    for at in (1..paths.len()).rev() {
        paths.swap(at, rng.below(at as u64 + 1) as usize);
    }
    let label = |level| {
        let mut seen: Vec<&[u64]> = Vec::new();
        let labels = paths.iter().map(|path| {
            let known = seen.iter().position(|&node| node == &path[..level]);
            known.unwrap_or_else(|| {
                seen.push(&path[..level]);
                seen.len() - 1
            }) as u32
        });
        labels.collect()
    };
    Tree::new(paths.len(), &(1..depth).map(label).collect::<Vec<_>>()).unwrap()
}

/// The domain of attributes with these trees.
pub(super) fn domain_of(trees: Vec<Tree>) -> Domain {
    let sizes = trees.iter().map(|tree| tree.categories() as u32).collect();
    let flat = Domain::new(sizes).unwrap();
    (0..).zip(trees).fold(flat, |domain, (position, tree)| {
        domain.with_tree(position, tree)
    })
}

/// A domain, a workload over it, a strategy for that with random weights and γ, and people.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) domain: Domain,
    pub(super) workload: Vec<Levels>,
    pub(super) strategy: Strategy,
    /// Each person's categories, one per attribute, and contribution in the strategy's unit.
    pub(super) people: Vec<(Vec<usize>, i64)>,
    pub(super) seed: u64,
}

impl Case {
    /// A case without groups.
    pub(super) fn new(sizes: Vec<u32>, workload: &[u32], unit: MeasureUnit, seed: u64) -> Self {
        let domain = Domain::new(sizes).unwrap();
        let workload = workload
            .iter()
            .map(|&mask| bits(mask).meet(domain.all()))
            .collect();
        Self::over(domain, workload, unit, seed)
    }

    /// A case of up to three attributes of any depth, and up to four marginals at any levels.
    fn with_groups(unit: MeasureUnit, seed: u64) -> Self {
        let mut rng = Rng(seed);
        let mut deep = true;
        let trees = (0..=rng.below(3)).map(|_| {
            let depth = 1 + rng.below(if deep { 3 } else { 2 }) as usize;
            // One attribute of three levels, so that every dense matrix stays small.
            deep &= depth < 3;
            match depth {
                1 => Tree::flat(2 + rng.below(3) as u32),
                depth => random_tree(depth, &mut rng),
            }
        });
        let trees: Vec<_> = trees.collect();
        let domain = domain_of(trees);
        let marginal = |rng: &mut Rng| {
            let level = |at| (at, rng.below(domain.tree(at).depth() as u64 + 1) as usize);
            Levels::of((0..domain.attributes()).map(level))
        };
        let workload: Vec<_> = (0..=rng.below(4)).map(|_| marginal(&mut rng)).collect();
        Self::over(domain, workload, unit, seed)
    }

    fn over(domain: Domain, workload: Vec<Levels>, unit: MeasureUnit, seed: u64) -> Self {
        let mut rng = Rng(seed);
        let strategy = random_strategy(&domain, &workload, unit, &mut rng);
        let people = (0..rng.below(60))
            .map(|_| {
                let person = (0..domain.attributes())
                    .map(|i| rng.below(domain.tree(i).categories() as u64) as usize)
                    .collect();
                let contribution = match unit {
                    MeasureUnit::Headcount => 1,
                    MeasureUnit::Fte => rng.below(101) as i64,
                    MeasureUnit::Difference { most, .. } => {
                        rng.below(2 * u64::from(most) + 1) as i64 - i64::from(most)
                    }
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
    pub(super) fn count(&self, marginal: Levels) -> Vec<i64> {
        let mut table = vec![0; self.domain.cells(marginal) as usize];
        for (person, contribution) in &self.people {
            table[cell_of(&self.domain, marginal, person)] += contribution;
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

    pub(super) fn closure(&self) -> Vec<Levels> {
        closure(&self.workload)
    }
}

/// A strategy for the workload with random weights and γ.
pub(super) fn random_strategy(
    domain: &Domain,
    workload: &[Levels],
    unit: MeasureUnit,
    rng: &mut Rng,
) -> Strategy {
    // Where there are groups, no block of these small trees has a K of 1000² or more.
    let least = if domain.is_flat() { 1 } else { 1000 };
    let residuals = closure(workload)
        .into_iter()
        .map(|levels| (levels, least + rng.below(1000 * least)))
        .collect();
    Strategy::new(domain.clone(), unit, residuals, 16 + rng.below(1_000_000)).unwrap()
}

/// The cell of a marginal that holds a person of these categories.
pub(super) fn cell_of(domain: &Domain, marginal: Levels, person: &[usize]) -> usize {
    let node = |(at, level)| {
        let tree = domain.tree(at);
        tree.ancestor(tree.depth(), person[at], level)
    };
    let nodes: Vec<_> = marginal.iter().map(node).collect();
    domain.cell_index(marginal, &nodes).unwrap()
}

/// Random cases, small enough that a test can write out every dense matrix: half of them without groups.
pub(super) fn cases() -> impl Arbitrary<Value = Case> {
    let with_groups = (units(), any::<u64>());
    prop_oneof![
        flat_cases(),
        with_groups.prop_map(|(unit, seed)| Case::with_groups(unit, seed))
    ]
}

/// Random cases without groups.
pub(super) fn flat_cases() -> impl Arbitrary<Value = Case> {
    let sizes = prop::collection::vec(2_u32..=4, 1..=4);
    let workload = prop::collection::vec(any::<u32>(), 1..=4);
    (sizes, workload, units(), any::<u64>())
        .prop_map(|(sizes, workload, unit, seed)| Case::new(sizes, &workload, unit, seed))
}

/// What is counted, and in which unit.
fn units() -> impl Arbitrary<Value = MeasureUnit> {
    let difference = (1..=MAX_DIFFERENCE, 1_u16..=100);
    prop_oneof![
        Just(MeasureUnit::Headcount),
        Just(MeasureUnit::Fte),
        difference.prop_map(|(most, per_whole)| MeasureUnit::Difference { most, per_whole }),
    ]
}

/// The 35 marginals of design section 3.4, in its order.
pub(super) fn reference_workload() -> (Domain, Vec<Levels>) {
    let domain = Domain::new(vec![11, 17, 7, 3, 11, 3, 11, 18, 4, 4]).unwrap();
    let with = |first: usize, others: &[usize]| -> Vec<Levels> {
        others.iter().map(|&other| flat([first, other])).collect()
    };
    let mut workload: Vec<_> = (0..10).map(|at| flat([at])).collect();
    workload.extend(with(0, &[1, 2, 3, 4, 5, 6, 7, 8, 9]));
    workload.extend(with(1, &[2, 3, 5, 4]));
    workload.extend(with(6, &[4, 2, 1]));
    workload.extend(with(7, &[2, 4, 1, 3, 5, 6]));
    workload.extend([[0, 1, 2], [0, 4, 6], [7, 1, 2]].map(flat));
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
