//! Compares a group of people with the residents that it serves.

use vwis_model::{
    dictionary::{Attribute, LOCALITY},
    here,
};

use super::{
    Benchmark, Category, Definition, Finding, IndicatorError, OptionDefinition, Question,
    shares::{self, Part, Share, Split, Unknown},
};
use crate::{
    estimate::{Figure, Verdict},
    estimator::{Cohort, Estimator},
};

/// The measure of a share that is compared with all staff of the same employers.
pub(super) const BESIDE_STAFF: (&str, &str) =
    ("share_beside_staff", "Share of the group, beside all staff");

/// The option that chooses the characteristic.
pub(super) const OF: OptionDefinition = OptionDefinition {
    name: "of",
    description: "Which characteristic is held against the residents'",
    default: "ethnic_group",
    values: &["ethnic_group", "gender", "disability"],
};

/// The residents that a group is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Residents {
    /// The residents of the whole place.
    All,
    /// The residents of one locality, by its code.
    Of(&'static str),
}

/// A group of people, and the residents that it should look like.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) categories: Vec<Category>,
    pub(super) cohort: Cohort,
    /// `None` for people who work outside the place, or nobody knows where.
    pub(super) residents: Option<Residents>,
    pub(super) is_everybody: bool,
}

/// A characteristic by which staff and residents are compared.
#[derive(Clone, Debug)]
pub(super) struct Characteristic {
    pub(super) split: Split,
    /// The part that sentences are about: ethnic minority groups, women, or disabled people.
    pub(super) subject: Part,
    pub(super) unknown: Unknown,
}

// === impl Characteristic ===

impl Characteristic {
    /// The characteristic that the question chooses: ethnic group (all minority groups together first),
    /// gender or disability.
    pub(super) fn chosen(question: &Question, definition: &Definition) -> Self {
        let unknown = Unknown::chosen(question, definition);
        match question.option(definition, OF.name) {
            "gender" => Self::simple(question.attribute("gender"), "female", unknown),
            "disability" => Self::simple(question.attribute("disability"), "yes", unknown),
            _ => Self::ethnic_group(question, unknown),
        }
    }

    /// Ethnic groups, with all minority groups together first.
    pub(super) fn ethnic_group(question: &Question, unknown: Unknown) -> Self {
        let attribute = question.attribute("ethnic_group");
        let mut split = Split::by_category(attribute);
        let subject = Split::by_group(attribute, "wres").part("bme").clone();
        split.parts.insert(0, subject.clone());
        Self {
            split,
            subject,
            unknown,
        }
    }

    fn simple(attribute: &'static Attribute, subject: &str, unknown: Unknown) -> Self {
        let split = Split::by_category(attribute);
        let subject = split.part(subject).clone();
        Self {
            split,
            subject,
            unknown,
        }
    }

    /// The rows of a group: how many people it has; then for each part how many, its share beside the
    /// residents' and, unless the group is everybody, its share beside that of all staff.
    pub(super) fn rows(
        &self,
        estimator: &Estimator<'_>,
        group: &Group,
    ) -> Result<Vec<Finding>, IndicatorError> {
        let mut rows = Vec::with_capacity(1 + 3 * self.split.parts.len());
        let at = |category: &Category| {
            let mut at = group.categories.clone();
            at.push(category.clone());
            at
        };
        let everybody = Cohort::staff();
        let others = (!group.is_everybody).then_some(&everybody);
        let silent = self.silent(estimator, group)?;
        for (index, part) in self.split.parts.iter().enumerate() {
            let (split, cohort) = (&self.split, &group.cohort);
            let share = Share::count(estimator, split, part, cohort, others, self.unknown)?;
            if index == 0 {
                let at = at(&Category::total());
                rows.push(Finding::new(
                    at,
                    shares::PEOPLE,
                    share.whole(),
                    share.source(),
                ));
            }
            let place = at(&part.category);
            let people = share.people();
            rows.push(Finding::new(
                place.clone(),
                shares::PEOPLE,
                people,
                share.source(),
            ));
            rows.push(self.beside_residents(part, place.clone(), &share, group, &silent));
            let is_silent = part.among == [self.split.attribute.unknown()];
            if others.is_some() && !is_silent {
                rows.push(share.against_others(
                    place,
                    BESIDE_STAFF,
                    "all staff of the same employers",
                ));
            }
        }
        Ok(rows)
    }

    /// The two counts of the share that sentences are about: the part of `cohort`, and the whole it is a share
    /// of.
    pub(super) fn part_and_whole(&self, cohort: &Cohort) -> [Cohort; 2] {
        let (split, subject) = (&self.split, &self.subject);
        [
            split.those(subject, cohort),
            split.whole(subject, cohort, self.unknown),
        ]
    }

    /// The share of a group's people who did not say.
    pub(super) fn silent(
        &self,
        estimator: &Estimator<'_>,
        group: &Group,
    ) -> Result<Figure, IndicatorError> {
        let part = self.split.part("unknown");
        let counted = Unknown::Counted;
        Ok(Share::count(estimator, &self.split, part, &group.cohort, None, counted)?.figure())
    }

    /// The row that compares a part's share of a group with its share of the residents. Its note says what
    /// those who did not say could change.
    pub(super) fn beside_residents(
        &self,
        part: &Part,
        at: Vec<Category>,
        share: &Share<'_>,
        group: &Group,
        silent: &Figure,
    ) -> Finding {
        let finding = Finding::new(at, shares::SHARE, share.figure(), share.source());
        let residents = group.residents.and_then(|residents| {
            let value = residents.share(self.split.attribute, &part.among)?;
            Some((residents, value))
        });
        let Some((residents, value)) = residents else {
            return finding;
        };
        let verdict = Verdict::looks_like(&finding.figure, value);
        let finding = finding.against(residents.benchmark(self.split.attribute, value), verdict);
        let reached = match (finding.figure.value(), silent.value()) {
            (Some(own), Some(silent)) if self.unknown == Unknown::Counted => {
                own < value && value <= own + silent
            }
            _ => false,
        };
        if finding.verdict == Some(Verdict::No) && reached {
            let silent = silent.display_text();
            return finding.noted(format!(
                "The {silent} who did not say are counted as not of this part: if enough of them are, \
                 it is as large as among the residents"
            ));
        }
        finding
    }
}

// === impl Residents ===

impl Residents {
    /// The residents of the locality that a group works in, or of the whole place where it names no locality.
    /// `None` where the group works outside the place, or nobody knows where.
    fn of(wanted: &[(&'static Attribute, usize)]) -> Option<Self> {
        let mut wanted = wanted.iter();
        let Some((attribute, index)) = wanted.find(|(one, _)| one.code() == LOCALITY) else {
            return Some(Self::All);
        };
        let code = attribute.categories()[*index].code();
        let mut localities = here::place().localities().iter();
        localities
            .any(|locality| locality.code == code)
            .then_some(Self::Of(code))
    }

    /// The share of the residents in these categories of an attribute; `None` where the place pack has no
    /// residents in any of them.
    pub(super) fn share(&self, attribute: &Attribute, among: &[usize]) -> Option<f64> {
        let residents = here::place().residents(attribute.code())?;
        let population = match self {
            Self::All => residents.of_all(),
            Self::Of(locality) => residents.of(locality)?,
        };
        let is_wanted = |code: &str| {
            let index = attribute.category(code);
            index.is_some_and(|index| among.contains(&index))
        };
        let people = |all: bool| -> u64 {
            let counted = population.iter().filter(|(code, _)| all || is_wanted(code));
            counted.map(|(_, people)| u64::from(*people)).sum()
        };
        let (inside, all) = (people(false), people(true));
        #[expect(clippy::cast_precision_loss, reason = "residents are fewer than 2^53")]
        let share = inside as f64 / all as f64;
        (inside > 0).then_some(share)
    }

    /// The share as a benchmark, named after its source and place.
    pub(super) fn benchmark(&self, attribute: &Attribute, value: f64) -> Benchmark {
        let place = here::place();
        let label = place
            .residents(attribute.code())
            .map_or("Residents", |own| &own.label);
        let localities = &mut place.localities().iter();
        let of = match self {
            Self::All => place.name(),
            Self::Of(code) => localities
                .find(|one| one.code == *code)
                .map_or(*code, |one| one.name.as_str()),
        };
        Benchmark::exact(value, format!("{label}, {of}"))
    }
}

/// A note on the source of the residents by this attribute, to stand beside the comparison.
pub(super) fn note(attribute: &Attribute) -> String {
    let residents = here::place().residents(attribute.code());
    residents.map_or_else(
        || format!("The place pack has no residents by {}.", attribute.label()),
        |residents| format!("{} Source: {}.", residents.note, residents.source),
    )
}

/// The groups of a breakdown with the residents that each should look like. By pathway without a filter, all
/// cancer pathways and shared services together follow the total.
pub(super) fn groups(
    question: &Question,
    definition: &Definition,
) -> Result<Vec<Group>, IndicatorError> {
    let groups = question.groups(definition)?.into_iter().map(|group| Group {
        cohort: group.of(Cohort::staff()),
        residents: Residents::of(&group.wanted),
        is_everybody: group.wanted.is_empty(),
        categories: group.categories,
    });
    let mut groups: Vec<_> = groups.collect();
    if question.breakdown(definition)? == ["pathway"] && question.filters.is_empty() {
        let pathway = Split::by_group(question.attribute("pathway"), "cancer");
        let cancer = ["tumour_site", "shared"].map(|code| pathway.part(code).among.clone());
        let cancer = Group {
            categories: vec![Category::named(
                "cancer",
                "All cancer pathways and shared services",
            )],
            cohort: Cohort::staff().among(pathway.attribute, &cancer.concat()),
            residents: Some(Residents::All),
            is_everybody: false,
        };
        groups.insert(1, cancer);
    }
    Ok(groups)
}
