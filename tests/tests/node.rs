//! Promises of a node, checked on a real process with real TLS and a real store.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test fails it, at this line"
)]

mod node {
    mod again;
    mod applicants;
    mod at_once;
    mod commands;
    mod correcting;
    mod crash;
    mod deciding;
    mod drill;
    mod extracts;
    mod history;
    mod imports;
    mod mistakes;
    mod movement;
    mod movers;
    mod noise;
    mod owners;
    mod peers;
    mod refusals;
    mod reinstating;
    mod sealed;
    mod statements;
    mod tampering;
    mod year;

    use std::time::Duration;

    /// The programs of VWIS in one binary.
    const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

    /// Waits until `condition` holds, by looking again and again; the pause between looks synchronises
    /// nothing.
    async fn wait_for(condition: impl AsyncFn() -> bool) {
        let looking = async {
            while !condition().await {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(vwis_tests::process::DEADLINE, looking)
            .await
            .expect("the condition comes to hold in time");
    }
}
