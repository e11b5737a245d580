//! Collects one person for each employee number or candidate id.
//!
//! Memory grows with people (about 40 bytes each) and with the rows that count (about 10), not with the file.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, Hasher as _},
};

use foldhash::{fast::RandomState, quality::FixedState};
use vwis_model::{algebra::MAX_PEOPLE, dictionary::DataSet};

use super::{
    applications::Reached,
    coding::{Assignment, Began},
    numbers::{Extended, Numbers},
    pathway::PathwayRule,
    report::{PathwayLine, PathwayReport},
    seen::Seen,
};
use crate::people::{People, PersonTag, TagIndex, normal_form};

/// Stands for a post that no line of the pathway rule caught.
const NO_LINE: u16 = u16::MAX;

/// The people seen so far.
pub(super) struct Roll {
    index: TagIndex,
    tags: Vec<PersonTag>,
    columns: Vec<Vec<u8>>,
    fte_sums: Vec<u16>,
    /// Whether the attributes kept for each person are a primary assignment's.
    primary: Vec<bool>,
    joining_source: Vec<u8>,
    began: Vec<Began>,
    /// How far each person's application went that is kept; empty where rows are assignments.
    reached: Vec<Reached>,
    pathway_line: Vec<u16>,
    numbers: Numbers,
    /// Hashes of the rows that count, each over person and values.
    rows: HashSet<u64, RandomState>,
    /// Attributes that all rows of a person should agree in, each by position and with its `unknown`.
    same_person: Vec<(usize, u8)>,
}

/// The extract has more people than a node is built for.
#[derive(Debug)]
pub(super) struct TooManyPeople;

/// What an assignment or application is to its person.
pub(super) enum Entered {
    /// It is the person's first.
    First,
    /// It was added to the person's others.
    Further {
        /// Whether another of the person's rows equals it in everything that is read.
        is_repeated: bool,
        /// Whether it contradicts the others in what belongs to the person.
        disagrees: bool,
        /// Whether it is primary, and another of theirs is so already.
        is_second_primary: bool,
    },
}

// === impl Roll ===

impl Roll {
    pub(super) fn new(data_set: &DataSet) -> Self {
        let attributes = data_set.attributes();
        let personal = ["ethnic_group", "gender", "age_band"];
        Self {
            index: TagIndex::default(),
            tags: Vec::new(),
            columns: vec![Vec::new(); attributes.len()],
            fte_sums: Vec::new(),
            primary: Vec::new(),
            joining_source: Vec::new(),
            began: Vec::new(),
            reached: Vec::new(),
            pathway_line: Vec::new(),
            numbers: Numbers::default(),
            rows: HashSet::default(),
            same_person: personal
                .iter()
                .filter_map(|code| data_set.position(code))
                .map(|position| {
                    let unknown = u8::try_from(attributes[position].unknown());
                    let unknown = unknown.expect("an attribute has at most 64 categories");
                    (position, unknown)
                })
                .collect(),
        }
    }

    /// Enters an assignment or application, for a new person or for one who has a row already.
    pub(super) fn enter(
        &mut self,
        tag: PersonTag,
        assignment: &Assignment,
        number: &[u8],
        line: u64,
    ) -> Result<Entered, TooManyPeople> {
        let is_repeated = !self.rows.insert(row_hash(tag, assignment));
        let next = u32::try_from(self.tags.len()).map_err(|_| TooManyPeople)?;
        match self.index.find_or_insert(&self.tags, tag, next) {
            None => {
                if self.tags.len() as u64 >= MAX_PEOPLE {
                    return Err(TooManyPeople);
                }
                self.numbers.push(&normal_form(number), line);
                self.tags.push(tag);
                for (column, code) in self.columns.iter_mut().zip(assignment.codes) {
                    column.push(code);
                }
                self.fte_sums.push(u16::from(assignment.fte_hundredths));
                self.primary.push(assignment.primary == Some(true));
                self.joining_source.push(assignment.joining_source);
                self.began.push(assignment.began);
                self.reached.extend(assignment.reached);
                self.pathway_line
                    .push(assignment.pathway_line.unwrap_or(NO_LINE));
                Ok(Entered::First)
            }
            Some(position) => Ok(self.merge(position as usize, assignment, is_repeated)),
        }
    }

    fn merge(&mut self, person: usize, further: &Assignment, is_repeated: bool) -> Entered {
        let disagrees = self.same_person.iter().any(|(attribute, unknown)| {
            let [one, other] = [self.columns[*attribute][person], further.codes[*attribute]];
            // A row that does not say something contradicts no other.
            one != other && one != *unknown && other != *unknown
        });
        if let Some(reached) = further.reached {
            if self.goes_further(person, reached, further) {
                self.reached[person] = reached;
                self.put(person, further);
            }
            return Entered::Further {
                is_repeated,
                disagrees,
                is_second_primary: false,
            };
        }
        self.began[person] = self.began[person].max(further.began);
        let sum = &mut self.fte_sums[person];
        *sum = sum.saturating_add(u16::from(further.fte_hundredths));
        let is_primary = further.primary == Some(true);
        let is_second_primary = is_primary && self.primary[person];
        if is_primary && !is_second_primary {
            self.primary[person] = true;
            self.put(person, further);
            self.joining_source[person] = further.joining_source;
            self.pathway_line[person] = further.pathway_line.unwrap_or(NO_LINE);
        }
        Entered::Further {
            is_repeated,
            disagrees,
            is_second_primary,
        }
    }

    /// Whether an application is to be kept in place of the person's other one. By whatever is kept of a row, so
    /// that the order of rows decides nothing: of two that went as far and are of one day, the one whose codes come
    /// first.
    fn goes_further(&self, person: usize, reached: Reached, further: &Assignment) -> bool {
        let kept = self.columns.iter().map(|column| column[person]);
        match reached.cmp(&self.reached[person]) {
            Ordering::Equal => (further.codes.into_iter().take(self.columns.len())).lt(kept),
            order => order.is_gt(),
        }
    }

    /// Gives the person the codes of a row of theirs.
    fn put(&mut self, person: usize, row: &Assignment) {
        for (column, code) in self.columns.iter_mut().zip(row.codes) {
            column[person] = code;
        }
    }

    /// People whose number is another person's number with something before or after it. Two people are alike
    /// only where at least two of age, gender and ethnic group are known.
    pub(super) fn extended(&self) -> Extended {
        let codes = |person: usize| -> [Option<u8>; 3] {
            let mut known = [None; 3];
            for (known, (attribute, unknown)) in known.iter_mut().zip(&self.same_person) {
                *known = Some(self.columns[*attribute][person]).filter(|code| code != unknown);
            }
            known
        };
        let mut extended = self.numbers.extended(|one, other| {
            codes(one) == codes(other) && codes(one).iter().flatten().count() > 1
        });
        let mut people_like: HashMap<[Option<u8>; 3], u64> = HashMap::new();
        for person in 0..self.tags.len() {
            *people_like.entry(codes(person)).or_default() += 1;
        }
        let (all, pairs) = (self.tags.len() as u64, |people: u64| people * people);
        let alike: u64 = people_like.values().map(|people| pairs(*people)).sum();
        extended.everybody_is_alike = alike * 2 > pairs(all);
        extended
    }

    /// Number of people whose assignments come to more than one full-time equivalent.
    pub(super) fn above_full_time(&self) -> u64 {
        self.fte_sums.iter().filter(|fte| **fte > 100).count() as u64
    }

    /// People whose number is half as long as most, or shorter.
    pub(super) fn short_numbers(&self) -> Seen {
        self.numbers.short()
    }

    /// People whose number has a letter where most have a digit that looks like it.
    pub(super) fn misread_numbers(&self) -> Seen {
        self.numbers.misread()
    }

    /// Moves everyone whom `pathway_of` names to that pathway; returns how many.
    pub(super) fn override_pathway(
        &mut self,
        attribute: usize,
        mut pathway_of: impl FnMut(PersonTag) -> Option<u8>,
    ) -> u64 {
        let mut placed = 0;
        let people = self.tags.iter().zip(&mut self.columns[attribute]);
        for ((tag, code), line) in people.zip(&mut self.pathway_line) {
            if let Some(pathway) = pathway_of(*tag) {
                *code = pathway;
                *line = NO_LINE;
                placed += 1;
            }
        }
        placed
    }

    /// Counts how many people each line of the rule caught.
    pub(super) fn pathway_report(&self, rule: &PathwayRule) -> PathwayReport {
        let mut lines: Vec<_> = rule
            .line_names()
            .map(|name| PathwayLine {
                name: name.to_owned(),
                people: 0,
            })
            .collect();
        let mut not_caught = 0;
        for line in &self.pathway_line {
            match lines.get_mut(usize::from(*line)) {
                Some(line) => line.people += 1,
                None => not_caught += 1,
            }
        }
        PathwayReport {
            rule: rule.version().to_owned(),
            lines,
            not_caught,
            list: None,
        }
    }

    /// Everyone with their FTE clamped to 1, where each came from (a category of `joining_source`), and when
    /// each began.
    pub(super) fn into_people(self) -> (People, Vec<u8>, Vec<Began>) {
        let fte = self
            .fte_sums
            .iter()
            .map(|fte| u8::try_from((*fte).min(100)).expect("clamped"));
        let people = People::of_columns(self.tags, self.columns, fte.collect())
            .expect("columns grow together");
        (people, self.joining_source, self.began)
    }
}

/// Hash of a person and of everything that is read of one of their rows.
fn row_hash(tag: PersonTag, assignment: &Assignment) -> u64 {
    let mut hasher = FixedState::with_seed(assignment.read).build_hasher();
    hasher.write(&tag.0);
    hasher.finish()
}
