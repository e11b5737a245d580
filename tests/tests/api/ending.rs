//! Programs that watch are told what is about to end.

use std::fs;

use vwis_tests::federation::Federation;

use crate::BINARY;

#[tokio::test]
async fn certificates_that_end_are_told_sixty_thirty_and_seven_days_before() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    let serving = federation.serve("R0A").await;
    // Without the authority's key no certificate is renewed, so it ends 397 days from here.
    let authority = federation.aggregator_dir().join("authority");
    fs::rename(authority.join("authority.key"), authority.join("away")).unwrap();
    let of_nodes = "nodes that end within 60 days or have ended: 1 (`node list` names them)";
    let own = "the aggregator's own certificate ends on";
    for (days, left, told) in [
        (0, "", false),
        (336, "", false),
        (338, "in 58 days", true),
        (368, "in 28 days", true),
        (391, "in 5 days", true),
        (398, "ago", true),
    ] {
        federation.set_days_ahead(days);
        let ready = reqwest::get(format!("{}/readyz", federation.http())).await;
        let ready = ready.unwrap();
        assert_eq!(ready.status(), 200);
        let text = ready.text().await.unwrap();
        assert!(text.starts_with("ok\n"), "{days}: {text}");
        assert_eq!(text.contains(of_nodes), told, "{days}: {text}");
        let listed = federation.aggregator(&["node", "list"]).await.stderr;
        assert_eq!(
            listed.contains("R0A's certificate end"),
            told,
            "{days}: {listed}"
        );
        for said in [&text, &listed] {
            let of_own = said.contains(own) || said.contains("own certificate ended on");
            assert_eq!(of_own, told, "{days}: {said}");
            assert!(said.contains(left), "{days}: {said}");
        }
        // An organisation that was not asked for by name is not named.
        assert!(!text.contains("R0A"), "{text}");
    }
    serving.stop().await;
    federation.stop().await;
}
