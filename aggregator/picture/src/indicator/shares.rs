//! Shares of a group of people, and the same shares of others beside them.
//!
//! What the equality standards ask of every band, cluster or locality is one thing: how many are of
//! each part, which share that is, and whether it is the share of others too. A part, its whole and
//! the same of the others are counted together, so a comparison knows what the two have in common.

use vwis_model::dictionary::Attribute;

use super::{
    Benchmark, Category, Definition, Dimension, Finding, IndicatorError, OptionDefinition, Question,
};
use crate::{
    estimate::{Estimate, Figure, Verdict},
    facts::{Facts, Joint, Source, Who},
};

pub(super) const PEOPLE: (&str, &str) = ("people", "People");
pub(super) const SHARE: (&str, &str) = ("share", "Share of the group");

/// What people are told apart by: parts of them, each some categories of one attribute.
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

/// What is made of those who did not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// They are in every denominator.
    Counted,
    /// Shares are of those who said.
    LeftOut,
}

/// A part of a group of people, and the same part of others, counted together.
pub(super) struct Share<'a> {
    /// Part and whole of the group, then part and whole of the others.
    counts: Joint<'a>,
    figure: Figure,
}

/// The option that leaves those who did not say out.
pub(super) const UNKNOWN: OptionDefinition = OptionDefinition {
    name: "unknown",
    description: "Whether shares, and the total beside them, are of those who said, or those who did not \
        say are counted in the denominator",
    default: "left_out",
    values: &["left_out", "counted"],
};

// === impl Split ===

impl Split {
    /// Each category of an attribute by itself.
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

    /// The groups of one of an attribute's groupings.
    ///
    /// # Panics
    /// Where the dictionary has no such grouping: only what it has is written in code.
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

    /// A column of its own.
    pub(super) fn dimension(&self) -> Dimension {
        Dimension::of(self.attribute)
    }

    /// The part of this code.
    ///
    /// # Panics
    /// Where there is none: only codes of the dictionary are written in code.
    pub(super) fn part(&self, code: &str) -> &Part {
        let found = self.parts.iter().find(|part| part.category.code == code);
        found.unwrap_or_else(|| panic!("{code} is a part by {}", self.attribute.code()))
    }

    /// Of `who`, those of the part.
    pub(super) fn those(&self, part: &Part, who: &Who) -> Who {
        who.clone().among(self.attribute, &part.among)
    }

    /// Of whom a part is a share.
    pub(super) fn whole(&self, part: &Part, who: &Who, unknown: Unknown) -> Who {
        let says_nothing = part.among == [self.attribute.unknown()];
        if unknown == Unknown::Counted || says_nothing {
            return who.clone();
        }
        let known: Vec<_> = (0..self.attribute.unknown()).collect();
        who.clone().among(self.attribute, &known)
    }
}

// === impl Unknown ===

impl Unknown {
    /// As the question chooses.
    pub(super) fn chosen(question: &Question, definition: &Definition) -> Self {
        match question.option(definition, UNKNOWN.name) {
            "left_out" => Self::LeftOut,
            _ => Self::Counted,
        }
    }
}

// === impl Share ===

impl<'a> Share<'a> {
    /// Counts `part` of `who`, and of `others`.
    pub(super) fn count(
        facts: &Facts<'a>,
        split: &Split,
        part: &Part,
        who: &Who,
        others: Option<&Who>,
        unknown: Unknown,
    ) -> Result<Self, IndicatorError> {
        let both = [Some(who), others].into_iter().flatten();
        let wanted: Vec<_> = both
            .flat_map(|who| [split.those(part, who), split.whole(part, who, unknown)])
            .collect();
        let counts = facts.latest(&wanted)?;
        let figure = counts.share(0, 1);
        Ok(Self { counts, figure })
    }

    /// How many of the group are of the part.
    pub(super) fn people(&self) -> Estimate {
        self.counts.estimate(0)
    }

    /// How many the group is.
    pub(super) fn whole(&self) -> Estimate {
        self.counts.estimate(1)
    }

    /// The share of the group that is of the part.
    pub(super) fn figure(&self) -> Figure {
        self.figure
    }

    /// The release it comes from.
    pub(super) fn source(&self) -> Source {
        self.counts.source()
    }

    /// The share of the group as a row, held against that of the others, called `label`; their own
    /// noise counts.
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

/// The rows of one group of people, each at `at` and then the part: how many it is, and of each part
/// how many and which share, held against the same share of the others under their name.
pub(super) fn rows(
    facts: &Facts<'_>,
    at: &[Category],
    who: &Who,
    split: &Split,
    others: Option<(&Who, &str)>,
    unknown: Unknown,
) -> Result<Vec<Finding>, IndicatorError> {
    let mut rows = Vec::with_capacity(1 + 2 * split.parts.len());
    let place = |category: Category| [at, &[category]].concat();
    for (index, part) in split.parts.iter().enumerate() {
        let share = Share::count(facts, split, part, who, others.map(|(who, _)| who), unknown)?;
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
