//! What tests of comparisons share: three employers that differ, and what is found about them.

use crate::{
    archive::Archive,
    estimator::Estimator,
    indicator::{Findings, Indicator, IndicatorError, Question, testing::Workforce},
    picture::Whose,
};

/// Tables with all that comparisons by ethnic group need.
pub(in crate::indicator) const TABLES: &str = r#"{ by = ["locality", "ethnic_group"] }"#;
pub(in crate::indicator) const BOLTON: &str = "e08000001";
pub(in crate::indicator) const BURY: &str = "e08000002";

/// An agreement with much noise for few people.
pub(in crate::indicator) const NOISY: &str = r#"
name = "Noisy"
version = 1
aggregator = "gm-icb"
purpose = "To compare."
readers = "Tests."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.01
tables = [{ by = ["locality", "ethnic_group"] }]
"#;

/// People of a locality and an ethnic group.
pub(in crate::indicator) fn at(
    locality: &'static str,
    ethnic: &'static str,
) -> [(&'static str, &'static str); 2] {
    [("locality", locality), ("ethnic_group", ethnic)]
}

/// The shares from ethnic minority groups are 20% at R0A, 10% at RM3 and 4% at RMC; 20% in Bolton and 7% in
/// Bury.
pub(in crate::indicator) fn three_employers() -> Workforce {
    Workforce::new()
        .people(&at(BOLTON, "white"), 800)
        .people(&at(BOLTON, "asian"), 200)
        .people(&at(BOLTON, "unknown"), 50)
        .employer("RM3")
        .people(&at(BURY, "white"), 900)
        .people(&at(BURY, "asian"), 100)
        .employer("RMC")
        .people(&at(BURY, "white"), 960)
        .people(&at(BURY, "asian"), 40)
}

/// A question about the share from ethnic minority groups, broken down by these attributes.
pub(in crate::indicator) fn of_bme(by: Option<&[&str]>) -> Question {
    Question {
        by: by.map(|by| by.iter().map(|&code| code.to_owned()).collect()),
        options: [("of".to_owned(), "bme".to_owned())].into(),
        ..Question::default()
    }
}

/// An indicator's answer about these employers.
pub(in crate::indicator) fn put(
    indicator: &Indicator,
    archive: &Archive,
    codes: &[&str],
    question: &Question,
) -> Result<Findings, IndicatorError> {
    let codes = codes.iter().map(|code| code.parse().unwrap()).collect();
    let until = archive.latest_period().unwrap();
    let estimator = Estimator::new(archive, Whose::Organisations(codes), until);
    indicator.answer(&estimator, question)
}
