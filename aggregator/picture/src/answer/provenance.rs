//! Where an answer's numbers come from, and what a reader should know about them.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;
use vwis_model::{here, ods::OdsCode, rho::DISPLAY_DELTA};

use crate::{
    archive::{Archive, Archived, Reach},
    picture::Whose,
};

/// How the numbers came about, for a reader who has only the file.
const METHOD: &str = "Each employer's node released residual queries of the agreement's tables with \
    discrete Gaussian noise (zero-concentrated differential privacy); tables are reconstructed \
    without bias (ResidualPlanner: Xiao, He, Zhang and Kifer, NeurIPS 2023). `estimate` is signed; \
    `sd` is of the privacy noise alone, exact; `lower` and `upper` are the 95% interval with ends \
    below 0 set to 0; `display` is the estimate rounded and not below 0. Missing employers are a \
    doubt of their own: see `coverage`.";
/// The note beside all numbers that says that they contain noise.
const NOISE: &str = "Noise was added to protect people: use the interval. A number is left out where its \
    interval is too wide to mean anything.";
/// The note beside sums over employers that says who is counted twice.
const BY_EMPLOYER: &str = "People by employer: whoever works for two employers counts twice.";
/// The note beside sums from which some employers are missing.
const MISSING: &str =
    "Missing employers are a doubt of their own, which no interval here contains.";

/// The note beside numbers that rest on several releases of one day.
const POOLED: &str = "Series of one day that counted the same people are pooled: a number that both tell is the mean of \
    both, by their precision, and has less noise than either.";

/// Those who read every release as it was made, as metadata names them.
const ANALYSTS: &str = "analysts";
/// Those who read only what is published, as metadata names them.
const OTHERS: &str = "readers below analyst";

/// The releases behind an answer.
pub(super) struct Provenance<'a> {
    archive: &'a Archive,
    whose: &'a Whose,
    /// From the earliest period to the latest. Empty only if the answer has no rows.
    releases: Vec<(Arc<Archived>, Reach)>,
}

/// The provenance of these releases of the archive. An id may be named more than once.
pub(super) fn of_releases<'a>(
    archive: &'a Archive,
    ids: impl IntoIterator<Item = Uuid>,
    whose: &'a Whose,
) -> Provenance<'a> {
    let ids: BTreeSet<Uuid> = ids.into_iter().collect();
    let used = archive
        .releases()
        .iter()
        .filter(|a| ids.contains(&a.release.id));
    let releases = used
        .map(|archived| {
            let mut reach = archive.reach(archived);
            if *whose != Whose::System {
                // An employer's own numbers are complete, whoever else is missing; and a share of the
                // headcount could tell another employer's headcount.
                reach.of_last_known_headcount = None;
            }
            (Arc::clone(archived), reach)
        })
        .collect();
    Provenance {
        archive,
        whose,
        releases,
    }
}

// === impl Provenance ===

impl Provenance<'_> {
    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.releases
            .iter()
            .map(|(archived, _)| archived.release.id)
            .collect()
    }

    pub(super) fn made_at(&self) -> Timestamp {
        let times = self
            .releases
            .iter()
            .map(|(archived, _)| archived.release.made_at);
        times.max().unwrap_or_default()
    }

    /// `system, 30 September 2026`; with several periods, from the first date to the last.
    pub(super) fn whose_and_when(&self) -> String {
        let dates = self
            .releases
            .iter()
            .map(|(archived, _)| archived.release.period.last_day());
        let (first, last) = (dates.clone().min(), dates.max());
        match (first, last) {
            (Some(first), Some(last)) if first != last => {
                format!("{}, {first} to {last}", self.whose.name())
            }
            (_, Some(last)) => format!("{} on {last}", self.whose.name()),
            _ => self.whose.name(),
        }
    }

    /// Facts for people: which releases these are, who is in them, and what they cost.
    pub(super) fn facts(&self) -> Vec<(String, String)> {
        let agreement = self.archive.agreement();
        let mut facts = Vec::new();
        for (archived, reach) in &self.releases {
            let release = &archived.release;
            let charge = self.archive.series_of(archived).charge();
            let mut text = format!("release {} ({})", release.number, release.id);
            if *self.whose == Whose::System {
                text = format!("{}, {text}", told(reach));
            }
            let privacy = format!(
                ", rho {charge} (epsilon {:.2} at delta {DISPLAY_DELTA:e})",
                charge.epsilon()
            );
            let pooled_with = archived.pooled.of(self.whose);
            let pooled_with: Vec<_> = pooled_with.map(|one| one.series.as_str()).collect();
            let pooled = match pooled_with.as_slice() {
                [] => String::new(),
                series => format!(", pooled with {} of that day", series.join(", ")),
            };
            facts.push((
                format!("{} {}", release.series, release.period),
                text + &privacy + &pooled,
            ));
        }
        if let Some(readers) = self.readers() {
            facts.push(("As read by".to_owned(), readers.to_owned()));
        }
        facts.push((
            "Agreement".to_owned(),
            format!(
                "{}, version {} ({})",
                agreement.name(),
                agreement.version(),
                agreement.hash().short()
            ),
        ));
        facts
    }

    /// Notes for people: what to know before using the numbers.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = vec![NOISE.to_owned()];
        notes.extend(self.as_published());
        notes.extend(self.pooled().then(|| POOLED.to_owned()));
        notes.extend(self.disagreeing());
        if *self.whose == Whose::System {
            notes.push(BY_EMPLOYER.to_owned());
            if self
                .releases
                .iter()
                .any(|(_, reach)| !reach.coverage.is_complete())
            {
                notes.push(MISSING.to_owned());
            }
        }
        notes
    }

    /// The note for people that names the employers that are not added for readers below analyst. Analysts
    /// read another number at the same address.
    fn as_published(&self) -> Option<String> {
        let system = self
            .releases
            .iter()
            .filter(|_| *self.whose == Whose::System);
        let codes: BTreeSet<_> = system
            .flat_map(|(_, reach)| &reach.coverage.not_added)
            .map(ToString::to_string)
            .collect();
        let codes: Vec<_> = codes.into_iter().collect();
        (!codes.is_empty()).then(|| {
            format!(
                "As published to readers below analyst, without {}: what is published could be \
                 subtracted, and leave their figures. Analysts read the numbers with them.",
                codes.join(", ")
            )
        })
    }

    fn pooled(&self) -> bool {
        let mut all = self.releases.iter();
        all.any(|(archived, _)| archived.pooled.of(self.whose).next().is_some())
    }

    /// The note for analysts that names the employers whose measurements of a day should agree and do not.
    fn disagreeing(&self) -> Option<String> {
        let is_asked_for = |code: &&OdsCode| match self.whose {
            Whose::System => true,
            Whose::Organisations(own) => own.contains(code),
        };
        let all = self
            .releases
            .iter()
            .filter(|_| self.archive.is_for_analysts());
        let codes = all.flat_map(|(archived, _)| &archived.pooled.disagreeing);
        let codes: BTreeSet<_> = codes.filter(is_asked_for).map(OdsCode::as_str).collect();
        let codes: Vec<_> = codes.into_iter().collect();
        (!codes.is_empty()).then(|| {
            format!(
                "Not pooled: two series of {} name one import and differ more than chance makes them once in a \
                 million. Ask their people what was measured.",
                codes.join(", ")
            )
        })
    }

    /// The readers who get these numbers at this address; `None` where all get the same.
    fn readers(&self) -> Option<&'static str> {
        let whole = if self.archive.is_for_analysts() {
            ANALYSTS
        } else {
            OTHERS
        };
        // An employer's own numbers are the same for every reader.
        (*self.whose == Whose::System).then_some(whole)
    }

    /// Metadata for machines: the agreement, every release, the method.
    pub(super) fn metadata(&self) -> Value {
        let agreement = self.archive.agreement();
        let releases: Vec<_> = self
            .releases
            .iter()
            .map(|(a, reach)| self.release(a, reach))
            .collect();
        json!({
            "agreement": agreement.hash().to_string(),
            "agreement_name": agreement.name(),
            "agreement_version": agreement.version(),
            "as_read_by": self.readers(),
            "as_published": self.as_published(),
            "releases": releases,
            "delta": DISPLAY_DELTA,
            "method": METHOD,
            "dictionary": agreement.dictionary_version(),
            "licence": here::dictionary().licence(),
        })
    }

    fn release(&self, archived: &Archived, reach: &Reach) -> Value {
        let release = &archived.release;
        let series = self.archive.series_of(archived);
        json!({
            "release": release.id,
            "release_number": release.number,
            "made_at": release.made_at.to_string(),
            "series": release.series,
            "data_set": series.data_set().code(),
            "measure": series.measure().code(),
            "period": release.period.to_string(),
            "as_of": release.period.last_day().to_string(),
            "coverage": reach.coverage,
            "coverage_in_words": reach.in_words(),
            "of_last_known_headcount": reach.of_last_known_headcount,
            "rho": series.charge().to_string(),
            "epsilon": series.charge().epsilon(),
        })
    }
}

/// A sentence that says who is in a release and names who is not.
fn told(reach: &Reach) -> String {
    let missing: Vec<_> = reach.coverage.missing().map(ToString::to_string).collect();
    let missing = (!missing.is_empty()).then(|| format!("missing {}", missing.join(", ")));
    let not_added = reach.coverage.not_added_in_words();
    let not_added = not_added.map(|codes| format!("not added {codes}"));
    let all = [Some(reach.in_words()), missing, not_added];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
