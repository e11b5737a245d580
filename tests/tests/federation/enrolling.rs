//! One token, one certificate, one organisation.

use vwis_tests::federation::Federation;

use crate::BINARY;

#[tokio::test]
async fn a_token_works_once_and_for_its_own_organisation_only() {
    let federation = Federation::new(BINARY).await;
    let enrolment = federation.enrolment();
    for ods_code in ["R0A", "RM3"] {
        let dir = federation.node_dir(ods_code);
        let init = ["init", "--ods", ods_code, "--dir", dir.to_str().unwrap()];
        federation.node(ods_code, &init).await.done();
    }
    let token = federation
        .aggregator(&["node", "token", "R0A"])
        .await
        .done();
    let token = token.trim();

    let enrol = ["enrol", "--aggregator", &enrolment, "--token", token];
    let stolen = federation.node("RM3", &enrol).await.ended_with(77);
    assert!(stolen.stderr.contains("R0A"), "{stolen:?}");

    federation.node("R0A", &enrol).await.done();
    let again = federation.node("R0A", &enrol).await.ended_with(77);
    assert!(again.stderr.contains("token"), "{again:?}");
    federation.stop().await;
}

#[tokio::test]
async fn a_token_is_handed_over_in_a_file_and_never_repeated() {
    let federation = Federation::new(BINARY).await;
    let enrolment = federation.enrolment();
    let dir = federation.node_dir("R0A");
    let init = ["init", "--ods", "R0A", "--dir", dir.to_str().unwrap()];
    federation.node("R0A", &init).await.done();
    let enrol = async |file: &str| {
        let enrol = ["enrol", "--aggregator", &enrolment, "--token-file", file];
        federation.node("R0A", &enrol).await
    };
    enrol("no-such-file").await.ended_with(65);
    let empty = enrol(&federation.file("empty", "\n")).await.ended_with(65);
    assert!(empty.stderr.contains("is empty"), "{empty:?}");
    let wrong = enrol(&federation.file("wrong", "s3cret-part")).await;
    let wrong = wrong.ended_with(65);
    assert!(!wrong.stderr.contains("s3cret"), "{wrong:?}");
    let token = federation.aggregator(&["node", "token", "R0A"]).await;
    let file = federation.file("token", &token.done());
    let both = ["enrol", "--aggregator", &enrolment, "--token-file", &file];
    let both = [&both[..], &["--token", "a"]].concat();
    federation.node("R0A", &both).await.ended_with(2);
    enrol(&file).await.done();
    federation.stop().await;
}

#[tokio::test]
async fn a_bad_token_and_an_absent_aggregator_are_named() {
    let federation = Federation::new(BINARY).await;
    let dir = federation.node_dir("R0A");
    let init = ["init", "--ods", "R0A", "--dir", dir.to_str().unwrap()];
    federation.node("R0A", &init).await.done();
    let enrolment = federation.enrolment();

    let cut = ["enrol", "--aggregator", &enrolment, "--token", "vwis1.AAAA"];
    let cut = federation.node("R0A", &cut).await.ended_with(65);
    assert!(cut.stderr.contains("token"), "{cut:?}");

    let token = federation
        .aggregator(&["node", "token", "R0A"])
        .await
        .done();
    let nowhere = [
        "enrol",
        "--aggregator",
        "https://127.0.0.1:9",
        "--token",
        token.trim(),
    ];
    let nowhere = federation.node("R0A", &nowhere).await.ended_with(69);
    assert!(nowhere.stderr.contains("127.0.0.1:9"), "{nowhere:?}");
    federation.stop().await;
}

/// Approvals name an aggregator, and another authority could certify anyone under that name.
#[tokio::test]
async fn another_authority_takes_over_a_node_only_when_its_people_say_so() {
    let ours = Federation::new(BINARY).await;
    let theirs = Federation::new(BINARY).await;
    ours.enrol("R0A").await;
    let certificate = ours.node_dir("R0A").join("tls/node.crt");
    let before = std::fs::read(&certificate).unwrap();

    let token = theirs.aggregator(&["node", "token", "R0A"]).await.done();
    let enrolment = theirs.enrolment();
    let mut enrol = vec!["enrol", "--aggregator", &enrolment, "--token", token.trim()];
    let refused = ours.node("R0A", &enrol).await.ended_with(77);
    assert!(
        refused.stderr.contains("--replace-authority"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(&certificate).unwrap(), before);

    // The refusal came before the token was used up.
    enrol.push("--replace-authority");
    let _ = ours.node("R0A", &enrol).await.done();
    assert_ne!(std::fs::read(&certificate).unwrap(), before);
    ours.stop().await;
    theirs.stop().await;
}
