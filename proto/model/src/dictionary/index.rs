//! Makes the [`Reader`] of raw values from a table's spellings.

use super::{
    error::DictionaryError,
    read::{Meaning, Pattern, Reader, normalise},
    written::AttributeTable,
};

/// Indexes every spelling of a table, and refuses one with two meanings.
pub(super) fn reader(table: &AttributeTable) -> Result<Reader, DictionaryError> {
    let mut index = Index {
        table,
        reader: Reader {
            national_prefix: table.national_prefix,
            national_digits: table.national_digits,
            separator: table.separator,
            ..Reader::default()
        },
    };
    let unknown = table.category.len() - 1;
    for (number, category) in (0..).zip(&table.category) {
        let strength = if number == unknown {
            Meaning::Weak
        } else {
            Meaning::Firm
        };
        let own = [&category.code, &category.label];
        for spelling in own
            .into_iter()
            .chain(&category.national)
            .chain(&category.synonyms)
        {
            index.spelling(spelling, strength(number))?;
        }
        for spelling in category.weak_national.iter().chain(&category.weak_synonyms) {
            index.spelling(spelling, Meaning::Weak(number))?;
        }
        for pattern in &category.patterns {
            index.pattern(pattern, number)?;
        }
        if let Some(range) = category.range {
            index.range(range, number)?;
        }
    }
    for (number, rule) in (0..).zip(&table.excluded) {
        for spelling in rule
            .national
            .iter()
            .chain(&rule.synonyms)
            .chain([&rule.code])
        {
            index.spelling(spelling, Meaning::Excluded(number))?;
        }
    }
    index
        .reader
        .patterns
        .sort_by_key(|pattern| std::cmp::Reverse(pattern.literals()));
    Ok(index.reader)
}

struct Index<'t> {
    table: &'t AttributeTable,
    reader: Reader,
}

// === impl Index ===

impl Index<'_> {
    fn spelling(&mut self, spelling: &str, meaning: Meaning) -> Result<(), DictionaryError> {
        let key = normalise(spelling);
        if key.is_empty() {
            return Err(self.empty(spelling, meaning));
        }
        match self.reader.spellings.insert(key, meaning) {
            // A table can say that a category's own code or label is too weak a word to settle anything.
            Some(Meaning::Firm(same)) if meaning == Meaning::Weak(same) => Ok(()),
            Some(other) if other != meaning => Err(self.ambiguous(spelling, other, meaning)),
            _ => Ok(()),
        }
    }

    fn pattern(&mut self, text: &str, category: usize) -> Result<(), DictionaryError> {
        let meaning = Meaning::Firm(category);
        let pattern = Pattern::new(text, category).ok_or_else(|| self.empty(text, meaning))?;
        let rival = self.reader.patterns.iter().find(|other| {
            other.category != category
                && other.literals() == pattern.literals()
                && other.overlaps(&pattern)
        });
        if let Some(rival) = rival {
            return Err(self.ambiguous(text, Meaning::Firm(rival.category), meaning));
        }
        self.reader.patterns.push(pattern);
        Ok(())
    }

    fn range(&mut self, [from, to]: [u32; 2], category: usize) -> Result<(), DictionaryError> {
        let meaning = Meaning::Firm(category);
        let text = format!("{from} to {to}");
        if from > to {
            return Err(self.empty(&text, meaning));
        }
        let rival = self
            .reader
            .numbers
            .iter()
            .find(|(other, _)| from <= *other.end() && *other.start() <= to);
        if let Some((_, rival)) = rival {
            return Err(self.ambiguous(&text, Meaning::Firm(*rival), meaning));
        }
        self.reader.numbers.push((from..=to, category));
        Ok(())
    }

    fn name(&self, meaning: Meaning) -> String {
        match meaning {
            Meaning::Firm(index) | Meaning::Weak(index) => self.table.category[index].code.clone(),
            Meaning::Excluded(index) => self.table.excluded[index].code.clone(),
        }
    }

    fn empty(&self, spelling: &str, meaning: Meaning) -> DictionaryError {
        DictionaryError::Empty {
            table: self.table.code.clone(),
            spelling: spelling.to_owned(),
            category: self.name(meaning),
        }
    }

    fn ambiguous(&self, spelling: &str, first: Meaning, second: Meaning) -> DictionaryError {
        DictionaryError::Ambiguous {
            table: self.table.code.clone(),
            spelling: spelling.to_owned(),
            first: self.name(first),
            second: self.name(second),
        }
    }
}
