mod year;

use std::sync::Arc;

use proptest::prelude::*;
use vwis_model::{agreement::Draft, here, measurement::MeasurementId};

use super::*;
use crate::release::Contributor;

const DRAFT: &str = r#"
name = "What is published"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group"] }]

[[series]]
name = "detail"
measure = "headcount"
cadence = "yearly"
rho = 0.04
tables = [{ by = ["band"] }]

[[series]]
name = "leavers"
data_set = "leavers"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group"] }]

[[series]]
name = "year_leavers"
data_set = "year_leavers"
measure = "headcount"
cadence = "yearly"
rho = 0.04
tables = [{ by = ["staff_group"] }]

[[series]]
name = "career_movement"
data_set = "career_movement"
measure = "headcount"
cadence = "yearly"
rho = 0.04
tables = [{ by = ["movement"] }]
"#;

/// The events of a system, in order. Each release has its own id and is made one day after the one before.
struct Events {
    agreement: Arc<Agreement>,
    releases: Vec<Release>,
    decisions: Vec<Decision>,
}

/// The measurements of employers: `ABC` is one of each, and `A'` a corrected measurement of A.
fn contributors(codes: &str) -> Vec<Contributor> {
    let mut all: Vec<Contributor> = Vec::new();
    for c in codes.chars() {
        if c == '\'' {
            all.last_mut().unwrap().identity = MeasurementId::from_bytes([99; 32]);
            continue;
        }
        all.push(Contributor {
            ods_code: format!("R{c}0").parse().unwrap(),
            identity: MeasurementId::from_bytes([u8::try_from(c).unwrap(); 32]),
            snapshot: None,
        });
    }
    all
}

impl Events {
    fn under(clause: &str) -> Self {
        let draft = DRAFT.replace("first_period", &format!("{clause}\nfirst_period"));
        let draft = Draft::parse(&draft).unwrap();
        Self {
            agreement: Arc::new(draft.compile(here::dictionary()).unwrap().0),
            releases: Vec::new(),
            decisions: Vec::new(),
        }
    }

    fn new() -> Self {
        Self::under("")
    }

    fn release(mut self, series: &str, period: &str, there: &str, expected: &str) -> Self {
        let at = i64::try_from(self.releases.len()).unwrap();
        self.releases.push(Release {
            sequence: at + 1,
            id: Uuid::from_u128(u128::try_from(at).unwrap() + 1),
            agreement: self.agreement.hash(),
            series: series.to_owned(),
            period: period.parse().unwrap(),
            number: 1,
            // From 2026-10-01T00:00:00Z on.
            made_at: Timestamp::from_second(1_790_812_800 + at * 86_400).unwrap(),
            contributors: contributors(there),
            expected: contributors(expected)
                .into_iter()
                .map(|c| c.ods_code)
                .collect(),
        });
        self
    }

    fn decided(mut self, period: &str) -> Self {
        let decision = self.decision(period);
        self.decisions.push(decision);
        self
    }

    fn outcome(&self, period: &str) -> Result<Outcome, Undecided> {
        self.outcome_beside(&[], period)
    }

    /// What a decision would change, where there are also releases under other agreements.
    fn outcome_beside(
        &self,
        others: &[Arc<Agreement>],
        period: &str,
    ) -> Result<Outcome, Undecided> {
        let agreements = [&[Arc::clone(&self.agreement)], others].concat();
        let history = History {
            agreements: &agreements,
            releases: &self.releases,
            decisions: &self.decisions,
        };
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        history.outcome(&self.decision(period), now)
    }

    fn decision(&self, period: &str) -> Decision {
        let last = self.releases.last().unwrap();
        Decision {
            agreement: self.agreement.hash(),
            period: period.parse().unwrap(),
            after: last.sequence,
            at: last.made_at,
            by: "Ann".to_owned(),
            reason: "board".to_owned(),
            telling: BTreeSet::new(),
        }
    }

    fn publication(&self) -> Publication {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let agreements = [Arc::clone(&self.agreement)];
        let history = History {
            agreements: &agreements,
            releases: &self.releases,
            decisions: &self.decisions,
        };
        Publication::at(history, now, None)
    }

    /// The published set of a period, and the id of its release of the headline.
    #[track_caller]
    fn published(&self, period: &str) -> Option<(String, u128)> {
        let publication = self.publication();
        let period = period.parse().unwrap();
        let hash = self.agreement.hash();
        let mut days = publication.under(&hash);
        let (_, published) =
            days.find(|((data_set, of), _)| data_set == "staff" && *of == period)?;
        let codes = published.employers().iter();
        let codes = codes.map(|code| code.as_str()[1..2].to_owned()).collect();
        Some((codes, published.releases()["headline"].as_u128()))
    }

    fn may_tell(&self, release: usize, codes: &str) -> bool {
        let those: Vec<_> = contributors(codes)
            .into_iter()
            .map(|c| c.ods_code)
            .collect();
        let publication = self.publication();
        publication.tells(&self.releases[release], "staff", &those, &[])
    }
}

fn set(codes: &str, release: u128) -> (String, u128) {
    (codes.to_owned(), release)
}

#[test]
fn a_period_is_published_when_all_expected_are_in() {
    let partial = Events::new().release("headline", "2026-06", "ABC", "ABCD");
    assert_eq!(partial.published("2026-06"), None);
    let whole = partial.release("headline", "2026-06", "ABCD", "ABCD");
    assert_eq!(whole.published("2026-06"), Some(set("ABCD", 2)));
}

#[test]
fn what_is_of_fewer_than_three_employers_is_not_published_even_by_a_person() {
    let two = Events::new().release("headline", "2026-06", "AB", "AB");
    assert_eq!(two.published("2026-06"), None);
    assert_eq!(two.decided("2026-06").published("2026-06"), None);
}

#[test]
fn a_person_or_the_agreements_day_publishes_what_is_in() {
    let partial = |clause| Events::under(clause).release("headline", "2026-06", "ABC", "ABCD");
    assert_eq!(
        partial("").decided("2026-06").published("2026-06"),
        Some(set("ABC", 1))
    );
    assert_eq!(
        partial("published_after_days = 60").published("2026-06"),
        Some(set("ABC", 1))
    );
    assert_eq!(
        partial("published_after_days = 300").published("2026-06"),
        None
    );
}

#[test]
fn one_who_comes_later_is_for_analysts_and_three_replace_what_is_published() {
    let later = Events::new()
        .release("headline", "2026-06", "ABC", "ABC")
        .release("headline", "2026-06", "ABCD", "ABCD");
    assert_eq!(later.published("2026-06"), Some(set("ABC", 1)));
    let three = later.release("headline", "2026-06", "ABCDEF", "ABCDEF");
    assert_eq!(three.published("2026-06"), Some(set("ABCDEF", 3)));
    let replaced = three.publication().replaced_by(Uuid::from_u128(1));
    assert_eq!(replaced, Some(Uuid::from_u128(3)));
}

#[test]
fn a_corrected_measurement_replaces_nothing_until_a_person_publishes_it() {
    let corrected = Events::new()
        .release("headline", "2026-06", "ABCD", "ABCD")
        .release("headline", "2026-06", "A'BCD", "ABCD");
    assert_eq!(corrected.published("2026-06"), Some(set("ABCD", 1)));
    let decided = corrected.decided("2026-06");
    assert_eq!(decided.published("2026-06"), Some(set("ABCD", 2)));
    // After the decision newcomers are judged by the rule again.
    let one = decided.release("headline", "2026-06", "A'BCDE", "ABCDE");
    assert_eq!(one.published("2026-06"), Some(set("ABCD", 2)));
    let three = one.release("headline", "2026-06", "A'BCDEFG", "ABCDEFG");
    assert_eq!(three.published("2026-06"), Some(set("ABCDEFG", 4)));
}

#[test]
fn a_person_publishes_a_correction_and_nobody_who_came_late_alone() {
    let late = Events::new()
        .release("headline", "2026-06", "ABCD", "ABCD")
        .release("headline", "2026-06", "A'BCDE", "ABCDE");
    let (data_set, told) = late.outcome("2026-06").unwrap().corrections.pop().unwrap();
    assert_eq!(
        told.in_words(&data_set),
        "staff: by how much RA0 corrected headline"
    );
    let decided = late.decided("2026-06");
    assert_eq!(decided.published("2026-06"), Some(set("ABCD", 2)));
    let alone = Events::new()
        .release("headline", "2026-06", "ABCD", "ABCD")
        .release("headline", "2026-06", "ABCDE", "ABCDE");
    let refused = alone.decided("2026-06");
    assert_eq!(refused.published("2026-06").unwrap().0, "ABCD");
}

#[test]
fn what_was_published_before_a_correction_is_not_forgotten_after_it() {
    // The employers that stayed are a set of both days.
    let stayed = Events::new()
        .release("headline", "2026-06", "ABCDEF", "ABCDEF")
        .release("headline", "2026-09", "ABCDEFGHI", "ABCDEFGHI")
        .release("headline", "2026-09", "A'BCDEFGHI", "ABCDEFGHI")
        .decided("2026-09");
    assert!(stayed.may_tell(2, "ABCDEFGHI") && stayed.may_tell(2, "ABCDEF"));
    let other = stayed.release("headline", "2026-12", "FGHI", "FGHI");
    assert!(!other.may_tell(2, "FGHI"));
}

#[test]
fn what_a_named_day_published_stands_before_a_decision_that_came_after_it() {
    // Two agreements have a release of the same day: one with nine of ten employers, the other with eight.
    let mut events = Events::under("published_after_days = 100").release(
        "headline",
        "2026-06",
        "ABCDEFGHI",
        "ABCDEFGHIJ",
    );
    let named = Arc::clone(&events.agreement);
    events.agreement = Events::new().agreement;
    events = events.release("headline", "2026-06", "ABCDEFGH", "ABCDEFGHIJ");
    let mut decision = events.decision("2026-06");
    // The decision is of 20 October 2026, the named day is 8 October.
    decision.at = Timestamp::from_second(1_792_454_400).unwrap();
    let agreements = [Arc::clone(&named), Arc::clone(&events.agreement)];
    let published = |decisions: &[Decision], now: i64| {
        let history = History {
            agreements: &agreements,
            releases: &events.releases,
            decisions,
        };
        let at = Publication::at(history, Timestamp::from_second(now).unwrap(), None);
        agreements.each_ref().map(|agreement| {
            let hash = agreement.hash();
            let mut days = at.under(&hash);
            days.next().map(|(_, set)| set.employers().len())
        })
    };
    let before = published(&[], 1_792_368_000);
    assert_eq!(before, [Some(9), None]);
    // Eight beside nine would tell the ninth apart, whatever is decided and whenever one looks.
    let decisions = [decision];
    for now in [1_792_454_400, 1_800_000_000] {
        assert_eq!(published(&decisions, now), before);
    }
}

#[test]
fn what_cannot_be_published_is_refused_with_the_reason() {
    let two = Events::new().release("headline", "2026-06", "AB", "ABC");
    let refused = two.outcome("2026-06").unwrap_err().to_string();
    assert!(
        refused.contains("fewer than 3 employers are in all"),
        "{refused}"
    );
    let mut beside = Events::new().release("headline", "2026-06", "ABCDEFGHI", "ABCDEFGHI");
    let first = Arc::clone(&beside.agreement);
    beside.agreement = Events::under("published_after_days = 300").agreement;
    beside = beside.release("headline", "2026-06", "ABCDEFGH", "ABCDEFGHI");
    let refused = beside
        .outcome_beside(&[first], "2026-06")
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("it would tell the figures of RI0"),
        "{refused}"
    );
    let published = Events::new().release("headline", "2026-06", "ABC", "ABC");
    let refused = published.outcome("2026-06").unwrap_err().to_string();
    assert!(refused.contains("as it stands already"), "{refused}");
}

#[test]
fn what_another_agreements_figures_stand_in_the_way_of_is_not_said_to_be_of_too_few() {
    let first = Events::new().release("headline", "2026-06", "ABC", "ABC");
    let other = Events::under("published_after_days = 300").agreement;
    let mut both = first.release("headline", "2026-06", "ABD", "ABD");
    both.releases[1].agreement = other.hash();
    let agreements = [Arc::clone(&both.agreement), Arc::clone(&other)];
    let history = History {
        agreements: &agreements,
        releases: &both.releases,
        decisions: &[],
    };
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let publication = Publication::at(history, now, None);
    let why: Vec<_> = publication.unpublished().collect();
    // A and B are two, C and D alone.
    let told: BTreeSet<_> = contributors("ABCD")
        .into_iter()
        .map(|c| c.ods_code)
        .collect();
    let [(agreement, "staff", _, Unpublished::Apart { employers })] = &why[..] else {
        panic!("{why:?}");
    };
    assert_eq!((*agreement, employers), (&other.hash(), &told));
}

#[test]
fn series_of_one_day_are_published_over_the_employers_in_both() {
    let yearly = Events::new().release("headline", "2027-03", "ABCDEF", "ABCDEF");
    assert_eq!(yearly.published("2027-03"), None, "detail is due, too");
    let fewer = yearly
        .release("detail", "2027-03", "ABCDE", "ABCDEF")
        .decided("2027-03");
    assert_eq!(fewer.published("2027-03"), Some(set("ABCDE", 1)));
    assert!(fewer.may_tell(0, "ABCDE") && !fewer.may_tell(0, "ABCDEF"));
    // A series with a single employer is skipped and takes no employers from the others.
    let alone = Events::new()
        .release("headline", "2027-03", "ABCDEF", "ABCDEF")
        .release("detail", "2027-03", "A", "ABCDEF")
        .decided("2027-03");
    assert_eq!(alone.published("2027-03"), Some(set("ABCDEF", 1)));
    assert_eq!(alone.publication().since(Uuid::from_u128(2)), None);
}

#[test]
fn a_comparison_over_those_who_stayed_tells_three_apart_or_is_not_told() {
    let with = |later: &str| {
        Events::new()
            .release("headline", "2026-06", "ABCDEF", "ABCDEF")
            .release("headline", "2026-09", later, later)
    };
    for (later, common, may) in [
        ("ABCDEF", "ABCDEF", true),
        ("ABCDE", "ABCDE", false),
        ("ABC", "ABC", true),
        ("ABCDEFG", "ABCDEF", true),
        ("ABCDEFGHI", "ABCDEF", true),
    ] {
        let events = with(later);
        let admitted = events.may_tell(0, common) && events.may_tell(1, common);
        let may = may && later != "ABCDEFG";
        assert_eq!(admitted, may, "{later}");
    }
}

#[test]
fn what_was_published_once_is_so_at_its_own_time_and_its_replacement_is_known() {
    let events = Events::new()
        .release("headline", "2026-06", "ABC", "ABC")
        .release("headline", "2026-09", "ABC", "ABC")
        .release("headline", "2026-06", "ABCDEF", "ABCDEF");
    let publication = events.publication();
    assert_eq!(publication.since(Uuid::from_u128(2)), Some(2));
    let agreements = [Arc::clone(&events.agreement)];
    let history = History {
        agreements: &agreements,
        releases: &events.releases,
        decisions: &[],
    };
    let then = Publication::at(
        history,
        Timestamp::from_second(1_800_000_000).unwrap(),
        Some(2),
    );
    assert_eq!(then.under(&events.agreement.hash()).count(), 2);
    assert_eq!(then.replaced_by(Uuid::from_u128(1)), None);
    assert_eq!(
        publication.replaced_by(Uuid::from_u128(1)),
        Some(Uuid::from_u128(3))
    );
}
