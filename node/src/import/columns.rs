//! Which column of an extract holds what.

mod error;
mod needed;

pub use error::HeaderError;
pub(super) use needed::{Choice, needed, no_header};

use csv::ByteRecord;
use vwis_model::dictionary::{Resolution, normalise};

use super::{
    Kind,
    field::Field,
    mapping::Mapping,
    quoted::{is_kept_back, is_persons_number, quoted},
    spreadsheet::{MERGED, trimmed},
};

/// Most headings that an error lists, and most characters of one.
const MOST_LISTED: usize = 40;
const MOST_CHARACTERS: usize = 40;
/// A row in which this many headings are known is the header, whatever else is wrong with it.
const SURELY_A_HEADER: usize = 3;

/// Words in the headings of columns that hold names of places or parts of an organisation …
const PLACES: [&str; 14] = [
    "base",
    "building",
    "centre",
    "department",
    "directorate",
    "division",
    "hospital",
    "location",
    "organisation",
    "org",
    "service",
    "site",
    "team",
    "ward",
];
/// … unless one of these words says that somebody's details are meant.
const PEOPLE: [&str; 11] = [
    "contact",
    "email",
    "head",
    "home",
    "lead",
    "leader",
    "manager",
    "managers",
    "owner",
    "person",
    "supervisor",
];

/// Positions of the columns that are read, and all headings. Other columns are left unread.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    positions: [Option<usize>; Field::ALL.len()],
    headings: Vec<String>,
}

// === impl Columns ===

impl Columns {
    /// Reads `record` as a header. An error comes with the number of its headings that are known.
    pub(super) fn find(
        record: &ByteRecord,
        mapping: &Mapping,
        kind: Kind,
    ) -> Result<Self, (usize, HeaderError)> {
        let mut headings: Vec<String> = record
            .iter()
            .map(|heading| String::from_utf8_lossy(trimmed(heading)).into_owned())
            .collect();
        // Spreadsheets leave commas after the last heading in some rows and not in others, so empty headings
        // there are dropped.
        headings.truncate(
            headings
                .iter()
                .rposition(|h| !h.is_empty())
                .map_or(0, |last| last + 1),
        );
        let keys: Vec<String> = headings.iter().map(|heading| normalise(heading)).collect();
        let mut positions = [None; Field::ALL.len()];
        let mut ambiguous = None;
        for (slot, field) in positions.iter_mut().zip(Field::ALL) {
            if !field.is_of(kind) {
                continue;
            }
            let (found, is_ambiguous) = found(field, mapping, &keys);
            *slot = found.first().copied();
            let same = |other: &usize| keys[*other] == keys[found[0]];
            if is_ambiguous && ambiguous.is_none() {
                let first = quoted(&headings[found[0]], None);
                let example = if found[1..].iter().any(same) {
                    at_position(&first, found[0] + 1)
                } else {
                    first.into_owned()
                };
                let all: Vec<_> = found
                    .iter()
                    .map(|position| {
                        format!(
                            "`{}` ({})",
                            quoted(&headings[*position], None),
                            position + 1
                        )
                    })
                    .collect();
                ambiguous = Some(HeaderError::Ambiguous {
                    column: field.code(),
                    headings: all.join(", "),
                    example: format!("\"{example}\""),
                });
            }
        }
        let known = positions.iter().flatten().count();
        if let Some(error) = ambiguous.filter(|_| known >= SURELY_A_HEADER) {
            return Err((known, error));
        }
        let columns = Self {
            positions,
            // From here on the headings are only shown, so they are quoted as reports may show them.
            headings: headings
                .iter()
                .map(|heading| quoted(heading, None).into_owned())
                .collect(),
        };
        if let Some((of_other, error)) = columns.other_list(&keys, mapping, kind) {
            return Err((known.max(of_other), error));
        }
        match columns.missing(mapping, kind) {
            Some(missing) => Err((known, missing)),
            None => Ok(columns),
        }
    }

    /// Says that this is the header of another list than one of this kind, with the number of its headings that
    /// are known there; `None` where it does not look like it.
    fn other_list(
        &self,
        keys: &[String],
        mapping: &Mapping,
        kind: Kind,
    ) -> Option<(usize, HeaderError)> {
        if self.position(kind.number()).is_some() {
            return None;
        }
        let (other, what, option) = match kind {
            Kind::Applicants => (
                Kind::Staff,
                "a list of staff",
                "import it without --data-set, or with that of the staff whom it lists",
            ),
            Kind::Staff | Kind::Joiners | Kind::Leavers => (
                Kind::Applicants,
                "a list of applications",
                "import it with --data-set applicants",
            ),
        };
        let first = |field| found(field, mapping, keys).0.first().copied();
        let signs: Vec<usize> = match other {
            Kind::Applicants => {
                let number = first(Field::CandidateId);
                let applied = first(Field::AppliedOn);
                let stage = [Field::Stage, Field::Shortlisted]
                    .into_iter()
                    .find_map(first);
                number
                    .map(|number| vec![number])
                    .or_else(|| Some(vec![applied?, stage?]))?
            }
            _ => vec![first(Field::EmployeeNumber)?, first(Field::Fte)?],
        };
        let headings: Vec<_> = signs
            .iter()
            .map(|at| format!("`{}`", self.headings[*at]))
            .collect();
        let known = Field::of(other)
            .filter(|field| first(*field).is_some())
            .count();
        Some((
            known,
            HeaderError::OtherList {
                what,
                headings: headings.join(", "),
                option,
            },
        ))
    }

    fn missing(&self, mapping: &Mapping, kind: Kind) -> Option<HeaderError> {
        let mut all = needed(kind).filter(|field| self.position(*field).is_none());
        let missing = all.next();
        let mut others: Vec<_> = all.map(|field| format!("`{}`", field.code())).collect();
        let choice = Choice::of(kind);
        let is_untold = !choice.is_told(|field| self.position(field).is_some());
        if is_untold && missing.is_some() {
            others.push(choice.in_words.to_owned());
        }
        let others = match &others[..] {
            [] => String::new(),
            others => format!("; also missing: {}", others.join(", ")),
        };
        let (column, accepted) = match missing {
            Some(field) => (field.code(), mapping.headings(field).to_vec()),
            None if is_untold => {
                let fields = choice.ways.concat();
                let all: Vec<_> = fields
                    .iter()
                    .map(|field| mapping.headings(*field))
                    .collect();
                (fields[0].code(), all.concat())
            }
            None => return None,
        };
        let merged = self.headings.iter().find(|heading| {
            let own = heading.strip_suffix(MERGED).map(normalise);
            own.is_some_and(|own| accepted.iter().any(|known| normalise(known) == own))
        });
        let hint = merged.map_or(String::new(), |heading| {
            format!("; the header has `{heading}`")
        });
        let accepted: Vec<_> = accepted.iter().map(|h| format!("`{h}`")).collect();
        let (accepted, hint, found) = (accepted.join(", "), hint + &others, self.listed());
        Some(if missing == Some(Field::CandidateId) {
            HeaderError::NoCandidateId {
                accepted,
                hint,
                found,
            }
        } else {
            HeaderError::Missing {
                column,
                accepted,
                hint,
                found,
            }
        })
    }

    /// The headings that are there, cut to what an error has room for.
    fn listed(&self) -> String {
        let named: Vec<_> = self.headings.iter().filter(|h| !h.is_empty()).collect();
        let mut listed: Vec<_> = named
            .iter()
            .take(MOST_LISTED)
            .map(|heading| {
                if is_kept_back(heading) {
                    return (*heading).clone();
                }
                let start: String = heading.chars().take(MOST_CHARACTERS).collect();
                format!("`{start}`")
            })
            .collect();
        if named.len() > MOST_LISTED {
            listed.push(format!("{} more", named.len() - MOST_LISTED));
        }
        listed.join(", ")
    }

    /// The column's position; `None` where the extract does not have it.
    pub(super) fn position(&self, field: Field) -> Option<usize> {
        self.positions[field as usize]
    }

    /// The column's heading in the extract; its name in a mapping where the extract does not have it.
    pub(super) fn heading(&self, field: Field) -> &str {
        self.position(field)
            .map_or(field.code(), |position| &self.headings[position])
    }

    /// Positions of the columns that are read.
    pub(super) fn read(&self) -> Vec<usize> {
        let mut read: Vec<_> = self.positions.iter().flatten().copied().collect();
        read.sort_unstable();
        read.dedup();
        read
    }

    /// The heading of the column at `position`.
    pub(super) fn heading_at(&self, position: usize) -> &str {
        &self.headings[position]
    }

    /// How many columns the header has.
    pub(super) fn width(&self) -> usize {
        self.headings.len()
    }

    /// Positions of the columns that nothing reads and that may hold a person's own details, such as a name;
    /// columns of places do not.
    pub(super) fn unread_of_people(&self) -> Vec<usize> {
        let unread = self.unread_positions();
        unread
            .filter(|position| !is_of_places(&self.headings[*position]))
            .collect()
    }

    /// Whether the row is the header of another list of people: it has the heading of the people's numbers,
    /// and two or more of the headings that are read stand at another position.
    pub(super) fn are_moved_in(&self, record: &ByteRecord, kind: Kind) -> bool {
        let key = |value: &[u8]| normalise(&String::from_utf8_lossy(trimmed(value)));
        let row: Vec<_> = record.iter().map(key).collect();
        let read = self.positions.iter().flatten();
        let moved = read.filter(|at| {
            let heading = normalise(&self.headings[**at]);
            row.get(**at) != Some(&heading) && row.contains(&heading)
        });
        row.contains(&normalise(self.heading(kind.number()))) && moved.count() > 1
    }

    /// Headings of the columns that nothing reads.
    pub(super) fn unread(&self) -> Vec<String> {
        let all = self
            .unread_positions()
            .map(|position| &self.headings[position]);
        all.filter(|heading| !heading.is_empty()).cloned().collect()
    }

    /// Positions of the columns that nothing reads.
    pub(super) fn unread_positions(&self) -> impl Iterator<Item = usize> {
        (0..self.headings.len()).filter(|position| !self.positions.contains(&Some(*position)))
    }
}

/// Whether a column with this heading holds names of places or parts of an organisation, and nobody's own
/// details.
pub(super) fn is_of_places(heading: &str) -> bool {
    let key = normalise(heading);
    let has = |words: &[&str]| key.split(' ').any(|word| words.contains(&word));
    has(&PLACES) && !has(&PEOPLE)
}

/// A heading with its position, from 1. A mapping names one of two columns with the same heading in this way.
pub(super) fn at_position(heading: &str, number: usize) -> String {
    format!("{heading} (column {number})")
}

/// Positions of the headings that the mapping has for `field` among the normalised `keys`, the preferred one
/// first; and whether it is open which of them counts.
pub(super) fn found(field: Field, mapping: &Mapping, keys: &[String]) -> (Vec<usize>, bool) {
    let mut found: Vec<usize> = Vec::new();
    let accepted = mapping.headings(field).iter();
    for position in accepted.flat_map(|heading| positions_of(heading, keys)) {
        if !found.contains(&position) {
            found.push(position);
        }
    }
    let same = |other: &usize| keys[*other] == keys[found[0]];
    let is_ambiguous =
        found.len() > 1 && (!mapping.first_wins(field) || found[1..].iter().any(same));
    (found, is_ambiguous)
}

/// Positions of a mapping's heading among the normalised `keys` of a file.
fn positions_of(heading: &str, keys: &[String]) -> Vec<usize> {
    let at_place = heading.strip_suffix(')').and_then(|heading| {
        let (name, number) = heading.rsplit_once(" (column ")?;
        Some((name, number.parse::<usize>().ok()?))
    });
    let (name, number) = at_place.map_or((heading, None), |(name, number)| (name, Some(number)));
    let name = normalise(name);
    (0..keys.len())
        .filter(|at| keys[*at] == name && number.is_none_or(|number| number == at + 1))
        .collect()
}

/// Whether the row is surely the header, so that its error is the one to show.
pub(super) fn is_surely_a_header(known: usize) -> bool {
    known >= SURELY_A_HEADER
}

/// Whether the row belongs below a header: it holds a date, an e-mail address or a person's number, or is
/// mostly categories.
pub(super) fn is_headless(record: &ByteRecord, known: usize) -> bool {
    if is_surely_a_header(known) {
        return false;
    }
    let all = record
        .iter()
        .map(|field| String::from_utf8_lossy(trimmed(field)));
    let cells: Vec<_> = all.filter(|cell| !cell.is_empty()).collect();
    let is_category = |cell: &str| {
        let mut attributes = Kind::Staff.data_set().attributes().iter();
        // One or two letters mean something in every list, so they prove nothing.
        cell.chars().filter(|c| c.is_alphabetic()).count() > 2
            && attributes.any(|attribute| matches!(attribute.resolve(cell), Resolution::Firm(_)))
    };
    let categories = cells.iter().filter(|cell| is_category(cell)).count();
    cells.len() > 1
        && (cells.iter().any(|cell| is_persons_number(cell)) || categories * 2 > cells.len())
}

/// How many of the row's headings the mapping knows, in the list where it knows most.
pub(super) fn known_headings(record: &ByteRecord, mapping: &Mapping) -> usize {
    let known = |kind| match Columns::find(record, mapping, kind) {
        Ok(columns) => columns.positions.iter().flatten().count(),
        Err((known, _)) => known,
    };
    known(Kind::Staff).max(known(Kind::Applicants))
}

/// What the header with these headings seems to list, if not what a file of this kind does; and how it is
/// imported.
pub(super) fn looks_like_another(
    headings: &[String],
    mapping: &Mapping,
    kind: Kind,
) -> Option<HeaderError> {
    let record = ByteRecord::from(headings.to_vec());
    match Columns::find(&record, mapping, kind) {
        Err((_, error @ HeaderError::OtherList { .. })) => Some(error),
        _ => None,
    }
}

/// Whether the row is a header without fault, or the mapping knows enough of its headings to be sure.
pub(super) fn is_known_header(record: &ByteRecord, mapping: &Mapping, kind: Kind) -> bool {
    match Columns::find(record, mapping, kind) {
        Ok(_) => true,
        Err((known, _)) => is_surely_a_header(known),
    }
}
