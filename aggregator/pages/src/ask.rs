//! A page's question to an indicator, and its address in the API.

use std::collections::BTreeMap;

use crate::{
    export::canonical::{BASE, Canonical},
    indicator::Question,
    picture::Filter,
};

/// A question to an indicator, in the parameters that the API's addresses have.
#[derive(Clone, Debug)]
pub struct Ask {
    indicator: &'static str,
    by: Option<Vec<&'static str>>,
    only: Vec<(&'static str, Vec<String>)>,
    options: BTreeMap<&'static str, String>,
}

// === impl Ask ===

impl Ask {
    /// A question to the indicator of this name, with its default breakdown.
    #[must_use]
    pub fn of(indicator: &'static str) -> Self {
        Self {
            indicator,
            by: None,
            only: Vec::new(),
            options: BTreeMap::new(),
        }
    }

    /// Breaks the answer down by these attributes; by none, it is one answer about everybody.
    #[must_use]
    pub fn by(mut self, attributes: &[&'static str]) -> Self {
        self.by = Some(attributes.to_vec());
        self
    }

    /// Keeps only these categories of an attribute of the breakdown.
    #[must_use]
    pub fn only(mut self, attribute: &'static str, categories: &[&str]) -> Self {
        let categories = categories.iter().map(|&code| code.to_owned()).collect();
        self.only.push((attribute, categories));
        self
    }

    /// Sets one of the indicator's options.
    #[must_use]
    pub fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.options.insert(name, value.into());
        self
    }

    /// The name of the indicator.
    #[must_use]
    pub fn indicator(&self) -> &'static str {
        self.indicator
    }

    /// The question as the indicator takes it.
    #[must_use]
    pub fn question(&self) -> Question {
        let owned = |by: &Vec<&'static str>| by.iter().map(|&code| code.to_owned()).collect();
        let filter = |(attribute, categories): &(&'static str, Vec<String>)| Filter {
            attribute: (*attribute).to_owned(),
            categories: categories.clone(),
        };
        let options = self.options.iter();
        Question {
            by: self.by.as_ref().map(owned),
            filters: self.only.iter().map(filter).collect(),
            options: options
                .map(|(&name, value)| (name.to_owned(), value.clone()))
                .collect(),
            ..Question::default()
        }
    }

    /// The address at which the API answers the same question.
    pub(super) fn address(&self) -> Canonical {
        let mut own = Vec::new();
        own.extend(self.by.as_ref().map(|by| ("by", by.join(","))));
        let filter = |(attribute, categories): &(&'static str, Vec<String>)| {
            ("where", format!("{attribute}={}", categories.join(",")))
        };
        own.extend(self.only.iter().map(filter));
        let options = self.options.iter();
        own.extend(options.map(|(&name, value)| (name, value.clone())));
        Canonical::new(format!("{BASE}/indicators/{}", self.indicator), own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_asks_what_the_question_asks() {
        let ask = Ask::of("representation")
            .by(&["pathway"])
            .only("pathway", &["breast", "lung"])
            .option("of", "bme");
        let address =
            "/api/v1/indicators/representation?by=pathway&where=pathway%3Dbreast,lung&of=bme";
        assert_eq!(ask.address().as_str(), address);
        let question = ask.question();
        assert_eq!(question.by, Some(vec!["pathway".to_owned()]));
        assert_eq!(question.filters[0].categories, ["breast", "lung"]);
        assert_eq!(question.options["of"], "bme");
    }
}
