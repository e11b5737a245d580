//! What makes one doubt that an extract is of the period it was given for.

use vwis_model::period::Period;

use crate::{
    import::{Imported, Kind},
    movement::MONTHS,
    node::Node,
    store::StoreError,
};

/// Fewest people among whom somebody is nearly sure to be new. Of NHS staff in England 9.9% left within
/// the year to October 2025 (NHS Workforce Statistics, turnover), 2.5% a quarter; where as many start, nobody
/// did among 200 once in 160 times.
const ENOUGH_PEOPLE: u64 = 200;

// === impl Node ===

impl Node {
    /// Sentences about an extract of `period` that reads well and may be another one's.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn doubts(
        &self,
        kind: Kind,
        period: Period,
        imported: &Imported,
    ) -> Result<Vec<String>, StoreError> {
        let mut doubts = Vec::new();
        let data_set = kind.data_set().code();
        let others = self
            .store
            .other_periods_of_rows(data_set, period, imported.rows_tag)
            .await?;
        if !others.is_empty() {
            let others: Vec<_> = others.iter().map(Period::to_string).collect();
            doubts.push(format!(
                "The very same rows are held as {data_set} of {}: is this the extract of {period}?",
                others.join(", ")
            ));
        }
        if kind == Kind::Staff && nobody_is_new(imported) {
            doubts.push(format!(
                "Nobody started in the {MONTHS} months up to {}: is this an older extract?",
                period.last_day()
            ));
        }
        Ok(doubts)
    }
}

fn nobody_is_new(imported: &Imported) -> bool {
    imported.report.kept >= ENOUGH_PEOPLE && imported.report.began_in_quarter == Some(0)
}
