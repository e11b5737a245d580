//! Errors name no data: a fault in the program, a broken store, a bad configuration.

use vwis_proto::reason::Reason;
use vwis_tests::{
    agreement::{HEADLINE, agreement},
    call::{reason, request},
    certificates::System,
    node::NodeFixture,
    process::{self, Running},
};

use super::{BINARY, planted::Planted};

/// What a panic might say, with an index that is a number of people.
const MESSAGE: &str =
    "index out of bounds: the len is 13417 but the index is 11903, ZQX-PLANTED-4471";

#[tokio::test]
async fn a_fault_in_the_program_ends_as_internal_and_its_words_stay_unsaid() {
    let system = System::new();
    let mut planted = Planted::new();
    // Panics on the way to the answer, and in the task that draws.
    for place in ["measure.answering", "measure.asked", "measure.drawn"] {
        let node = NodeFixture::new(BINARY, &system, "0.5").await;
        let agreement = agreement(&[HEADLINE]);
        let ran = node.import_bytes(planted.csv.as_bytes(), "2026-03", &[]);
        ran.await.done();
        let (server, _) = node.serve_approved(&system, &[&agreement]).await;
        server.stop().await;
        let mut serve = node.command(&["--log", "trace", "serve"]);
        serve
            .env("VWIS_PANIC_AT", format!("{place}={MESSAGE}"))
            .env("RUST_BACKTRACE", "1");
        let serving = Running::start(serve).await.unwrap();
        let url = serving
            .ready_line()
            .split_once("serves on ")
            .unwrap()
            .1
            .to_owned();
        let caller = system.caller_of(node.ods_code(), &url).await;
        let ask = request(&agreement, "headline", "2026-03");
        let status = caller.measure(ask.clone()).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::Internal, "{place}: {status:?}");
        assert_eq!(reason(&status), Reason::Internal, "{place}");
        planted.is_not_in(place, &format!("{status:?}"));
        // The next call is answered: connection and server have survived.
        caller.describe().await;
        let log = serving.stop().await.ended_with(0);
        let said = "a fault in the program at proto/host/src/fault.rs";
        assert!(log.stderr.contains(said), "{place}: {log:?}");
        planted.is_not_in_output(place, &log);
        // A step that was left half-done is finished by the next call.
        let server = node.serve().await;
        server.caller(&system).await.measure(ask).await.unwrap();
        server.stop().await;
    }
    planted.tell("faults");
}

#[tokio::test]
async fn a_command_with_a_fault_in_it_fails_and_names_the_place_alone() {
    let system = System::new();
    let mut planted = Planted::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let file = node.dir().with_file_name("extract.csv");
    std::fs::write(&file, &planted.csv).unwrap();
    let mut import = node.command(&["import", file.to_str().unwrap(), "--period", "2026-03"]);
    import.env("VWIS_PANIC_AT", format!("import.inserted={MESSAGE}"));
    let ran = process::run(import).await.ended_with(1);
    assert!(ran.stderr.contains("a fault in the program at"), "{ran:?}");
    planted.is_not_in("a fault of import", &ran.stderr);
}

#[tokio::test]
async fn a_broken_store_and_a_bad_configuration_name_no_data() {
    let system = System::new();
    let mut planted = Planted::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let ran = node.import_bytes(planted.csv.as_bytes(), "2026-03", &[]);
    ran.await.done();
    let server = node.serve_with(&["--log", "trace"]).await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();
    node.approve(&agreement).await;

    // Pages in the middle of the store, where people are, are overwritten while the server runs.
    let broken = |name: &str| {
        let path = node.dir().join(name);
        let mut bytes = std::fs::read(&path).unwrap_or_default();
        let from = bytes.len().min(4096);
        for byte in &mut bytes[from..] {
            *byte = byte.wrapping_mul(31).wrapping_add(7);
        }
        std::fs::write(&path, &bytes).unwrap();
    };
    broken("node.db");
    broken("node.db-wal");
    let status = caller
        .measure(request(&agreement, "headline", "2026-03"))
        .await;
    planted.is_not_in("a broken store", &format!("{status:?}"));
    if let Err(status) = status {
        let details = status.details().to_vec();
        planted.is_not_in_bytes("its details", &details);
    }
    let log = server.kill().await;
    planted.is_not_in_output("serve on a broken store", &log);

    let config = node.dir().join("node.toml");
    let good = std::fs::read_to_string(&config).unwrap();
    for (what, text) in [
        ("a broken store", good.clone()),
        ("an unknown key", format!("{good}peple = 1\n")),
        ("no TOML", "= = =".to_owned()),
        ("another organisation", good.replace("R0A", "RM3")),
    ] {
        std::fs::write(&config, text).unwrap();
        for command in [
            &["serve"][..],
            &["budget", "--json"],
            &["agreement", "list"],
            &["ledger", "verify"],
        ] {
            let loud = [&["--log", "trace"], command].concat();
            let ran = node.run(&loud).await;
            assert_ne!(ran.code, Some(0), "{what}: {ran:?}");
            planted.is_not_in_output(what, &ran);
        }
    }
    planted.tell("errors");
}
