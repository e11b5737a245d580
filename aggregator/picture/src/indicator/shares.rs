//! Shares of a group of people, compared with the same shares of others.
//!
//! The equality standards ask the same of every band, cluster or locality: how many people are in each part,
//! which share that is, and whether others have the same share. A part, its whole and the same two counts of
//! the others are counted together, so the comparison takes into account what they have in common.

use vwis_model::dictionary::Attribute;

use super::{
    Benchmark, Category, Definition, Dimension, Finding, IndicatorError, OptionDefinition, Question,
};
use crate::{
    estimate::{Estimate, Figure, Verdict},
    estimator::{Cohort, Estimator, JointEstimate, Source},
};

pub(super) const PEOPLE: (&str, &str) = ("people", "People");
pub(super) const SHARE: (&str, &str) = ("share", "Share of the group");

/// The parts into which people are split. Each part is some categories of one attribute.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub(super) attribute: &'static Attribute,
    pub(super) parts: Vec<Part>,
}

/// Some categories of an attribute, under one name.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) category: Category,
    pub(super) among: Vec<usize>,
}

/// How people who did not say are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// They count in every denominator.
    Counted,
    /// Shares are of those who said; only the share who did not say is of all.
    LeftOut,
}

/// A part of a group, and the same part of others, counted together.
pub(super) struct Share<'a> {
    /// The part and the whole of the group, then the part and the whole of the others.
    counts: JointEstimate<'a>,
    figure: Figure,
}

/// The option that decides how people who did not say are treated.
pub(super) const UNKNOWN: OptionDefinition = OptionDefinition {
    name: "unknown",
    description: "Whether shares, and the total beside them, are of those who said, or those who did not \
        say are counted in the denominator",
    default: "left_out",
    values: &["left_out", "counted"],
};

// === impl Split ===

impl Split {
    /// One part for each category of an attribute.
    pub(super) fn by_category(attribute: &'static Attribute) -> Self {
        let part = |index| Part {
            category: Category::of(attribute, index),
            among: vec![index],
        };
        Self {
            attribute,
            parts: (0..attribute.size()).map(part).collect(),
        }
    }

    /// One part for each group of one of an attribute's groupings.
    ///
    /// # Panics
    /// If the dictionary has no such grouping. Code names only what the dictionary has.
    pub(super) fn by_group(attribute: &'static Attribute, grouping: &str) -> Self {
        let grouping = attribute
            .grouping(grouping)
            .unwrap_or_else(|| panic!("{} has the grouping {grouping}", attribute.code()));
        let part = |group: &vwis_model::dictionary::Group| Part {
            category: Category::named(group.code(), group.label()),
            among: group.categories().to_vec(),
        };
        Self {
            attribute,
            parts: grouping.groups().iter().map(part).collect(),
        }
    }

    /// The column that tells the parts apart.
    pub(super) fn dimension(&self) -> Dimension {
        Dimension::of(self.attribute)
    }

    /// The part with this code.
    ///
    /// # Panics
    /// If there is none. Code names only what the dictionary has.
    pub(super) fn part(&self, code: &str) -> &Part {
        let found = self.parts.iter().find(|part| part.category.code == code);
        found.unwrap_or_else(|| panic!("{code} is a part by {}", self.attribute.code()))
    }

    /// Those of `cohort` that are in the part.
    pub(super) fn those(&self, part: &Part, cohort: &Cohort) -> Cohort {
        cohort.clone().among(self.attribute, &part.among)
    }

    /// The whole that a part is a share of: all of `cohort`, or those of them who said.
    pub(super) fn whole(&self, part: &Part, cohort: &Cohort, unknown: Unknown) -> Cohort {
        let says_nothing = part.among == [self.attribute.unknown()];
        if unknown == Unknown::Counted || says_nothing {
            return cohort.clone();
        }
        let known: Vec<_> = (0..self.attribute.unknown()).collect();
        cohort.clone().among(self.attribute, &known)
    }
}

// === impl Unknown ===

impl Unknown {
    /// What the question chooses.
    pub(super) fn chosen(question: &Question, definition: &Definition) -> Self {
        match question.option(definition, UNKNOWN.name) {
            "left_out" => Self::LeftOut,
            _ => Self::Counted,
        }
    }
}

// === impl Share ===

impl<'a> Share<'a> {
    /// Counts `part` among `cohort` and, if there are any, among `others`.
    pub(super) fn count(
        estimator: &Estimator<'a>,
        split: &Split,
        part: &Part,
        cohort: &Cohort,
        others: Option<&Cohort>,
        unknown: Unknown,
    ) -> Result<Self, IndicatorError> {
        let both = [Some(cohort), others].into_iter().flatten();
        let wanted: Vec<_> = both
            .flat_map(|cohort| {
                [
                    split.those(part, cohort),
                    split.whole(part, cohort, unknown),
                ]
            })
            .collect();
        let counts = estimator.latest(&wanted)?;
        let figure = counts.share(0, 1);
        Ok(Self { counts, figure })
    }

    /// How many people of the group are in the part.
    pub(super) fn people(&self) -> Estimate {
        self.counts.estimate(0)
    }

    /// How many people the whole is of which the part is a share.
    pub(super) fn whole(&self) -> Estimate {
        self.counts.estimate(1)
    }

    /// The share that the part has of the group.
    pub(super) fn figure(&self) -> Figure {
        self.figure
    }

    /// The release that the counts come from.
    pub(super) fn source(&self) -> Source {
        self.counts.source()
    }

    /// The row with the group's share, compared with that of the others, which is called `label`. The verdict
    /// takes the noise of both into account.
    pub(super) fn against_others(
        &self,
        at: Vec<Category>,
        measure: (&'static str, &'static str),
        label: &str,
    ) -> Finding {
        let finding = Finding::new(at, measure, self.figure(), self.source());
        let parts = self.counts.split(&[(2, 3), (0, 1)]);
        let others = parts.share(0, 1);
        let Some(value) = others.value() else {
            return finding;
        };
        let verdict = if finding.figure.value().is_none() {
            Verdict::CannotTell
        } else {
            Verdict::are_alike(&parts.difference_of_shares((0, 1), (2, 3)))
        };
        let benchmark = Benchmark {
            value,
            label: label.to_owned(),
            figure: Some(others),
        };
        finding.against(benchmark, verdict)
    }
}

/// The rows of one group of people: how many it has; then for each part how many, and its share, compared
/// with that of the others. Their categories are `at`, then the part.
pub(super) fn rows(
    estimator: &Estimator<'_>,
    at: &[Category],
    cohort: &Cohort,
    split: &Split,
    others: Option<(&Cohort, &str)>,
    unknown: Unknown,
) -> Result<Vec<Finding>, IndicatorError> {
    let mut rows = Vec::with_capacity(1 + 2 * split.parts.len());
    let place = |category: Category| [at, &[category]].concat();
    for (index, part) in split.parts.iter().enumerate() {
        let share = Share::count(
            estimator,
            split,
            part,
            cohort,
            others.map(|(cohort, _)| cohort),
            unknown,
        )?;
        if index == 0 {
            let place = place(Category::total());
            rows.push(Finding::new(place, PEOPLE, share.whole(), share.source()));
        }
        let place = place(part.category.clone());
        let people = Finding::new(place.clone(), PEOPLE, share.people(), share.source());
        rows.push(people);
        rows.push(match others {
            Some((_, label)) => share.against_others(place, SHARE, label),
            None => Finding::new(place, SHARE, share.figure(), share.source()),
        });
    }
    Ok(rows)
}
