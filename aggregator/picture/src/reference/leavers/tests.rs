//! Built-in rates are as published; a user's file is read, or refused with a reason.

use vwis_model::dictionary::{Category, Group};

use super::*;

const KNOWN_BANDS: [&str; 6] = [
    "under_25",
    "25_34",
    "35_44",
    "45_54",
    "55_64",
    "65_and_over",
];

#[test]
fn every_staff_group_and_age_band_has_a_rate() {
    for group in staff_groups().categories().iter().map(Category::code) {
        for band in turnover_bands().groups().iter().map(Group::code) {
            let hazard = hazard(group, band);
            assert!((0.01..0.40).contains(&hazard.rate()), "{group} {band}");
        }
    }
    assert!(Hazards::builtin().is_builtin());
    assert_eq!(hazard("no_such", "no_such"), hazard(UNKNOWN, UNKNOWN));
}

#[test]
fn rates_are_the_publications() {
    let published = |headcount, leavers| Hazard { headcount, leavers };
    // HCHS doctors of all grades, 25 to 34: 52,633 at the start, 11,459 left (21.77%).
    let doctors = hazard("medical_and_dental", "25_34");
    assert_eq!(doctors, published(52_633, 11_459));
    assert!((doctors.rate() - 0.2177).abs() < 5e-5);
    // Nurses and health visitors: 62,916, of whom 5,086 left. Midwives: 4,433, of whom 342 left.
    let nurses = hazard("nursing_and_midwifery", "55_64");
    assert_eq!(nurses, published(62_916 + 4_433, 5_086 + 342));
    // Qualified clinical staff of 65 and over: 14,492, of whom 3,487 left; less doctors 3,667 and 512, nurses
    // 7,399 and 2,047, midwives 412 and 125.
    let others = hazard("allied_health_professionals", "65_and_over");
    assert_eq!(
        others,
        published(14_492 - 3_667 - 7_399 - 412, 3_487 - 512 - 2_047 - 125)
    );
    assert_eq!(hazard("healthcare_scientists", "65_and_over"), others);
    // All staff under 25: 82,728, of whom 13,014 left; less qualified clinical staff 36,196 and 4,122.
    let support = hazard("estates_and_ancillary", "under_25");
    assert_eq!(support, published(82_728 - 36_196, 13_014 - 4_122));
    // All staff of all ages: 1,529,482, of whom 151,644 left (9.91%).
    let all = hazard(UNKNOWN, UNKNOWN);
    assert_eq!(all, published(1_529_482, 151_644));
    assert!((all.rate() - 0.0991).abs() < 5e-5);
}

#[test]
fn age_bands_add_up_to_all_ages() {
    for group in staff_groups().categories().iter().map(Category::code) {
        let bands = KNOWN_BANDS.map(|band| hazard(group, band));
        let all = hazard(group, UNKNOWN);
        assert_eq!(
            bands.iter().map(|h| h.headcount).sum::<u32>(),
            all.headcount
        );
        assert_eq!(bands.iter().map(|h| h.leavers).sum::<u32>(), all.leavers);
    }
}

#[test]
fn the_variance_is_binomial_and_never_zero() {
    let nurses = hazard("nursing_and_midwifery", "55_64");
    let binomial = nurses.rate() * (1.0 - nurses.rate()) / f64::from(nurses.headcount);
    assert!((nurses.variance() / binomial - 1.0).abs() < 1e-3);
    let nobody_left = Hazard {
        headcount: 10,
        leavers: 0,
    };
    // The posterior is Beta(1, 11), with variance 1·11 / (12²·13).
    assert!((nobody_left.variance() - 11.0 / 1872.0).abs() < 1e-15);
}

#[test]
fn a_users_file_replaces_what_it_gives_and_says_what_it_does_not() {
    let file = "\u{feff}leavers,headcount,age_band,staff_group,year\n\
        7,100,55_64,nursing_and_midwifery,2026\n\
        9,200,65 and over,Nursing & Midwifery,2026\n";
    let hazards = Hazards::parse(file).unwrap();
    let expected = Hazard {
        headcount: 100,
        leavers: 7,
    };
    assert_eq!(hazards.hazard("nursing_and_midwifery", "55_64"), expected);
    assert_eq!(
        hazards
            .hazard("nursing_and_midwifery", "65_and_over")
            .headcount,
        200
    );
    assert_eq!(
        hazards.hazard("medical_and_dental", "25_34"),
        hazard("medical_and_dental", "25_34")
    );
    assert!(!hazards.is_builtin());
    let notes = hazards.notes().join("\n");
    assert!(notes.contains("medical_and_dental; students;"), "{notes}");
    assert!(
        notes.contains("nursing_and_midwifery (under_25, 25_34, 35_44, 45_54, unknown)"),
        "{notes}"
    );
    assert!(notes.contains("Columns not read: year."), "{notes}");
    assert!(notes.contains("of all causes"), "{notes}");
}

#[test]
fn the_unknown_age_of_a_whole_staff_group_is_the_sum_of_its_bands() {
    let lines = KNOWN_BANDS.map(|band| format!("students,{band},10,1\n"));
    let file = format!("staff_group,age_band,headcount,leavers\n{}", lines.concat());
    let hazards = Hazards::parse(&file).unwrap();
    let expected = Hazard {
        headcount: 60,
        leavers: 6,
    };
    assert_eq!(hazards.hazard("students", UNKNOWN), expected);
    let notes = hazards.notes().join("\n");
    assert!(
        notes.contains("sum of the file's age bands: students."),
        "{notes}"
    );
}

#[test]
fn the_shipped_table_is_a_template_that_changes_nothing() {
    let hazards = Hazards::parse(TABLE).unwrap();
    assert_eq!(hazards.by_group, Hazards::builtin().by_group);
    assert_eq!(hazards.notes().len(), 1);
}

#[test]
fn a_bad_file_is_refused_with_line_column_value_and_what_is_expected() {
    let refused = |line: &str| {
        let file = format!("staff_group,age_band,headcount,leavers\n{line}\n");
        Hazards::parse(&file).unwrap_err().to_string()
    };
    for (line, parts) in [
        (
            "nursng_and_midwifery,55_64,100,7",
            [
                "line 2, column staff_group",
                "`nursng_and_midwifery`",
                "nursing_and_midwifery?",
            ],
        ),
        (
            "students,55_59,100,7",
            [
                "line 2, column age_band",
                "`55_59`",
                "one of under_25, 25_34",
            ],
        ),
        (
            "students,55_64,0,0",
            ["line 2, column headcount", "`0`", "from 1 to"],
        ),
        (
            "students,55_64,1 000,7",
            ["line 2, column headcount", "`1 000`", "digits only"],
        ),
        (
            "students,55_64,100,101",
            ["line 2, column leavers", "`101`", "from 0 to 100"],
        ),
        (
            "students,55_64,100,-1",
            ["line 2, column leavers", "`-1`", "from 0 to 100"],
        ),
        (
            "students,55_64,100,7\nStudent,55_64,100,8",
            ["line 3", "students and 55_64", "line 2"],
        ),
        ("students,55_64,100", ["line 2", "3 fields", "header"]),
        ("", ["no line under its header", "", ""]),
    ] {
        let message = refused(line);
        for part in parts {
            assert!(message.contains(part), "{line}: {message}");
        }
    }
    let message = Hazards::parse("staff_group,age_band,rate\n").unwrap_err();
    assert_eq!(
        message.to_string(),
        "leaver rates: there is no column `headcount`; the header is `staff_group,age_band,rate` and \
         must name staff_group, age_band, headcount and leavers"
    );
}
