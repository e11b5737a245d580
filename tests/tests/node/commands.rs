//! The operator's commands beside a running server, and on a store of a later version.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};
use vwis_link::{dial, token::EnrolmentToken};
use vwis_tests::{
    agreement::{HEADLINE, agreement, versioned_agreement},
    call::{request, with_receipt},
    certificates::{self, AGGREGATOR, System},
    extract::Extract,
    node::NodeFixture,
    process,
};

use super::BINARY;

#[tokio::test]
async fn a_second_serve_is_refused_and_every_command_works_beside_the_first() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let hash = agreement.hash().to_string();
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    node.import(&Extract::seeded(1, 50), "2026-06").await;

    let second = node.run(&["serve"]).await.ended_with(77);
    assert!(
        second.stderr.contains("another `serve` runs on"),
        "{second:?}"
    );
    assert_eq!(second.stdout, "");

    let list = node.run(&["agreement", "list", "--json"]).await.json();
    assert_eq!(list[0]["agreement"], hash);
    assert_eq!(list[0]["state"], "approved");
    let shown = node.run(&["agreement", "show", &hash[..8]]).await.done();
    for word in [
        "approved by A Tester",
        "headline",
        "epsilon",
        "gender+age_band",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    assert_eq!(node.budget().await["lifetime_rho_nano"], 0);
    assert_eq!(node.verified_entries().await, 2);

    // An approval is refused when given twice, by nobody, or for an unknown agreement.
    let twice = node.try_approve(&agreement).await.ended_with(77);
    assert!(twice.stderr.contains("approved already"), "{twice:?}");
    let nobody = [
        "agreement",
        "approve",
        &hash,
        "--by",
        " ",
        "--reason",
        "none",
    ];
    node.run(&nobody).await.ended_with(2);
    let _ = node
        .run(&["agreement", "show", "0000"])
        .await
        .ended_with(65);

    let answer = caller
        .measure(request(&agreement, "headline", "2026-06"))
        .await;
    answer.unwrap();
    server.stop().await;
    // The claim on the folder ends with the process.
    node.serve().await.stop().await;
}

#[tokio::test]
async fn the_environment_may_set_what_the_help_says_it_may() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let config = node.dir().join("node.toml");
    for (name, value) in [
        ("VWIS_NODE_CONFIG", config.to_str().unwrap()),
        ("VWIS_LOG", "info"),
        ("VWIS_NODE_ANSWER_FLOOR_MS", "5"),
        ("VWIS_NODE_ENROLMENT_TOKEN", "a token"),
    ] {
        let mut command = node.command(&["budget", "--json"]);
        command.env(name, value);
        let ran = process::run(command).await;
        assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
    }
    let mut command = node.command(&["budget"]);
    command.env("VWIS_NODE_LISTN", "x");
    let unknown = process::run(command).await.ended_with(78);
    assert!(unknown.stderr.contains("listn"), "{unknown:?}");
}

#[tokio::test]
async fn a_store_of_a_later_version_is_refused_by_every_command() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let before = node.verified_entries().await;
    let options = SqliteConnectOptions::new().filename(node.dir().join("node.db"));
    let mut store = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of a later version', TRUE, x'00', 0)",
    )
    .execute(&mut store)
    .await
    .unwrap();
    let token = EnrolmentToken::generate(
        node.ods_code().clone(),
        "gm-icb".parse().unwrap(),
        system.authority_pem(),
    );
    let token = token.unwrap().to_string();
    let commands: [&[&str]; 8] = [
        &["serve"],
        &["budget"],
        &["budget", "--json"],
        &["ledger", "verify"],
        &["agreement", "list"],
        &["agreement", "show", "00"],
        &[
            "agreement",
            "approve",
            "00",
            "--by",
            "A Tester",
            "--reason",
            "none",
        ],
        &[
            "enrol",
            "--aggregator",
            "https://127.0.0.1:9",
            "--token",
            &token,
        ],
    ];
    for command in commands {
        let ran = node.run(command).await.ended_with(78);
        assert!(ran.stderr.contains("newer version"), "{command:?}: {ran:?}");
        assert!(ran.stderr.contains("9999"), "{command:?}: {ran:?}");
    }
    let extract = Extract::seeded(1, 10).csv();
    let ran = node.import_bytes(extract.as_bytes(), "2026-06", &[]).await;
    assert!(ran.ended_with(78).stderr.contains("newer version"));

    // Nothing in the store was touched.
    let removed = sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 9999");
    removed.execute(&mut store).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(node.verified_entries().await, before);
}

#[tokio::test]
async fn a_folder_that_holds_no_node_or_one_already_is_said_so() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let dir = node.dir();
    let receipt_key = std::fs::read(dir.join("keep/receipt.key")).unwrap();
    let again = ["init", "--ods", "R0A", "--dir", dir.to_str().unwrap()];
    let again = process::run(process::command(BINARY, "node", &again)).await;
    assert_ne!(again.code, Some(0), "{again:?}");
    assert!(again.stderr.contains("is there already"), "{again:?}");
    assert_eq!(
        std::fs::read(dir.join("keep/receipt.key")).unwrap(),
        receipt_key
    );

    let elsewhere = ["--config", "/no/such/node.toml", "budget"];
    let elsewhere = process::run(process::command(BINARY, "node", &elsewhere)).await;
    let elsewhere = elsewhere.ended_with(78);
    assert!(elsewhere.stderr.contains("/no/such/node.toml is not there"));

    std::fs::remove_file(dir.join("tls/node.crt")).unwrap();
    let unenrolled = node.run(&["serve"]).await.ended_with(78);
    assert!(unenrolled.stderr.contains("run `enrol`"), "{unenrolled:?}");
}

#[tokio::test]
async fn a_preview_shows_the_truth_to_a_terminal_and_to_nothing_else() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let hash = agreement.hash().to_string();
    // A number of people that appears nowhere by accident.
    node.import(&Extract::seeded(1, 1733), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let before = caller.chain().await;

    let preview = ["preview", &hash, "--period", "2026-06"];
    let piped = node.run(&preview).await.ended_with(77);
    assert!(piped.stderr.contains("to a terminal only"), "{piped:?}");
    assert!(!format!("{piped:?}").contains("1,733"), "{piped:?}");

    let Some(first) = node.on_terminal(&preview).await else {
        return;
    };
    let second = node.on_terminal(&preview).await.unwrap();
    assert!(first.contains("EXAMPLE, thrown away"), "{first}");
    assert!(first.contains("1,733"), "{first}");
    assert_ne!(first, second, "each look is a draw of its own");
    assert_eq!(caller.chain().await, before);

    // What is sealed later is neither of the two previews.
    let sealed = caller
        .measure(request(&agreement, "headline", "2026-06"))
        .await;
    let sealed = sealed.unwrap();
    let later = node.on_terminal(&preview).await.unwrap();
    let again = with_receipt(request(&agreement, "headline", "2026-06"), &sealed.receipt);
    assert_eq!(caller.measure(again).await.unwrap().entries, sealed.entries);
    assert_ne!(later, first);
    server.stop().await;
}

#[tokio::test]
async fn standard_health_and_reflection_stand_beside_the_service() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let credentials = system.certify(&certificates::aggregator(AGGREGATOR));
    let identity = certificates::node("R0A");
    let link = dial::connect(server.url(), &identity, &credentials)
        .await
        .unwrap();

    let health = HealthClient::new(link.channel())
        .check(HealthCheckRequest {
            service: "vwis.v1.Node".to_owned(),
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(health.status(), ServingStatus::Serving);

    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = ServerReflectionClient::new(link.channel())
        .server_reflection_info(tokio_stream::once(ask))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "vwis.v1.Node")
    );
    drop(link);
    server.stop().await;
}

#[tokio::test]
async fn a_reader_who_has_read_enough_ends_no_command_early() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let file = node.dir().join("staff.csv");
    std::fs::write(&file, Extract::seeded(1, 50).csv()).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let import = ["import", file.to_str().unwrap(), "--period", "2026-06"];
    let ran = node.command(&import).stdout(writer).status().await.unwrap();
    assert!(ran.success(), "{ran}");
    let again = node.run(&import).await.done();
    assert!(again.contains("Stored as revision 2"), "{again}");
}

#[tokio::test]
async fn each_version_of_an_agreement_is_told_apart_in_the_list() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let versions: Vec<_> = (1..=12)
        .map(|version| versioned_agreement("Workforce", version, AGGREGATOR, &[HEADLINE]))
        .collect();
    let (server, caller) = node.serve_approved(&system, &[]).await;
    for agreement in &versions {
        caller.propose(agreement).await.unwrap();
    }
    node.approve(&versions[0]).await;
    node.decide("pause", &versions[0]).await.done();
    node.decide("decline", &versions[1]).await.done();

    let list = node.run(&["agreement", "list"]).await.done();
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(lines.len(), 13, "{list}");
    // Columns are aligned with their headings, however long their content is.
    for (heading, of_all) in [
        ("version", ""),
        ("term", "2017-04 to 2027-03"),
        ("name", "Workforce"),
    ] {
        let at = lines[0].find(heading).expect(heading);
        for line in &lines[1..] {
            assert!(
                line[at..].starts_with(of_all) && !line[at..].starts_with(' '),
                "{list}"
            );
            assert_eq!(line.as_bytes()[at - 1], b' ', "{list}");
        }
    }
    let today = certificates::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for (agreement, decided) in [
        (&versions[0], "paused"),
        (&versions[1], "declined"),
        (&versions[2], ""),
    ] {
        let name = agreement.hash().short();
        let row = lines.iter().find(|line| line.contains(&name)).unwrap();
        let words: Vec<_> = row.split_whitespace().collect();
        assert_eq!(words[2], agreement.version().to_string(), "{row}");
        let ending = format!("{decided} {today} by A Tester");
        assert_eq!(
            row.trim_end().ends_with(&ending),
            !decided.is_empty(),
            "{row}"
        );
    }

    let json = node.run(&["agreement", "list", "--json"]).await.json();
    let told: std::collections::BTreeSet<_> = (json.as_array().unwrap().iter())
        .map(|row| row["version"].as_u64().unwrap())
        .collect();
    assert_eq!(told, (1..=12).collect());
    let declined = (json.as_array().unwrap().iter()).find(|row| row["state"] == "declined");
    let declined = declined.unwrap();
    assert_eq!(declined["last_decision"]["decision"], "declined");
    assert_eq!(declined["last_decision"]["by"], "A Tester");
    assert_eq!(
        (&declined["first_period"], &declined["last_period"]),
        (&"2017-04".into(), &"2027-03".into())
    );
    assert!(
        declined["proposed_at"]
            .as_str()
            .unwrap()
            .starts_with(&today.to_string())
    );

    // A name copied in capitals means the same agreement.
    let capitals = versions[2].hash().to_string().to_uppercase();
    let by = ["--by", "A Tester", "--reason", "agreed"];
    for command in ["approve", "pause", "withdraw"] {
        let mut decide = vec!["agreement", command, &capitals[..20]];
        decide.extend(by);
        if command == "withdraw" {
            decide.push("--yes");
        }
        node.run(&decide).await.done();
    }
    node.run(&["agreement", "show", &capitals]).await.done();
    server.stop().await;
}
