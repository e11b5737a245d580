//! Certificates that must not run out: the aggregator's own, its authority's, and those of the nodes.
//!
//! `serve` looks at them when it starts and every hour, `collect` before it asks anybody. A certificate is
//! renewed when a third of its life is left. A warning, from 60 days before an end on, therefore means that
//! renewing failed, or that somebody else has to do it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use vwis_host::clock::{self, Clock};
use vwis_link::validity::{NOTICE_DAYS, Notice, Validity};
use vwis_model::aggregator_name::AggregatorName;

use crate::{
    keys::{Keys, KeysError},
    store::{Store, StoreError},
};

/// How often `serve` looks.
const EVERY: Duration = Duration::from_hours(1);

/// A certificate that ends soon or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// Names it for people, as in `the aggregator's own certificate`.
    pub whose: String,
    /// True for the aggregator's and its authority's, false for a node's.
    pub is_own: bool,
    pub notice: Notice,
    /// What to do, as a command or a hint.
    pub cure: String,
}

#[derive(Clone)]
pub(crate) struct Upkeep {
    keys: Keys,
    name: AggregatorName,
    store: Store,
    clock: Arc<dyn Clock>,
}

// === impl Upkeep ===

impl Upkeep {
    #[must_use]
    pub(crate) fn new(
        keys: Keys,
        name: AggregatorName,
        store: Store,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            keys,
            name,
            store,
            clock,
        }
    }

    /// Renews the aggregator's own certificate where that is due. After an error the old one stays in use.
    pub(crate) fn renew(&self) -> Result<(), KeysError> {
        if let Some(ends) = self.keys.renew_if_due(&self.name, self.clock.now())? {
            tracing::info!(%ends, "made the aggregator's own certificate anew");
        }
        Ok(())
    }

    /// All certificates that end soon or have ended, the aggregator's own first.
    pub(crate) async fn endings(&self) -> Result<Vec<Ending>, StoreError> {
        let now = self.clock.now();
        let own = self.keys.own_validity().ok().flatten();
        let authority = self.keys.authority_validity().ok().flatten();
        let of_aggregator = [
            (
                "the aggregator's own certificate",
                own,
                "`serve` and `collect` make it anew: their logs say why they could not",
            ),
            (
                "the authority's certificate",
                authority,
                "make a new aggregator (`init`) in good time: every node enrols with it again",
            ),
        ];
        let of_aggregator = of_aggregator
            .into_iter()
            .filter_map(|(whose, validity, cure)| {
                ending(whose.to_owned(), true, validity?, now, cure.to_owned())
            });
        let nodes = self.store.nodes().await?;
        let of_nodes = nodes.iter().filter_map(|node| {
            let ods_code = &node.ods_code;
            let cure = format!(
                "`node token {ods_code}`, then at {ods_code}: `vwis-node enrol`, which a running `serve` takes \
                 up"
            );
            ending(format!("{ods_code}'s certificate"), false, node.certificate?, now, cure)
        });
        Ok(of_aggregator.chain(of_nodes).collect())
    }

    /// The endings as lines of text for `/readyz`, which anybody may read: it counts nodes and names none.
    pub(crate) async fn for_strangers(&self) -> Result<String, StoreError> {
        let (own, of_nodes): (Vec<_>, Vec<_>) = self
            .endings()
            .await?
            .into_iter()
            .partition(|ending| ending.is_own);
        let mut lines: Vec<_> = own
            .iter()
            .map(|ending| format!("warning: {} {}\n", ending.whose, ending.notice))
            .collect();
        if !of_nodes.is_empty() {
            lines.push(format!(
                "warning: certificates of nodes that end within {} days or have ended: {} (`node list` names \
                 them)\n",
                NOTICE_DAYS[0],
                of_nodes.len()
            ));
        }
        Ok(lines.concat())
    }

    /// Renews and warns every hour; never ends.
    pub(crate) async fn run(self) {
        let mut said = BTreeMap::new();
        loop {
            if let Err(error) = self.renew() {
                tracing::warn!(%error, "cannot make the aggregator's own certificate anew");
            }
            match self.endings().await {
                Ok(endings) => said = warn(&endings, &said),
                Err(error) => tracing::warn!(%error, "cannot see which certificates end"),
            }
            clock::wait(&*self.clock, EVERY).await;
        }
    }
}

fn ending(
    whose: String,
    is_own: bool,
    validity: Validity,
    now: Timestamp,
    cure: String,
) -> Option<Ending> {
    let notice = validity.notice(now)?;
    Some(Ending {
        whose,
        is_own,
        notice,
        cure,
    })
}

/// Logs each ending that is new or more urgent than in `said` (urgency by certificate, in days); returns what
/// to pass the next time.
fn warn(endings: &[Ending], said: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut now_said = BTreeMap::new();
    for ending in endings {
        let urgency = match ending.notice {
            Notice::EndsWithin { days, .. } => days,
            Notice::Ended { .. } | Notice::NotBegun { .. } => 0,
        };
        if said.get(&ending.whose) != Some(&urgency) {
            tracing::warn!("{} {}: {}", ending.whose, ending.notice, ending.cure);
        }
        now_said.insert(ending.whose.clone(), urgency);
    }
    now_said
}
