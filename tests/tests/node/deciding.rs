//! Decisions of people at the organisation about an agreement take effect at once, and are kept.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tonic::Code;
use vwis_model::{
    agreement::{Agreement, AgreementError, AgreementHash},
    here,
};
use vwis_proto::{
    reason::Reason,
    v1::{AgreementState, MeasureRequest},
};
use vwis_tests::{
    agreement::{HEADLINE, agreement, named_agreement},
    call::{Caller, reason, request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::Extract,
    node::NodeFixture,
};

use super::{BINARY, wait_for};

async fn state(caller: &Caller, agreement: &Agreement) -> AgreementState {
    let described = caller.describe().await;
    let hash = agreement.hash();
    let mut known = described.agreements.iter();
    known
        .find(|status| status.agreement_hash == hash.as_bytes())
        .expect("the agreement was handed over")
        .state()
}

/// Checks that a request is refused for this reason and leaves the ledger unchanged.
async fn refused(caller: &Caller, request: MeasureRequest, code: Code, expected: Reason) {
    let before = caller.chain().await;
    let status = caller.measure(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (code, expected));
    // Who decided and why stays at the organisation.
    let said = format!("{status:?}");
    assert!(
        !said.contains("A Tester") && !said.contains("a decision"),
        "{said}"
    );
    assert_eq!(caller.chain().await, before);
}

#[tokio::test]
async fn a_pause_stops_answers_at_once_while_serving() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let (paused, other) = (
        agreement(&[HEADLINE]),
        named_agreement("Another", AGGREGATOR, &[HEADLINE]),
    );
    for period in ["2026-03", "2026-06"] {
        node.import(&Extract::seeded(1, 100), period).await;
    }
    let (server, caller) = node.serve_approved(&system, &[&paused, &other]).await;
    let sealed = caller
        .measure(request(&paused, "headline", "2026-06"))
        .await
        .unwrap();
    let spent = node.budget().await["lifetime_rho_nano"].clone();

    let said = node.decide("pause", &paused).await.done();
    assert!(said.contains("nothing is answered under"), "{said}");
    let next =
        |agreement, period| with_receipt(request(agreement, "headline", period), &sealed.receipt);
    for period in ["2026-06", "2026-03"] {
        let request = next(&paused, period);
        let code = Code::FailedPrecondition;
        refused(&caller, request, code, Reason::AgreementPaused).await;
    }
    assert_eq!(state(&caller, &paused).await, AgreementState::Paused);
    assert_eq!(node.budget().await["lifetime_rho_nano"], spent);
    // The other agreement is not affected.
    assert_eq!(state(&caller, &other).await, AgreementState::Approved);
    let of_other = caller.measure(next(&other, "2026-06")).await.unwrap();

    node.decide("pause", &paused).await.ended_with(77);
    node.decide("resume", &paused).await.done();
    node.decide("resume", &paused).await.ended_with(77);
    let again = with_receipt(request(&paused, "headline", "2026-06"), &of_other.receipt);
    let again = caller.measure(again).await.unwrap();
    assert_eq!(again.entries, sealed.entries);
    caller.measure(next(&paused, "2026-03")).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_pause_after_the_seal_keeps_the_answer_from_leaving() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    // This leaves enough time for a command between seal and answer.
    node.set_answer_floor_ms(4000);
    let agreement = agreement(&[HEADLINE]);
    node.import(&Extract::seeded(1, 100), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let before = caller.chain().await.length;
    let asking = {
        let (caller, request) = (caller.clone(), request(&agreement, "headline", "2026-06"));
        tokio::spawn(async move { caller.measure(request).await })
    };
    wait_for(async || caller.chain().await.length == before + 2).await;
    node.decide("pause", &agreement).await.done();
    let status = asking.await.unwrap().unwrap_err();
    assert_eq!(reason(&status), Reason::AgreementPaused);

    // It was sealed, and paid for once.
    node.decide("resume", &agreement).await.done();
    let charged = caller.chain().await;
    let answer = caller
        .measure(request(&agreement, "headline", "2026-06"))
        .await
        .unwrap();
    assert_eq!(answer.entries.len(), answer.header.entry_count);
    assert_eq!(caller.chain().await, charged);
    server.stop().await;
}

#[tokio::test]
async fn a_withdrawn_agreement_is_never_answered_again() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let withdrawn = agreement(&[HEADLINE]);
    let later = named_agreement("A later one", AGGREGATOR, &[HEADLINE]);
    for period in ["2026-03", "2026-06"] {
        node.import(&Extract::seeded(1, 100), period).await;
    }
    let (server, caller) = node.serve_approved(&system, &[&withdrawn]).await;
    let sealed = caller
        .measure(request(&withdrawn, "headline", "2026-06"))
        .await
        .unwrap();
    node.decide("withdraw", &withdrawn).await.done();

    let never = async |caller: &Caller| {
        for period in ["2026-06", "2026-03"] {
            let request = request(&withdrawn, "headline", period);
            for request in [request.clone(), with_receipt(request, &sealed.receipt)] {
                let code = Code::PermissionDenied;
                refused(caller, request, code, Reason::AgreementWithdrawn).await;
            }
        }
    };
    never(&caller).await;
    assert_eq!(state(&caller, &withdrawn).await, AgreementState::Withdrawn);
    // Neither a new proposal nor any decision brings it back.
    let status = caller.propose(&withdrawn).await.unwrap().status.unwrap();
    assert_eq!(status.state(), AgreementState::Withdrawn);
    node.try_approve(&withdrawn).await.ended_with(77);
    for decision in ["pause", "resume", "withdraw"] {
        let ran = node.decide(decision, &withdrawn).await.ended_with(77);
        assert!(ran.stderr.contains("for good"), "{ran:?}");
    }
    server.stop().await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    never(&caller).await;

    // What it cost stays, and an agreement that is approved instead pays from what is left.
    let budget = node.budget().await;
    assert_eq!(budget["charges"].as_array().unwrap().len(), 1);
    let charge = withdrawn.series()[0].charge().nano();
    assert_eq!(budget["lifetime_rho_nano"], charge);
    caller.propose(&later).await.unwrap();
    node.approve(&later).await;
    let next = with_receipt(request(&later, "headline", "2026-06"), &sealed.receipt);
    caller.measure(next).await.unwrap();
    assert_eq!(node.budget().await["lifetime_rho_nano"], 2 * charge);
    assert!(node.verified_entries().await > 0);
    server.stop().await;
}

#[tokio::test]
async fn a_decision_names_a_person_and_a_reason_or_is_none() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let hash = agreement.hash().to_string();
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();
    for decision in ["pause", "resume", "withdraw"] {
        // Nobody has approved it yet, so the decision is refused.
        let early = node.decide(decision, &agreement).await.ended_with(77);
        assert!(early.stderr.contains("not approved"), "{early:?}");
        let unknown = [
            "agreement",
            decision,
            &"0".repeat(16),
            "--by",
            "A Tester",
            "--reason",
            "none",
        ];
        let _ = node.run(&unknown).await.ended_with(65);
        let _ = node
            .run(&["agreement", decision, &hash])
            .await
            .ended_with(2);
        for (by, reason) in [(" ", "none"), ("A Tester", "-"), ("A\nTester", "none")] {
            let args = ["agreement", decision, &hash, "--by", by, "--reason", reason];
            let _ = node.run(&args).await.ended_with(2);
        }
    }
    assert_eq!(caller.chain().await.length, 1);
    server.stop().await;
}

#[tokio::test]
async fn a_cap_is_a_decision_that_works_at_once_and_stands_in_the_statement() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    for period in ["2026-03", "2026-06"] {
        node.import(&Extract::seeded(1, 100), period).await;
    }
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let sealed = request(&agreement, "headline", "2026-06");
    let first = caller.measure(sealed.clone()).await.unwrap();
    let set_cap = async |rho: &str| {
        let by = ["--by", "A Tester", "--reason", "minutes of May"];
        node.run(&[&["budget", "set-cap", rho][..], &by[..]].concat())
            .await
    };
    // A year pays 0.04, so the other period's year has nothing left either.
    set_cap("0.01").await.done();
    let other = with_receipt(request(&agreement, "headline", "2026-03"), &first.receipt);
    refused(
        &caller,
        other.clone(),
        Code::FailedPrecondition,
        Reason::OverBudget,
    )
    .await;
    assert_eq!(caller.measure(sealed).await.unwrap().entries, first.entries);
    let same = set_cap("0.01").await.ended_with(77);
    assert!(same.stderr.contains("already"), "{same:?}");
    let said = set_cap("0.3").await.done();
    assert!(said.contains("it was ρ 0.01"), "{said}");
    caller.measure(other).await.unwrap();
    let budget = node.budget().await;
    assert_eq!(budget["cap_rho_nano_per_year"], 300_000_000);
    assert_eq!(budget["cap_changes"].as_array().unwrap().len(), 2);
    let statement = node.run(&["budget"]).await.done();
    assert!(
        statement.contains("set to ρ 0.3 a year by A Tester"),
        "{statement}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_no_is_recorded_and_makes_room_and_a_withdrawal_is_asked_about() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let named = |number: usize| named_agreement(&format!("No. {number}"), AGGREGATOR, &[HEADLINE]);
    for number in 0..32 {
        caller.propose(&named(number)).await.unwrap();
    }
    let full = caller.propose(&named(32)).await.unwrap_err();
    assert_eq!(reason(&full), Reason::TooManyProposals);
    let said = node.decide("decline", &named(0)).await.done();
    assert!(said.contains("Declined"), "{said}");
    node.decide("decline", &named(0)).await.ended_with(77);
    caller.propose(&named(32)).await.unwrap();
    // Handed over again, it stays declined and takes no place.
    caller.propose(&named(0)).await.unwrap();
    assert_eq!(state(&caller, &named(0)).await, AgreementState::Declined);
    let asked = request(&named(0), "headline", "2026-06");
    let code = Code::FailedPrecondition;
    refused(&caller, asked, code, Reason::AgreementNotApproved).await;
    let hash = named(0).hash().to_string();
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    assert!(shown.contains("declined by A Tester"), "{shown}");

    // A person may change their mind. Fifteen digits are too few to approve by.
    let by = ["--by", "A Tester", "--reason", "a decision of a test"];
    let short = ["agreement", "approve", &hash[..15]];
    let short = node.run(&[&short[..], &by].concat()).await.ended_with(2);
    assert!(
        short.stderr.contains("at least the first 16 digits"),
        "{short:?}"
    );
    let enough = ["agreement", "approve", &hash[..16]];
    node.run(&[&enough[..], &by].concat()).await.done();
    node.decide("decline", &named(0)).await.ended_with(77);
    // An empty name means no agreement, and fewer than sixteen digits are too few to end one.
    for decision in ["pause", "resume", "withdraw", "decline", "approve"] {
        let unnamed = ["agreement", decision, ""];
        let unnamed = node.run(&[&unnamed[..], &by].concat()).await;
        assert!([Some(2), Some(65)].contains(&unnamed.code), "{unnamed:?}");
    }
    for decision in ["withdraw", "decline"] {
        let short = ["agreement", decision, &hash[..15]];
        let short = node.run(&[&short[..], &by].concat()).await.ended_with(2);
        let said = format!("{decision} by at least the first 16 digits");
        assert!(short.stderr.contains(&said), "{short:?}");
    }
    assert_eq!(state(&caller, &named(0)).await, AgreementState::Approved);
    // A pause takes any beginning: among the agreements that fit, it stops the approved one.
    let begin = ["agreement", "pause", &hash[..1]];
    node.run(&[&begin[..], &by].concat()).await.done();
    assert_eq!(state(&caller, &named(0)).await, AgreementState::Paused);

    let unasked = ["agreement", "withdraw", &hash];
    let unasked = node.run(&[&unasked[..], &by].concat()).await.ended_with(77);
    assert!(unasked.stderr.contains("Say --yes"), "{unasked:?}");
    assert_eq!(state(&caller, &named(0)).await, AgreementState::Paused);
    // On a terminal it asks, and any word but the right one means no.
    let hash = named(0).hash().to_string();
    let withdraw = [
        "agreement",
        "withdraw",
        &hash,
        "--by",
        "Tester",
        "--reason",
        "done",
    ];
    for (typed, code, state_then) in [
        ("yes", 77, AgreementState::Paused),
        ("", 77, AgreementState::Paused),
        ("withdraw", 0, AgreementState::Withdrawn),
    ] {
        let Some(ran) = node.typing(&withdraw, typed).await else {
            return;
        };
        assert_eq!(ran.code, Some(code), "{typed}: {ran:?}");
        assert!(ran.stdout.contains("for good?"), "{ran:?}");
        assert_eq!(state(&caller, &named(0)).await, state_then, "{typed}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_approved_agreement_whose_text_is_lost_can_be_stopped_and_is_handed_over_again() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let files = ["", "-wal", "-shm"].map(|end| node.dir().join(format!("agreements.db{end}")));
    let backup = files.each_ref().map(|file| std::fs::read(file).ok());
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    server.stop().await;
    for (file, content) in files.iter().zip(backup) {
        match content {
            Some(content) => std::fs::write(file, content).unwrap(),
            None => drop(std::fs::remove_file(file)),
        }
    }
    for (command, said) in [
        (["agreement", "list"], "the text is missing"),
        (["ledger", "verify"], "is missing from agreements.db"),
    ] {
        let told = node.run(&command).await.done();
        assert!(told.contains(said), "{told}");
        assert!(told.contains(&agreement.hash().short()), "{told}");
    }
    node.decide("pause", &agreement).await.done();
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    // However many proposals wait, this one is none: it was approved before.
    for number in 0..32 {
        let other = named_agreement(&format!("No. {number}"), AGGREGATOR, &[HEADLINE]);
        caller.propose(&other).await.unwrap();
    }
    caller.propose(&agreement).await.unwrap();
    assert_eq!(state(&caller, &agreement).await, AgreementState::Paused);
    let told = node.run(&["agreement", "list"]).await.done();
    assert!(!told.contains("the text is missing"), "{told}");
    node.decide("withdraw", &agreement).await.done();
    server.stop().await;
}

#[tokio::test]
async fn an_agreement_that_cannot_be_read_here_is_listed_with_the_reason() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let canonical = br#"{"format":"vwis-agreement-99"}"#;
    let hash = AgreementHash::of(canonical);
    let path = node.dir().join("agreements.db");
    let mut store = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path))
        .await
        .unwrap();
    let insert = "INSERT INTO agreement VALUES ($1, $2, 'gm-icb', '2026-09-30T00:00:00Z')";
    let insert = sqlx::query(insert).bind(&hash.as_bytes()[..]);
    insert
        .bind(&canonical[..])
        .execute(&mut store)
        .await
        .unwrap();
    store.close().await.unwrap();

    let why = AgreementError::to_string(
        &Agreement::from_canonical(canonical, here::editions()).unwrap_err(),
    );
    let listed = node.run(&["agreement", "list"]).await.done();
    let sentence = format!("{} cannot be read here: {why}", hash.short());
    assert!(listed.contains(&sentence), "{sentence}: {listed}");
    let json = node.run(&["agreement", "list", "--json"]).await.done();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["state"], "unreadable");
    assert_eq!(json[0]["unreadable"], why);
    let shown = ["agreement", "show", &hash.to_string()];
    let shown = node.run(&shown).await.ended_with(77);
    assert!(shown.stderr.contains(&why), "{shown:?}");
}
