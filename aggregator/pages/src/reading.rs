//! What a page is made from: the releases up to a date, and what the address of the page says.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc, sync::Arc};

use uuid::Uuid;
use vwis_model::{agreement::Agreement, dictionary::Attribute, here, ods::OdsCode, period::Period};

use super::{Ask, Gap, IndicatorAnswer, View, words};
use crate::{
    answer,
    archive::{Archive, Archived},
    estimator::Estimator,
    export::{
        canonical::{BASE, Canonical},
        media::Format,
    },
    indicator::{Category, named},
    picture::{Wanted, Whose},
    ui::{
        chart::Foot,
        component::{Attendance, CoverageStrip, Employer},
    },
};

/// The releases of one agreement up to a period, read for the system or for some employers.
pub struct Reading<'a> {
    estimator: Estimator<'a>,
    /// The notice that stands above every page, if there is one.
    notice: Option<&'a str>,
    /// The period in the page's address; `None` for all that is released.
    period: Option<Period>,
    /// Other parameters of the address that links keep: an agreement, a release.
    pinned: Vec<(&'static str, String)>,
    /// The releases that only analysts may read.
    unpublished: Arc<BTreeSet<Uuid>>,
    /// The names of the indicators that were asked so far, about any organisation.
    asked: Rc<RefCell<BTreeSet<&'static str>>>,
}

// === impl Reading ===

impl<'a> Reading<'a> {
    /// A reading about the system, up to `period`, or with all that is released if that is `None`.
    ///
    /// # Errors
    /// A gap where nothing is released up to then.
    pub fn new(
        archive: &'a Archive,
        notice: Option<&'a str>,
        period: Option<Period>,
    ) -> Result<Self, Gap> {
        let earliest = archive.releases().first();
        let latest = archive.latest_period();
        let (Some(earliest), Some(latest)) = (earliest, latest) else {
            return Err(Gap::new("nothing is released under this agreement yet"));
        };
        let until = period.unwrap_or(latest);
        if until < earliest.release.period {
            return Err(Gap::new(format!(
                "nothing is released up to {until}: the first release is of {}",
                earliest.release.period
            )));
        }
        Ok(Self {
            estimator: Estimator::new(archive, Whose::System, until),
            notice,
            period,
            pinned: Vec::new(),
            unpublished: Arc::default(),
            asked: Rc::default(),
        })
    }

    /// Adds parameters of the address that name an agreement or a release, so that links on the page keep
    /// them.
    #[must_use]
    pub fn pinned_by(mut self, pinned: Vec<(&'static str, String)>) -> Self {
        self.pinned = pinned;
        self
    }

    /// Adds the releases that are not published. Only analysts read pages with such releases.
    #[must_use]
    pub fn with_unpublished(mut self, releases: BTreeSet<Uuid>) -> Self {
        self.unpublished = Arc::new(releases);
        self
    }

    /// Whether only analysts may read this release.
    #[must_use]
    pub fn is_for_analysts(&self, release: Uuid) -> bool {
        self.unpublished.contains(&release)
    }

    /// The same reading for a reader who may read these employers by name.
    #[must_use]
    pub fn naming(mut self, whom: &Whose) -> Self {
        self.estimator = self.estimator.naming(whom);
        self
    }

    /// A reading about `whose`, from the same releases.
    #[must_use]
    pub fn of(&self, whose: Whose) -> Self {
        Self {
            estimator: self.estimator.of(whose),
            notice: self.notice,
            period: self.period,
            pinned: self.pinned.clone(),
            unpublished: Arc::clone(&self.unpublished),
            asked: Rc::clone(&self.asked),
        }
    }

    /// The same reading, whose links keep neither agreement nor release: they lead to pages of another
    /// agreement.
    #[must_use]
    pub fn unpinned(&self) -> Self {
        self.of(self.whose().clone()).pinned_by(Vec::new())
    }

    /// The address of another page, with the same employers, date and release.
    #[must_use]
    pub fn link(&self, view: &View) -> String {
        let mut address = Canonical::new(view.path(), view.chosen());
        for (name, value) in self.kept() {
            address.add(name, Some(value));
        }
        address.as_str().to_owned()
    }

    /// The address of the page about a category, if there is one.
    #[must_use]
    pub fn page_of(&self, attribute: &str, category: &Category) -> Option<String> {
        let view = match attribute {
            "locality" => View::locality(&category.code),
            "staff_group" => View::staff_group(&category.code),
            "pathway" => View::pathway(&category.code),
            _ => None,
        };
        view.map(|view| self.link(&view))
    }

    /// The parameters of the page's address that its links and forms keep.
    #[must_use]
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let org = Wanted::Sum(self.whose().clone()).parameter();
        let period = self.period.map(|period| period.to_string());
        let own = [("org", org), ("period", period)].into_iter();
        let own = own.filter_map(|(name, value)| Some((name, value?)));
        own.chain(self.pinned.iter().cloned()).collect()
    }

    /// The name of the page's employer, or how many it has: `Manchester University`, `two employers`. `None`
    /// for the whole system.
    #[must_use]
    pub fn whose_alone(&self) -> Option<String> {
        match self.whose() {
            Whose::System => None,
            Whose::Organisations(codes) => Some(match &codes[..] {
                [one] => self.employer(one).to_owned(),
                several => format!("{} employers", words::number(several.len())),
            }),
        }
    }

    /// The answer of an indicator.
    ///
    /// # Errors
    /// A [`Gap`] where the agreement or the releases do not have it.
    pub fn ask(&self, ask: &Ask) -> Result<IndicatorAnswer, Gap> {
        let answered = named(ask.indicator()).and_then(|indicator| {
            self.asked.borrow_mut().insert(indicator.definition.name);
            Ok((
                indicator,
                indicator.answer(&self.estimator, &ask.question())?,
            ))
        });
        #[cfg(test)]
        if let Err(error) = &answered {
            super::indicator_answer::lookups::note_error(ask.indicator(), error);
        }
        let (indicator, findings) = answered?;
        let releases = findings.rows.iter().map(|row| row.source.release);
        answer::refuse_replaced(self.archive(), releases)?;
        let mut address = ask.address();
        address.add(
            "org",
            Wanted::Sum(self.estimator.whose().clone()).parameter(),
        );
        address.add("up_to", self.period);
        Ok(IndicatorAnswer::new(
            self,
            &indicator.definition,
            findings,
            address,
        ))
    }

    /// The answer of an indicator about each of these employers. Employers without an answer are left out.
    #[must_use]
    pub fn ask_each(&self, ask: &Ask, employers: &[OdsCode]) -> Vec<(OdsCode, IndicatorAnswer)> {
        let of_each = employers.iter().filter_map(|code| {
            let own = self.of(Whose::Organisations(vec![code.clone()]));
            own.ask(ask).ok().map(|answer| (code.clone(), answer))
        });
        of_each.collect()
    }

    /// The foot under a chart of each employer, with the addresses of the same numbers.
    #[must_use]
    pub fn foot_of_each(&self, ask: &Ask, note: &str) -> Foot {
        let mut address = ask.address();
        address.add("org", Wanted::Each.parameter());
        address.add("up_to", self.period);
        let newest = Some(self.newest());
        Foot {
            csv: Some(address.permalink(newest, Format::Csv)),
            permalink: Some(address.permalink(newest, Format::Json)),
            note: note.to_owned(),
        }
    }

    /// The names of the indicators that were asked so far.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<&'static str> {
        self.asked.borrow().clone()
    }

    /// The archive that the page is made from.
    #[must_use]
    pub fn archive(&self) -> &'a Archive {
        self.estimator.archive()
    }

    /// The agreement that the releases are under.
    #[must_use]
    pub fn agreement(&self) -> &'a Arc<Agreement> {
        self.archive().agreement()
    }

    /// The attribute with this code, in the agreement's edition of the dictionary.
    #[must_use]
    pub fn attribute(&self, code: &str) -> Option<&'static Attribute> {
        let edition = self.estimator.edition();
        edition.unwrap_or_else(here::dictionary).attribute(code)
    }

    /// The organisations whose numbers are read, or the system.
    #[must_use]
    pub fn whose(&self) -> &Whose {
        self.estimator.whose()
    }

    /// The notice that stands above every page, such as that it is a demonstration or holds test data.
    #[must_use]
    pub fn notice(&self) -> Option<&'a str> {
        self.notice
    }

    /// The name of an employer.
    #[must_use]
    pub fn employer<'b>(&self, ods_code: &'b OdsCode) -> &'b str {
        here::place().employer(ods_code)
    }

    /// The address of an indicator's numbers as CSV, with the same employers, date, agreement and release.
    #[must_use]
    pub fn numbers_of(&self, indicator: &str) -> String {
        let mut address = Canonical::new(format!("{BASE}/indicators/{indicator}"), Vec::new());
        for (name, value) in self.kept() {
            // The date of a page is the latest one up to then, which is `up_to` in the API.
            let name = if name == "period" { "up_to" } else { name };
            address.add(name, Some(value));
        }
        address.permalink(None, Format::Csv)
    }

    /// The period in the page's address.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.period
    }

    /// The id of the newest release. A permalink that names it also fixes all earlier releases.
    #[must_use]
    pub fn newest(&self) -> Uuid {
        self.archive().newest().unwrap_or_default()
    }

    /// The release with this id.
    #[must_use]
    pub fn release(&self, id: Uuid) -> Option<&'a Arc<Archived>> {
        let mut releases = self.archive().releases().iter();
        releases.find(|archived| archived.release.id == id)
    }

    /// The strip that shows who is in a release and who is missing.
    #[must_use]
    pub fn coverage(&self, archived: &Archived) -> CoverageStrip {
        let reach = self.archive().reach(archived);
        let employer = |ods_code: &OdsCode| Employer {
            name: self.employer(ods_code).to_owned(),
            attendance: match ods_code {
                code if reach.coverage.contributors.contains(code) => Attendance::In,
                code if reach.coverage.not_added.contains(code) => Attendance::NotAdded,
                _ => Attendance::Missing,
            },
        };
        let strip = CoverageStrip::new(reach.coverage.expected.iter().map(employer).collect());
        match reach.of_last_known_headcount {
            Some(share) if !reach.coverage.is_complete() => strip.of_headcount(format!(
                "about {:.0}% of the last known headcount",
                share * 100.0
            )),
            _ => strip,
        }
    }
}
