//! From which release an answer is.

use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::{answer::asked::What, picture::Wanted};

const DRAFT: &str = r#"
name = "Two series of the same people"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2020-03"
last_period = "2029-12"

[[series]]
name = "all"
measure = "headcount"
cadence = "quarterly"
rho = 0.01
tables = [{ by = ["staff_group"] }]

[[series]]
name = "fine"
measure = "headcount"
cadence = "quarterly"
rho = 0.10
tables = [{ by = ["staff_group"] }]
"#;

/// R0A and RM3 in one series; in the finer one R0A alone.
fn archive_of_two() -> Archive {
    let group = [("staff_group", "students")];
    let whole = (Workforce::new().people(&group, 500).employer("RM3"))
        .people(&group, 300)
        .released_under(DRAFT, Some(ChaCha20Rng::seed_from_u64(7)));
    let own = ["R0A".parse().unwrap()].into();
    let releases = whole.releases().iter().map(|archived| {
        let series = whole.series_of(archived);
        match series.name() {
            "fine" => Arc::new(archived.over(series, &own).unwrap()),
            _ => Arc::clone(archived),
        }
    });
    Archive::new(Arc::clone(whole.agreement()), releases.collect())
}

fn series(archive: &Archive, what: What, org: &str) -> Vec<String> {
    let asked = Asked {
        what,
        whose: Wanted::parse([org]).unwrap(),
        when: When::Latest,
    };
    let answer = asked.answer(archive, None, || false).unwrap();
    let named = |id: &Uuid| {
        let mut releases = archive.releases().iter();
        let one = releases.find(|one| one.release.id == *id).unwrap();
        one.release.series.clone()
    };
    answer.releases.iter().map(named).collect()
}

#[test]
fn the_same_question_to_tables_and_to_indicators_is_answered_from_the_same_release() {
    let archive = archive_of_two();
    let by = || vec!["staff_group".to_owned()];
    let table = || {
        What::Table(TableQuestion {
            query: Query {
                by: by(),
                filters: Vec::new(),
            },
            measure: None,
            series: None,
            with_totals: false,
            years: 1,
        })
    };
    let indicator = || {
        let question = Question {
            by: Some(by()),
            ..Question::default()
        };
        What::Indicator(indicator::named("composition").unwrap(), question)
    };
    for (org, expected) in [("system", "all"), ("R0A", "fine"), ("RM3", "all")] {
        let of_table = series(&archive, table(), org);
        assert_eq!(of_table, [expected], "{org}");
        assert_eq!(series(&archive, indicator(), org), of_table, "{org}");
    }
}
