//! `agreement list`: what is kept here, and on request what became of it at every node.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt, stream};
use serde_json::json;
use vwis_model::{
    agreement::{Agreement, AgreementError, AgreementHash, Series},
    ods::OdsCode,
};
use vwis_proto::reason::Reason;

use super::{state_code, state_in_words};
use crate::{
    cli::{
        Exit, Failure,
        context::{Context, patience, some_nodes},
    },
    node_client::{AgreementStatus, Peer, Problem},
};
use vwis_host::command;

type AtNodes = Vec<(
    OdsCode,
    Result<BTreeMap<AgreementHash, AgreementStatus>, Problem>,
)>;

pub(super) async fn run(ask: bool, as_json: bool, context: &mut Context) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    let agreements = store.agreements().await?;
    let unreadable = store.unreadable_agreements().await?;
    let nodes = if ask && !agreements.is_empty() {
        some_nodes(&store, context).await?
    } else {
        Vec::new()
    };
    store.close().await;
    let mut at_nodes: AtNodes = Vec::new();
    if !nodes.is_empty() {
        let credentials = Arc::new(context.credentials(&config, &store)?);
        let patience = patience(&config);
        at_nodes = stream::iter(&nodes)
            .map(|node| {
                let peer = Peer::new(node, Arc::clone(&credentials), patience);
                async move { (node.ods_code.clone(), peer.agreements().await) }
            })
            .buffer_unordered(config.file.concurrent_nodes.max(1))
            .collect()
            .await;
        at_nodes.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    if as_json {
        let readable = agreements.iter();
        let list = readable.map(|agreement| as_json_of(agreement, ask.then_some(&at_nodes)));
        let not = unreadable.iter();
        let not =
            not.map(|(hash, why)| json!({ "agreement": hash, "unreadable": why.to_string() }));
        let list: Vec<_> = list.chain(not).collect();
        context.print_json(&list)?;
    } else {
        print_text((&agreements, &unreadable), &at_nodes, context)?;
    }
    let all_answered = at_nodes.iter().all(|(_, answer)| answer.is_ok());
    Ok(if all_answered {
        Exit::Done
    } else {
        Exit::TryLater
    })
}

fn as_json_of(agreement: &Agreement, at_nodes: Option<&AtNodes>) -> serde_json::Value {
    let (first, last) = agreement.term();
    let series: Vec<_> = agreement.series().iter().map(Series::name).collect();
    let mut value = json!({
        "agreement": agreement.hash(),
        "name": agreement.name(),
        "version": agreement.version(),
        "first_period": first,
        "last_period": last,
        "series": series,
    });
    if let Some(at_nodes) = at_nodes {
        let nodes = at_nodes.iter().map(|(ods_code, answer)| match answer {
            Ok(states) => json!({
                "ods": ods_code,
                "state": states.get(&agreement.hash()).map(|known| state_code(known.state)),
            }),
            Err(problem) => json!({
                "ods": ods_code,
                "state": null,
                "kind": problem.kind(),
                "reason": problem.reason().map(Reason::as_str),
                "problem": problem.to_string(),
                "fix": problem.fix(),
            }),
        });
        value["nodes"] = nodes.collect();
    }
    value
}

fn print_text(
    (agreements, unreadable): (&[Agreement], &[(AgreementHash, AgreementError)]),
    at_nodes: &AtNodes,
    context: &mut Context,
) -> Result<(), Failure> {
    for agreement in agreements {
        let (first, last) = agreement.term();
        context.print(format_args!(
            "{} {} version {}, {first} to {last}",
            agreement.hash(),
            agreement.name(),
            agreement.version(),
        ))?;
        for (ods_code, answer) in at_nodes {
            match answer {
                Ok(states) => {
                    let state = states.get(&agreement.hash());
                    let words =
                        state.map_or("never handed over", |known| state_in_words(known.state));
                    context.print(format_args!("  {ods_code}: {words}"))?;
                }
                Err(problem) => {
                    context.print(format_args!("  {ods_code}: {problem}; {}", problem.fix()))?;
                }
            }
        }
    }
    for (hash, why) in unreadable {
        context.print(format_args!("{hash} cannot be read here: {why}"))?;
    }
    if agreements.is_empty() && unreadable.is_empty() {
        let next = context.command("agreement propose FILE");
        command::say(format_args!("no agreements yet; next: {next}"));
    }
    Ok(())
}
