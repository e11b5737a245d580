//! What people base decisions on: an agreement in words, a preview, the statement of the budget.

use vwis_tests::{
    agreement::{Clause, FTE, HEADLINE, agreement, named_agreement, versioned_agreement},
    call::{request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

#[track_caller]
fn says(text: &str, sentences: &[&str]) {
    // Line breaks do not matter.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
}

#[tokio::test]
async fn an_agreement_is_explained_in_words_and_own_numbers_go_to_a_terminal_only() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE, FTE]);
    let hash = agreement.hash().to_string();
    // A number of people that appears nowhere by accident.
    node.import(&Extract::seeded(1, 1733), "2026-06").await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();

    let show = ["agreement", "show", &hash];
    let shown = node.run(&show).await.done();
    for title in [
        "What it is for\n",
        "Who sees it\n",
        "What leaves, and how often\n",
        "How exact\n",
        "What it costs\n",
        "What is different from what is approved here\n",
        "What it does not protect against\n",
        "How to decide\n",
    ] {
        assert!(shown.contains(title), "{title}: {shown}");
    }
    says(
        &shown,
        &[
            "Proposed: it waits for a decision, and nothing leaves before that.",
            "To test. Who sees it",
            "Readers of what is made of them: Tests.",
            "headline: number of people of \"Staff in post\", measured each quarter",
            "Gender by Age band (gender+age_band), 44 numbers: ±",
            "changes the odds they would give on whether one person is among those counted",
            // Ten years of four measurements, and ten of one.
            "all together ρ 0.18 (ε 3.48) ρ 1.8",
            "1 measurement of periods that are held here already could be asked for at once: ρ 0.04",
            "Nothing that gm-icb asks for is approved here",
            "exposed to k times the ρ above",
            "agreement approve",
            "This organisation's own numbers stand beside these on a terminal only.",
        ],
    );
    let json = node.run(&["agreement", "show", &hash, "--json"]).await;
    let piped = format!("{shown}{}", json.stdout);
    assert!(
        !piped.contains("1733") && !piped.contains("1,733"),
        "{piped}"
    );
    let json = json.json();
    assert_eq!(json["state"], "proposed");
    assert_eq!(json["back_history"]["rho_nano"], 40_000_000);
    assert_eq!(json["series"][0]["tables"][2]["table"], "gender+age_band");
    // In no year of the term is the budget too small.
    let years = json["years"].as_array().unwrap();
    assert!(years.iter().all(|year| year["fits"] == true), "{json}");

    if let Some(on_terminal) = node.on_terminal(&show).await {
        says(
            &on_terminal,
            &[
                "beside this organisation's own in 2026-06:",
                "here 1,733 ±",
                "a small one",
            ],
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn what_changed_since_the_last_version_is_said_before_the_yes() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let dearer = Clause {
        rho: "0.05",
        tables: r#"[{ by = [] }, { by = ["staff_group"] }, { by = ["disability"] }]"#,
        ..HEADLINE
    };
    let of = |version, clauses: &[Clause]| {
        versioned_agreement("Workforce", version, AGGREGATOR, clauses)
    };
    let (first, second) = (of(1, &[HEADLINE, FTE]), of(2, &[dearer]));
    let (server, caller) = node.serve_approved(&system, &[&first]).await;
    caller.propose(&second).await.unwrap();
    let hash = second.hash().to_string();
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    says(
        &shown,
        &[
            "Beside \"Workforce\", version 1",
            "Series headline costs ρ 0.05 each time instead of ρ 0.04.",
            "Table disability is new in series headline.",
            "Table gender+age_band is gone from series headline.",
            "Series fte is gone.",
        ],
    );
    let json = node.run(&["agreement", "show", &hash, "--json"]).await;
    let json = json.json();
    assert_eq!(json["beside"][0]["version"], 1);
    assert_eq!(json["beside"][0]["changes"].as_array().unwrap().len(), 4);

    // The approval prints what it allowed, and is recorded with name and reason.
    let approved = node.try_approve(&second).await.done();
    says(
        &approved,
        &[
            "Approved: gm-icb may now ask R0A for what `Workforce` promises, from 2017-04 to 2027-03.",
            "headline: 3 tables, each quarter",
            "ρ 0.05",
            "The whole term costs ρ 2 (ε",
            "back-history included",
            "Recorded: A Tester, minutes of a test.",
        ],
    );
    server.stop().await;
}

#[tokio::test]
async fn the_statement_of_the_budget_adds_up_for_whoever_answers_for_it() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let empty = node.run(&["budget"]).await.done();
    says(&empty, &["nothing has left this node"]);
    let first = agreement(&[HEADLINE, FTE]);
    let second = named_agreement("A second one", AGGREGATOR, &[HEADLINE]);
    node.import(&Extract::seeded(1, 1733), "2026-03").await;
    let (server, caller) = node.serve_approved(&system, &[&first, &second]).await;
    let headline = caller.measure(request(&first, "headline", "2026-03")).await;
    let headline = headline.unwrap();
    let fte = with_receipt(request(&first, "fte", "2026-03"), &headline.receipt);
    caller.measure(fte).await.unwrap();
    node.decide("pause", &second).await.done();

    let budget = node.budget().await;
    let years = budget["years"].as_array().unwrap();
    for year in years {
        let of = |field: &str| year[field].as_u64().unwrap();
        assert_eq!(
            of("spent_rho_nano") + of("left_rho_nano"),
            of("cap_rho_nano")
        );
        assert_eq!(
            of("left_rho_nano") - of("committed_rho_nano"),
            of("left_then_rho_nano")
        );
    }
    let sum = |list: &serde_json::Value, field: &str| -> u64 {
        let list = list.as_array().unwrap().iter();
        list.map(|line| line[field].as_u64().unwrap()).sum()
    };
    let lifetime = budget["lifetime_rho_nano"].as_u64().unwrap();
    assert_eq!(sum(&budget["charges"], "rho_nano"), lifetime);
    assert_eq!(sum(&budget["agreements"], "charged_rho_nano"), lifetime);
    assert_eq!(sum(&budget["years"], "spent_rho_nano"), lifetime);
    assert_eq!(budget["agreements"][1]["state"], "paused");
    assert_eq!(budget["agreements"][1]["decisions"][1]["by"], "A Tester");
    assert_eq!(budget["two_jobs"]["rho_nano"], 1_000_000_000);

    let text = node.run(&["budget"]).await.done();
    assert!(!text.contains("1733") && !text.contains("1,733"), "{text}");
    says(
        &text,
        &[
            "Statement of the privacy budget R0A, ",
            "This node allows ρ 0.5 (ε 6.09) of the releases of each financial year",
            // Spent 0.06, left 0.44, and what the paused agreement may still ask for in a year that is over.
            "2025/26 0.5 0.06 1.93 0.44 0.04 0.4",
            "An agreement for tests, version 1",
            "To gm-icb For: To test. Read by: Tests.",
            "approved by A Tester on",
            "headline 2026-03 sealed 0.04",
            "fte 2026-03 sealed 0.02",
            "2 releases: ρ 0.06 (ε 1.93).",
            "paused by A Tester on",
            "Since the beginning: ρ 0.06 (ε 1.93). A person with jobs at two such organisations is \
             exposed to twice as much: in a year that both use up, ρ 1 (ε 8.98)",
        ],
    );
    node.decide("withdraw", &second).await.done();
    let text = node.run(&["budget"]).await.done();
    says(
        &text,
        &[
            "2025/26 0.5 0.06 1.93 0.44 0 0.44",
            "Nothing follows: it was withdrawn.",
        ],
    );
    server.stop().await;
}

#[tokio::test]
async fn the_statement_says_what_for_and_who_reads_it() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    server.stop().await;
    let statement = node.run(&["budget"]).await.done();
    for line in [
        format!("For: {}", agreement.purpose()),
        format!("Read by: {}", agreement.readers()),
    ] {
        assert!(statement.contains(&line), "{statement}");
    }
}

#[tokio::test]
async fn what_is_approved_and_does_not_fit_a_year_is_said_in_time() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.2").await;
    let first = agreement(&[HEADLINE]);
    let second = named_agreement("A second one", AGGREGATOR, &[HEADLINE]);
    // A whole past year is measured, so that today's date does not matter.
    for period in ["2025-06", "2025-09", "2025-12", "2026-03"] {
        node.import(&Extract::seeded(1, 20), period).await;
    }
    let (server, caller) = node.serve_approved(&system, &[&first]).await;
    caller.propose(&second).await.unwrap();
    let hash = second.hash().to_string();
    // Each agreement takes ρ 0.16 of a year's 0.2.
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    says(&shown, &["2025/26 0.2 0 0.16 0.16 DOES NOT FIT"]);
    says(
        &node.run(&["budget"]).await.done(),
        &["2025/26 0.2 0 0.00 0.2 0.16 0.04"],
    );
    node.approve(&second).await;
    says(
        &node.run(&["budget"]).await.done(),
        &[
            "DOES NOT FIT",
            "2025/26: what is approved may ask for ρ 0.32, and ρ 0.2 is left.",
        ],
    );
    server.stop().await;
}

#[tokio::test]
async fn a_preview_of_named_tables_shows_all_of_them_in_words() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE, FTE]);
    let hash = agreement.hash().to_string();
    node.import(&Extract::seeded(1, 1733), "2026-06").await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();
    let preview = async |more: &[&str]| {
        let args = [&["preview", &hash, "--period", "2026-06"], more].concat();
        node.on_terminal(&args).await
    };
    let Some(whole) = preview(&[]).await else {
        return;
    };
    says(
        &whole,
        &[
            "EXAMPLE, thrown away after this look",
            "Gender by Age band (gender+age_band): each number within ±",
            "… and 4 more: --table gender,age_band shows all",
            "Series fte, 2026-06: an example only, since the agreement does not measure it",
        ],
    );
    let named = [
        "--series",
        "headline",
        "--table",
        "age_band,gender",
        "--table",
        "total",
    ];
    let named = preview(&named).await.unwrap();
    says(&named, &["Female", "Under 25", "everybody"]);
    for absent in ["Series fte", "Staff group (staff_group)", "more: --table"] {
        assert!(!named.contains(absent), "{absent}: {named}");
    }
    server.stop().await;
}
