//! The published tables that the invented staff follow. `data/SOURCES.md` says where each comes from.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use vwis_model::{here, place::Place};

use crate::{grade::Grade, trusts::trusts};

/// A staff group of NHS Workforce Statistics, which groups people by occupation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    Doctors,
    Nurses,
    Midwives,
    Ambulance,
    Scientific,
    SupportClinical,
    SupportScientific,
    SupportAmbulance,
    Central,
    Estates,
    Managers,
    SeniorManagers,
    /// People whom the publication does not classify.
    Unclassified,
}

/// Ethnic groups in the order of the tables' columns; the last is unknown.
pub(crate) const ETHNIC_GROUPS: [&str; 7] = [
    "white", "mixed", "asian", "black", "chinese", "other", "unknown",
];

/// The least age of each of the turnover table's six age bands.
pub(crate) const TURNOVER_AGES: [i16; 6] = [16, 25, 35, 45, 55, 65];

/// The headcount of a trust for which the place pack gives none: a judgement.
const TYPICAL: u32 = 3_000;

/// All published tables.
pub(crate) struct Published {
    headcounts: Headcounts,
    months: Vec<Date>,
    /// The people of each ethnic group, by group and grade.
    mixes: BTreeMap<Group, Vec<(Grade, [f64; 7])>>,
    turnover: BTreeMap<TurnoverGroup, [Turnover; 6]>,
    /// For each ethnic group, the square root of its share of a locality's residents relative to its share of
    /// the whole place's (see `data/SOURCES.md`).
    tilts: BTreeMap<String, [f64; 6]>,
}

#[derive(Clone, Copy)]
struct Point {
    day: Date,
    people: f64,
}

#[derive(Clone, Copy, Default)]
struct Turnover {
    at_start: f64,
    leavers: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TurnoverGroup {
    Consultant,
    OtherDoctor,
    Nurse,
    Midwife,
    OtherQualified,
    SupportAndInfrastructure,
}

#[derive(Deserialize)]
struct HeadcountLine {
    month: String,
    ods_code: String,
    group: Group,
    headcount: f64,
    fte: f64,
}

#[derive(Deserialize)]
struct FteLine {
    ods_code: String,
    group: Group,
    fte: f64,
}

// === impl Group ===

impl Group {
    pub(crate) const ALL: [Self; 13] = [
        Self::Doctors,
        Self::Nurses,
        Self::Midwives,
        Self::Ambulance,
        Self::Scientific,
        Self::SupportClinical,
        Self::SupportScientific,
        Self::SupportAmbulance,
        Self::Central,
        Self::Estates,
        Self::Managers,
        Self::SeniorManagers,
        Self::Unclassified,
    ];

    /// The group's index in [`Self::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// Whether its staff mostly live near their work: a judgement.
    pub(crate) fn is_local(self) -> bool {
        matches!(
            self,
            Self::SupportClinical | Self::SupportScientific | Self::Central | Self::Estates
        )
    }

    fn turnover(self, grade: Grade) -> TurnoverGroup {
        match self {
            Self::Doctors if grade.is_consultant() => TurnoverGroup::Consultant,
            Self::Doctors => TurnoverGroup::OtherDoctor,
            Self::Nurses => TurnoverGroup::Nurse,
            Self::Midwives => TurnoverGroup::Midwife,
            Self::Ambulance | Self::Scientific => TurnoverGroup::OtherQualified,
            _ => TurnoverGroup::SupportAndInfrastructure,
        }
    }
}

// === impl Published ===

impl Published {
    /// Reads the tables that are compiled in.
    ///
    /// # Errors
    /// The first line that is not as expected; never in a program whose tests passed.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let lines: Vec<HeadcountLine> = table(include_str!("../data/headcount.csv"))?;
        let mut headcounts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut months = Vec::new();
        for line in &lines {
            let day = month_end(&line.month)?;
            if months.last() != Some(&day) {
                months.push(day);
            }
        }
        for line in &lines {
            let key = (line.ods_code.clone(), line.group);
            // A group without a line in a month had no people.
            let points = headcounts.entry(key).or_insert_with(|| {
                let nobody = |day: &Date| Point {
                    day: *day,
                    people: 0.0,
                };
                months.iter().map(nobody).collect()
            });
            let day = month_end(&line.month)?;
            let point = points.iter_mut().find(|point| point.day == day);
            point.context("every month is listed")?.people = line.headcount;
        }
        let latest = |of: fn(&HeadcountLine) -> f64, group: Option<Group>| -> anyhow::Result<f64> {
            let last = months.last().context("the table has lines")?;
            let mut sum = 0.0;
            for line in &lines {
                if month_end(&line.month)? == *last && group.is_none_or(|own| own == line.group) {
                    sum += of(line);
                }
            }
            Ok(sum)
        };
        for line in table::<FteLine>(include_str!("../data/fte_2018.csv"))? {
            // A group that the acute trusts hardly have takes the ratio of all staff.
            let known = latest(|l| l.headcount, Some(line.group))? >= 20.0;
            let group = known.then_some(line.group);
            let ratio = latest(|l| l.headcount, group)? / latest(|l| l.fte, group)?;
            let people = (line.fte * ratio).round();
            let day = *months.last().context("the table has lines")?;
            headcounts.insert((line.ods_code, line.group), vec![Point { day, people }]);
        }
        invent_headcounts(
            &mut headcounts,
            *months.last().context("the table has lines")?,
        );
        Ok(Self {
            headcounts,
            months,
            mixes: mixes()?,
            turnover: turnover()?,
            tilts: tilts(),
        })
    }

    /// The number of people of a group at an organisation on a day: linear between published months,
    /// and the last published number after them.
    pub(crate) fn headcount(&self, ods_code: &str, group: Group, day: Date) -> f64 {
        let Some(points) = self.headcounts.get(&(ods_code.to_owned(), group)) else {
            return 0.0;
        };
        let after = points.partition_point(|point| point.day <= day);
        match (
            after.checked_sub(1).map(|before| points[before]),
            points.get(after),
        ) {
            (Some(before), Some(after)) => {
                let days = |from: Date, to: Date| f64::from((to - from).get_days());
                let share = days(before.day, day) / days(before.day, after.day);
                before.people + share * (after.people - before.people)
            }
            (Some(only), None) => only.people,
            (None, after) => after.map_or(0.0, |point| point.people),
        }
    }

    /// The last day of the last published month.
    pub(crate) fn latest(&self) -> Date {
        *self
            .months
            .last()
            .expect("the table has lines, as tests see")
    }

    /// Whether an organisation's numbers are not published but estimated: from FTE of 2018, or from the
    /// headcount in the place pack.
    pub(crate) fn is_estimated(&self, ods_code: &str) -> bool {
        let mut own = self
            .headcounts
            .iter()
            .filter(|((org, _), _)| org == ods_code);
        own.all(|(_, points)| points.len() == 1)
    }

    /// The grades of a group, each with England's people of each ethnic group.
    pub(crate) fn mix(&self, group: Group) -> &[(Grade, [f64; 7])] {
        self.mixes.get(&group).map_or(&[], Vec::as_slice)
    }

    /// England's people of each age band.
    pub(crate) fn ages(&self, group: Group, grade: Grade) -> [f64; 6] {
        self.turnover[&group.turnover(grade)].map(|band| band.at_start)
    }

    /// The share of people of this age who leave in a year, in England.
    pub(crate) fn leaving_rate(&self, group: Group, grade: Grade, age: i16) -> f64 {
        let bands = &self.turnover[&group.turnover(grade)];
        let own = TURNOVER_AGES.partition_point(|from| *from <= age).max(1) - 1;
        // The table has no consultants under 25: they take the next band's rate.
        let band = bands[own..].iter().find(|band| band.at_start > 0.0);
        band.map_or(0.1, |band| band.leavers / band.at_start)
    }

    /// The factors by which a locality changes the shares of ethnic groups, unknown last.
    pub(crate) fn tilt(&self, locality: &str) -> [f64; 7] {
        let mut all = [1.0; 7];
        if let Some(tilt) = self.tilts.get(locality) {
            all[..6].copy_from_slice(tilt);
        }
        all
    }
}

/// The published figures of each organisation and group, in order of time.
type Headcounts = BTreeMap<(String, Group), Vec<Point>>;

/// Adds the place's trusts that are in no published table. They have as many people as the place pack says,
/// divided into groups as published trusts of their setting are, or all published trusts if there is none.
fn invent_headcounts(headcounts: &mut Headcounts, day: Date) {
    let known = headcounts.clone();
    let latest = |is_alike: &dyn Fn(&str) -> bool, group: Group| -> f64 {
        let own = known
            .iter()
            .filter(|((code, own), _)| is_alike(code) && *own == group);
        own.filter_map(|(_, points)| Some(points.last()?.people))
            .sum()
    };
    for trust in trusts() {
        if known.keys().any(|(code, _)| code == trust.ods_code) {
            continue;
        }
        let is_alike = |code: &str| {
            let published = Place::shipped().employers().iter();
            let mut alike = published.filter(|one| one.setting == trust.setting);
            alike.any(|one| one.ods_code.as_str() == code)
        };
        let has_any = known.keys().any(|(code, _)| is_alike(code));
        let is_alike: &dyn Fn(&str) -> bool = if has_any { &is_alike } else { &|_| true };
        let all: f64 = Group::ALL
            .iter()
            .map(|group| latest(is_alike, *group))
            .sum();
        let people = f64::from(trust.headcount.unwrap_or(TYPICAL));
        for group in Group::ALL {
            let people = (people * latest(is_alike, group) / all).round();
            headcounts.insert(
                (trust.ods_code.to_owned(), group),
                vec![Point { day, people }],
            );
        }
    }
}

/// The people of each ethnic group, by published group and grade.
type Mixes = BTreeMap<Group, Vec<(Grade, [f64; 7])>>;

fn mixes() -> anyhow::Result<Mixes> {
    type Line = (Group, Grade, f64, f64, f64, f64, f64, f64, f64);
    let mut mixes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in table::<Line>(include_str!("../data/ethnic_group.csv"))? {
        let people = [line.2, line.3, line.4, line.5, line.6, line.7, line.8];
        mixes.entry(line.0).or_default().push((line.1, people));
    }
    Ok(mixes)
}

fn turnover() -> anyhow::Result<BTreeMap<TurnoverGroup, [Turnover; 6]>> {
    const BANDS: [&str; 6] = [
        "under_25",
        "25_34",
        "35_44",
        "45_54",
        "55_64",
        "65_and_over",
    ];
    let mut turnover: BTreeMap<_, [Turnover; 6]> = BTreeMap::new();
    let lines = table::<(TurnoverGroup, String, f64, f64)>(include_str!("../data/turnover.csv"))?;
    for (group, band, at_start, leavers) in lines {
        let band = BANDS.iter().position(|own| *own == band);
        let band = band.context("turnover.csv has an age band that is not known")?;
        turnover.entry(group).or_default()[band] = Turnover { at_start, leavers };
    }
    Ok(turnover)
}

fn tilts() -> BTreeMap<String, [f64; 6]> {
    let place = here::place();
    let Some(residents) = place.residents("ethnic_group") else {
        return BTreeMap::new();
    };
    let shares = |counts: &[(&str, u32)]| {
        let all: f64 = counts.iter().map(|(_, people)| f64::from(*people)).sum();
        let of = |group: &str| {
            counts
                .iter()
                .find(|(code, _)| *code == group)
                .map_or(0, |one| one.1)
        };
        [0, 1, 2, 3, 4, 5].map(|index| f64::from(of(ETHNIC_GROUPS[index])) / all)
    };
    let whole = shares(&residents.of_all());
    let tilted = place.current().filter_map(|code| {
        let mut tilt = shares(&residents.of(code)?);
        for (tilt, whole) in tilt.iter_mut().zip(whole) {
            *tilt = if whole > 0.0 {
                (*tilt / whole).sqrt()
            } else {
                1.0
            };
        }
        Some((code.to_owned(), tilt))
    });
    tilted.collect()
}

/// Reads a table with a header.
pub(crate) fn table<T: DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    csv.deserialize().map(|line| Ok(line?)).collect()
}

fn month_end(month: &str) -> anyhow::Result<Date> {
    Ok(month.parse::<vwis_model::period::Period>()?.last_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers of people")]
    fn a_published_month_gives_the_published_figure_and_later_days_the_last_one() {
        let published = Published::load().unwrap();
        let nurses = |day: &str| published.headcount("R0A", Group::Nurses, day.parse().unwrap());
        assert_eq!(nurses("2026-02-28"), 9147.0);
        assert_eq!(nurses("2026-09-30"), 9147.0);
        assert_eq!(nurses("2024-09-30"), 8970.0);
        let between = nurses("2024-12-31");
        assert!(
            (8970.0..nurses("2025-03-31")).contains(&between),
            "{between}"
        );
    }

    #[test]
    fn only_the_three_trusts_without_a_published_headcount_are_estimated() {
        let published = Published::load().unwrap();
        for trust in trusts() {
            let estimated = matches!(trust.ods_code, "RBV" | "RT2" | "RXV");
            assert_eq!(published.is_estimated(trust.ods_code), estimated);
        }
        // Estimated from 622.8 FTE of 2018 and the acute trusts' ratio of heads to FTE.
        let nurses = published.headcount("RBV", Group::Nurses, published.latest());
        assert!((650.0..750.0).contains(&nurses), "{nurses}");
    }

    #[test]
    fn rates_of_leaving_are_those_of_the_turnover_table() {
        let published = Published::load().unwrap();
        let band_5 = "band_5".parse().unwrap();
        let rate = published.leaving_rate(Group::Nurses, band_5, 30);
        assert!((rate - 14346.0 / 109_257.0).abs() < 1e-12);
        let consultant = "consultant".parse().unwrap();
        assert!(published.leaving_rate(Group::Doctors, consultant, 20) > 0.0);
    }
}
