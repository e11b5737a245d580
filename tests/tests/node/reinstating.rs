//! What comes back to a recovered node and what does not: each kind of conflict is left and counted.

use std::fs;

use jiff::{ToSpan as _, tz::TimeZone};
use prost::Message as _;
use serde_json::json;
use tokio::process::Command;
use vwis_host::clock::{Clock as _, SystemClock};
use vwis_model::{
    agreement::{Agreement, Draft},
    here, hex,
    measurement::Payload,
};
use vwis_proto::v1::{self, measure_response::Part};
use vwis_tests::{
    call::{Caller, request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::{Extract, OTHER_PEOPLE},
    node::NodeFixture,
};

use super::BINARY;

const BY: [&str; 4] = ["--by", "A. Caldicott", "--reason", "disk failed"];

/// The month that is this many months after the current one.
fn month(after: i64) -> String {
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    let month = today.first_of_month() + after.months();
    month.strftime("%Y-%m").to_string()
}

fn agreement(name: &str) -> Agreement {
    let draft = format!(
        "name = \"{name}\"\nversion = 1\naggregator = \"{AGGREGATOR}\"\npurpose = \"To test.\"\n\
         readers = \"Tests.\"\nfirst_period = \"{}\"\nlast_period = \"{}\"\n\
         [[series]]\nname = \"monthly\"\nmeasure = \"headcount\"\ncadence = \"monthly\"\nrho = 0.02\n\
         tables = [{{ by = [] }}]\n",
        month(-12),
        month(2)
    );
    let draft = Draft::parse(&draft).unwrap();
    draft.compile(here::dictionary()).unwrap().0
}

/// What an aggregator keeps of an answer: its header as it came, and its integers.
struct Kept(v1::MeasurementHeader, Vec<i64>);

async fn asked(caller: &Caller, request: v1::MeasureRequest) -> Kept {
    let answer = caller.client().measure(request).await.unwrap();
    let mut stream = answer.into_inner();
    let (mut header, mut entries) = (None, Vec::new());
    while let Some(message) = stream.message().await.unwrap() {
        match message.part.unwrap() {
            Part::Header(first) => header = Some(*first),
            Part::Chunk(chunk) => entries.extend(chunk.entries),
        }
    }
    Kept(header.unwrap(), entries)
}

#[tokio::test]
async fn every_kind_of_conflict_is_left_and_counted_and_the_rest_comes_back() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "1").await;
    // The clock is months ahead, so that some periods have not ended at the recovery.
    let clock = node.dir().parent().unwrap().join("clock");
    fs::write(&clock, (100 * 86_400).to_string()).unwrap();
    let ahead = |mut command: Command| {
        command.env("VWIS_CLOCK_AHEAD", &clock);
        command
    };
    let [known, later] = ["Known", "Later"].map(agreement);
    let periods = [-6, -3, 1, 2].map(month);
    for period in &periods {
        let csv = tempfile::NamedTempFile::new().unwrap();
        fs::write(csv.path(), Extract::seeded(1, 100).csv()).unwrap();
        let import = ["import", csv.path().to_str().unwrap(), "--period", period];
        let import = [&import[..], &["--allow", OTHER_PEOPLE]].concat();
        vwis_tests::process::run(ahead(node.command(&import)))
            .await
            .done();
    }
    let serve = async || node.serve_by(ahead(node.command(&["serve"]))).await;
    let server = serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&known).await.unwrap();
    node.approve(&known).await;
    let mut kept = vec![asked(&caller, request(&known, "monthly", &periods[0])).await];
    server.stop().await;
    let backup = tempfile::tempdir().unwrap();
    node.copy_store(backup.path());

    let server = serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&later).await.unwrap();
    node.approve(&later).await;
    let asks = periods[1..]
        .iter()
        .map(|period| request(&known, "monthly", period));
    for ask in asks.chain([request(&later, "monthly", &periods[0])]) {
        let receipt = kept.last().unwrap().0.receipt.clone().unwrap();
        kept.push(asked(&caller, with_receipt(ask, &receipt)).await);
    }
    server.stop().await;
    node.restore_store(backup.path());
    let recover = ["ledger", "recover", "--without", AGGREGATOR, "--yes"];
    node.run(&[&recover[..], &BY].concat()).await.done();

    // For periods that end after the recovery, one measurement is drawn anew and one only charged.
    let server = serve().await;
    let caller = server.caller(&system).await;
    asked(&caller, request(&known, "monthly", &periods[3])).await;
    let receipt = asked(&caller, request(&known, "monthly", &periods[3]))
        .await
        .0
        .receipt;
    server.stop().await;
    let mut dying = ahead(node.command(&["serve"]));
    dying.env("VWIS_KILL_AT", "measure.reserved");
    let server = node.serve_by(dying).await;
    let caller = server.caller(&system).await;
    let ask = request(&known, "monthly", &periods[2]);
    let ask = with_receipt(ask, &receipt.unwrap());
    caller.measure(ask).await.unwrap_err();
    server.until_it_ends().await;

    let measurements = kept.iter().map(|Kept(header, entries)| {
        let payload = Payload::from_entries(entries);
        json!({
            "header": hex::encode(&header.encode_to_vec()),
            "payload": hex::encode(payload.as_bytes()),
        })
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    let measurements = json!({ "measurements": measurements.collect::<Vec<_>>() });
    fs::write(file.path(), measurements.to_string()).unwrap();
    let reinstate = ["ledger", "reinstate", file.path().to_str().unwrap()];
    let reinstate = [&reinstate[..], &BY].concat();
    for (put_back, sealed_already) in [(1, 1), (0, 2)] {
        let said = node.run(&reinstate).await.done();
        let counts = format!(
            "Put back: {put_back} measurement{}. Sealed here already: {sealed_already}. Ordered anew since: \
             1. Left, because other bytes are sealed here under the same number: 1. Under agreements unknown \
             here: 1.",
            if put_back == 1 { "" } else { "s" }
        );
        assert!(said.contains(&counts), "{said}");
    }
    node.run(&["ledger", "verify"]).await.done();
}
