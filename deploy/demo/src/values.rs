//! The values of personal columns: categories of the dictionary, and how extracts spell them.
//!
//! How common a value is within its category is a judgement; how common a category is, other modules say.

mod names;

pub(crate) use names::{FORENAMES, SURNAMES};

/// A value of a column that a person keeps.
pub(crate) struct Value {
    /// The code of its category in the dictionary.
    pub(crate) category: &'static str,
    /// How common it is within its category, as a weight.
    pub(crate) share: f64,
    /// How an extract of codes spells it; blank if it has no code.
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
}

const fn value(
    category: &'static str,
    share: f64,
    code: &'static str,
    label: &'static str,
) -> Value {
    Value {
        category,
        share,
        code,
        label,
    }
}

/// Ethnic categories of 2001, some with a trust's own second character; a blank code is a blank cell.
pub(crate) const ETHNIC_ORIGINS: [Value; 28] = [
    value("white", 0.88, "A", "White - British"),
    value("white", 0.02, "B", "White - Irish"),
    value("white", 0.05, "C", "White - Any other White background"),
    value("white", 0.02, "CA", "White English"),
    value("white", 0.01, "CP", "White Polish"),
    value("white", 0.02, "CY", "White Other European"),
    value("mixed", 0.3, "D", "Mixed - White & Black Caribbean"),
    value("mixed", 0.2, "E", "Mixed - White & Black African"),
    value("mixed", 0.25, "F", "Mixed - White & Asian"),
    value("mixed", 0.2, "G", "Mixed - Any other mixed background"),
    value("mixed", 0.05, "GF", "Mixed - Other/Unspecified"),
    value("asian", 0.42, "H", "Asian or Asian British - Indian"),
    value("asian", 0.33, "J", "Asian or Asian British - Pakistani"),
    value("asian", 0.06, "K", "Asian or Asian British - Bangladeshi"),
    value(
        "asian",
        0.13,
        "L",
        "Asian or Asian British - Any other Asian background",
    ),
    value("asian", 0.04, "LK", "Asian Unspecified"),
    value("asian", 0.02, "LE", "Asian Sri Lankan"),
    value("black", 0.12, "M", "Black or Black British - Caribbean"),
    value("black", 0.7, "N", "Black or Black British - African"),
    value(
        "black",
        0.08,
        "P",
        "Black or Black British - Any other Black background",
    ),
    value("black", 0.08, "PD", "Black Nigerian"),
    value("black", 0.02, "PE", "Black Unspecified"),
    value("chinese", 1.0, "R", "Chinese"),
    value("other", 0.6, "S", "Any Other Ethnic Group"),
    value("other", 0.35, "SC", "Filipino"),
    value("other", 0.05, "SE", "Other Specified"),
    value("unknown", 0.7, "Z", "Not Stated"),
    value("unknown", 0.3, "", ""),
];

/// Nationalities that people state.
pub(crate) const NATIONALITIES: [Value; 20] = [
    value("uk", 0.9, "", "British"),
    value("uk", 0.06, "", "English"),
    value("uk", 0.02, "", "Scottish"),
    value("uk", 0.02, "", "United Kingdom"),
    value("eu_eea", 0.3, "", "Irish"),
    value("eu_eea", 0.2, "", "Polish"),
    value("eu_eea", 0.15, "", "Portuguese"),
    value("eu_eea", 0.15, "", "Romanian"),
    value("eu_eea", 0.1, "", "Spanish"),
    value("eu_eea", 0.1, "", "Italian"),
    value("rest_of_world", 0.34, "", "Indian"),
    value("rest_of_world", 0.2, "", "Nigerian"),
    value("rest_of_world", 0.16, "", "Filipino"),
    value("rest_of_world", 0.12, "", "Pakistani"),
    value("rest_of_world", 0.06, "", "Zimbabwean"),
    value("rest_of_world", 0.05, "", "Ghanaian"),
    value("rest_of_world", 0.04, "", "Egyptian"),
    value("rest_of_world", 0.03, "", "Sudanese"),
    value("unknown", 0.6, "", "Not Stated"),
    value("unknown", 0.4, "", ""),
];

/// Sources of recruitment.
pub(crate) const SOURCES: [Value; 15] = [
    value("nhs", 1.0, "01", "NHS Organisation"),
    value("general_practice", 1.0, "04", "General Practice"),
    value("other_public", 0.3, "02", "Social Services"),
    value("other_public", 0.4, "07", "Education Sector"),
    value("other_public", 0.3, "08", "Other Public Sector"),
    value(
        "private_health_or_social_care",
        1.0,
        "03",
        "Private Health/Social Care",
    ),
    value("other_private", 0.8, "09", "Other Private Sector"),
    value("other_private", 0.2, "10", "Self Employed"),
    value("abroad", 0.2, "11", "Abroad - EU Country"),
    value("abroad", 0.8, "12", "Abroad - Non EU Country"),
    value("newly_qualified", 1.0, "14", "NQ - First Qualification"),
    value("education_or_training", 1.0, "13", "Education /Training"),
    value("return_to_practice", 1.0, "16", "Return to Practice"),
    value("no_employment", 1.0, "17", "No Employment"),
    value("unknown", 1.0, "", ""),
];

/// Reasons for leaving.
pub(crate) const REASONS: [Value; 20] = [
    value("retirement", 0.75, "14", "Retirement Age"),
    value("retirement", 0.25, "", "Flexi Retirement"),
    value(
        "retirement_ill_health",
        1.0,
        "15",
        "Retirement - Ill Health",
    ),
    value(
        "resignation_career",
        0.35,
        "25",
        "Voluntary Resignation - Promotion",
    ),
    value(
        "resignation_career",
        0.3,
        "19",
        "Voluntary Resignation - Better Reward Package",
    ),
    value(
        "resignation_career",
        0.35,
        "28",
        "Voluntary Resignation - To undertake further education or training",
    ),
    value(
        "resignation_life",
        0.45,
        "27",
        "Voluntary Resignation - Work Life Balance",
    ),
    value(
        "resignation_life",
        0.3,
        "26",
        "Voluntary Resignation - Relocation",
    ),
    value(
        "resignation_life",
        0.15,
        "21",
        "Voluntary Resignation - Health",
    ),
    value(
        "resignation_life",
        0.1,
        "20",
        "Voluntary Resignation - Child Dependants",
    ),
    value(
        "resignation_relationships",
        1.0,
        "22",
        "Voluntary Resignation - Incompatible Working Relationships",
    ),
    value(
        "resignation_other",
        1.0,
        "24",
        "Voluntary Resignation - Other/Not Known",
    ),
    value(
        "end_of_contract",
        0.6,
        "08",
        "End of Fixed Term Contract - External Rotation",
    ),
    value(
        "end_of_contract",
        0.2,
        "06",
        "End of Fixed Term Contract - Completion of Training Scheme",
    ),
    value(
        "end_of_contract",
        0.2,
        "09",
        "End of Fixed Term Contract - Other",
    ),
    value("dismissal", 1.0, "02", "Dismissal - Capability"),
    value(
        "redundancy",
        0.6,
        "31",
        "Mutually Agreed Resignation - Local Scheme with Repayment",
    ),
    value("redundancy", 0.4, "12", "Redundancy - Compulsory"),
    value("other", 1.0, "", "Employee Transfer"),
    value("unknown", 1.0, "", ""),
];

/// Destinations on leaving.
pub(crate) const DESTINATIONS: [Value; 13] = [
    value("nhs", 1.0, "01", "NHS Organisation"),
    value("general_practice", 1.0, "04", "General Practice"),
    value("other_public", 0.5, "02", "Social Services"),
    value("other_public", 0.5, "08", "Other Public Sector"),
    value(
        "private_health_or_social_care",
        1.0,
        "03",
        "Private Health/Social Care",
    ),
    value("other_private", 0.7, "09", "Other Private Sector"),
    value("other_private", 0.3, "10", "Self Employed"),
    value("abroad", 0.3, "11", "Abroad - EU Country"),
    value("abroad", 0.7, "12", "Abroad - Non EU Country"),
    value("education_or_training", 1.0, "13", "Education /Training"),
    value("no_employment", 1.0, "15", "No Employment"),
    value("unknown", 0.6, "", "Not Known"),
    value("unknown", 0.4, "", ""),
];

/// Each gender's category, its long spellings and its short one.
pub(crate) const GENDERS: [(&str, &[&str], &str); 4] = [
    ("female", &["Female"], "F"),
    ("male", &["Male"], "M"),
    ("other", &["Indeterminate", "Not Specified"], "9"),
    ("unknown", &["Not Known", ""], ""),
];
pub(crate) const DISABILITIES: [(&str, &[&str], &str); 3] = [
    ("yes", &["Yes"], "Y"),
    ("no", &["No"], "N"),
    (
        "unknown",
        &["Not Declared", "Prefer Not To Answer", "Unspecified", ""],
        "ZZ",
    ),
];
pub(crate) const CONTRACTS: [(&str, &[&str], &str); 7] = [
    ("permanent", &["Permanent"], "05"),
    (
        "fixed_term",
        &["Fixed Term Temp", "Fixed Term/Temporary"],
        "02",
    ),
    ("locum", &["Locum"], "04"),
    ("other", &["Retainer Scheme"], "06"),
    // The headcount filter leaves out these and all below.
    ("bank", &["Bank"], "01"),
    ("honorary", &["Honorary"], "03"),
    ("non_executive", &["Non-Exec Director/Chair"], "07"),
];
/// Staff groups: the dictionary's code, the most common spelling in extracts, and another one.
pub(crate) const STAFF_GROUPS: [(&str, &str, &str); 10] = [
    (
        "nursing_and_midwifery",
        "Nursing and Midwifery Registered",
        "Nursing & Midwifery",
    ),
    (
        "additional_clinical_services",
        "Additional Clinical Services",
        "Add Clinical Services",
    ),
    (
        "administrative_and_clerical",
        "Administrative and Clerical",
        "Admin & Clerical",
    ),
    (
        "medical_and_dental",
        "Medical and Dental",
        "Medical & Dental",
    ),
    (
        "allied_health_professionals",
        "Allied Health Professionals",
        "Allied Health Professional",
    ),
    (
        "additional_professional_scientific_and_technical",
        "Add Prof Scientific and Technic",
        "Additional Professional Scientific and Technical",
    ),
    (
        "healthcare_scientists",
        "Healthcare Scientists",
        "Healthcare Scientist",
    ),
    (
        "estates_and_ancillary",
        "Estates and Ancillary",
        "Estates & Ancilliary",
    ),
    ("students", "Students", "Student"),
    ("unknown", "", ""),
];

#[cfg(test)]
mod tests;
