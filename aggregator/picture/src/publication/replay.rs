//! Works out what is published, step by step, from what was released and decided.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    ods::OdsCode,
    period::Period,
};

use super::{
    Apart, Corrections, Day, Days, Decision, History, LEAST, Member, Publication, Published,
    Unpublished, of,
};
use crate::release::{Contributor, Release};

enum Step<'a> {
    Release(&'a Release),
    Decision(&'a Decision),
    /// The day has come on which an agreement publishes a period.
    NamedDay(&'a Agreement, Period),
}

/// The latest releases of a day under one agreement, from which its published set is made.
struct Candidates<'a> {
    agreement: &'a Agreement,
    day: Day,
    /// The latest release of each series, by the series' name.
    latest: BTreeMap<&'a str, &'a Release>,
}

/// What a measurement is of: agreement, series, period and employer.
type Measured<'a> = (AgreementHash, &'a str, Period, &'a OdsCode);

struct Replay<'a> {
    history: History<'a>,
    publication: Publication,
    latest: BTreeMap<(AgreementHash, Day), BTreeMap<&'a str, &'a Release>>,
    /// An employer's measurements of a series and period, in the order in which they came, each with the
    /// version that it counts as.
    measurements: HashMap<Measured<'a>, Vec<([u8; 32], u32)>>,
    /// The agreements and periods whose named day has come.
    named: BTreeSet<(AgreementHash, Period)>,
}

/// What may be read at `now`; with `steps`, what could be read after the first of the steps up to then.
pub(super) fn replayed(history: History<'_>, now: Timestamp, steps: Option<usize>) -> Publication {
    let mut replay = Replay {
        history,
        publication: Publication::default(),
        latest: BTreeMap::new(),
        measurements: HashMap::new(),
        named: BTreeSet::new(),
    };
    let all = history.steps(now);
    let most = steps.unwrap_or(all.len());
    for (index, step) in all.into_iter().take(most).enumerate() {
        replay.take(&step, index + 1);
    }
    replay.publication
}

// === impl History ===

impl<'a> History<'a> {
    /// All steps up to `now`, in order. Steps that are added later stand behind these: a decision stands
    /// after the named days that had come when it was taken.
    fn steps(&self, now: Timestamp) -> Vec<Step<'a>> {
        let mut steps: Vec<Step<'a>> = Vec::new();
        let mut named = self.named_days();
        named.retain(|(at, ..)| *at <= now);
        let mut named = named.into_iter().peekable();
        let mut decisions = self.decisions.iter().peekable();
        let releases = self.releases.iter().map(Some);
        for before in releases.chain([None]) {
            loop {
                let decision = decisions.peek().filter(|decision| {
                    before.is_none_or(|release| decision.after < release.sequence)
                });
                let decided_at = decision.map(|decision| decision.at);
                let over_by = decided_at.or(before.map(|release| release.made_at));
                let is_over = |at: &Timestamp| over_by.is_none_or(|by| *at <= by);
                if let Some((_, agreement, period)) = named.next_if(|(at, ..)| is_over(at)) {
                    steps.push(Step::NamedDay(agreement, period));
                } else if let Some(decision) = decisions.next_if(|_| decided_at.is_some()) {
                    steps.push(Step::Decision(decision));
                } else {
                    break;
                }
            }
            steps.extend(before.map(Step::Release));
        }
        steps
    }

    fn named_days(&self) -> Vec<(Timestamp, &'a Agreement, Period)> {
        let mut days = Vec::new();
        for agreement in self.agreements {
            let (first, last) = agreement.term();
            for period in first.through(last) {
                days.extend(
                    agreement
                        .published_on(period)
                        .map(|at| (at, &**agreement, period)),
                );
            }
        }
        days.sort_by_key(|(at, ..)| *at);
        days
    }
}

// === impl Replay ===

impl<'a> Replay<'a> {
    fn take(&mut self, step: &Step<'a>, at: usize) {
        match step {
            Step::Release(release) => {
                self.publication.last = release.sequence;
                for contributor in &release.contributors {
                    let key = key_of(release, &contributor.ods_code);
                    let known = self.measurements.entry(key).or_default();
                    let identity = *contributor.identity.as_bytes();
                    if !known.iter().any(|(one, _)| *one == identity) {
                        let version = u32::try_from(known.len()).unwrap_or(u32::MAX);
                        known.push((identity, version));
                    }
                }
                let Some(agreement) = self.agreement(&release.agreement) else {
                    return;
                };
                let Some(series) = agreement.series_named(&release.series) else {
                    return;
                };
                let day = (series.data_set().code().to_owned(), release.period);
                let latest = self.latest.entry((release.agreement, day.clone()));
                latest.or_default().insert(release.series.as_str(), release);
                self.settle(agreement, &day, false, at);
            }
            Step::Decision(decision) => {
                if let Some(agreement) = self.agreement(&decision.agreement) {
                    self.settle_period(agreement, decision.period, true, at);
                }
            }
            Step::NamedDay(agreement, period) => {
                self.named.insert((agreement.hash(), *period));
                self.settle_period(agreement, *period, false, at);
            }
        }
    }

    fn agreement(&self, hash: &AgreementHash) -> Option<&'a Agreement> {
        let mut all = self.history.agreements.iter();
        all.find(|agreement| agreement.hash() == *hash)
            .map(|agreement| &**agreement)
    }

    fn settle_period(
        &mut self,
        agreement: &'a Agreement,
        period: Period,
        decided: bool,
        at: usize,
    ) {
        let days: Vec<Day> = self
            .latest
            .keys()
            .filter(|(under, (_, of))| *under == agreement.hash() && *of == period)
            .map(|(_, day)| day.clone())
            .collect();
        for day in days {
            self.settle(agreement, &day, decided, at);
        }
    }

    /// Publishes what may be published of a day, as its releases now are.
    fn settle(&mut self, agreement: &'a Agreement, day: &Day, decided: bool, at: usize) {
        let key = (agreement.hash(), day.clone());
        let candidates = Candidates {
            agreement,
            day: day.clone(),
            latest: self.latest.get(&key).cloned().unwrap_or_default(),
        };
        let is_named = self.named.contains(&(agreement.hash(), day.1));
        let standing = self.publication.published.get(&key).cloned();
        let versions = decided.then(|| self.measurements.clone());
        let corrected = match &standing {
            Some(standing) if decided => self.accept(&candidates, standing),
            _ => BTreeSet::new(),
        };
        let next = match standing {
            None if decided || is_named || candidates.is_complete() => {
                self.first(&candidates).map(Some)
            }
            None => Err(candidates.incomplete()),
            Some(standing) => self
                .later(&candidates, &standing, decided)
                .map_err(|Apart(employers)| Unpublished::Apart { employers }),
        };
        // If nothing was published, the corrections were not accepted either.
        if !matches!(next, Ok(Some(_)))
            && let Some(versions) = versions
        {
            self.measurements = versions;
        }
        match next {
            Err(why) => {
                self.publication.unpublished.insert(key, why);
            }
            Ok(None) => {}
            Ok(Some((published, days))) => {
                self.publication.unpublished.remove(&key);
                if decided {
                    let told = Corrections(corrected);
                    self.publication.corrections.push((key.clone(), told));
                }
                self.publish(&key, published, days, at);
            }
        }
    }

    /// The first published set of a day. It holds the employers that are in all series; a series that would
    /// leave fewer than [`LEAST`] of them is skipped.
    fn first(&self, candidates: &Candidates<'a>) -> Result<(Published, Days), Unpublished> {
        let day = &candidates.day;
        let mut by_size: Vec<_> = candidates.latest.values().copied().collect();
        by_size.sort_by_key(|release| std::cmp::Reverse(release.contributors.len()));
        let mut employers: Option<BTreeSet<OdsCode>> = None;
        let mut releases: Vec<&'a Release> = Vec::new();
        for release in by_size {
            let own = employers_of(release);
            let both = employers.as_ref().map_or(own.clone(), |all| all & &own);
            if both.len() >= LEAST {
                employers = Some(both);
                releases.push(release);
            }
        }
        let mut employers = employers.ok_or(Unpublished::TooFew)?;
        let whole = employers.clone();
        // If another published set that this one is judged beside stands in the way, keep only the employers in
        // both.
        let beside: Vec<_> = Days::beside(day).collect();
        let others = self.publication.published.iter();
        let others = others.filter(|((_, day), _)| beside.contains(day));
        for (_, other) in others {
            if self.with(day, &releases, &employers).is_err() {
                employers = &employers & &other.employers;
            }
        }
        // Where too few are left, what stands in the way is the reason, and not how many there are.
        if employers.len() < LEAST {
            employers = whole;
        }
        self.with(day, &releases, &employers)
            .map_err(|Apart(employers)| Unpublished::Apart { employers })
    }

    /// Gives the latest measurements of a day the versions of those published for the same employers, because
    /// a person publishes the difference. Returns whose measurements were corrected, in which series.
    fn accept(
        &mut self,
        candidates: &Candidates<'a>,
        standing: &Published,
    ) -> BTreeSet<(OdsCode, String)> {
        let mut corrected = BTreeSet::new();
        for release in candidates.latest.values() {
            let Some(members) = standing.members.get(&release.series) else {
                continue;
            };
            let before = standing.releases.get(&release.series);
            let before = before.and_then(|id| self.release(*id));
            for one in &release.contributors {
                let published = members.iter().find(|m| m.ods_code == one.ods_code);
                let same = |release: &Release| release.contributors.contains(one);
                let (Some(published), Some(false)) = (published, before.map(same)) else {
                    continue;
                };
                let known = self.measurements.entry(key_of(release, &one.ods_code));
                for (identity, version) in known.or_default() {
                    if identity == one.identity.as_bytes() {
                        *version = published.version;
                    }
                }
                corrected.insert((one.ods_code.clone(), release.series.clone()));
            }
        }
        corrected
    }

    fn release(&self, id: Uuid) -> Option<&'a Release> {
        self.history
            .releases
            .iter()
            .find(|release| release.id == id)
    }

    /// What replaces or joins a published set; `None` if the set stays as it is.
    ///
    /// # Errors
    /// The employers that a replacement would tell apart, where that keeps it from being published.
    fn later(
        &self,
        candidates: &Candidates<'a>,
        standing: &Published,
        decided: bool,
    ) -> Result<Option<(Published, Days)>, Apart> {
        let day = &candidates.day;
        let releases: Vec<_> = candidates.latest.values().copied().collect();
        let all = releases.iter().map(|release| employers_of(release));
        let employers = all.reduce(|all, own| &all & &own).unwrap_or_default();
        let keeps_all = standing.employers.is_subset(&employers);
        let replaced = match self.with(day, &releases, &employers) {
            // Publish the correction without the employers that came late.
            Err(_) if decided && keeps_all => self.with(day, &releases, &standing.employers),
            other => other,
        };
        let apart = match replaced {
            Ok((published, days)) => {
                if (published.members != standing.members
                    || decided && published.releases != standing.releases)
                    && keeps_all
                {
                    return Ok(Some((published, days)));
                }
                None
            }
            Err(apart) => Some(apart),
        };
        // Let a series that came later join, over the employers that are already published.
        let mut joined = standing.clone();
        let mut days = self.publication.days.clone();
        for release in releases {
            let is_new = !standing.releases.contains_key(&release.series);
            if is_new && standing.employers.is_subset(&employers_of(release)) {
                let members = self.members(release, &standing.employers);
                let Ok(with) = days.with(day, &members) else {
                    continue;
                };
                days = with;
                joined.releases.insert(release.series.clone(), release.id);
                joined.members.insert(release.series.clone(), members);
            }
        }
        match apart {
            _ if joined != *standing => Ok(Some((joined, days))),
            Some(apart) => Err(apart),
            None => Ok(None),
        }
    }

    /// The published set of these releases over these employers, and the classes of all days after its publication.
    fn with(
        &self,
        day: &Day,
        releases: &[&'a Release],
        employers: &BTreeSet<OdsCode>,
    ) -> Result<(Published, Days), Apart> {
        let mut days = self.publication.days.clone();
        let mut published = Published {
            employers: employers.clone(),
            ..Published::default()
        };
        for release in releases {
            let members = self.members(release, employers);
            days = days.with(day, &members)?;
            published
                .releases
                .insert(release.series.clone(), release.id);
            published.members.insert(release.series.clone(), members);
        }
        Ok((published, days))
    }

    fn members(&self, release: &'a Release, employers: &BTreeSet<OdsCode>) -> BTreeSet<Member> {
        let those = release
            .contributors
            .iter()
            .filter(|one| employers.contains(&one.ods_code));
        those
            .map(|one| Member {
                ods_code: one.ods_code.clone(),
                version: self.version_of(release, one),
            })
            .collect()
    }

    fn version_of(&self, release: &'a Release, one: &'a Contributor) -> u32 {
        let known = self.measurements.get(&key_of(release, &one.ods_code));
        let mut known = known.into_iter().flatten();
        let found = known.find(|(identity, _)| identity == one.identity.as_bytes());
        found.map_or(0, |(_, version)| *version)
    }

    fn publish(&mut self, key: &(AgreementHash, Day), published: Published, days: Days, at: usize) {
        let publication = &mut self.publication;
        for (series, &id) in &published.releases {
            publication.since.entry(id).or_insert(at);
            publication.over.insert(id, published.employers.clone());
            let before = publication.published.get(key);
            let before = before
                .and_then(|before| before.releases.get(series))
                .copied();
            if let Some(before) = before.filter(|before| *before != id) {
                publication.replaced_by.insert(before, id);
            }
        }
        publication.days = days;
        publication.published.insert(key.clone(), published);
        self.admit_comparisons(key);
    }

    /// Admits the employers that a newly published day and another day have in common as one more set of both
    /// days, where that tells no fewer than [`LEAST`] apart.
    fn admit_comparisons(&mut self, key: &(AgreementHash, Day)) {
        let Publication {
            days, published, ..
        } = &mut self.publication;
        let Some(here) = published.get(key) else {
            return;
        };
        for ((_, day), there) in published
            .iter()
            .filter(|((under, day), _)| *under == key.0 && *day != key.1)
        {
            if there.employers == here.employers {
                continue;
            }
            let common = &here.employers & &there.employers;
            if common.is_empty() {
                continue;
            }
            let ours = here.members.values().map(|members| (&key.1, members));
            let theirs = there.members.values().map(|members| (day, members));
            let admitted = ours
                .chain(theirs)
                .try_fold(days.clone(), |days, (day, members)| {
                    days.with(day, &of(members, &common))
                });
            if let Ok(admitted) = admitted {
                *days = admitted;
            }
        }
    }
}

fn key_of<'a>(release: &'a Release, ods_code: &'a OdsCode) -> Measured<'a> {
    (
        release.agreement,
        release.series.as_str(),
        release.period,
        ods_code,
    )
}

fn employers_of(release: &Release) -> BTreeSet<OdsCode> {
    let contributors = release.contributors.iter();
    contributors.map(|one| one.ods_code.clone()).collect()
}

// === impl Candidates ===

impl Candidates<'_> {
    /// Whether every series that is due has a release with all expected employers. A day on which none is due,
    /// outside of the agreement's term, is never complete.
    fn is_complete(&self) -> bool {
        let due = self.agreement.series().iter().filter(|series| {
            series.data_set().code() == self.day.0 && self.agreement.allows(series, self.day.1)
        });
        let mut due = due.map(|series| self.latest.get(series.name())).peekable();
        due.peek().is_some()
            && due.all(|release| release.is_some_and(|release| release.coverage().is_complete()))
    }

    fn incomplete(&self) -> Unpublished {
        let all = self.latest.values().map(|release| employers_of(release));
        let there = all.reduce(|all, own| &all & &own).unwrap_or_default();
        let expected = self.latest.values().map(|release| release.expected.len());
        Unpublished::Incomplete {
            there: there.len(),
            expected: expected.max().unwrap_or_default(),
        }
    }
}
