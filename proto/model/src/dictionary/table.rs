//! The tables as written, and the rules they are held to before they become a dictionary.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, de::DeserializeOwned};

use crate::algebra::{Domain, Tree};

use super::{
    Attribute, CATEGORIES, Category, DataSet, Dictionary, DictionaryError, Excluded, Group,
    Grouping, LOCALITY, Localities, UNKNOWN,
    index::reader,
    localities, version,
    written::{AttributeTable, CategoryTable, GroupingTable, first},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// Versions, the oldest first: a name and the first 8 hex digits of the hash of its codes.
    editions: Vec<String>,
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
    attributes: Vec<DataSetAttribute>,
}

/// An attribute of a data set, and the first edition that has it there if that is not the first of all.
#[derive(Deserialize)]
#[serde(untagged)]
enum DataSetAttribute {
    Always(String),
    Since { code: String, since: usize },
}

/// Reads tables into every edition, the oldest first.
pub(super) fn parse(
    manifest: &str,
    attributes: &[(&str, &str)],
    localities: Option<&Localities<'_>>,
) -> Result<Vec<Dictionary>, DictionaryError> {
    let manifest: Manifest = toml_of("dictionary", manifest)?;
    let mut texts = HashMap::new();
    for (name, text) in attributes {
        if texts.insert(*name, *text).is_some() || !manifest.attributes.iter().any(|a| a == name) {
            return Err(DictionaryError::Attribute {
                attribute: (*name).to_owned(),
            });
        }
    }
    let mut tables: Vec<AttributeTable> = Vec::new();
    for code in &manifest.attributes {
        let missing = || DictionaryError::Attribute {
            attribute: code.clone(),
        };
        if let (LOCALITY, Some(localities)) = (code.as_str(), localities) {
            let table = localities::table(localities);
            whole(&table, localities.editions())?;
            tables.push(table);
            continue;
        }
        let text = texts.get(code.as_str()).ok_or_else(missing)?;
        let table: AttributeTable = toml_of(code, text)?;
        if table.code != *code || tables.iter().any(|known| known.code == *code) {
            return Err(missing());
        }
        whole(&table, manifest.editions.len())?;
        tables.push(table);
    }
    if manifest.editions.is_empty() {
        return Err(DictionaryError::NoEdition);
    }
    let of_place = localities.map_or(1, Localities::editions);
    let mut editions = Vec::new();
    for of_place in 1..=of_place {
        for (number, version) in (1..).zip(&manifest.editions) {
            let mut edition = edition(&manifest, &tables, [number, of_place], version)?;
            if let Some(localities) = localities {
                edition.version = version::of_place(&edition, localities.place, of_place);
            }
            editions.push(edition);
        }
    }
    tables.iter().try_for_each(check_national)?;
    Ok(editions)
}

/// Makes the dictionary of an edition of the codes and an edition of the place, given by their numbers.
fn edition(
    manifest: &Manifest,
    tables: &[AttributeTable],
    [number, of_place]: [usize; 2],
    version: &str,
) -> Result<Dictionary, DictionaryError> {
    let attributes = tables
        .iter()
        .map(|table| {
            let number = if table.code == LOCALITY {
                of_place
            } else {
                number
            };
            Ok(Arc::new(attribute(table.in_edition(number))?))
        })
        .collect::<Result<Vec<_>, DictionaryError>>()?;
    let data_sets = manifest
        .data_set
        .iter()
        .map(|set| data_set(set, number, &attributes))
        .collect::<Result<Vec<_>, _>>()?;
    unique("dictionary", data_sets.iter().map(DataSet::code))?;
    let codes = version::hash_of_codes(&data_sets);
    let (name, stated) = version.rsplit_once('.').unwrap_or((version, ""));
    if stated != codes {
        return Err(DictionaryError::Edition {
            edition: name.to_owned(),
            stated: stated.to_owned(),
            found: codes,
        });
    }
    Ok(Dictionary {
        version: version.to_owned(),
        licence: manifest.licence.clone(),
        attribute_index: (0..)
            .zip(&attributes)
            .map(|(index, attribute)| (attribute.code.clone(), index))
            .collect(),
        attributes,
        data_sets,
    })
}

fn toml_of<T: DeserializeOwned>(table: &str, text: &str) -> Result<T, DictionaryError> {
    toml::from_str(text).map_err(|source| DictionaryError::Syntax {
        table: table.to_owned(),
        source: Box::new(source),
    })
}

fn data_set(
    table: &DataSetTable,
    edition: usize,
    known: &[Arc<Attribute>],
) -> Result<DataSet, DictionaryError> {
    let mut attributes: Vec<Arc<Attribute>> = Vec::new();
    for own in &table.attributes {
        let (code, since) = match own {
            DataSetAttribute::Always(code) => (code, first()),
            DataSetAttribute::Since { code, since } => (code, *since),
        };
        if since > edition {
            continue;
        }
        match known.iter().find(|attribute| attribute.code == *code) {
            Some(found) if attributes.iter().all(|own| own.code != *code) => {
                attributes.push(Arc::clone(found));
            }
            _ => {
                return Err(DictionaryError::DataSet {
                    data_set: table.code.clone(),
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
        code: table.code.clone(),
        label: table.label.clone(),
        description: table.description.clone(),
        attributes,
        domain,
    })
}

/// Checks what must hold for a table's categories across all editions.
fn whole(table: &AttributeTable, editions: usize) -> Result<(), DictionaryError> {
    let rules = table.excluded.iter().map(|rule| rule.code.as_str());
    let categories = table.category.iter();
    unique(
        &table.code,
        categories
            .map(|category| category.code.as_str())
            .chain(rules),
    )?;
    for category in &table.category {
        let last = category.until.unwrap_or(editions);
        let is_earlier = |was: &String| {
            let mut categories = table.category.iter();
            categories.any(|one| one.code == *was && one.since < category.since)
        };
        if !(first()..=editions).contains(&category.since)
            || !(category.since..=editions).contains(&last)
            || !category.was.iter().all(is_earlier)
        {
            return Err(DictionaryError::Since {
                table: table.code.clone(),
                category: category.code.clone(),
            });
        }
    }
    Ok(())
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
    unique(
        name,
        table.grouping.iter().map(|grouping| grouping.code.as_str()),
    )?;

    let reader = reader(&table)?;
    let groupings = groupings(&table)?;
    let groups_measured = groups_measured(&table)?;

    let categories: Vec<_> = table
        .category
        .into_iter()
        .map(|category| Category {
            was: category.ancestors,
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
        groups_measured,
        reader,
    })
}

// === impl AttributeTable ===

impl AttributeTable {
    /// The table with only those categories that an edition has.
    fn in_edition(&self, edition: usize) -> Self {
        let mut table = self.clone();
        table.category.retain(|category| {
            category.since <= edition && category.until.is_none_or(|until| edition <= until)
        });
        for category in &mut table.category {
            let mut was = category.was.as_ref();
            while let Some(code) = was {
                category.ancestors.push(code.clone());
                let before = self.category.iter().find(|one| one.code == *code);
                was = before.and_then(|before| before.was.as_ref());
            }
        }
        table
    }
}

/// Checks that codes are well formed, and that none is there twice.
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

/// Checks that the numbers of national codes which the sources state add up to those in the table.
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

/// The numbers of the groups of a table's tree, by first appearance in the order of the categories.
fn groups_measured(table: &AttributeTable) -> Result<Option<Vec<Vec<u32>>>, DictionaryError> {
    let Some(levels) = &table.tree else {
        return Ok(None);
    };
    let level = |groups: &Vec<Vec<String>>| {
        let mut seen: Vec<usize> = Vec::new();
        let number = |category: &CategoryTable| {
            let mut holding = (0..groups.len()).filter(|&at| groups[at].contains(&category.code));
            let (Some(group), None) = (holding.next(), holding.next()) else {
                return Err(DictionaryError::Tree {
                    table: table.code.clone(),
                    category: category.code.clone(),
                });
            };
            let number = seen
                .iter()
                .position(|&known| known == group)
                .unwrap_or_else(|| {
                    seen.push(group);
                    seen.len() - 1
                });
            Ok(u32::try_from(number).expect("at most 64 categories"))
        };
        table
            .category
            .iter()
            .map(number)
            .collect::<Result<Vec<_>, _>>()
    };
    let labels = levels.iter().map(level).collect::<Result<Vec<_>, _>>()?;
    Tree::new(table.category.len(), &labels).map_err(|source| DictionaryError::NoTree {
        table: table.code.clone(),
        source,
    })?;
    Ok(Some(labels))
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
