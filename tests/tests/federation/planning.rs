//! Plans a draft before any node is asked.

use vwis_tests::federation::Federation;

use crate::{BINARY, DRAFT};

#[tokio::test]
async fn what_a_plan_says_to_do_next_is_not_refused() {
    let federation = Federation::new(BINARY).await;
    let theirs = DRAFT.replace("\"gm-icb\"", "\"somebody-else\"");
    let file = federation.file("next.toml", &theirs);
    let plan = ["agreement", "plan", &file, "--nodes", "9"];
    let propose = ["agreement", "propose", &file];

    let said = federation.aggregator(&plan).await.ended_with(0).stderr;
    let fix = "write `aggregator = \"gm-icb\"`";
    assert!(said.contains(fix), "{said}");
    federation.aggregator(&propose).await.ended_with(65);

    std::fs::write(&file, DRAFT).unwrap();
    let said = federation.aggregator(&plan).await.ended_with(0).stderr;
    assert!(!said.contains("write `aggregator"), "{said}");
    assert!(said.contains("agreement propose"), "{said}");
    federation.aggregator(&propose).await.done();
}
