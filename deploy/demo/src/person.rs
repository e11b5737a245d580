//! Invented people at one trust, and the dictionary's categories for them.

use anyhow::Context as _;
use jiff::civil::Date;
use vwis_model::dictionary::{Attribute, Dictionary};

use crate::{
    grade::Grade,
    posts::{Catalogue, attribute, category},
    published::Group,
    values::{CONTRACTS, DESTINATIONS, ETHNIC_ORIGINS, NATIONALITIES, REASONS, SOURCES, Value},
};

/// The attributes, in the order in which [`Codes`] has their categories.
pub(crate) const ATTRIBUTES: [&str; 16] = [
    "staff_group",
    "band",
    "ethnic_group",
    "gender",
    "age_band",
    "disability",
    "locality",
    "pathway",
    "contract",
    "nationality_group",
    "role",
    "leaving_reason",
    "leaving_destination",
    "joining_source",
    "movement",
    "furthest_stage",
];

/// Where the band stands in [`Codes`].
pub(crate) const BAND: usize = 1;
/// Where the movement of a year stands in [`Codes`].
pub(crate) const MOVEMENT: usize = 14;
/// Where the stage of an application does.
const FURTHEST_STAGE: usize = 15;

/// The index of a category for each of [`ATTRIBUTES`].
pub(crate) type Codes = [u8; 16];

/// Where an attribute stands in [`Codes`].
///
/// # Errors
/// The demo has no such attribute.
pub(crate) fn position(attribute: &str) -> anyhow::Result<usize> {
    let found = ATTRIBUTES.iter().position(|own| *own == attribute);
    found.with_context(|| format!("the demo has no attribute {attribute}"))
}

/// How far an application went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Applied,
    Shortlisted,
    Appointed,
    Unknown,
}

/// All stages, in the order of the dictionary.
pub(crate) const STAGES: [Stage; 4] = [
    Stage::Applied,
    Stage::Shortlisted,
    Stage::Appointed,
    Stage::Unknown,
];

/// One invented person.
#[derive(Clone)]
pub(crate) struct Person {
    /// The employee number, which the trust never changes.
    pub(crate) number: u32,
    /// Indices into [`crate::values::FORENAMES`] and [`crate::values::SURNAMES`].
    pub(crate) name: (u8, u8),
    pub(crate) birth: Birth,
    /// Indices into the lists of [`crate::values`].
    pub(crate) ethnic_origin: u8,
    pub(crate) gender: u8,
    pub(crate) disability: u8,
    pub(crate) nationality: u8,
    pub(crate) contract: u8,
    pub(crate) source: u8,
    pub(crate) post: Post,
    pub(crate) group: Group,
    /// FTE of the primary assignment, in hundredths.
    pub(crate) fte: u8,
    /// A further assignment that the headcount filter counts.
    pub(crate) second: Option<Second>,
    /// Whether they are on the bank beside their contract: a row that the headcount filter leaves out.
    pub(crate) is_also_bank: bool,
    pub(crate) start: Date,
    pub(crate) status: Status,
    pub(crate) left: Option<Leaving>,
    /// How the last snapshot counted them, if it did.
    pub(crate) before: Option<Codes>,
    /// Whether they were away then: whoever comes back is no joiner.
    pub(crate) was_away: bool,
}

/// What somebody works as and where, as indices into the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    pub(crate) grade: Grade,
    /// The index of the post.
    pub(crate) kind: u16,
    pub(crate) area: u16,
    pub(crate) site: u16,
}

#[derive(Clone, Copy)]
pub(crate) struct Second {
    pub(crate) post: Post,
    pub(crate) fte: u8,
}

/// What the extract has for a date of birth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Birth {
    On(Date),
    /// The cell is blank. The person was born on this day all the same.
    NotRecorded(Date),
    /// The cell has a date on which nobody at work was born. The person was born on this day.
    Wrong(Date),
}

/// Why somebody is or is not at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    ActingUp,
    InternalSecondment,
    /// The headcount filter leaves them out until the history's quarter of that number.
    Away {
        why: Away,
        until: u8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Away {
    Maternity,
    CareerBreak,
    ExternalSecondment,
    Suspended,
}

/// The end of somebody's employment.
#[derive(Clone, Copy)]
pub(crate) struct Leaving {
    pub(crate) day: Date,
    pub(crate) reason: u8,
    pub(crate) destination: u8,
}

/// Turns people into categories.
pub(crate) struct Coder<'a> {
    catalogue: &'a Catalogue,
    age_band: &'a Attribute,
    /// The categories of `band`, by grade.
    bands: Vec<u8>,
    genders: Vec<u8>,
    disabilities: Vec<u8>,
    contracts: Vec<u8>,
    ethnic_groups: Vec<u8>,
    nationalities: Vec<u8>,
    sources: Vec<u8>,
    reasons: Vec<u8>,
    destinations: Vec<u8>,
    /// The category `unknown` of reason and destination, for those who are no longer counted and did not
    /// leave.
    unknown: (u8, u8),
    /// The category `unknown` of the movement: nobody's is known before the year is over.
    unknown_movement: u8,
    /// The categories of `furthest_stage`, in the order of [`STAGES`].
    stages: Vec<u8>,
}

// === impl Stage ===

impl Stage {
    /// A greater number for what went further; not to know it is less than anything.
    pub(crate) fn reached(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Applied => 1,
            Self::Shortlisted => 2,
            Self::Appointed => 3,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Applied => "applied",
            Self::Shortlisted => "shortlisted",
            Self::Appointed => "appointed",
        }
    }
}

// === impl Person ===

impl Person {
    /// The age on a day, in completed years.
    pub(crate) fn age(&self, on: Date) -> i16 {
        let (Birth::On(day) | Birth::NotRecorded(day) | Birth::Wrong(day)) = self.birth;
        let before_birthday = (on.month(), on.day()) < (day.month(), day.day());
        on.year() - day.year() - i16::from(before_birthday)
    }

    /// Whether the standard headcount filter counts them (design §6).
    pub(crate) fn is_counted(&self) -> bool {
        let at_work = !matches!(self.status, Status::Away { .. });
        at_work && self.left.is_none() && self.is_contracted()
    }

    /// Whether they are employed, but away and left out for now: then they are neither joiner nor leaver.
    pub(crate) fn is_away(&self) -> bool {
        let away = matches!(self.status, Status::Away { .. });
        away && self.left.is_none() && self.is_contracted()
    }

    /// Whether their contract counts: it is not bank, honorary or non-executive.
    pub(crate) fn is_contracted(&self) -> bool {
        usize::from(self.contract) < FIRST_EXCLUDED_CONTRACT
    }

    /// The FTE of all assignments that count, in hundredths, at most 100.
    pub(crate) fn fte_sum(&self) -> u8 {
        let second = self.second.map_or(0, |second| second.fte);
        self.fte.saturating_add(second).min(100)
    }
}

/// The index in [`CONTRACTS`] from which on the headcount filter leaves contracts out.
pub(crate) const FIRST_EXCLUDED_CONTRACT: usize = 4;

// === impl Coder ===

impl<'a> Coder<'a> {
    pub(crate) fn new(
        catalogue: &'a Catalogue,
        dictionary: &'a Dictionary,
    ) -> anyhow::Result<Self> {
        let coded = |name: &str, codes: Vec<&str>| -> anyhow::Result<Vec<u8>> {
            let attribute = attribute(dictionary, name)?;
            codes.iter().map(|code| category(attribute, code)).collect()
        };
        let values = |name: &str, values: &[Value]| {
            coded(name, values.iter().map(|value| value.category).collect())
        };
        let contracts = &CONTRACTS[..FIRST_EXCLUDED_CONTRACT];
        let unknown = |name: &str| category(attribute(dictionary, name)?, "unknown");
        Ok(Self {
            catalogue,
            age_band: attribute(dictionary, "age_band")?,
            bands: coded("band", Grade::all().map(Grade::band).collect())?,
            genders: coded("gender", crate::values::GENDERS.map(|g| g.0).to_vec())?,
            disabilities: coded(
                "disability",
                crate::values::DISABILITIES.map(|d| d.0).to_vec(),
            )?,
            contracts: coded("contract", contracts.iter().map(|c| c.0).collect())?,
            ethnic_groups: values("ethnic_group", &ETHNIC_ORIGINS)?,
            nationalities: values("nationality_group", &NATIONALITIES)?,
            sources: values("joining_source", &SOURCES)?,
            reasons: values("leaving_reason", &REASONS)?,
            destinations: values("leaving_destination", &DESTINATIONS)?,
            unknown: (unknown("leaving_reason")?, unknown("leaving_destination")?),
            unknown_movement: unknown("movement")?,
            stages: coded("furthest_stage", STAGES.map(Stage::code).to_vec())?,
        })
    }

    /// The categories of somebody who is counted on a day.
    pub(crate) fn codes(&self, person: &Person, on: Date) -> Codes {
        let post = &self.catalogue.posts[usize::from(person.post.kind)];
        let unknown_age = self.age_band.unknown();
        let age_band = match person.birth {
            Birth::On(_) => u32::try_from(person.age(on))
                .ok()
                .and_then(|age| self.age_band.category_of_number(age))
                .unwrap_or(unknown_age),
            Birth::NotRecorded(_) | Birth::Wrong(_) => unknown_age,
        };
        let of = |codes: &[u8], index: u8| codes[usize::from(index)];
        [
            post.staff_group,
            self.bands[person.post.grade.index()],
            of(&self.ethnic_groups, person.ethnic_origin),
            of(&self.genders, person.gender),
            u8::try_from(age_band).expect("attributes have at most 64 categories"),
            of(&self.disabilities, person.disability),
            self.catalogue.sites[usize::from(person.post.site)].locality,
            self.catalogue.areas[usize::from(person.post.area)].pathway,
            of(&self.contracts, person.contract),
            of(&self.nationalities, person.nationality),
            post.role,
            self.unknown.0,
            self.unknown.1,
            of(&self.sources, person.source),
            self.unknown_movement,
            self.stages[STAGES.len() - 1],
        ]
    }

    /// The categories of somebody who applied: their own, with those of the post that they applied for.
    pub(crate) fn codes_of_applicant(&self, person: &Person, stage: Stage, on: Date) -> Codes {
        let mut codes = self.codes(person, on);
        let stage = STAGES.iter().position(|one| *one == stage);
        codes[FURTHEST_STAGE] = self.stages[stage.expect("every stage is listed")];
        codes
    }

    /// The categories of a leaver: those of the last snapshot, with reason and destination if they left.
    pub(crate) fn codes_of_leaver(&self, before: Codes, left: Option<Leaving>) -> Codes {
        let mut codes = before;
        if let Some(left) = left {
            codes[11] = self.reasons[usize::from(left.reason)];
            codes[12] = self.destinations[usize::from(left.destination)];
        }
        codes
    }
}
