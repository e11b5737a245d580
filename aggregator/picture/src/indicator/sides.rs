//! Two groups of people, of whom one is held against the other: White people and people from ethnic minorities, and
//! likewise by disability and by gender.
//!
//! An agreement may tell only one of the two apart from everybody else, as one group of a tree. Then all others are
//! the other side, and whoever did not say is among them.

use super::{
    Benchmark, Category, Definition, Finding, OptionDefinition, Question,
    shares::{Part, Split},
};
use crate::{
    estimate::Verdict,
    estimator::{Cohort, Estimator, EstimatorError, JointEstimate},
};

/// The option that chooses whose likelihoods are compared.
pub(super) const OF: OptionDefinition = OptionDefinition {
    name: "of",
    description: "By which characteristic people are told apart",
    default: "ethnic_group",
    values: &["ethnic_group", "disability", "gender"],
};

/// The groups that are told apart, and which two of them are the sides.
#[derive(Clone, Debug)]
pub(super) struct Sides {
    pub(super) split: Split,
    /// The codes of the group above the line of a ratio, and of the one below it.
    over: &'static str,
    under: &'static str,
    is_mixed: bool,
}

// === impl Sides ===

impl Sides {
    /// The sides that the question names by [`OF`].
    pub(super) fn chosen(question: &Question, definition: &Definition) -> Self {
        let attribute = question.attribute(question.option(definition, OF.name));
        let (split, over, under) = match attribute.code() {
            "disability" => (Split::by_category(attribute), "no", "yes"),
            "gender" => (Split::by_category(attribute), "male", "female"),
            _ => (Split::by_group(attribute, "wres"), "white", "bme"),
        };
        Self {
            split,
            over,
            under,
            is_mixed: false,
        }
    }

    /// The sides as the agreement tells them apart among `cohort`, of whom `counted` is to be counted: where it
    /// tells only the second from everybody else, `others` is the first.
    pub(super) fn told_apart(
        self,
        estimator: &Estimator<'_>,
        cohort: &Cohort,
        counted: impl Fn(&Cohort) -> Vec<Cohort>,
        (code, label): (&'static str, &'static str),
    ) -> Self {
        let is_told = |code: &str| {
            let those = self.split.those(self.split.part(code), cohort);
            let told = estimator.periods(&counted(&those));
            !matches!(told, Err(EstimatorError::NotPromised { .. }))
        };
        if is_told(self.over) || !is_told(self.under) {
            return self;
        }
        let under = self.split.part(self.under).clone();
        let all = 0..self.split.attribute.size();
        let others = Part {
            category: Category::named(code, label),
            among: all.filter(|one| !under.among.contains(one)).collect(),
        };
        Self {
            split: Split {
                parts: vec![others, under],
                ..self.split
            },
            over: code,
            is_mixed: true,
            ..self
        }
    }

    /// Whether the first side is everybody but the second.
    pub(super) fn is_mixed(&self) -> bool {
        self.is_mixed
    }

    /// The names of the two sides.
    pub(super) fn labels(&self) -> [&str; 2] {
        [self.over, self.under].map(|code| self.split.part(code).category.label.as_str())
    }

    /// All of `cohort`, then those of each group.
    pub(super) fn each(&self, cohort: &Cohort) -> Vec<Cohort> {
        let parts = self.split.parts.iter();
        let those = parts.map(|part| self.split.those(part, cohort));
        [cohort.clone()].into_iter().chain(those).collect()
    }

    /// The categories in the order of [`Self::each`].
    pub(super) fn categories(&self) -> impl Iterator<Item = Category> {
        let parts = self.split.parts.iter();
        let all = [Category::total()].into_iter();
        all.chain(parts.map(|part| part.category.clone()))
    }

    /// The row of how much likelier the first side is than the second to be in a part of a whole. `part` and `whole`
    /// say where these stand among `counts`, of a group by its position in [`Self::each`].
    pub(super) fn likelihood(
        &self,
        counts: &JointEstimate<'_>,
        (part, whole): (impl Fn(usize) -> usize, impl Fn(usize) -> usize),
        at: Vec<Category>,
        measure: (&'static str, &'static str),
    ) -> Finding {
        let [over, under] = [self.over, self.under].map(|code| {
            let found = self.categories().position(|one| one.code == code);
            found.expect("both sides are told apart")
        });
        let ratio = counts
            .parts()
            .ratio(&[part(over), whole(under)], &[whole(over), part(under)]);
        let verdict = Verdict::is_parity(&ratio);
        let parity = Benchmark::exact(1.0, "parity");
        Finding::new(at, measure, ratio, counts.source()).against(parity, verdict)
    }
}
