//! A federation as large as the demo's: eight quarters of nine employers under the standard agreement.

use crate::{extract::Extract, federation::Federation};

const AGREEMENT: &str = include_str!("../../deploy/agreements/gm-workforce.toml");
const EMPLOYERS: [&str; 9] = [
    "R0A", "RBV", "RM3", "RMC", "RMP", "RRF", "RT2", "RWJ", "RXV",
];
const PERIODS: [&str; 8] = [
    "2024-12", "2025-03", "2025-06", "2025-09", "2025-12", "2026-03", "2026-06", "2026-09",
];
const PEOPLE: usize = 400;

/// Such a federation with everything collected. The aggregator's configuration ends with `http` in place of
/// its own `[http]`.
pub async fn released(binary: &'static str, http: &str) -> Federation {
    let configured = |text: &mut String| {
        let own = text.find("[http]").unwrap_or(text.len());
        text.truncate(own);
        text.push_str(http);
    };
    let federation = Federation::configured(binary, configured).await;
    let mut nodes = Vec::new();
    for (seed, ods_code) in (1..).zip(EMPLOYERS) {
        federation.enrol(ods_code).await;
        for period in PERIODS {
            federation
                .import(ods_code, &Extract::seeded(seed, PEOPLE), period)
                .await;
        }
        let cap = [
            "budget",
            "set-cap",
            "5",
            "--by",
            "A Bench",
            "--reason",
            "a benchmark",
        ];
        federation.node(ods_code, &cap).await.done();
        nodes.push(federation.serve(ods_code).await);
    }
    let draft = AGREEMENT
        .replace("first_period = \"2026-03\"", "first_period = \"2024-12\"")
        .replace("last_period = \"2027-03\"", "last_period = \"2026-09\"");
    let hash = federation.propose(&draft).await;
    for ods_code in EMPLOYERS {
        federation.approve(ods_code, &hash).await;
    }
    for period in PERIODS {
        let collected = federation
            .aggregator(&["collect", "--period", period])
            .await;
        // Joiners and leavers need two snapshots, so the first quarter has none yet.
        assert!(matches!(collected.code, Some(0 | 75)), "{collected:?}");
    }
    for node in nodes {
        node.stop().await;
    }
    federation
}
