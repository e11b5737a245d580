use std::{path::Path, sync::Arc};

use vwis_host::clock::SystemClock;
use vwis_model::measurement::{MeasurementId, PayloadHash};
use vwis_noise::DiscreteGaussian;
use vwis_proto::receipt::ReceiptBody;

use super::*;
use crate::{config::ConfigFile, node::DEFAULT_CAP, receipt_key::ReceiptKey};

async fn node(dir: &Path) -> Node {
    let file = ConfigFile {
        ods_code: "R0A".parse().unwrap(),
        listen: "127.0.0.1:0".parse().unwrap(),
        keep_dir: Path::new("keep").to_owned(),
        answer_floor_ms: 0,
        most_connections: 1,
        allow_network_folder: false,
    };
    let config = Node::init(dir.to_owned(), file, DEFAULT_CAP, &SystemClock)
        .await
        .unwrap();
    Node::open(config, Arc::new(SystemClock), Arc::new(DiscreteGaussian))
        .await
        .unwrap()
}

fn receipt(ods_code: &str, key: &ReceiptKey) -> Receipt {
    key.sign(ReceiptBody {
        ods_code: ods_code.parse().unwrap(),
        aggregator: "gm-icb".parse().unwrap(),
        sequence: 7,
        head: [7; 32],
        spent: BTreeMap::new(),
        identity: MeasurementId::from_bytes([1; 32]),
        payload_hash: PayloadHash::from_bytes([2; 32]),
    })
}

#[tokio::test]
async fn a_receipt_that_is_not_this_nodes_is_refused_by_whose_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&folder.path().join("node")).await;
    let other = ReceiptKey::create(&folder.path().join("other.key")).unwrap();
    let (own_key, other_key) = (node.receipt_key.public(), other.public());
    let digits = |key: &[u8; 32]| vwis_model::hex::encode(&key[..8]);
    let of_another = "is of RM3, and this node is R0A's";
    for (ods_code, key, earlier_node, expected) in [
        ("RM3", &other, false, vec![of_another.to_owned()]),
        ("RM3", &node.receipt_key, false, vec![of_another.to_owned()]),
        ("RM3", &other, true, vec![of_another.to_owned()]),
        (
            "R0A",
            &other,
            false,
            vec![
                format!("receipt key {}…", digits(&other_key)),
                format!("its own is {}…", digits(&own_key)),
                "an earlier node of R0A, say --earlier-node".to_owned(),
            ],
        ),
        ("R0A", &other, true, Vec::new()),
        ("R0A", &node.receipt_key, false, Vec::new()),
    ] {
        let recovery = Recovery {
            receipts: vec![receipt(ods_code, key)],
            without: Vec::new(),
            earlier_node,
            decided: Decided {
                by: vec![Person {
                    name: "A. Caldicott".to_owned(),
                    login: None,
                }],
                reason: "backup".to_owned(),
            },
        };
        let said = node
            .recover(recovery, false)
            .await
            .err()
            .map(|error| error.to_string());
        assert_eq!(said.is_none(), expected.is_empty(), "{ods_code}: {said:?}");
        for expected in expected {
            assert!(
                said.as_ref().unwrap().contains(&expected),
                "{expected}: {said:?}"
            );
        }
    }
}
