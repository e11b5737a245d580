//! Shares of everything a person can be. Plausible, not published.

pub(super) type Shares = &'static [(&'static str, f64)];

/// Staff group, its share, its bands and its roles.
pub(super) const GROUPS: [(&str, f64, Shares, Shares); 10] = [
    (
        "nursing_and_midwifery",
        0.27,
        &[
            ("afc_5", 0.48),
            ("afc_6", 0.32),
            ("afc_7", 0.15),
            ("afc_8a", 0.035),
            ("afc_8b", 0.01),
            ("afc_8c", 0.004),
            ("afc_9", 0.001),
        ],
        &[
            ("adult_nurse", 0.6),
            ("childrens_nurse", 0.09),
            ("community_nurse", 0.1),
            ("specialist_nurse", 0.1),
            ("midwife", 0.09),
            ("nurse_other", 0.02),
        ],
    ),
    (
        "additional_clinical_services",
        0.22,
        &[("afc_2", 0.46), ("afc_3", 0.36), ("afc_4", 0.18)],
        &[
            ("healthcare_support_worker", 0.72),
            ("nursing_associate", 0.08),
            ("clinical_support_other", 0.17),
            ("unknown", 0.03),
        ],
    ),
    (
        "administrative_and_clerical",
        0.2,
        &[
            ("afc_2", 0.2),
            ("afc_3", 0.25),
            ("afc_4", 0.22),
            ("afc_5", 0.11),
            ("afc_6", 0.08),
            ("afc_7", 0.06),
            ("afc_8a", 0.04),
            ("afc_8b", 0.02),
            ("afc_8c", 0.01),
            ("afc_8d", 0.005),
            ("vsm", 0.005),
        ],
        &[("administrator", 0.82), ("manager", 0.18)],
    ),
    (
        "medical_and_dental",
        0.11,
        &[
            ("consultant", 0.42),
            ("career_grade", 0.14),
            ("doctor_in_training", 0.44),
        ],
        &[
            ("doctor_other", 0.82),
            ("doctor_radiology", 0.06),
            ("doctor_pathology", 0.05),
            ("doctor_oncology", 0.05),
            ("dentist", 0.02),
        ],
    ),
    (
        "allied_health_professionals",
        0.075,
        &[
            ("afc_5", 0.24),
            ("afc_6", 0.4),
            ("afc_7", 0.27),
            ("afc_8a", 0.08),
            ("afc_8b", 0.01),
        ],
        &[
            ("physiotherapist", 0.26),
            ("occupational_therapist", 0.2),
            ("diagnostic_radiographer", 0.22),
            ("therapeutic_radiographer", 0.06),
            ("speech_and_language_therapist", 0.09),
            ("dietitian", 0.07),
            ("operating_department_practitioner", 0.08),
            ("allied_health_other", 0.02),
        ],
    ),
    (
        "estates_and_ancillary",
        0.055,
        &[
            ("afc_1", 0.02),
            ("afc_2", 0.72),
            ("afc_3", 0.16),
            ("afc_4", 0.1),
        ],
        &[("estates_and_facilities", 1.0)],
    ),
    (
        "additional_professional_scientific_and_technical",
        0.04,
        &[
            ("afc_4", 0.2),
            ("afc_5", 0.2),
            ("afc_6", 0.2),
            ("afc_7", 0.2),
            ("afc_8a", 0.15),
            ("afc_8b", 0.05),
        ],
        &[
            ("pharmacist", 0.36),
            ("pharmacy_technician", 0.24),
            ("psychological_professional", 0.24),
            ("scientific_and_technical_other", 0.16),
        ],
    ),
    (
        "healthcare_scientists",
        0.022,
        &[
            ("afc_4", 0.1),
            ("afc_5", 0.2),
            ("afc_6", 0.34),
            ("afc_7", 0.26),
            ("afc_8a", 0.08),
            ("afc_8b", 0.02),
        ],
        &[("healthcare_scientist", 1.0)],
    ),
    (
        "students",
        0.006,
        &[("afc_3", 0.3), ("afc_4", 0.5), ("unknown", 0.2)],
        &[("other", 1.0)],
    ),
    ("unknown", 0.002, &[("unknown", 1.0)], &[("unknown", 1.0)]),
];

pub(super) const AGES: Shares = &[
    ("under_25", 0.06),
    ("25_29", 0.12),
    ("30_34", 0.14),
    ("35_39", 0.135),
    ("40_44", 0.125),
    ("45_49", 0.115),
    ("50_54", 0.115),
    ("55_59", 0.1),
    ("60_64", 0.065),
    ("65_and_over", 0.022),
    ("unknown", 0.003),
];
pub(super) const ETHNIC_GROUPS: Shares = &[
    ("white", 0.7),
    ("mixed", 0.022),
    ("asian", 0.13),
    ("black", 0.075),
    ("chinese", 0.006),
    ("other", 0.022),
    ("unknown", 0.045),
];
/// Of those on band 8a and above: fewer of every group but White.
pub(super) const ETHNIC_GROUPS_8A: Shares = &[
    ("white", 0.83),
    ("mixed", 0.014),
    ("asian", 0.07),
    ("black", 0.03),
    ("chinese", 0.004),
    ("other", 0.01),
    ("unknown", 0.042),
];
pub(super) const GENDERS: Shares = &[
    ("female", 0.77),
    ("male", 0.225),
    ("other", 0.002),
    ("unknown", 0.003),
];
pub(super) const DISABILITIES: Shares = &[("yes", 0.055), ("no", 0.785), ("unknown", 0.16)];
pub(super) const CONTRACTS: Shares = &[
    ("permanent", 0.87),
    ("fixed_term", 0.11),
    ("locum", 0.015),
    ("unknown", 0.005),
];
pub(super) const NATIONALITIES: Shares = &[
    ("uk", 0.79),
    ("eu_eea", 0.045),
    ("rest_of_world", 0.125),
    ("unknown", 0.04),
];
pub(super) const PATHWAYS: Shares = &[
    ("not_cancer", 0.93),
    ("shared_diagnostics", 0.025),
    ("shared_treatment", 0.012),
    ("breast", 0.006),
    ("lung", 0.004),
    ("colorectal", 0.004),
    ("haematology", 0.005),
    ("urology", 0.003),
    ("unmatched", 0.006),
    ("unknown", 0.005),
];
pub(super) const FULL_TIME_SHARE: f64 = 0.63;
pub(super) const SECOND_ASSIGNMENT_SHARE: f64 = 0.03;
pub(super) const BANK_SHARE: f64 = 0.02;
