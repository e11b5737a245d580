//! Proposes a mapping for an extract with unknown headings, from its header and a sample of rows.

mod sample;
mod unknown;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use vwis_model::{
    dictionary::{Excluded, Resolution, normalise},
    text::{plain, shown},
};

use self::{
    sample::{SAMPLE_ROWS, Sampled, sample},
    unknown::{unknown_values, unmapped_sites},
};
use super::{
    Encoding, ImportError, Kind, Mapping,
    columns::{Choice, at_position, looks_like_another, needed},
    date::DateOrder,
    field::Field,
    mapping::{accepted, attribute_of},
    quoted::quoted as repeated,
};

/// Least share of a column's values that must be understood to propose it by its values alone.
const FIRM_SHARE: f64 = 0.8;
/// Fields whose values must all be known, so that the unknown ones are listed for the mapping.
const LISTED: [Field; 8] = [
    Field::AssignmentStatus,
    Field::Contract,
    Field::StaffGroup,
    Field::Band,
    Field::EthnicGroup,
    Field::Gender,
    Field::Disability,
    Field::Stage,
];

/// Why a column is proposed for a field.
enum Evidence {
    /// The built-in mapping knows the heading, so the mapping need not name it.
    Known,
    /// The built-in mapping knows this heading and that of this other column, and cannot tell which one
    /// counts.
    OneOf(usize),
    /// The heading is similar to this one, which the built-in mapping knows.
    Like(String),
    /// This share of the values is what the field holds.
    Values(f64),
}

/// Reads the beginning of the file at `path`, a list of staff, and writes a mapping for it, as commented TOML.
///
/// # Errors
/// [`ImportError`] where the file is no table.
pub fn suggest_mapping(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
) -> Result<String, ImportError> {
    suggest_mapping_beside(path, encoding, sheet, &Mapping::builtin(), Kind::Staff)
}

/// Like [`suggest_mapping`], for a file of this kind whose rows are read by the `[format]` of `mapping`.
///
/// # Errors
/// [`ImportError`] where the file is no table.
pub fn suggest_mapping_beside(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
    mapping: &Mapping,
    kind: Kind,
) -> Result<String, ImportError> {
    let columns = sample(path, encoding, sheet, mapping)?;
    let builtin = Mapping::builtin();
    let mut free: BTreeSet<usize> = (0..columns.len()).collect();
    let mut proposed: BTreeMap<Field, (usize, Evidence)> = BTreeMap::new();
    for field in Field::of(kind) {
        let known = known_headings(&columns, &builtin, field);
        let Some(at) = known.first() else {
            continue;
        };
        let evidence = match known.get(1) {
            Some(other)
                if !builtin.first_wins(field)
                    || normalise(&columns[*other].heading) == normalise(&columns[*at].heading) =>
            {
                Evidence::OneOf(*other)
            }
            _ => Evidence::Known,
        };
        free.remove(at);
        proposed.insert(field, (*at, evidence));
    }
    // A heading that is known or occurs twice means one field already, so it is not guessed for another.
    let is_taken = |at: &usize| {
        let heading = normalise(&columns[*at].heading);
        let is_same = |column: &&Sampled| normalise(&column.heading) == heading;
        columns.iter().filter(is_same).count() > 1
            || Field::of(kind).any(|field| {
                let mut known = builtin.headings(field).iter();
                known.any(|known| normalise(known) == heading)
            })
    };
    let mut open: BTreeSet<usize> = free.iter().copied().filter(|at| !is_taken(at)).collect();
    for field in Field::of(kind) {
        if proposed.contains_key(&field) {
            continue;
        }
        if let Some((at, evidence)) = best_guess(&columns, &open, field, &builtin) {
            free.remove(&at);
            open.remove(&at);
            proposed.insert(field, (at, evidence));
        }
    }
    let text = written(path, kind, encoding, &columns, &free, &proposed);
    Ok(if mapping.line_breaks {
        text.replacen("[format]\n", "[format]\nline_breaks = true\n", 1)
    } else {
        text
    })
}

/// Positions of columns whose heading the built-in mapping knows for the field, the preferred one first.
fn known_headings(columns: &[Sampled], builtin: &Mapping, field: Field) -> Vec<usize> {
    let mut positions = Vec::new();
    for known in builtin.headings(field) {
        let known = normalise(known);
        for (at, column) in columns.iter().enumerate() {
            // The mapping has some headings in two spellings, which find the same column.
            if normalise(&column.heading) == known && !positions.contains(&at) {
                positions.push(at);
            }
        }
    }
    positions
}

fn best_guess(
    columns: &[Sampled],
    free: &BTreeSet<usize>,
    field: Field,
    builtin: &Mapping,
) -> Option<(usize, Evidence)> {
    for at in free {
        let heading = normalise(&columns[*at].heading);
        let like = builtin.headings(field).iter().find(|known| {
            let known = normalise(known);
            // The system's own status has other values than the assignment's.
            !heading.starts_with("system ")
                && known.len() >= 4
                && (heading.contains(&known)
                    || strsim::osa_distance(&heading, &known) <= known.len() / 5)
        });
        if let Some(like) = like
            && share_understood(&columns[*at], field, |_| true).is_none_or(|share| share >= 0.5)
        {
            return Some((*at, Evidence::Like(like.clone())));
        }
    }
    free.iter()
        .filter_map(|at| Some((*at, share_understood(&columns[*at], field, is_a_word)?)))
        .filter(|(_, share)| *share >= FIRM_SHARE)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(at, share)| (at, Evidence::Values(share)))
}

/// Whether a value can prove what its column is. A number, or one or two letters, mean something in every
/// list.
fn is_a_word(value: &str) -> bool {
    value.chars().filter(|c| c.is_alphabetic()).count() > 2
}

/// The share of a column's values that the field's attribute understands, among those for which `proves`
/// holds. `None` where the field has no table, or one that understands too much to prove anything.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share of some thousand values"
)]
fn share_understood(column: &Sampled, field: Field, proves: impl Fn(&str) -> bool) -> Option<f64> {
    let provable = [
        Field::StaffGroup,
        Field::Band,
        Field::EthnicGroup,
        Field::Gender,
        Field::Nationality,
        Field::AssignmentStatus,
        Field::Contract,
        Field::Stage,
    ];
    if !provable.contains(&field) || column.values.is_empty() {
        return None;
    }
    let attribute = attribute_of(field)?;
    let different: BTreeSet<_> = column.values.iter().collect();
    if different.len() < 2 {
        return None;
    }
    let understood = column
        .values
        .iter()
        .filter(|value| proves(value))
        .filter(|value| !matches!(attribute.resolve(value), Resolution::Unrecognised))
        .count();
    Some(understood as f64 / column.values.len() as f64)
}

fn written(
    path: &Path,
    kind: Kind,
    encoding: Encoding,
    columns: &[Sampled],
    free: &BTreeSet<usize>,
    proposed: &BTreeMap<Field, (usize, Evidence)>,
) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let mut text = format!(
        "# A mapping proposed for {} from its header and its first {SAMPLE_ROWS} rows.\n\
         {}\n# What it does not say is as in the built-in mapping.\n",
        shown(&file),
        match kind {
            Kind::Staff | Kind::Joiners | Kind::Leavers => {
                "# Check every line, above all those marked `?`; then keep it as DIR/mapping.toml or name it\n\
                 # with --mapping."
            }
            // A heading of theirs, such as that of the job title, may be another's in a list of staff.
            Kind::Applicants => {
                "# Check every line, above all those marked `?`; then name it with --mapping when applications\n\
                 # are imported: DIR/mapping.toml is for lists of staff."
            }
        }
    );
    let headings: Vec<_> = columns
        .iter()
        .map(|column| column.heading.clone())
        .collect();
    if let Some(other) = looks_like_another(&headings, &Mapping::builtin(), kind) {
        let _ = writeln!(text, "# But {}", plain(&other.to_string()));
    }
    let missing: Vec<_> = needed(kind)
        .filter(|field| !proposed.contains_key(field))
        .map(|field| field.code().to_owned())
        .chain(untold(kind, proposed))
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let _ = writeln!(
            text,
            "# NEEDED AND NOT FOUND: {missing}. Name their columns below."
        );
    }
    let _ = write!(
        text,
        "version = 1\nname = {}\n\n[format]\n{}dates = \"{}\"\n\n[columns]\n",
        quoted(&file),
        match encoding {
            Encoding::Utf8 => String::new(),
            other => format!("encoding = \"{}\"\n", other.name()),
        },
        match likely_dates(columns, proposed) {
            DateOrder::DayFirst => "day_first",
            DateOrder::MonthFirst => "month_first",
        }
    );
    write_columns(&mut text, kind, columns, free, proposed);
    for field in LISTED {
        let unknown = unknown_values(columns, proposed, field);
        if unknown.is_empty() {
            continue;
        }
        let attribute = attribute_of(field).expect("each of these is an attribute");
        let rules = attribute.excluded().iter().map(Excluded::code);
        let rules = rules.fold(String::new(), |all, rule| all + ", " + rule);
        let _ = writeln!(
            text,
            "\n# What these mean: one of {}{rules}.\n# \"\" is not said yet, and such rows are rejected. What fewer than three people have is not written here.\n\
             [values.{}]",
            accepted(attribute),
            field.code()
        );
        for value in unknown {
            let _ = writeln!(text, "{} = \"\"", quoted(value));
        }
    }
    if !Field::Site.is_of(kind) {
        return text;
    }
    let locality = attribute_of(Field::Site).expect("localities are an attribute");
    let _ = writeln!(
        text,
        "\n# The locality of each work site: one of {}.\n# \"\" is not said yet, and counted as unknown.\n[sites]",
        accepted(locality)
    );
    for site in unmapped_sites(columns, proposed) {
        let _ = writeln!(text, "{} = \"\"", quoted(site));
    }
    text
}

/// The fields that are missing where none of the ways to tell the age, or the stage, is proposed.
fn untold(kind: Kind, proposed: &BTreeMap<Field, (usize, Evidence)>) -> Option<String> {
    let choice = Choice::of(kind);
    let is_told = choice.is_told(|field| proposed.contains_key(&field));
    (!is_told).then(|| choice.in_words.replace('`', ""))
}

fn write_columns(
    text: &mut String,
    kind: Kind,
    columns: &[Sampled],
    free: &BTreeSet<usize>,
    proposed: &BTreeMap<Field, (usize, Evidence)>,
) {
    // A heading is whatever the file has in its first row, so it is repeated only where that is harmless.
    let named = |at: usize| format!("`{}`", repeated(&columns[at].heading, None));
    let mut known = Vec::new();
    for field in Field::of(kind) {
        let Some((at, evidence)) = proposed.get(&field) else {
            let _ = writeln!(text, "# {} = []  # no column found", field.code());
            continue;
        };
        let mut heading = columns[*at].heading.clone();
        let why = match evidence {
            Evidence::Known => {
                known.push(named(*at));
                continue;
            }
            Evidence::OneOf(other) => {
                let mut other_heading = columns[*other].heading.clone();
                if normalise(&other_heading) == normalise(&heading) {
                    heading = at_position(&heading, columns[*at].number);
                    other_heading = at_position(&other_heading, columns[*other].number);
                }
                format!("  # ? and not {}", shown(&quoted(&other_heading)))
            }
            Evidence::Like(known) => format!("  # ? the heading is like `{known}`"),
            Evidence::Values(share) => {
                format!("  # ? {:.0}% of its values are understood", share * 100.0)
            }
        };
        let _ = writeln!(text, "{} = [{}]{why}", field.code(), quoted(&heading));
    }
    if !known.is_empty() {
        let _ = writeln!(
            text,
            "# Read without being named here: {}",
            known.join(", ")
        );
    }
    if !free.is_empty() {
        let unread: Vec<_> = free.iter().map(|at| named(*at)).collect();
        let _ = writeln!(text, "# Not read, and never stored: {}", unread.join(", "));
    }
}

/// The month first where several dates can only be read so and none only the other way; else the day first.
fn likely_dates(columns: &[Sampled], proposed: &BTreeMap<Field, (usize, Evidence)>) -> DateOrder {
    let dates = Field::ALL
        .into_iter()
        .filter(|field| field.is_date())
        .filter_map(|field| proposed.get(&field))
        .flat_map(|(at, _)| &columns[*at].values);
    let reads = |text: &String, order| super::date::parse(text.as_bytes(), order, 2100).is_some();
    let (mut only_day, mut only_month) = (0, 0);
    for text in dates {
        match [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| reads(text, order)) {
            [true, false] => only_day += 1,
            [false, true] => only_month += 1,
            _ => {}
        }
    }
    if only_month > 1 && only_day == 0 {
        DateOrder::MonthFirst
    } else {
        DateOrder::DayFirst
    }
}

/// `text` as a TOML string on one line, for a key or a value: a JSON string, which escapes nothing that TOML
/// does not know, plus the one character that TOML wants escaped besides.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("a text is JSON");
    json.replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests;
