//! Faults of a machine: disks that fail, fill up, rot, are read-only or were copied, and clocks that jump.
//! The promises still hold: one charge for a measurement, the same bytes for ever, and a whole chain or a
//! refusal.
//!
//! A library that is loaded into the real processes makes their disk fail; damage is done to real files.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test fails it, at this line"
)]

mod faults {
    mod clock;
    mod copies;
    mod damage;
    mod disk;
    mod syncs;

    use vwis_model::agreement::Agreement;
    use vwis_proto::v1;
    use vwis_tests::{
        agreement::{Clause, versioned_agreement},
        call::{Caller, Measured, request, with_receipt},
        certificates::{AGGREGATOR, System},
        extract::Extract,
        node::NodeFixture,
    };

    const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

    /// Headcount each month, rho 0.02, some dozen integers.
    const MONTHLY: Clause = Clause {
        name: "monthly",
        measure: "headcount",
        cadence: "monthly",
        rho: "0.02",
        tables: r#"[{ by = [] }, { by = ["staff_group"] }]"#,
    };

    /// An agreement much like [`MONTHLY`], as a person writes it.
    const DRAFT: &str = r#"
name = "Monthly"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2023-04"
last_period = "2026-03"

[[series]]
name = "monthly"
measure = "headcount"
cadence = "monthly"
rho = 0.005
tables = [{ by = [] }, { by = ["staff_group"] }]
"#;

    /// Version `version` of an agreement with [`MONTHLY`].
    fn monthly(version: u32) -> Agreement {
        versioned_agreement("Monthly", version, AGGREGATOR, &[MONTHLY])
    }

    /// Month number `number` from 2023-04 on.
    fn month(number: usize) -> String {
        let month = number + 3;
        format!("{}-{:02}", 2023 + month / 12, month % 12 + 1)
    }

    /// A node with a large budget and no answer floor.
    async fn quick_node(system: &System) -> NodeFixture {
        let node = NodeFixture::new(BINARY, system, "1000").await;
        node.without_answer_floor();
        node
    }

    /// Such a node with this many months imported and [`monthly`] approved.
    async fn approved_node(system: &System, months: usize) -> (NodeFixture, Agreement) {
        let node = quick_node(system).await;
        for number in 0..months {
            node.import(&Extract::seeded(number as u64, 40), &month(number))
                .await;
        }
        let agreement = monthly(1);
        let (server, _) = node.serve_approved(system, &[&agreement]).await;
        server.stop().await;
        (node, agreement)
    }

    /// A request for month number `number`, with the last receipt where the aggregator kept one.
    fn ask(agreement: &Agreement, number: usize, last: Option<&v1::Receipt>) -> v1::MeasureRequest {
        let request = request(agreement, MONTHLY.name, &month(number));
        match last {
            Some(receipt) => with_receipt(request, receipt),
            None => request,
        }
    }

    /// Serves without any fault, and measures.
    async fn measured(
        node: &NodeFixture,
        system: &System,
        request: v1::MeasureRequest,
    ) -> Measured {
        let server = node.serve().await;
        let caller: Caller = server.caller(system).await;
        let measured = caller.measure(request).await.unwrap();
        server.stop().await;
        measured
    }

    /// Checks that there are `expected` charges, all different and all sealed.
    async fn charged_once_each(node: &NodeFixture, expected: usize) {
        node.verified_entries().await;
        let budget = node.budget().await;
        let charges = budget["charges"].as_array().unwrap();
        let identities: std::collections::BTreeSet<_> = charges
            .iter()
            .map(|charge| charge["identity"].to_string())
            .collect();
        assert_eq!((charges.len(), identities.len()), (expected, expected));
        assert!(charges.iter().all(|charge| charge["sealed_at"].is_string()));
    }
}
