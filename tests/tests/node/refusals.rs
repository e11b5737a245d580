//! Requests that `Measure` refuses: each with its reason, and without any change.

use tonic::Code;
use vwis_model::agreement::Agreement;
use vwis_proto::{
    reason::Reason,
    v1::{self, MeasureRequest},
};
use vwis_tests::{
    agreement::{FTE, HEADLINE, JOINERS, agreement, named_agreement},
    call::{Caller, reason, request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

/// Checks that a request is refused for this reason and leaves the ledger unchanged.
async fn refused(caller: &Caller, request: MeasureRequest, code: Code, expected: Reason) {
    let before = caller.chain().await;
    let shown = format!("{request:?}");
    let status = caller.measure(request).await.expect_err(&shown);
    assert_eq!(reason(&status), expected, "{shown}: {status:?}");
    assert_eq!(status.code(), code, "{shown}");
    assert_eq!(caller.chain().await, before, "{shown}");
}

fn with(request: &MeasureRequest, change: impl FnOnce(&mut MeasureRequest)) -> MeasureRequest {
    let mut request = request.clone();
    change(&mut request);
    request
}

#[tokio::test]
async fn a_request_that_no_agreement_allows_is_refused_with_its_reason() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE, FTE]);
    let waiting = named_agreement("Not approved", AGGREGATOR, &[HEADLINE]);
    let moves = named_agreement("Joiners", AGGREGATOR, &[JOINERS]);
    node.import(&Extract::seeded(1, 100), "2026-06").await;
    let approved = [&agreement, &moves];
    let (server, caller) = node.serve_approved(&system, &approved).await;
    let answer = caller.propose(&waiting).await.unwrap().status.unwrap();
    assert_eq!(answer.state(), v1::AgreementState::Proposed);

    let good = request(&agreement, "headline", "2026-06");
    let cases = [
        (
            request(&waiting, "headline", "2026-06"),
            Code::FailedPrecondition,
            Reason::AgreementNotApproved,
        ),
        (
            with(&good, |r| r.agreement_hash = vec![7; 32]),
            Code::NotFound,
            Reason::AgreementUnknown,
        ),
        (
            with(&good, |r| r.series = "detail".to_owned()),
            Code::InvalidArgument,
            Reason::SeriesUnknown,
        ),
        (
            with(&good, |r| r.period = "2026-05".to_owned()),
            Code::OutOfRange,
            Reason::PeriodNotAllowed,
        ),
        (
            with(&good, |r| r.period = "2016-06".to_owned()),
            Code::OutOfRange,
            Reason::PeriodNotAllowed,
        ),
        (
            with(&good, |r| r.period = "2027-06".to_owned()),
            Code::OutOfRange,
            Reason::PeriodNotAllowed,
        ),
        (
            with(&good, |r| r.series = "fte".to_owned()),
            Code::OutOfRange,
            Reason::PeriodNotAllowed,
        ),
        (
            with(&good, |r| r.period = "2026-03".to_owned()),
            Code::FailedPrecondition,
            Reason::SnapshotMissing,
        ),
        // Its staff are held, but not the quarter before.
        (
            request(&moves, "joiners", "2026-06"),
            Code::FailedPrecondition,
            Reason::QuarterBeforeMissing,
        ),
        (
            request(&moves, "joiners", "2026-03"),
            Code::FailedPrecondition,
            Reason::SnapshotMissing,
        ),
        (
            with(&good, |r| r.correction = 1),
            Code::NotFound,
            Reason::CorrectionUnknown,
        ),
    ];
    for (request, code, reason) in cases {
        refused(&caller, request, code, reason).await;
    }
    let malformed = [
        with(&good, |r| r.agreement_hash = vec![7; 5]),
        with(&good, |r| r.agreement_hash = Vec::new()),
        with(&good, |r| r.series = String::new()),
        with(&good, |r| r.series = "x".repeat(41)),
        with(&good, |r| r.period = "2026-9".to_owned()),
        with(&good, |r| r.period = "2026-13".to_owned()),
        with(&good, |r| r.period = String::new()),
        with(&good, |r| r.last_receipt = Some(v1::Receipt::default())),
        MeasureRequest::default(),
    ];
    for request in malformed {
        refused(
            &caller,
            request,
            Code::InvalidArgument,
            Reason::InvalidRequest,
        )
        .await;
    }
    // The valid request is answered.
    caller.measure(good).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_year_is_never_overspent_and_what_is_sealed_stays_free() {
    let system = System::new();
    // One measurement of 0.04 fits into a year; a second does not, nor does one of 0.02.
    let node = NodeFixture::new(BINARY, &system, "0.059").await;
    let agreement = agreement(&[HEADLINE, FTE]);
    for period in ["2025-12", "2026-03", "2026-06"] {
        node.import(&Extract::seeded(1, 100), period).await;
    }
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let first = caller
        .measure(request(&agreement, "headline", "2026-03"))
        .await
        .unwrap();
    let next = |series, period| with_receipt(request(&agreement, series, period), &first.receipt);
    for (series, period) in [("headline", "2025-12"), ("fte", "2026-03")] {
        let request = next(series, period);
        refused(
            &caller,
            request,
            Code::FailedPrecondition,
            Reason::OverBudget,
        )
        .await;
    }
    caller.measure(next("headline", "2026-03")).await.unwrap();
    // June belongs to the next financial year.
    let june = caller.measure(next("headline", "2026-06")).await.unwrap();
    let years: Vec<_> = june
        .receipt
        .spent
        .iter()
        .map(|y| y.financial_year)
        .collect();
    assert_eq!(years, [2025, 2026]);
    server.stop().await;
}

#[tokio::test]
async fn an_agreement_that_is_none_is_refused_and_not_kept() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let mut client = caller.client();
    let agreement: Agreement = agreement(&[HEADLINE]);
    let text = String::from_utf8(agreement.canonical().to_vec()).unwrap();
    let understated = text.replacen("\"rho_nano\":40000000", "\"rho_nano\":30000000", 1);
    let unweighted = text.replacen(
        "\"residuals\":[{\"by\":[],\"weight\":",
        "\"residuals\":[{\"by\":[],\"weight\":0,\"x\":",
        1,
    );
    for bytes in [
        Vec::new(),
        b"{}".to_vec(),
        format!("{text} ").into_bytes(),
        understated.into_bytes(),
        unweighted.into_bytes(),
    ] {
        assert_ne!(bytes, agreement.canonical());
        let request = v1::ProposeAgreementRequest { agreement: bytes };
        let status = client.propose_agreement(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason(&status), Reason::InvalidAgreement);
    }
    // A message larger than what is read is cut off before it is looked at.
    let request = v1::ProposeAgreementRequest {
        agreement: vec![b' '; 2 << 20],
    };
    let status = client.propose_agreement(request).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    assert!(caller.describe().await.agreements.is_empty());

    // Proposed twice is one proposal, and the number of a peer's proposals is limited.
    for _ in 0..2 {
        caller.propose(&agreement).await.unwrap();
    }
    assert_eq!(caller.describe().await.agreements.len(), 1);
    for n in 1..32 {
        let another = named_agreement(&format!("Number {n}"), AGGREGATOR, &[FTE]);
        caller.propose(&another).await.unwrap();
    }
    let one_more = named_agreement("One more", AGGREGATOR, &[FTE]);
    let status = caller.propose(&one_more).await.unwrap_err();
    assert_eq!(reason(&status), Reason::TooManyProposals);
    caller.propose(&agreement).await.unwrap();
    server.stop().await;
}
