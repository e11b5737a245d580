//! The tables as written, and the rules they are held to before they become a dictionary.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::algebra::Domain;

use super::{
    Attribute, CATEGORIES, Category, DataSet, Dictionary, DictionaryError, Excluded, Group,
    Grouping, Source, UNKNOWN, index::reader, read::NationalPrefix,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    edition: String,
    licence: String,
    attributes: Vec<String>,
    data_set: Vec<DataSetTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataSetTable {
    code: String,
    label: String,
    description: String,
    attributes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeTable {
    pub(super) code: String,
    pub(super) label: String,
    description: String,
    pub(super) national_prefix: Option<NationalPrefix>,
    pub(super) national_digits: Option<usize>,
    pub(super) separator: Option<char>,
    source: Vec<Source>,
    #[serde(default)]
    grouping: Vec<GroupingTable>,
    pub(super) category: Vec<CategoryTable>,
    #[serde(default)]
    pub(super) excluded: Vec<ExcludedTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupingTable {
    code: String,
    label: String,
    source: String,
    groups: Vec<GroupTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    code: String,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryTable {
    pub(super) code: String,
    pub(super) label: String,
    #[serde(default)]
    pub(super) national: Vec<String>,
    #[serde(default)]
    pub(super) synonyms: Vec<String>,
    #[serde(default)]
    pub(super) weak_national: Vec<String>,
    #[serde(default)]
    pub(super) weak_synonyms: Vec<String>,
    #[serde(default)]
    pub(super) patterns: Vec<String>,
    pub(super) range: Option<[u32; 2]>,
    #[serde(default)]
    groups: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExcludedTable {
    pub(super) code: String,
    pub(super) label: String,
    #[serde(default)]
    pub(super) national: Vec<String>,
    #[serde(default)]
    pub(super) synonyms: Vec<String>,
}

pub(super) fn parse(
    manifest: &str,
    attributes: &[(&str, &str)],
) -> Result<Dictionary, DictionaryError> {
    let text = manifest;
    let manifest: Manifest = toml_of("dictionary", text)?;
    let mut tables = HashMap::new();
    for (name, text) in attributes {
        if tables.insert(*name, *text).is_some() || !manifest.attributes.iter().any(|a| a == name) {
            return Err(DictionaryError::Attribute {
                attribute: (*name).to_owned(),
            });
        }
    }

    let mut digest = Sha256::new();
    absorb(&mut digest, "dictionary", text);
    let mut parsed = Vec::new();
    let mut attribute_index = HashMap::new();
    for code in &manifest.attributes {
        let missing = || DictionaryError::Attribute {
            attribute: code.clone(),
        };
        let text = tables.get(code.as_str()).ok_or_else(missing)?;
        absorb(&mut digest, code, text);
        let attribute = attribute(toml_of(code, text)?)?;
        if attribute.code != *code || attribute_index.insert(code.clone(), parsed.len()).is_some() {
            return Err(missing());
        }
        parsed.push(Arc::new(attribute));
    }

    let data_sets = manifest
        .data_set
        .into_iter()
        .map(|set| data_set(set, &parsed))
        .collect::<Result<Vec<_>, _>>()?;
    unique("dictionary", data_sets.iter().map(DataSet::code))?;

    let hash = digest.finalize();
    Ok(Dictionary {
        version: format!(
            "{}.{:02x}{:02x}{:02x}{:02x}",
            manifest.edition, hash[0], hash[1], hash[2], hash[3]
        ),
        licence: manifest.licence,
        attributes: parsed,
        attribute_index,
        data_sets,
    })
}

fn toml_of<T: DeserializeOwned>(table: &str, text: &str) -> Result<T, DictionaryError> {
    toml::from_str(text).map_err(|source| DictionaryError::Syntax {
        table: table.to_owned(),
        source: Box::new(source),
    })
}

/// Name and text with their lengths, so that moving bytes between tables changes the hash.
fn absorb(digest: &mut Sha256, name: &str, text: &str) {
    for part in [name, text] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
}

fn data_set(table: DataSetTable, known: &[Arc<Attribute>]) -> Result<DataSet, DictionaryError> {
    let mut attributes: Vec<Arc<Attribute>> = Vec::new();
    for code in &table.attributes {
        match known.iter().find(|attribute| attribute.code == *code) {
            Some(found) if attributes.iter().all(|own| own.code != *code) => {
                attributes.push(Arc::clone(found));
            }
            _ => {
                return Err(DictionaryError::DataSet {
                    data_set: table.code,
                    attribute: code.clone(),
                });
            }
        }
    }
    let sizes = attributes.iter().map(|attribute| {
        u32::try_from(attribute.size()).expect("no attribute has more than 64 categories")
    });
    let domain = Domain::new(sizes.collect()).map_err(|source| DictionaryError::Domain {
        data_set: table.code.clone(),
        source,
    })?;
    Ok(DataSet {
        code: table.code,
        label: table.label,
        description: table.description,
        attributes,
        domain,
    })
}

fn attribute(table: AttributeTable) -> Result<Attribute, DictionaryError> {
    let name = table.code.as_str();
    let found = table.category.len();
    if !CATEGORIES.contains(&found) {
        return Err(DictionaryError::Size {
            table: table.code,
            found,
        });
    }
    if table
        .category
        .iter()
        .position(|category| category.code == UNKNOWN)
        != Some(found - 1)
    {
        return Err(DictionaryError::Unknown { table: table.code });
    }
    let rules = table.excluded.iter().map(|rule| rule.code.as_str());
    unique(
        name,
        table
            .category
            .iter()
            .map(|category| category.code.as_str())
            .chain(rules),
    )?;
    unique(
        name,
        table.grouping.iter().map(|grouping| grouping.code.as_str()),
    )?;

    let reader = reader(&table)?;
    let groupings = groupings(&table)?;
    check_national(&table)?;

    let categories: Vec<_> = table
        .category
        .into_iter()
        .map(|category| Category {
            national: [category.national, category.weak_national].concat(),
            range: category.range.map(|[from, to]| from..=to),
            code: category.code,
            label: category.label,
        })
        .collect();
    Ok(Attribute {
        category_index: (0..)
            .zip(&categories)
            .map(|(index, category)| (category.code.clone(), index))
            .collect(),
        categories,
        excluded: table
            .excluded
            .into_iter()
            .map(|rule| Excluded {
                code: rule.code,
                label: rule.label,
                national: rule.national,
            })
            .collect(),
        code: table.code,
        label: table.label,
        description: table.description,
        sources: table.source,
        groupings,
        reader,
    })
}

/// Codes are well formed and none is there twice.
fn unique<'a>(table: &str, codes: impl Iterator<Item = &'a str>) -> Result<(), DictionaryError> {
    let mut seen = HashSet::new();
    for code in codes {
        let well_formed = !code.is_empty()
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let (table, code) = (table.to_owned(), code.to_owned());
        if !well_formed {
            return Err(DictionaryError::Code { table, code });
        }
        if !seen.insert(code.clone()) {
            return Err(DictionaryError::Duplicate { table, code });
        }
    }
    Ok(())
}

/// The sources' numbers of national codes add up to those in the table.
fn check_national(table: &AttributeTable) -> Result<(), DictionaryError> {
    let stated = table.source.iter().filter_map(|source| source.codes).sum();
    let categories = table
        .category
        .iter()
        .map(|category| category.national.len() + category.weak_national.len());
    let rules = table.excluded.iter().map(|rule| rule.national.len());
    let found = categories.chain(rules).sum();
    if stated == found {
        Ok(())
    } else {
        Err(DictionaryError::National {
            table: table.code.clone(),
            stated,
            found,
        })
    }
}

fn groupings(table: &AttributeTable) -> Result<Vec<Grouping>, DictionaryError> {
    for category in &table.category {
        let declared = |code: &String| table.grouping.iter().any(|g| g.code == *code);
        if let Some(grouping) = category.groups.keys().find(|code| !declared(code)) {
            return Err(DictionaryError::Ungrouped {
                table: table.code.clone(),
                grouping: grouping.clone(),
                category: category.code.clone(),
            });
        }
    }
    table
        .grouping
        .iter()
        .map(|grouping| one_grouping(table, grouping))
        .collect()
}

fn one_grouping(
    table: &AttributeTable,
    grouping: &GroupingTable,
) -> Result<Grouping, DictionaryError> {
    unique(
        &table.code,
        grouping.groups.iter().map(|group| group.code.as_str()),
    )?;
    let mut groups: Vec<_> = grouping
        .groups
        .iter()
        .map(|group| Group {
            code: group.code.clone(),
            label: group.label.clone(),
            categories: Vec::new(),
        })
        .collect();
    for (index, category) in (0..).zip(&table.category) {
        let group = category
            .groups
            .get(&grouping.code)
            .and_then(|code| groups.iter_mut().find(|group| group.code == *code))
            .ok_or_else(|| DictionaryError::Ungrouped {
                table: table.code.clone(),
                grouping: grouping.code.clone(),
                category: category.code.clone(),
            })?;
        group.categories.push(index);
    }
    if let Some(empty) = groups.iter().find(|group| group.categories.is_empty()) {
        return Err(DictionaryError::EmptyGroup {
            table: table.code.clone(),
            grouping: grouping.code.clone(),
            group: empty.code.clone(),
        });
    }
    Ok(Grouping {
        code: grouping.code.clone(),
        label: grouping.label.clone(),
        source: grouping.source.clone(),
        groups,
    })
}
