//! The picture: every table of a release, for each organisation, for several, and for the system.
//!
//! Everything here is post-processing of what was released, so it costs no privacy. All tables of a release
//! come from the same residual sums: so they agree with each other, and organisations add up to the system.

mod axis;
mod everything;
mod query;
mod query_error;
mod resolved;
mod sheet;
mod when;
mod whose;

pub use axis::Axis;
pub(crate) use axis::categories;
pub use everything::{COLUMNS, PictureRow, rows};
pub use query::{Filter, Query};
pub use query_error::QueryError;
pub use resolved::{Resolved, Row};
pub use sheet::sheet;
pub use when::{BothSaid, When};
pub use whose::{EACH, Wanted, Whose, WhoseError};

use std::collections::BTreeMap;

use vwis_model::{
    agreement::{Series, Table, table_name},
    algebra::{Levels, ReconstructError, ResidualSum},
    measurement::Payload,
    ods::OdsCode,
};

/// The value of `org` for the sum over all contributors.
pub const SYSTEM: &str = "system";

/// The reconstructed sums of one release: one for each organisation, and one for the system.
#[derive(Clone, Debug)]
pub struct SeriesPicture {
    organisations: BTreeMap<OdsCode, ResidualSum>,
    system: ResidualSum,
}

/// A table that a series promises: its attribute codes as the agreement writes them.
#[derive(Clone, Debug, PartialEq)]
pub struct PromisedTable {
    /// What it counts by, in the agreement's order and words; empty for the total.
    pub by: Vec<String>,
    /// The same as levels of the data set's attributes.
    pub levels: Levels,
}

/// An organisation that was asked for is not in the release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{ods_code} is not in this release; in it are: {}", there.join(", "))]
pub struct NotInRelease {
    /// The first organisation asked for that is not in the release.
    pub ods_code: OdsCode,
    /// The ODS codes of the organisations that are.
    pub there: Vec<String>,
}

/// The tables of a series in the agreement's order. The total is always among them; if the agreement does not
/// list it, it stands first.
#[must_use]
pub fn promised_tables(series: &Series) -> Vec<PromisedTable> {
    let listed = series.tables().iter().map(|table: &Table| PromisedTable {
        by: table.by.clone(),
        levels: table.levels,
    });
    let mut tables: Vec<_> = listed.collect();
    if !tables.iter().any(|table| table.levels.is_empty()) {
        let total = PromisedTable {
            by: Vec::new(),
            levels: Levels::TOTAL,
        };
        tables.insert(0, total);
    }
    tables
}

// === impl NotInRelease ===

impl NotInRelease {
    /// The organisation that was asked for.
    #[must_use]
    pub fn asked(&self) -> &OdsCode {
        &self.ods_code
    }

    /// The ODS codes of the organisations that are in the release.
    #[must_use]
    pub fn there(&self) -> &[String] {
        &self.there
    }
}

// === impl PromisedTable ===

impl PromisedTable {
    /// The name of the table, such as `staff_group+band`, or `total`.
    #[must_use]
    pub fn name(&self) -> String {
        table_name(&self.by)
    }
}

// === impl SeriesPicture ===

impl SeriesPicture {
    /// The picture of one release of `series`, from each organisation's measurement.
    ///
    /// # Errors
    /// Where a payload is not as long as the series' strategy says.
    pub fn new(
        series: &Series,
        payloads: &BTreeMap<OdsCode, Payload>,
    ) -> Result<Self, ReconstructError> {
        let mut organisations = BTreeMap::new();
        for (ods_code, payload) in payloads {
            let mut own = ResidualSum::for_strategy(series.strategy());
            own.add(series.strategy(), &payload.entries())?;
            organisations.insert(ods_code.clone(), own);
        }
        Self::of_sums(series, organisations)
    }

    /// The picture made of one sum for each organisation, which are added up to the system.
    ///
    /// # Errors
    /// Where one of the sums is of another series.
    pub fn of_sums(
        series: &Series,
        organisations: BTreeMap<OdsCode, ResidualSum>,
    ) -> Result<Self, ReconstructError> {
        let mut system = ResidualSum::for_strategy(series.strategy());
        for own in organisations.values() {
            system.merge(own)?;
        }
        Ok(Self {
            organisations,
            system,
        })
    }

    /// The organisations in the release with their sums, sorted by code.
    pub fn organisations(&self) -> impl Iterator<Item = (&OdsCode, &ResidualSum)> {
        self.organisations.iter()
    }

    /// An organisation's own sum.
    #[must_use]
    pub fn own(&self, ods_code: &OdsCode) -> Option<&ResidualSum> {
        self.organisations.get(ods_code)
    }

    /// The sum over all organisations in the release.
    #[must_use]
    pub fn system(&self) -> &ResidualSum {
        &self.system
    }

    /// Checks that all organisations asked for are in the release.
    ///
    /// # Errors
    /// [`NotInRelease`] names the first that is not there.
    pub fn holds(&self, whose: &Whose) -> Result<(), NotInRelease> {
        let Whose::Organisations(wanted) = whose else {
            return Ok(());
        };
        let absent = wanted
            .iter()
            .find(|code| !self.organisations.contains_key(code));
        absent.map_or(Ok(()), |ods_code| Err(self.lacks(ods_code)))
    }

    fn lacks(&self, ods_code: &OdsCode) -> NotInRelease {
        NotInRelease {
            ods_code: ods_code.clone(),
            there: self.organisations.keys().map(ToString::to_string).collect(),
        }
    }

    /// The sum over the organisations asked for, or over all for the system.
    ///
    /// # Errors
    /// [`NotInRelease`] names the first that is not there.
    ///
    /// # Panics
    /// Never: all sums of one series have its residuals.
    pub fn sum_of(&self, whose: &Whose) -> Result<ResidualSum, NotInRelease> {
        let Whose::Organisations(wanted) = whose else {
            return Ok(self.system.clone());
        };
        let mut sum: Option<ResidualSum> = None;
        for ods_code in wanted {
            let own = self
                .organisations
                .get(ods_code)
                .ok_or_else(|| self.lacks(ods_code))?;
            match &mut sum {
                None => sum = Some(own.clone()),
                Some(sum) => sum
                    .merge(own)
                    .expect("all sums of one series have its residuals"),
            }
        }
        Ok(sum.unwrap_or_else(|| self.system.clone()))
    }
}

#[cfg(debug_assertions)]
#[doc(hidden)]
#[allow(
    missing_docs,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    clippy::unwrap_used,
    reason = "what tests of several crates share"
)]
pub mod testing;
#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "tests hold small numbers")]
mod tests;
