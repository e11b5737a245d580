//! The organisations that are in all that is held against each other.

use std::collections::BTreeSet;

use vwis_proto::{ods::OdsCode, period::Period};

use super::{Facts, FactsError, Who};

/// Facts of the organisations that are in every release of a comparison: a change of the
/// contributors is no change of the workforce.
pub struct Common<'a> {
    /// Of them alone.
    pub facts: Facts<'a>,
    /// Who they are, sorted.
    pub organisations: Vec<OdsCode>,
    /// Those in some of the releases and not in all, sorted.
    pub left_out: Vec<OdsCode>,
}

// === impl Common ===

impl Common<'_> {
    /// For people: who is left out, if anybody is.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let codes: Vec<_> = self.left_out.iter().map(OdsCode::as_str).collect();
        let all = self.organisations.len() + codes.len();
        (!codes.is_empty()).then(|| {
            format!(
                "Compared are the {} of {all} employers that are in every release used here; left out: {}.",
                self.organisations.len(),
                codes.join(", ")
            )
        })
    }
}

// === impl Facts ===

impl<'a> Facts<'a> {
    /// The same facts, of the organisations that are in every release which these counts of these
    /// periods come from.
    ///
    /// # Errors
    /// As [`Facts::latest`]; [`FactsError::NobodyInBoth`] names the earliest and the latest period.
    pub fn of_those_in_all(&self, wanted: &[(Period, Who)]) -> Result<Common<'a>, FactsError> {
        let mut all: Option<BTreeSet<OdsCode>> = None;
        let mut any = BTreeSet::new();
        for (period, who) in wanted {
            let joint = self.at(*period, std::slice::from_ref(who))?;
            let there: BTreeSet<OdsCode> = joint.organisations().iter().cloned().collect();
            any.extend(there.iter().cloned());
            all = Some(all.map_or_else(|| there.clone(), |all| &all & &there));
        }
        let all = all.unwrap_or_default();
        if all.is_empty() {
            let periods = || wanted.iter().map(|(period, _)| *period);
            return Err(FactsError::NobodyInBoth {
                earlier: periods().min().unwrap_or(self.until),
                later: periods().max().unwrap_or(self.until),
            });
        }
        let organisations: Vec<_> = all.iter().cloned().collect();
        let left_out: Vec<_> = any.difference(&all).cloned().collect();
        let facts = if left_out.is_empty() {
            self.of(self.whose.clone())
        } else {
            self.of_some(&organisations)?
        };
        Ok(Common {
            facts,
            organisations,
            left_out,
        })
    }
}
