//! What an organisation's nodes have signed: decides which receipt the next request shows, and finds a node
//! that states less spending than another of the same organisation proved.
//!
//! A node that is set up anew, or that lost its keys, signs with another key and begins another chain. What
//! was spent before stays spent: the largest proven spending of a year counts, whoever signed it.

use std::collections::BTreeMap;

use vwis_model::{period::FinancialYear, rho::Rho};
use vwis_proto::receipt::Receipt;

/// The last receipt of each receipt key of one organisation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proof {
    receipts: Vec<Receipt>,
}

/// A financial year for which a node states less spending than is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatedLess {
    pub year: FinancialYear,
    pub stated: Rho,
    /// What another key of the organisation signed.
    pub proven: Rho,
}

// === impl Proof ===

impl Proof {
    #[must_use]
    pub(crate) fn of(receipts: Vec<Receipt>) -> Self {
        Self { receipts }
    }

    /// The last receipt signed by `public_key`, which its holder must find in its own chain.
    #[must_use]
    pub(crate) fn by(&self, public_key: &[u8; 32]) -> Option<&Receipt> {
        let mut receipts = self.receipts.iter();
        receipts.find(|receipt| receipt.public_key() == public_key)
    }

    /// The receipt to recover a node with: the last one signed by its present key or, where that key signed
    /// none, the last that any key signed.
    #[must_use]
    pub(crate) fn for_recovery(&self, public_key: Option<&[u8; 32]>) -> Option<&Receipt> {
        let own = public_key.and_then(|public_key| self.by(public_key));
        own.or(self.receipts.last())
    }

    /// The first year of which the holder of `public_key` states less than other keys proved. Its own
    /// receipts do not count here: it is shown the last one and looks for it in its own chain.
    #[must_use]
    pub(crate) fn stated_less(
        &self,
        public_key: &[u8; 32],
        stated: &BTreeMap<FinancialYear, Rho>,
    ) -> Option<StatedLess> {
        let others = self
            .receipts
            .iter()
            .filter(|receipt| receipt.public_key() != public_key);
        let mut proven: BTreeMap<FinancialYear, Rho> = BTreeMap::new();
        for (year, spent) in others.flat_map(|receipt| &receipt.body().spent) {
            let most = proven.entry(*year).or_insert(Rho::ZERO);
            *most = (*most).max(*spent);
        }
        proven.into_iter().find_map(|(year, proven)| {
            let stated = stated.get(&year).copied().unwrap_or(Rho::ZERO);
            (stated < proven).then_some(StatedLess {
                year,
                stated,
                proven,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use vwis_proto::receipt::ReceiptBody;

    use super::*;
    use crate::node_client::testing::NodeKey;

    const YEAR: FinancialYear = FinancialYear(2026);

    fn rho(text: &str) -> Rho {
        text.parse().unwrap()
    }

    fn receipt(key: u8, sequence: u64, spent: &str) -> Receipt {
        NodeKey::new(key).sign(ReceiptBody {
            ods_code: "R0A".parse().unwrap(),
            aggregator: "gm-icb".parse().unwrap(),
            sequence,
            head: [3; 32],
            spent: BTreeMap::from([(YEAR, rho(spent))]),
            identity: vwis_model::measurement::MeasurementId::from_bytes([4; 32]),
            payload_hash: vwis_model::measurement::PayloadHash::from_bytes([5; 32]),
        })
    }

    #[test]
    fn a_new_key_is_shown_its_own_receipts_and_held_to_what_the_old_one_proved() {
        let (old, new) = (NodeKey::new(1).public(), NodeKey::new(2).public());
        let proof = Proof::of(vec![receipt(1, 90, "0.48")]);
        assert!(
            proof.by(&new).is_none(),
            "a stranger's receipt is shown to nobody"
        );
        assert_eq!(proof.for_recovery(Some(&new)).unwrap().body().sequence, 90);
        let states =
            |key, spent: &str| proof.stated_less(key, &BTreeMap::from([(YEAR, rho(spent))]));
        let less = states(&new, "0.47").unwrap();
        assert_eq!((less.stated, less.proven), (rho("0.47"), rho("0.48")));
        assert!(proof.stated_less(&new, &BTreeMap::new()).is_some());
        assert_eq!(states(&new, "0.48"), None);
        // The key's own receipts do not count: the node is shown them, and finds out itself that it was
        // rolled back.
        assert_eq!(states(&old, "0.1"), None);
        let proof = Proof::of(vec![receipt(1, 90, "0.48"), receipt(2, 3, "0.5")]);
        assert_eq!(proof.by(&new).unwrap().body().sequence, 3);
        assert_eq!(proof.for_recovery(Some(&new)).unwrap().body().sequence, 3);
        assert_eq!(proof.for_recovery(None).unwrap().body().sequence, 3);
    }
}
