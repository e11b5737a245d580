//! Career movement, which follows from the staff at the two ends of a year: for the year that ends with the
//! imported period, and for the one that begins with it.

use vwis_model::{agreement::Cadence, period::Period};

use super::held::{HeldStaff, Staff, Unusable};
use crate::{
    import::Imported,
    node::Node,
    people::People,
    store::StoreError,
    turnover::{
        CAREER_MOVEMENT,
        movement::{movement, since, until},
    },
};

/// What an import changed of the career movement of years.
#[derive(Default)]
pub(super) struct Movements {
    /// The years that changed, ascending.
    pub(super) changed: Vec<YearsMovement>,
    /// Why a year has none, and what to do.
    pub(super) notes: Vec<String>,
}

/// The career movement of the year up to one period.
pub(super) struct YearsMovement {
    pub(super) since: Period,
    pub(super) period: Period,
    pub(super) people: People,
}

// === impl Node ===

impl Node {
    /// Puts the career movement together anew of the years that end and that begin with `period`, whose staff
    /// an import brings.
    pub(super) async fn movements(
        &self,
        period: Period,
        imported: &Imported,
    ) -> Result<Movements, StoreError> {
        let mut movements = Movements::default();
        if let Some(since) = since(period) {
            let before = self.held_staff(since).await?;
            if let HeldStaff::Usable(people, moving) = &before {
                let before = Staff { people, moving };
                let year = year(since, before, period, imported.as_staff());
                movements.changed.extend(self.if_changed(year).await?);
            }
            movements.notes.extend(why_none(since, period, &before));
        }
        if let Some(until) = until(period) {
            match self.held_staff(until).await? {
                HeldStaff::Missing => {}
                HeldStaff::Unusable(why) => movements.notes.push(import_again(until, why)),
                HeldStaff::Usable(people, moving) => {
                    let now = Staff {
                        people: &people,
                        moving: &moving,
                    };
                    let year = year(period, imported.as_staff(), until, now);
                    movements.changed.extend(self.if_changed(year).await?);
                }
            }
        }
        Ok(movements)
    }

    /// Why there is no career movement of the year up to `period`, and what to do; `None` where the staff of
    /// both its ends can be used.
    pub(super) async fn why_no_movement(
        &self,
        period: Period,
    ) -> Result<Option<String>, StoreError> {
        let ends = [since(period), Some(period)];
        let mut missing = Vec::new();
        for end in ends.into_iter().flatten() {
            if !matches!(self.held_staff(end).await?, HeldStaff::Usable(..)) {
                missing.push(end.to_string());
            }
        }
        if missing.is_empty() {
            return Ok(None);
        }
        let missing = missing.join(" and of ");
        Ok(Some(format!(
            "No career movement of the year to {period}: it is put together from the staff of both its ends, \
             and there is no extract of {missing} that can be used. Import the extract of {missing}."
        )))
    }

    /// A year's movement, unless it is held as it is.
    async fn if_changed(&self, year: YearsMovement) -> Result<Option<YearsMovement>, StoreError> {
        let held = self.holds(CAREER_MOVEMENT, year.period, &year.people);
        Ok((!held.await?).then_some(year))
    }
}

fn year(since: Period, before: Staff<'_>, period: Period, now: Staff<'_>) -> YearsMovement {
    let is_absent = |tag| now.moving.absent.contains(&tag);
    YearsMovement {
        since,
        period,
        people: movement(before.people, now.people, is_absent),
    }
}

/// Why a year has no career movement. That its beginning is not held is said of financial years alone, so that
/// not every import says it.
fn why_none(since: Period, period: Period, before: &HeldStaff) -> Option<String> {
    match before {
        HeldStaff::Missing if Cadence::Yearly.includes(period) => Some(format!(
            "No career movement of the year to {period}: that needs the extract of {since}. Import it too, now \
             or later."
        )),
        HeldStaff::Unusable(why) => Some(format!(
            "No career movement of the year to {period}: {since} {why}. Import {since} again."
        )),
        HeldStaff::Missing | HeldStaff::Usable(..) => None,
    }
}

fn import_again(until: Period, why: Unusable) -> String {
    format!("Import {until} again: its career movement follows from this extract, and it {why}.")
}
