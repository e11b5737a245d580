//! What it costs to change one person instead of removing them.

use std::{cmp::Ordering, collections::BTreeSet};

use dashu::rational::RBig;

use super::{MeasureUnit, Strategy};
use crate::algebra::Levels;

/// The most pairs of a change and a residual that [`Strategy::rho_of_change`] looks at.
const MAX_CHANGES: usize = 1 << 28;

impl Strategy {
    /// The privacy loss ρ of changing one person (their categories, and their FTE or difference where
    /// that is counted) instead of removing them: the worst over all pairs of persons. Exact without
    /// groups; with groups the loss is nowhere above it.
    ///
    /// The worst change is found in floating point and then computed exactly: of two that differ by less
    /// than rounding, either may be taken.
    ///
    /// At most 4 times [`Self::rho`]. Where very many changes are possible, it is that bound: the search
    /// for the worst one goes through all of them.
    #[must_use]
    pub fn rho_of_change(&self) -> RBig {
        let sensitivity = RBig::from(self.sensitivity_squared());
        let measured = self
            .residuals
            .iter()
            .fold(Levels::TOTAL, |all, &(residual, _)| all.join(residual));
        let partings: Vec<_> = measured
            .iter()
            .map(|(at, finest)| self.partings(at, finest))
            .collect();
        let changes = partings.iter().map(|partings| partings.len() + 1);
        if changes.fold(self.residuals.len(), usize::saturating_mul) > MAX_CHANGES {
            return self.rho_of_norm(sensitivity * RBig::from(4));
        }
        let norms = self
            .residuals
            .iter()
            .map(|&residual| self.norm_squared(residual).to_f64().value());
        let mut search = Search {
            residuals: self
                .residuals
                .iter()
                .map(|&(residual, _)| residual)
                .collect(),
            partings,
            worst: (0.0, Vec::new()),
        };
        search.go(
            &norms.clone().collect::<Vec<_>>(),
            norms.sum(),
            &mut Vec::new(),
        );
        let worst = self.norm_of_change(&search.worst.1) * RBig::from(self.unit.most().pow(2));
        // The loss is convex in what the two persons contribute, so in the worst case each is at an end:
        // at 0 or 1 FTE, where full against none costs what adding or removing a person does; at −u or u,
        // where a person who goes from one to the other costs twice the norm.
        self.rho_of_norm(match self.unit {
            MeasureUnit::Headcount => worst,
            MeasureUnit::Fte => worst.max(sensitivity),
            MeasureUnit::Difference { .. } => sensitivity * RBig::from(4),
        })
    }

    /// Every way in which two persons part at the attribute at `at`, down to level `finest`.
    fn partings(&self, at: usize, finest: usize) -> Vec<Parting> {
        let level = |level| {
            let children: BTreeSet<_> = self
                .domain
                .tree(at)
                .level(level)
                .children()
                .iter()
                .collect();
            children.into_iter().map(move |&siblings| Parting {
                at,
                level,
                siblings,
            })
        };
        (1..=finest).flat_map(level).collect()
    }

    /// The largest ‖x_u − x_v‖² of two whole persons who part exactly so.
    ///
    /// Along an axis, the columns of two siblings have the inner product −m, and a column with itself
    /// m(m − 1). So a residual's part of ⟨x_u, x_v⟩ is its squared norm times ∏ −1/(m − 1) over the
    /// axes at whose level they part, and 0 where they parted above: they are in two blocks there.
    fn norm_of_change(&self, partings: &[Parting]) -> RBig {
        let part = |&(residual, weight): &(Levels, u64)| {
            let alike = partings.iter().fold(RBig::ONE, |alike, parting| {
                match residual.level(parting.at).cmp(&parting.level) {
                    Ordering::Less => alike,
                    Ordering::Equal => -alike / RBig::from(parting.siblings - 1),
                    Ordering::Greater => RBig::ZERO,
                }
            });
            (RBig::ONE - alike) * RBig::from(self.norm_squared((residual, weight))) * RBig::from(2)
        };
        self.residuals
            .iter()
            .map(part)
            .fold(RBig::ZERO, |sum, part| sum + part)
    }
}

/// Two persons part at one attribute: they are in one node above `level`, and in two of its `siblings`
/// children.
#[derive(Clone, Copy, Debug)]
struct Parting {
    at: usize,
    level: usize,
    siblings: u32,
}

/// The search for the change that costs most, attribute by attribute.
struct Search {
    residuals: Vec<Levels>,
    /// For each attribute, every way to part there.
    partings: Vec<Vec<Parting>>,
    /// The largest Σ norm·(1 − alike) so far, and how the persons part there.
    worst: (f64, Vec<Parting>),
}

impl Search {
    /// Goes on from the attribute at `chosen.len()`: `alike` is the inner product of the two persons for
    /// each residual as they part until now.
    fn go(&mut self, alike: &[f64], norm: f64, chosen: &mut Vec<Option<Parting>>) {
        let Some(partings) = self.partings.get(chosen.len()).cloned() else {
            let cost = norm - alike.iter().sum::<f64>();
            if cost > self.worst.0 {
                self.worst = (cost, chosen.iter().flatten().copied().collect());
            }
            return;
        };
        chosen.push(None);
        self.go(alike, norm, chosen);
        for parting in partings {
            let after = self.residuals.iter().zip(alike).map(|(residual, alike)| {
                match residual.level(parting.at).cmp(&parting.level) {
                    Ordering::Less => *alike,
                    Ordering::Equal => -alike / f64::from(parting.siblings - 1),
                    Ordering::Greater => 0.0,
                }
            });
            let after: Vec<_> = after.collect();
            *chosen.last_mut().expect("pushed") = Some(parting);
            self.go(&after, norm, chosen);
        }
        chosen.pop();
    }
}
