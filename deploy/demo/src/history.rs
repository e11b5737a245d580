//! Eight quarters of a place's trusts: people join, leave, grow older and move up.

mod change;
mod leaving;
mod workforce;

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use vwis_model::{dictionary::Dictionary, period::Period};

use crate::{
    applicants,
    person::{Coder, Codes},
    posts::Catalogue,
    published::{Group, Published},
    trusts::trusts,
};

pub(crate) use change::{Change, change};
pub(crate) use workforce::Workforce;

/// The number of quarters in the history.
pub(crate) const QUARTERS: usize = 8;

/// All trusts as they are at the end of one quarter.
pub(crate) struct History<'a> {
    published: &'a Published,
    catalogue: &'a Catalogue,
    coder: Coder<'a>,
    scale: f64,
    periods: Vec<Period>,
    quarter: usize,
    workforces: Vec<Workforce>,
}

/// Whom the snapshots of one period hold, by ODS code of the trust.
pub(crate) type Snapshots = BTreeMap<&'static str, Snapshot>;

/// Whom a trust's snapshot holds, and who joined and left since the one before.
#[derive(Default)]
pub(crate) struct Snapshot {
    pub(crate) staff: Vec<Counted>,
    pub(crate) joiners: Vec<Moved>,
    pub(crate) leavers: Vec<Moved>,
    /// The numbers of those who are employed and away.
    pub(crate) away: Vec<u32>,
    /// Who applied in the year that ends then, where that is a financial year.
    pub(crate) applicants: Vec<Codes>,
}

/// Somebody who joined or left, with the categories that the node counts them by.
#[derive(Clone, Copy)]
pub(crate) struct Moved {
    pub(crate) number: u32,
    pub(crate) codes: Codes,
}

/// One person as a snapshot counts them.
pub(crate) struct Counted {
    pub(crate) codes: Codes,
    pub(crate) fte_hundredths: u8,
    pub(crate) number: u32,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test sets it beside the table")
    )]
    pub(crate) group: Group,
}

// === impl History ===

impl<'a> History<'a> {
    /// Invents everyone as they are at the end of the first of `periods`.
    pub(crate) fn begin(
        published: &'a Published,
        catalogue: &'a Catalogue,
        dictionary: &'a Dictionary,
        periods: Vec<Period>,
        scale: f64,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let mut history = Self {
            published,
            catalogue,
            coder: Coder::new(catalogue, dictionary)?,
            scale,
            periods,
            quarter: 0,
            workforces: Vec::new(),
        };
        let day = history.period().last_day();
        for trust in trusts() {
            let mut workforce = Workforce::new(trust, seed);
            workforce.invent(
                &history.targets(trust.ods_code, day),
                published,
                catalogue,
                day,
            );
            history.workforces.push(workforce);
        }
        Ok(history)
    }

    /// The period at whose end everyone is now.
    pub(crate) fn period(&self) -> Period {
        self.periods[self.quarter]
    }

    pub(crate) fn workforces(&self) -> &[Workforce] {
        &self.workforces
    }

    /// Goes on to the end of the next quarter; `false` if there is none.
    pub(crate) fn advance(&mut self) -> bool {
        if self.quarter + 1 == self.periods.len() {
            return false;
        }
        let first = self
            .period()
            .last_day()
            .saturating_add(jiff::Span::new().days(1));
        self.quarter += 1;
        let last = self.period().last_day();
        let quarter = u8::try_from(self.quarter).expect("there are eight quarters");
        let mut movers = Vec::new();
        for workforce in &mut self.workforces {
            movers.extend(workforce.pass(quarter, (first, last), self.published, self.catalogue));
        }
        let is_changing = self.quarter + 2 >= self.periods.len();
        let targets: Vec<_> = trusts()
            .iter()
            .map(|trust| self.targets(trust.ods_code, last))
            .collect();
        for (workforce, targets) in self.workforces.iter_mut().zip(targets) {
            let change = change();
            let is_its_own = is_changing && workforce.trust.ods_code == change.ods_code;
            let change = is_its_own.then_some(&change);
            workforce.fill(
                &targets,
                (first, last),
                &mut movers,
                change,
                self.published,
                self.catalogue,
            );
        }
        true
    }

    /// Whom the snapshots of this period hold. Call it once for each period: joiners and leavers are
    /// those since the last call.
    pub(crate) fn count(&mut self) -> Snapshots {
        let day = self.period().last_day();
        let coder = &self.coder;
        let is_first = self.quarter == 0;
        let of = |workforce: &mut Workforce| {
            let mut snapshot = workforce.count(coder, day);
            if is_first {
                // Nobody knows who was there before the history begins.
                snapshot.joiners.clear();
            }
            (workforce.trust.ods_code, snapshot)
        };
        self.workforces.iter_mut().map(of).collect()
    }

    /// Writes the lists of all applications of the year up to this period under `dir`, and returns who applied
    /// to each trust.
    pub(crate) fn write_applications(
        &self,
        dir: &Path,
        seed: u64,
    ) -> anyhow::Result<BTreeMap<&'static str, Vec<Codes>>> {
        let made_of = (self.published, self.catalogue, &self.coder);
        let of = |workforce: &Workforce| {
            let ods_code = workforce.trust.ods_code;
            let file = dir.join(format!("{ods_code}.csv"));
            let all = applicants::write(
                &file,
                (workforce.trust, &workforce.people),
                made_of,
                self.period(),
                seed,
            )?;
            Ok((ods_code, all))
        };
        self.workforces.iter().map(of).collect()
    }

    fn targets(&self, ods_code: &str, day: Date) -> [usize; 13] {
        Group::ALL.map(|group| {
            let people = self.published.headcount(ods_code, group, day) * self.scale;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "headcounts of some thousand, times at most ten"
            )]
            let people = people.round() as usize;
            people
        })
    }
}

/// The eight quarters up to and including one, ascending.
pub(crate) fn quarters_up_to(last: Period) -> anyhow::Result<Vec<Period>> {
    let first = last.last_day().first_of_month();
    (0..QUARTERS)
        .rev()
        .map(|back| {
            let months = 3 * i64::try_from(back)?;
            let day = first.checked_sub(jiff::Span::new().months(months))?;
            Ok(format!("{:04}-{:02}", day.year(), day.month()).parse()?)
        })
        .collect()
}

#[cfg(test)]
mod tests;
