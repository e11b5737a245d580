//! `vwis-node agreement show`: gathers the content of the page.

use vwis_model::{agreement::Agreement, period::FinancialYear};

use super::{exactness::Beside, find, page};
use crate::{
    cli::{Context, Failure, Outcome, own},
    explain::{Explanation, HeldSnapshots},
    ledger::Ledger,
    node::Node,
    store::StoreError,
};

pub(super) async fn run(node: &Node, context: &mut Context, hash: &str, json: bool) -> Outcome {
    let agreement = find(node, hash).await?;
    let ledger = node.store().ledger().await?;
    let explanation = explain(node, context, &agreement, &ledger).await?;
    if json {
        return context.print_json(&explanation);
    }
    let beside = if own::on_terminal() {
        Beside::Own(own_counts(node, &agreement).await?)
    } else {
        Beside::NoTerminal
    };
    let text = page::text(&agreement, &explanation, &beside, context)?;
    context.print(text)
}

/// Explains `agreement` as of today.
pub(super) async fn explain(
    node: &Node,
    context: &Context,
    agreement: &Agreement,
    ledger: &Ledger,
) -> Result<Explanation, StoreError> {
    let held = held_snapshots(node).await?;
    let known = readable(node).await?;
    let unreadable = node
        .store()
        .agreement_hashes()
        .await?
        .len()
        .saturating_sub(known.len());
    let this_year = FinancialYear::of(context.today());
    Ok(Explanation::of(
        agreement, ledger, &held, &known, unreadable, this_year,
    ))
}

/// The snapshots that could be measured now.
pub(in crate::cli) async fn held_snapshots(node: &Node) -> Result<HeldSnapshots, StoreError> {
    let snapshots = node.store().snapshots().await?;
    Ok(HeldSnapshots::new(snapshots.into_iter().map(|snapshot| {
        (snapshot.data_set, snapshot.dictionary, snapshot.period)
    })))
}

/// All agreements that were handed to this node and that this version reads.
pub(in crate::cli) async fn readable(node: &Node) -> Result<Vec<Agreement>, StoreError> {
    let mut readable = Vec::new();
    for hash in node.store().agreement_hashes().await? {
        readable.extend(node.store().agreement(&hash).await?);
    }
    Ok(readable)
}

/// This organisation's latest counts of each series, in their order.
async fn own_counts(
    node: &Node,
    agreement: &Agreement,
) -> Result<Vec<Option<own::OwnCounts>>, Failure> {
    let mut all = Vec::new();
    for series in agreement.series() {
        all.push(own::counts(node, agreement, series, None).await?);
    }
    Ok(all)
}
