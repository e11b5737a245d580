//! A first mapping for an extract whose headings are not known: from its header and a sample.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use csv::ByteRecord;
use vwis_proto::dictionary::{Resolution, normalise};

use super::{
    Encoding, ImportError, Mapping, Progress,
    coding::accepted,
    field::Field,
    mapping::{DateOrder, attribute_of},
    source::Source,
};

/// Rows that are looked at.
const SAMPLE_ROWS: usize = 2_000;
/// A row with so many headings can be a header; titles above it have one or two.
const FEWEST_HEADINGS: usize = 4;
/// Share of a column's values that must be understood before it is proposed by its values alone.
const FIRM_SHARE: f64 = 0.8;
/// Sites that are listed to be filled in.
const MOST_SITES: usize = 500;

/// One column of the sample.
struct Sampled {
    heading: String,
    values: Vec<String>,
}

/// Why a column is proposed for a field.
enum Evidence {
    /// The built-in mapping knows the heading: nothing need be said.
    Known,
    /// It knows several of the headings, and cannot tell which one counts.
    OneOf(String),
    /// The heading is like one it knows.
    Like(String),
    /// The values are what the field holds: this share of them.
    Values(f64),
}

/// Reads the beginning of the file at `path` and writes a mapping for it, as commented TOML.
///
/// # Errors
/// [`ImportError`] where the file is no table.
pub fn suggest_mapping(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
) -> Result<String, ImportError> {
    let columns = sample(path, encoding, sheet)?;
    let builtin = Mapping::builtin();
    let mut free: BTreeSet<usize> = (0..columns.len()).collect();
    let mut proposed: BTreeMap<Field, (usize, Evidence)> = BTreeMap::new();
    for field in Field::ALL {
        let known = known_headings(&columns, &builtin, field);
        let Some(at) = known.first() else {
            continue;
        };
        let evidence = match known.get(1) {
            Some(other) if !builtin.first_wins(field) => {
                Evidence::OneOf(columns[*other].heading.clone())
            }
            _ => Evidence::Known,
        };
        free.remove(at);
        proposed.insert(field, (*at, evidence));
    }
    for field in Field::ALL {
        if proposed.contains_key(&field) {
            continue;
        }
        if let Some((at, evidence)) = best_guess(&columns, &free, field, &builtin) {
            free.remove(&at);
            proposed.insert(field, (at, evidence));
        }
    }
    Ok(written(path, encoding, &columns, &free, &proposed))
}

/// Columns whose heading the built-in mapping knows for the field, the one it prefers first.
fn known_headings(columns: &[Sampled], builtin: &Mapping, field: Field) -> Vec<usize> {
    let mut positions = Vec::new();
    for known in builtin.headings(field) {
        let known = normalise(known);
        for (at, column) in columns.iter().enumerate() {
            // The mapping has some headings in two spellings.
            if normalise(&column.heading) == known && !positions.contains(&at) {
                positions.push(at);
            }
        }
    }
    positions
}

fn sample(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
) -> Result<Vec<Sampled>, ImportError> {
    let progress = Progress::default();
    let source = Source {
        path,
        encoding,
        sheet,
        progress: &progress,
    };
    let mut columns: Vec<Sampled> = Vec::new();
    let mut rows = 0;
    source.read(&Mapping::builtin(), &mut |record: &mut ByteRecord| {
        let field = |at: usize| {
            let raw = record.get(at).unwrap_or_default().trim_ascii();
            // On one line, whatever the file has: it may end up in a comment.
            let text = String::from_utf8_lossy(raw);
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        if columns.is_empty() {
            let filled = record.iter().filter(|f| !f.trim_ascii().is_empty()).count();
            if filled >= FEWEST_HEADINGS {
                columns = (0..record.len())
                    .map(|at| Sampled {
                        heading: field(at),
                        values: Vec::new(),
                    })
                    .collect();
            }
            return Ok(true);
        }
        for (at, column) in columns.iter_mut().enumerate() {
            let value = field(at);
            if !value.is_empty() {
                column.values.push(value);
            }
        }
        rows += 1;
        Ok(rows < SAMPLE_ROWS)
    })?;
    columns.retain(|column| !column.heading.is_empty());
    if columns.is_empty() {
        return Err(ImportError::Empty(path.to_owned()));
    }
    Ok(columns)
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
            known.len() >= 4
                && (heading.contains(&known)
                    || strsim::osa_distance(&heading, &known) <= known.len() / 5)
        });
        if let Some(like) = like
            && share_understood(&columns[*at], field).is_none_or(|share| share >= 0.5)
        {
            return Some((*at, Evidence::Like(like.clone())));
        }
    }
    free.iter()
        .filter_map(|at| Some((*at, share_understood(&columns[*at], field)?)))
        .filter(|(_, share)| *share >= FIRM_SHARE)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(at, share)| (at, Evidence::Values(share)))
}

/// The share of a column's values that the field's attribute reads firmly; `None` where the field has
/// no table, or one that takes in too much to prove anything.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share of some thousand values"
)]
fn share_understood(column: &Sampled, field: Field) -> Option<f64> {
    let proves = [
        Field::StaffGroup,
        Field::Band,
        Field::EthnicGroup,
        Field::Gender,
        Field::Nationality,
        Field::AssignmentStatus,
        Field::Contract,
    ];
    if !proves.contains(&field) || column.values.is_empty() {
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
        .filter(|value| !matches!(attribute.resolve(value), Resolution::Unrecognised))
        .count();
    Some(understood as f64 / column.values.len() as f64)
}

fn written(
    path: &Path,
    encoding: Encoding,
    columns: &[Sampled],
    free: &BTreeSet<usize>,
    proposed: &BTreeMap<Field, (usize, Evidence)>,
) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let mut text = format!(
        "# A mapping proposed for {file} from its header and its first {SAMPLE_ROWS} rows.\n\
         # Check every line, above all those marked `?`; then keep it as DIR/mapping.toml or name it\n\
         # with --mapping. What it does not say is as in the built-in mapping.\n\
         version = 1\nname = {}\n\n[format]\n{}dates = \"{}\"\n\n[columns]\n",
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
    let mut line = |written: String| {
        text += &written;
        text.push('\n');
    };
    let mut known = Vec::new();
    for field in Field::ALL {
        let Some((at, evidence)) = proposed.get(&field) else {
            line(format!("# {} = []  # no column found", field.code()));
            continue;
        };
        let why = match evidence {
            Evidence::Known => {
                known.push(format!("`{}`", columns[*at].heading));
                continue;
            }
            Evidence::OneOf(other) => format!("  # ? and not {}", quoted(other)),
            Evidence::Like(known) => format!("  # ? the heading is like `{known}`"),
            Evidence::Values(share) => {
                format!("  # ? {:.0}% of its values are understood", share * 100.0)
            }
        };
        line(format!(
            "{} = [{}]{why}",
            field.code(),
            quoted(&columns[*at].heading)
        ));
    }
    if !known.is_empty() {
        line(format!(
            "# Read without being named here: {}",
            known.join(", ")
        ));
    }
    if !free.is_empty() {
        let unread: Vec<_> = free
            .iter()
            .map(|at| format!("`{}`", columns[*at].heading))
            .collect();
        line(format!(
            "# Not read, and never stored: {}",
            unread.join(", ")
        ));
    }
    let locality = attribute_of(Field::Site).expect("localities are an attribute");
    line(format!(
        "\n# The locality of each work site: one of {}.\n# \"\" is not said yet, and counted as unknown.\n[sites]",
        accepted(locality)
    ));
    for site in unmapped_sites(columns, proposed) {
        line(format!("{} = \"\"", quoted(&site)));
    }
    text
}

/// Day first unless some date can only be read the other way.
fn likely_dates(columns: &[Sampled], proposed: &BTreeMap<Field, (usize, Evidence)>) -> DateOrder {
    let dates = [Field::BirthDate, Field::StartDate, Field::LeavingDate]
        .into_iter()
        .filter_map(|field| proposed.get(&field))
        .flat_map(|(at, _)| &columns[*at].values);
    let reads = |text: &String, order| super::date::parse(text.as_bytes(), order, 2100).is_some();
    let (mut day, mut month) = (0, 0);
    for text in dates {
        day += usize::from(reads(text, DateOrder::DayFirst));
        month += usize::from(reads(text, DateOrder::MonthFirst));
    }
    if month > day {
        DateOrder::MonthFirst
    } else {
        DateOrder::DayFirst
    }
}

fn unmapped_sites(
    columns: &[Sampled],
    proposed: &BTreeMap<Field, (usize, Evidence)>,
) -> BTreeSet<String> {
    // Values of a column that is only guessed to hold sites may be names.
    let Some((at, Evidence::Known)) = proposed.get(&Field::Site) else {
        return BTreeSet::new();
    };
    let locality = attribute_of(Field::Site).expect("localities are an attribute");
    let unknown = |site: &&String| matches!(locality.resolve(site), Resolution::Unrecognised);
    let sites = columns[*at].values.iter().filter(unknown);
    sites.take(MOST_SITES).cloned().collect()
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
