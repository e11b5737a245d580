//! `agreement propose`: keeps an agreement and hands it to every node.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use serde_json::json;
use vwis_host::command;
use vwis_model::{agreement::Agreement, ods::OdsCode};
use vwis_proto::{reason::Reason, v1::AgreementState};

use super::{state_code, state_in_words};
use crate::{
    cli::{
        Exit, Failure,
        context::{Context, patience},
    },
    node_client::{Peer, Problem, ProblemKind},
};

type Results = Vec<(OdsCode, Result<AgreementState, Problem>)>;

pub(super) async fn run(
    agreement: Agreement,
    as_json: bool,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    if *agreement.aggregator() != config.file.name {
        let message = format!(
            "the draft names aggregator `{}` and this one is `{}`: nodes would refuse it",
            agreement.aggregator(),
            config.file.name
        );
        return Err(Failure::new(Exit::BadData, message));
    }
    store
        .keep_agreement(&agreement, context.clock.now())
        .await?;
    let nodes = store.nodes().await?;
    store.close().await;
    let credentials = Arc::new(context.credentials(&config, &store)?);
    let patience = patience(&config);
    let mut results: Results = stream::iter(&nodes)
        .map(|node| {
            let peer = Peer::new(node, Arc::clone(&credentials), patience);
            let agreement = &agreement;
            async move { (node.ods_code.clone(), peer.propose(agreement).await) }
        })
        .buffer_unordered(config.file.concurrent_nodes.max(1))
        .collect()
        .await;
    results.sort_by(|(a, _), (b, _)| a.cmp(b));
    if as_json {
        print_json(&agreement, &results, context)?;
    } else {
        print_text(&agreement, &results, context)?;
    }
    Ok(exit(&results))
}

fn print_json(
    agreement: &Agreement,
    results: &Results,
    context: &mut Context,
) -> Result<(), Failure> {
    let nodes: Vec<_> = results
        .iter()
        .map(|(ods_code, result)| match result {
            Ok(found) => json!({ "ods": ods_code, "state": state_code(*found) }),
            Err(problem) => json!({
                "ods": ods_code,
                "state": null,
                "kind": problem.kind(),
                "reason": problem.reason().map(Reason::as_str),
                "problem": problem.to_string(),
                "fix": problem.fix(),
            }),
        })
        .collect();
    context.print_json(&json!({ "agreement": agreement.hash(), "nodes": nodes }))
}

fn print_text(
    agreement: &Agreement,
    results: &Results,
    context: &mut Context,
) -> Result<(), Failure> {
    let hash = agreement.hash();
    context.print(format_args!(
        "agreement {hash}\n{} version {}",
        agreement.name(),
        agreement.version()
    ))?;
    for (ods_code, result) in results {
        match result {
            Ok(found) => context.print(format_args!("{ods_code}: {}", state_in_words(*found)))?,
            Err(problem) => {
                context.print(format_args!("{ods_code}: {problem}; {}", problem.fix()))?;
            }
        }
    }
    if results.is_empty() {
        let add = context.command("node add ODS --address https://HOST:PORT");
        command::say(format_args!(
            "kept; no node belongs to the system yet: {add}, then propose again"
        ));
    } else {
        command::say(format_args!(
            "next, at each organisation: vwis-node agreement show {0}, then approve {0}",
            hash.short()
        ));
    }
    Ok(())
}

fn exit(results: &Results) -> Exit {
    let problems: Vec<_> = results
        .iter()
        .filter_map(|(_, r)| r.as_ref().err())
        .collect();
    if problems.is_empty() {
        Exit::Done
    } else if problems.len() < results.len() {
        Exit::TryLater
    } else if problems
        .iter()
        .all(|p| p.kind() == ProblemKind::Unreachable)
    {
        Exit::Unreachable
    } else {
        Exit::Refused
    }
}
