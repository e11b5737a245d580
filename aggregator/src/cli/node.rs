//! `node`: which organisations belong to the system.

use clap::Subcommand;
use comfy_table::{Table, presets};
use jiff::ToSpan;
use prost::Message as _;
use serde_json::json;
use vwis_host::secret;
use vwis_link::{token::EnrolmentToken, validity::day};
use vwis_model::{hex, ods::OdsCode, period::Period};
use vwis_proto::v1;

use super::{Exit, Failure, context::Context};
use crate::{keys::Keys, proof::Proof, store::Suspect, upkeep::Ending};
use vwis_host::command;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Print a one-time token with which an organisation's node enrols
    #[command(after_help = "\
Example:
  vwis-aggregator node token R0A --expires-hours 24 > r0a.token

Hand it over by a channel you trust: whoever has it first enrols as that organisation.")]
    Token {
        /// ODS code of the organisation
        ods_code: OdsCode,
        /// How long the token is good
        #[arg(long, value_name = "HOURS", default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=24 * 90))]
        expires_hours: u32,
    },
    /// Expect an organisation's node from now on, at this address
    #[command(after_help = "\
Example:
  vwis-aggregator node add R0A --address https://vwis.r0a.example:7443

Adding it again changes the address.")]
    Add {
        /// ODS code of the organisation
        ods_code: OdsCode,
        /// Where its node listens: https://HOST:PORT
        #[arg(long, value_name = "URL", value_parser = address)]
        address: String,
    },
    /// List the nodes that belong to the system
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the last receipt of an organisation's node, for `vwis-node ledger recover`
    #[command(after_help = "\
Example:
  vwis-aggregator node receipt R0A > r0a.receipt.json

The node signed it with its last answer: after it was restored from a backup, it proves what was charged
since. It holds no count.")]
    Receipt {
        /// ODS code of the organisation
        ods_code: OdsCode,
    },
    /// Print all that an organisation's node answered, for `vwis-node ledger reinstate`
    #[command(after_help = "\
Example:
  vwis-aggregator node measurements R0A > r0a.measurements.json

The noisy integers as they came, with the node's signatures: a node that was restored from a backup takes
back what it has lost.")]
    Measurements {
        /// ODS code of the organisation
        ods_code: OdsCode,
    },
    /// Sum a measurement that `collect` keeps and leaves out, because its noise cannot be as agreed
    #[command(after_help = "\
Example:
  vwis-aggregator node admit R0A --series detail --period 2026-03 --by 'Jo Bloggs' \\
    --reason 'R0A looked: its node is as released, see ticket 7'

`node list` says what is left out. Ask first: noise that is too small protects nobody, noise that is
too large misleads every reader. It counts from the next `collect` on, and cannot be taken back.")]
    Admit {
        /// ODS code of the organisation
        ods_code: OdsCode,
        /// The series that the measurement is of
        #[arg(long, value_name = "NAME")]
        series: String,
        /// Period, YYYY-MM
        #[arg(long, value_name = "YYYY-MM")]
        period: Period,
        /// Who admits it
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why it may be summed
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Expect an organisation's node no longer; what it contributed stays
    Remove {
        /// ODS code of the organisation
        ods_code: OdsCode,
    },
}

/// Checks for `https://HOST:PORT` now, not when the node is first dialled.
fn address(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is not an address: expected https://HOST:PORT");
    let uri: tonic::transport::Uri = text.parse().map_err(|_| wrong())?;
    let whole = uri.scheme_str() == Some("https")
        && uri.host().is_some_and(|host| !host.is_empty())
        && uri
            .authority()
            .is_some_and(|all| !all.as_str().contains('@'))
        && uri.port_u16().is_some_and(|port| port != 0)
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none();
    if whole {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(wrong())
    }
}

// === impl Command ===

impl Command {
    pub(super) async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::Token {
                ods_code,
                expires_hours,
            } => token(&ods_code, expires_hours, context).await,
            Self::Add { ods_code, address } => add(&ods_code, &address, context).await,
            Self::List { json } => list(json, context).await,
            Self::Admit {
                ods_code,
                series,
                period,
                by,
                reason,
            } => admit(&ods_code, &series, period, (&by, &reason), context).await,
            Self::Remove { ods_code } => remove(&ods_code, context).await,
            Self::Receipt { ods_code } => receipt(&ods_code, context).await,
            Self::Measurements { ods_code } => measurements(&ods_code, context).await,
        }
    }
}

async fn token(
    ods_code: &OdsCode,
    expires_hours: u32,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    let authority_pem = Keys::in_dir(&config.dir).authority_pem()?;
    let token =
        EnrolmentToken::generate(ods_code.clone(), config.file.name.clone(), &authority_pem)?;
    let now = context.clock.now();
    let expires_at = now.checked_add(i64::from(expires_hours).hours())?;
    store
        .keep_token(ods_code, &secret::hash(&token.secret()), now, expires_at)
        .await?;
    store.close().await;
    context.print(&token)?;
    command::say(format_args!(
        "good once, for {ods_code} only, until {expires_at:.0}\n\
         next, at {ods_code}: vwis-node enrol --aggregator https://HOST:PORT --token …"
    ));
    Ok(Exit::Done)
}

async fn add(ods_code: &OdsCode, address: &str, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    store
        .add_node(ods_code, address, context.clock.now())
        .await?;
    store.close().await;
    context.print(format_args!("{ods_code} is expected at {address}"))?;
    Ok(Exit::Done)
}

async fn remove(ods_code: &OdsCode, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let removed = store.remove_node(ods_code).await?;
    store.close().await;
    if removed {
        context.print(format_args!("{ods_code} is expected no longer"))?;
        command::say(
            "what it contributed stays in its releases; its certificate holds until it expires",
        );
        Ok(Exit::Done)
    } else {
        let list = context.command("node list");
        let message = format!("{ods_code} is not among the nodes; see `{list}`");
        Err(Failure::new(Exit::Usage, message))
    }
}

async fn list(as_json: bool, context: &mut Context) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    let nodes = store.nodes().await?;
    let endings = context.upkeep(&config, &store).endings().await?;
    let suspect = store.suspects().await?;
    store.close().await;
    if as_json {
        let nodes: Vec<_> = nodes
            .iter()
            .map(|node| {
                json!({
                    "ods": node.ods_code,
                    "address": node.address,
                    "added_at": node.added_at.to_string(),
                    "enrolled_at": node.enrolled.map(|(_, at)| at.to_string()),
                    "receipt_public_key": node.enrolled.map(|(key, _)| hex::encode(&key)),
                    "certificate_ends_at": node.certificate.map(|of| of.ends.to_string()),
                    "left_out": suspect.iter().filter(|one| one.key.ods_code == node.ods_code).map(|one| json!({
                        "series": one.key.series, "period": one.key.period, "suspicion": one.suspicion,
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        context.print_json(&nodes)?;
        return Ok(Exit::Done);
    }
    if nodes.is_empty() {
        let add = context.command("node add ODS --address https://HOST:PORT");
        command::say(format_args!("no nodes yet; next: {add}"));
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "ODS",
        "address",
        "enrolled",
        "certificate until",
    ]);
    for node in &nodes {
        let enrolled = node.enrolled.map(|(_, at)| format!("{at:.0}"));
        table.add_row([
            node.ods_code.to_string(),
            node.address.clone(),
            enrolled.unwrap_or_else(|| "not yet".to_owned()),
            node.certificate.map(|of| day(of.ends)).unwrap_or_default(),
        ]);
    }
    context.print(table.trim_fmt())?;
    for Suspect { key, suspicion } in suspect {
        command::say(format_args!(
            "warning: {} is left out of {} {}: {suspicion}; `node admit` sums it",
            key.ods_code, key.series, key.period
        ));
    }
    for Ending {
        whose,
        notice,
        cure,
        ..
    } in endings
    {
        command::say(format_args!("warning: {whose} {notice}: {cure}"));
    }
    Ok(Exit::Done)
}

async fn admit(
    ods_code: &OdsCode,
    series: &str,
    period: Period,
    (by, reason): (&str, &str),
    context: &mut Context,
) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let suspect = store.suspects().await?;
    let meant = suspect.iter().filter(|suspect| {
        let key = &suspect.key;
        key.ods_code == *ods_code && key.series == series && key.period == period
    });
    let meant: Vec<_> = meant.collect();
    for suspect in &meant {
        let identity = suspect.key.identity();
        store
            .admit(&identity, by, reason, context.clock.now())
            .await?;
    }
    store.close().await;
    if meant.is_empty() {
        let list = context.command("node list");
        let message =
            format!("nothing of {ods_code} is left out of {series} {period}; see `{list}`");
        return Err(Failure::new(Exit::Usage, message));
    }
    context.print(format_args!(
        "{series} {period} of {ods_code} counts from the next release on, though {}",
        meant[0].suspicion
    ))?;
    let next = context.command(format_args!("collect --period {period}"));
    command::say(format_args!("next: {next}"));
    Ok(Exit::Done)
}

async fn receipt(ods_code: &OdsCode, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let proof = Proof::of(store.last_receipts(ods_code).await?);
    let nodes = store.nodes().await?;
    store.close().await;
    let node = nodes.into_iter().find(|node| node.ods_code == *ods_code);
    let public_key = node.and_then(|node| node.enrolled).map(|(key, _)| key);
    let receipt = proof.for_recovery(public_key.as_ref());
    let receipt = receipt.ok_or_else(|| never_answered(ods_code))?;
    let body = receipt.body();
    context.print_json(&json!({
        "ods_code": body.ods_code, "aggregator": body.aggregator, "sequence": body.sequence,
        "spent_rho_nano": body.spent,
        "receipt": hex::encode(&v1::Receipt::from(receipt).encode_to_vec()),
    }))?;
    Ok(Exit::Done)
}

async fn measurements(ods_code: &OdsCode, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let measurements = store.measurements_of(ods_code).await?;
    store.close().await;
    if measurements.is_empty() {
        return Err(never_answered(ods_code));
    }
    let measurements: Vec<_> = measurements
        .iter()
        .map(|(header, payload)| {
            json!({ "header": hex::encode(header), "payload": hex::encode(payload) })
        })
        .collect();
    context.print_json(&json!({ "ods_code": ods_code, "measurements": measurements }))?;
    Ok(Exit::Done)
}

fn never_answered(ods_code: &OdsCode) -> Failure {
    let message = format!("{ods_code} never answered: there is nothing of it here");
    Failure::new(Exit::BadData, message)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn only_https_with_host_and_port_is_an_address() {
        assert_eq!(
            address("https://[::1]:7443/").as_deref(),
            Ok("https://[::1]:7443")
        );
        for wrong in [
            "",
            "R0A",
            "http://a:1",
            "https://a",
            "https://a:1/b",
            "https://a:1/?b",
            "https://:1",
            "https://u:p@a:1",
            "https://a:0",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
