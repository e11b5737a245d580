//! `vwis-node agreement list`: one row per agreement, with what tells versions of one agreement apart.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use vwis_model::agreement::{Agreement, AgreementError, AgreementHash};

use super::super::{Context, Outcome, plain_table};
use crate::{
    ledger::{Decision, Ledger},
    node::Node,
};

/// Advice for an approved agreement whose name and term are unknown.
pub(super) const TEXT_MISSING: &str = "Of an agreement without a name the text is missing from agreements.db: \
    nothing is answered under it until its aggregator hands it over again, with `agreement propose` there. It \
    can be paused and withdrawn as it is.";

/// One agreement that was handed over, or approved and lost since.
struct Row {
    hash: AgreementHash,
    /// None where this version cannot read it, or where its text is lost.
    agreement: Option<Agreement>,
    /// Why this version cannot read it, where its text is here.
    unreadable: Option<AgreementError>,
    proposed: Option<Timestamp>,
    state: &'static str,
    /// The last decision about it here, with the word for it.
    decided: Option<(&'static str, Decision)>,
}

pub(super) async fn run(node: &Node, context: &mut Context, json: bool) -> Outcome {
    let ledger = node.store().ledger().await?;
    let mut rows = Vec::new();
    for hash in node.store().agreement_hashes().await? {
        let read = node.store().read_agreement(&hash).await?.transpose();
        let (agreement, unreadable) = match read {
            Ok(agreement) => (agreement, None),
            Err(why) => (None, Some(why)),
        };
        rows.push(Row {
            hash,
            state: match unreadable {
                Some(_) => "unreadable",
                None => ledger.state_word(&hash),
            },
            agreement,
            unreadable,
            proposed: node.store().proposed_at(&hash).await?,
            decided: last_decision(&ledger, &hash),
        });
    }
    let missing = node.texts_missing().await?;
    for hash in &missing {
        rows.push(Row {
            hash: *hash,
            state: ledger.state_word(hash),
            agreement: None,
            unreadable: None,
            proposed: None,
            decided: last_decision(&ledger, hash),
        });
    }
    if json {
        return context.print_json(&rows.iter().map(Row::json).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        return context.print("No agreement was proposed to this node yet.");
    }
    let hashes: Vec<_> = rows.iter().map(|row| row.hash).collect();
    let digits = AgreementHash::digits_to_tell_apart(&hashes);
    let mut table = plain_table(&[
        "agreement",
        "state",
        "version",
        "term",
        "proposed",
        "aggregator",
        "name",
        "last decision here",
    ]);
    for row in &rows {
        table.add_row(row.cells(digits));
    }
    context.print(table)?;
    for row in &rows {
        if let Some(why) = &row.unreadable {
            let hash = row.hash.first(digits);
            context.print(format_args!("{hash} cannot be read here: {why}"))?;
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    context.print(TEXT_MISSING)
}

fn last_decision(ledger: &Ledger, hash: &AgreementHash) -> Option<(&'static str, Decision)> {
    let approval = ledger.approval(hash);
    let last = approval.and_then(|approval| approval.decisions().last());
    let declined = || Some(("declined", ledger.declined(hash)?));
    last.or_else(declined)
        .map(|(word, decision)| (word, decision.clone()))
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

// === impl Row ===

impl Row {
    fn json(&self) -> serde_json::Value {
        let agreement = self.agreement.as_ref();
        let term = agreement.map(Agreement::term);
        json!({
            "agreement": self.hash,
            "state": self.state,
            "unreadable": self.unreadable.as_ref().map(AgreementError::to_string),
            "name": agreement.map_or("", Agreement::name),
            "version": agreement.map(Agreement::version),
            "first_period": term.map(|(first, _)| first),
            "last_period": term.map(|(_, last)| last),
            "aggregator": agreement.map_or("", |agreement| agreement.aggregator().as_str()),
            "proposed_at": self.proposed,
            "last_decision": self.decided.as_ref().map(|(word, decision)| json!({
                "decision": word,
                "by": decision.by,
                "reason": decision.reason,
                "at": decision.at,
            })),
        })
    }

    fn cells(&self, digits: usize) -> [String; 8] {
        let agreement = self.agreement.as_ref();
        let of = |cell: &dyn Fn(&Agreement) -> String| agreement.map_or(String::new(), cell);
        let decided = self.decided.as_ref();
        [
            self.hash.first(digits),
            self.state.to_owned(),
            of(&|agreement| agreement.version().to_string()),
            of(&|agreement| {
                let (first, last) = agreement.term();
                format!("{first} to {last}")
            }),
            self.proposed.map_or(String::new(), day),
            of(&|agreement| agreement.aggregator().to_string()),
            of(&|agreement| agreement.name().to_owned()),
            decided.map_or(String::new(), |(word, decision)| {
                format!("{word} {} by {}", day(decision.at), decision.by)
            }),
        ]
    }
}
