//! Why a row is rejected, by which rule a row is left out, and what both mean.

use super::{field::Field, quoted::is_kept_back, spreadsheet::is_error};

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The employee number is missing.
    MissingEmployeeNumber,
    /// A spreadsheet shortened the employee number, so that several people may share it.
    ShortenedEmployeeNumber,
    /// The candidate id is missing.
    MissingCandidateId,
    /// A spreadsheet shortened the candidate id, so that several people may share it.
    ShortenedCandidateId,
    /// A row of joiners, leavers or applicants does not say when the person joined, left or applied.
    MissingDate,
    /// The row is another organisation's.
    OtherOrganisation,
    /// There are more or fewer fields than headings, so it is open which value belongs where.
    WrongNumberOfFields,
    /// The FTE is missing or no number that is accepted.
    BadFte,
    /// The value is no date.
    BadDate,
    /// No table knows the value.
    UnrecognisedValue,
}

// === impl Reason ===

impl Reason {
    /// All reasons.
    pub(super) const ALL: [Self; 10] = [
        Self::MissingEmployeeNumber,
        Self::ShortenedEmployeeNumber,
        Self::MissingCandidateId,
        Self::ShortenedCandidateId,
        Self::MissingDate,
        Self::OtherOrganisation,
        Self::WrongNumberOfFields,
        Self::BadFte,
        Self::BadDate,
        Self::UnrecognisedValue,
    ];

    /// The reason's name in reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingEmployeeNumber => "missing_employee_number",
            Self::ShortenedEmployeeNumber => "shortened_employee_number",
            Self::MissingCandidateId => "missing_candidate_id",
            Self::ShortenedCandidateId => "shortened_candidate_id",
            Self::MissingDate => "missing_date",
            Self::OtherOrganisation => "other_organisation",
            Self::WrongNumberOfFields => "wrong_number_of_fields",
            Self::BadFte => "bad_fte",
            Self::BadDate => "bad_date",
            Self::UnrecognisedValue => "unrecognised_value",
        }
    }

    /// What the reason means, in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::MissingEmployeeNumber => "no employee number",
            Self::ShortenedEmployeeNumber => "an employee number that a spreadsheet has shortened",
            Self::MissingCandidateId => "no candidate id",
            Self::ShortenedCandidateId => "a candidate id that a spreadsheet has shortened",
            Self::MissingDate => "no date on which the person joined, left or applied",
            Self::OtherOrganisation => "staff of another organisation",
            Self::WrongNumberOfFields => "more or fewer fields than the header",
            Self::BadFte => "no full-time equivalent from 0 to 1.5",
            Self::BadDate => "no date that can be read",
            Self::UnrecognisedValue => "a value that no table knows",
        }
    }

    /// Whether a row rejected for this reason tells of no person of this organisation.
    pub(super) fn is_of_nobody_here(self) -> bool {
        matches!(
            self,
            Self::MissingEmployeeNumber
                | Self::ShortenedEmployeeNumber
                | Self::MissingCandidateId
                | Self::ShortenedCandidateId
                | Self::OtherOrganisation
                | Self::WrongNumberOfFields
        )
    }

    /// What to do where many rows are rejected for this reason, given the column and a value of it.
    pub(super) fn fix(self, field: Option<Field>, value: &str) -> String {
        if is_error(value.as_bytes()) {
            return "Open the file in the spreadsheet, so that its formulas are calculated, mend what it shows in \
                    their place, and save it"
                .to_owned();
        }
        match self {
            Self::MissingEmployeeNumber => {
                "Name the column of employee numbers in the mapping, [columns] employee_number, or take \
                 out the rows without one"
            }
            Self::MissingCandidateId => {
                "Name the column of candidate ids in the mapping, [columns] candidate_id, or take out the \
                 rows without one: nobody can tell how many of them are one person's"
            }
            Self::ShortenedEmployeeNumber | Self::ShortenedCandidateId => {
                "Export it again, and keep the column as Text in the spreadsheet"
            }
            Self::MissingDate => "If it is a list of staff, import it without --data-set",
            Self::OtherOrganisation => "Take out the rows of other organisations",
            Self::WrongNumberOfFields => {
                "Look for a quote or a comma out of place, and whether [format] delimiter in the mapping \
                 is right"
            }
            Self::BadFte if has_decimal_comma(value) => {
                "Write it with a point, 0.80: in a spreadsheet, choose a format of English (United Kingdom) \
                 before saving as CSV"
            }
            Self::BadFte => "Name the column of contracted FTE in the mapping, [columns] fte",
            Self::BadDate => {
                "Say in the mapping whether dates begin with the day or the month, [format] dates, or \
                 mend them"
            }
            Self::UnrecognisedValue => {
                return match field {
                    // A value that is not shown cannot be mapped either.
                    Some(field) if field.takes_values() && !is_kept_back(value) => format!(
                        "Say in the mapping what local spellings mean: [values.{}] \"{value}\" = \"…\"",
                        field.code()
                    ),
                    _ => "Mend these values in the extract".to_owned(),
                };
            }
        }
        .to_owned()
    }
}

/// Whether the value is a number with a decimal comma, as in `0,80`.
fn has_decimal_comma(value: &str) -> bool {
    value.split_once(',').is_some_and(|(whole, part)| {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits(whole) && digits(part)
    })
}

/// What a rule of the headcount filter or a reason means, by its name in reports; `None` for a name that this
/// version does not know.
fn meaning(code: &str) -> Option<&'static str> {
    let reason = Reason::ALL.into_iter().find(|reason| reason.code() == code);
    if let Some(reason) = reason {
        return Some(reason.meaning());
    }
    Some(match code {
        "blank_row" => "nothing stands in the row",
        "left" => "the last day of work is before the period's last day",
        "not_started" => "the first day of work is after the period's last day",
        "another_quarter" => "joined or left outside the quarter that the period ends",
        "another_year" => "applied outside the twelve months that the period ends",
        "bank" => "bank staff, who are no part of the standard headcount",
        "honorary" => "honorary contracts: people whom another employer pays",
        "non_executive" => "chairs and non-executive directors",
        "professional_executive_committee" => "members of a professional executive committee",
        "widow" => "widows and widowers who are paid a benefit",
        "career_break" => "on a career break: employed, and not at work now",
        "maternity_and_adoption" => "on maternity or adoption leave: employed, and not at work now",
        "external_secondment" => "at work for another employer on secondment",
        "suspended" => "suspended: employed, and not at work now",
        "ended" => "the assignment is over",
        _ => return None,
    })
}

/// A rule or reason as its name with its meaning: `left (the last day of work is before …)`.
#[must_use]
pub fn said(code: &str) -> String {
    meaning(code).map_or(code.to_owned(), |meaning| format!("{code} ({meaning})"))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn a_decimal_comma_is_said_to_be_a_point_and_nothing_else_is() {
        for (value, is_comma) in [
            ("0,80", true),
            ("1,0", true),
            ("0.8", false),
            ("37.5", false),
            (",8", false),
            ("1,000,0", false),
        ] {
            let fix = Reason::BadFte.fix(Some(Field::Fte), value);
            assert_eq!(fix.contains("with a point"), is_comma, "{value}: {fix}");
        }
    }

    #[test]
    fn every_rule_and_reason_is_said_in_plain_words() {
        for attribute in ["contract", "assignment_status"] {
            let attribute = vwis_model::here::dictionary().attribute(attribute).unwrap();
            for rule in attribute.excluded() {
                assert!(meaning(rule.code()).is_some(), "{}", rule.code());
            }
        }
        for reason in Reason::ALL {
            assert_eq!(meaning(reason.code()), Some(reason.meaning()));
        }
    }
}
