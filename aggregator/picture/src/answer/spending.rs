//! The privacy that each employer spent in a financial year. The figures are exact: they describe the system,
//! not people.

use serde_json::json;
use vwis_model::{period::Period, rho::DISPLAY_DELTA};

use super::{Answer, AnswerError, provenance};
use crate::{
    archive::Archive,
    export::{Cell, Column, Kind, Sheet},
    picture::Whose,
    spending::{self, Spent},
};

const NOTE: &str =
    "Each employer's own ledger is the record, and holds every agreement and every year.";

/// The answer for the financial year of `period`; for that of the latest release if there is no `period`.
///
/// # Errors
/// [`AnswerError::NothingReleased`] where nothing is released yet.
pub(super) fn spending(archive: &Archive, period: Option<Period>) -> Result<Answer, AnswerError> {
    let latest = archive
        .latest_period()
        .ok_or(AnswerError::NothingReleased)?;
    let year = period.unwrap_or(latest).financial_year();
    let agreement = archive.agreement();
    let agreed = spending::agreed(agreement, year);
    let spent = spending::spent(agreement, archive.held(), year);
    let releases = archive.releases().iter();
    let in_year = releases.filter(|archived| archived.release.period.financial_year() == year);
    let provenance =
        provenance::of_releases(archive, in_year.map(|a| a.release.id), &Whose::System);
    let mut metadata = provenance.metadata();
    metadata["financial_year"] = json!(year.to_string());
    let row = |ods_code: &str, spent: &Spent| {
        let corrected = spent.corrected.iter();
        let corrected: Vec<_> = corrected
            .map(|(series, period)| format!("{series} {period}"))
            .collect();
        vec![
            Cell::text(ods_code),
            Cell::Number(spent.rho.as_f64()),
            Cell::Number(spent.rho.epsilon()),
            Cell::Number(agreed.as_f64()),
            Cell::text(corrected.join("; ")),
            Cell::text(year.to_string()),
        ]
    };
    Ok(Answer {
        sheet: Sheet {
            name: "spending".to_owned(),
            title: format!("Privacy spent by each employer in {year}"),
            columns: columns(),
            rows: spent
                .iter()
                .map(|(code, spent)| row(code.as_str(), spent))
                .collect(),
            notes: vec![format!("{} {NOTE}", spending::COUNTED)],
            facts: provenance.facts(),
            metadata,
        },
        made_at: provenance.made_at(),
        releases: provenance.ids(),
    })
}

fn columns() -> Vec<Column> {
    let number =
        |name, title, description: &str| Column::new(name, title, Kind::Decimal, description);
    vec![
        Column::new(
            "organisation",
            "Employer",
            Kind::Text,
            "ODS code of the employer.",
        ),
        number(
            "rho",
            "Spent, ρ",
            "Privacy loss of its measurements in the financial year, zCDP; exact.",
        ),
        number(
            "epsilon",
            "as ε",
            &format!("The ε that this ρ implies at δ = {DISPLAY_DELTA:e}."),
        ),
        number(
            "rho_agreed",
            "Agreed, ρ",
            "What the agreement lets it spend in the financial year; exact.",
        ),
        Column::new(
            "corrected",
            "Corrections",
            Kind::Text,
            "Series and periods that were measured again, and so charged again.",
        ),
        Column::new(
            "financial_year",
            "Financial year",
            Kind::Text,
            "In which it was spent.",
        )
        .machines(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{export::csv::csv, indicator::testing::Workforce};

    #[test]
    fn each_employers_spending_is_a_row_with_what_is_agreed() {
        let archive = Workforce::new()
            .people(&[], 10)
            .employer("RM3")
            .people(&[], 10)
            .archive(r#"{ by = ["gender"] }"#, "{ by = [] }");
        let answer = spending(&archive, None).unwrap();
        let text = csv(&answer.sheet);
        let text = String::from_utf8(text.into()).unwrap();
        // One release each of the headline (0.04) and of FTE (0.02); four of each of four series, and one
        // of each of two a year, would be (0.04 + 3 x 0.02) x 4 + 2 x 0.02.
        let row = |code: &str| {
            text.lines()
                .find(|line| line.starts_with(code))
                .unwrap()
                .to_owned()
        };
        for code in ["R0A", "RM3"] {
            assert!(
                row(code).starts_with(&format!("{code},0.06,1.93")),
                "{text}"
            );
            assert!(row(code).ends_with(",0.44,,2025/26"), "{text}");
        }
        assert_eq!(answer.sheet.metadata["financial_year"], "2025/26");
    }
}
