//! Applicants: a list of applications is imported, agreed and measured, and refused where it tells nobody apart.

#![expect(clippy::cast_precision_loss, reason = "statistics over small numbers")]

use vwis_tests::{
    agreement::{APPLICANTS, Clause, agreement},
    call::request,
    certificates::System,
    extract::{Extract, Person},
    node::NodeFixture,
};

use super::{
    BINARY,
    extracts::{extract, nurse},
};

/// At this ρ a person is forty times as long as the noise in their direction.
const EXACTLY: Clause = Clause {
    rho: "900",
    ..APPLICANTS
};
const PERIOD: &str = "2026-03";
const OPTIONS: [&str; 2] = ["--data-set", "applicants"];

/// Three candidates with five applications, and one of another year.
const LIST: &str = "Candidate ID,Date Submitted,Application Status,Job Title,Staff Group,Pay Band,Ethnic Origin,Gender,Disability\n\
    204117,12/05/2025,Not shortlisted,Healthcare Assistant,Additional Clinical Services,Band 2,White - British,Female,No\n\
    204117,03/09/2025,Interview,Healthcare Assistant,Additional Clinical Services,Band 3,White - British,Female,No\n\
    204162,14/01/2026,Offer accepted,Staff Nurse,Nursing and Midwifery Registered,Band 5,Black or Black British - African,Female,No\n\
    204162,15/02/2026,Withdrawn,Staff Nurse,Nursing and Midwifery Registered,Band 6,Black or Black British - African,Female,No\n\
    204205,31/03/2026,Withdrawn,Porter,Estates and Ancillary,Band 2,I do not wish to disclose,Male,No\n\
    204233,31/03/2025,Hired,Porter,Estates and Ancillary,Band 2,White - British,Male,No\n";

/// The three as they are counted: band, ethnic group and stage.
const COUNTED: [[&str; 3]; 3] = [
    ["afc_3", "white", "shortlisted"],
    ["afc_5", "black", "appointed"],
    ["afc_2", "unknown", "applied"],
];

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_list_of_applications_is_imported_agreed_and_measured_by_persons() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "1000").await;
    let agreement = agreement(&[EXACTLY]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let said = node
        .import_bytes(LIST.as_bytes(), PERIOD, &OPTIONS)
        .await
        .done();
    for part in [
        "3 kept as a person",
        "2 merged into a person (further applications)",
        "1 excluded by rule: another_year (applied outside the twelve months",
        "A person is a candidate id",
        "Stored as revision 1 of 2026-03, applicants.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // It is a March, and tells nothing of who joined or left.
    assert!(!said.contains("joiners"), "{said}");

    let hash = agreement.hash().to_string();
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    let shown = in_one_line(&shown);
    assert!(
        shown.contains("people who are mostly not your staff"),
        "{shown}"
    );
    if let Some(preview) = node
        .typing(&["preview", &hash, "--period", PERIOD], "")
        .await
    {
        let said = preview.done();
        assert!(said.contains("applicants"), "{said}");
    }

    let measured = caller
        .measure(request(&agreement, "applicants", PERIOD))
        .await;
    let series = &agreement.series()[0];
    let person = |[band, group, stage]: [&'static str; 3]| {
        let code = |attribute: &std::sync::Arc<vwis_model::dictionary::Attribute>| {
            let said = match attribute.code() {
                "band" => band,
                "ethnic_group" => group,
                "furthest_stage" => stage,
                _ => "unknown",
            };
            attribute.category(said).unwrap()
        };
        Person {
            number: String::new(),
            fte_hundredths: 100,
            codes: series.data_set().attributes().iter().map(code).collect(),
        }
    };
    let gamma = series.strategy().gamma() as f64;
    let entries = measured.unwrap().entries;
    // The squared length of what is left when these people are taken away, in that of the noise on one entry.
    let left = |counted: &[[&'static str; 3]]| -> f64 {
        let people = counted.iter().copied().map(person).collect();
        let exact = Extract { people }.exact(series);
        assert_eq!(entries.len(), exact.len());
        let both = entries.iter().zip(&exact);
        both.map(|(entry, exact)| ((entry - exact) as f64 / gamma).powi(2))
            .sum()
    };
    // Noise alone is as long as there are entries, give or take; a person is as long as 1,800 of them.
    let length = entries.len() as f64;
    let most = length + 10.0 * (2.0 * length).sqrt();
    assert!(left(&COUNTED) < most, "{}", left(&COUNTED));
    for missing in 0..COUNTED.len() {
        let mut others = COUNTED.to_vec();
        others.remove(missing);
        assert!(left(&others) > most + 900.0, "{missing}: {}", left(&others));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_list_that_tells_nobody_apart_or_lists_something_else_is_refused_with_what_to_do() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "1").await;
    let without = LIST.replacen("Candidate ID", "Application ID", 1);
    let refused = node
        .import_bytes(without.as_bytes(), PERIOD, &OPTIONS)
        .await;
    let said = refused.ended_with(65).stderr;
    assert!(said.contains("m² times the ρ"), "{said}");
    let refused = node.import_bytes(LIST.as_bytes(), PERIOD, &[]).await;
    let said = refused.ended_with(65).stderr;
    assert!(said.contains("--data-set applicants"), "{said}");
    let staff = extract((0..20).map(nurse));
    let refused = node.import_bytes(staff.as_bytes(), PERIOD, &OPTIONS).await;
    let said = refused.ended_with(65).stderr;
    assert!(said.contains("this looks like a list of staff"), "{said}");
    // Nothing was kept of any of them.
    let refused = node.run(&["quality"]).await;
    assert_ne!(refused.code, Some(0), "{refused:?}");
}
