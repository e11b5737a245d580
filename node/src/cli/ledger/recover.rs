//! `vwis-node ledger recover`

use std::{
    fs,
    path::{Path, PathBuf},
};

use prost::Message as _;
use vwis_host::{command, exit::Exit, files};
use vwis_model::{aggregator_name::AggregatorName, hex, rho::Rho};
use vwis_proto::{receipt::Receipt, v1};

use crate::{
    cli::{Context, Failure, Outcome, decider::Decider, plain_table},
    config::Config,
    hedge_key,
    ops::recover::{RecoverError, Recovery},
    people::EmployeeKey,
    receipt_key::ReceiptKey,
    store::Store,
};

/// End the doubt about a history: after a restored backup, or when keys or witness were lost.
///
/// Takes the last receipt of every aggregator that this node ever answered or is enrolled with, the
/// witness, and what the node was shown; adopts
/// the longest history and the largest spending that any of them proves. Charges without a seal are
/// lost: paid for, never drawn. Of periods that have ended by today nothing is drawn for the first
/// time any more: first `ledger reinstate` puts back what the aggregator holds, at no cost, then
/// `agreement correct` orders the rest anew, at full price. Without --yes it only says what it would do.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A receipt that `vwis-aggregator node receipt` wrote; one for each aggregator.
    #[arg(long = "receipt", value_name = "FILE")]
    receipts: Vec<PathBuf>,
    /// An aggregator that holds no receipt of this node.
    #[arg(long, value_name = "AGGREGATOR")]
    without: Vec<AggregatorName>,
    /// The receipts are of an earlier node of this organisation, which was set up anew: adopt what it
    /// spent, so that a year's budget holds for both together.
    #[arg(long)]
    earlier_node: bool,
    /// Make a new receipt key, because the old one was lost with its folder. Enrol again afterwards.
    #[arg(long, requires = "yes")]
    new_receipt_key: bool,
    #[command(flatten)]
    decider: Decider,
    /// Do it.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    args.decider.check()?;
    let receipts = args
        .receipts
        .iter()
        .map(|path| read_receipt(path))
        .collect::<Result<Vec<_>, _>>()?;
    let made = args.new_receipt_key && make_missing_keys(&context).await?;
    let node = context.open().await?;
    let recovery = Recovery {
        receipts,
        without: args.without,
        earlier_node: args.earlier_node,
        decided: args.decider.decided(),
    };
    let adopted = match node.recover(recovery, args.yes).await {
        Err(RecoverError::NoDoubt) if made => {
            return context
                .print("The keys that were missing are made anew; the history is whole.");
        }
        adopted => adopted?,
    };
    context.print(format!(
        "This ledger holds {} entries; others prove {}. Charges without a seal, lost: {}.\n",
        adopted.held, adopted.proven, adopted.lost
    ))?;
    let mut years = plain_table(&["year", "spent, as adopted", "left"]);
    let cap = node.store().ledger().await?.cap();
    for (year, spent) in &adopted.spent {
        let left: Rho = cap.saturating_sub(*spent);
        years.add_row([year.to_string(), spent.to_string(), left.to_string()]);
    }
    context.print(years)?;
    if !args.yes {
        let message = "nothing was changed: say --yes to recover";
        return Err(Failure::new(Exit::Refused, message));
    }
    context.print(
        "\nRecovered. What is sealed is answered as it was. First put back what was sealed after the \
         backup, which costs nothing: `ledger reinstate FILE`, with what the aggregator's `node \
         measurements` printed. Of periods that have ended by today nothing else is drawn for the first \
         time: `agreement correct` orders it anew, at full price.",
    )?;
    if adopted.new_receipt_key {
        command::say("The receipt key is a new one: enrol again, so that the aggregator knows it.");
    }
    Ok(())
}

/// Reads a receipt that `vwis-aggregator node receipt` wrote.
fn read_receipt(path: &Path) -> Result<Receipt, Failure> {
    let bad = |problem: &str| {
        let message = format!("{}: {problem}", path.display());
        Failure::new(Exit::BadData, &message)
    };
    let text = fs::read_to_string(path).map_err(|error| bad(&error.to_string()))?;
    let json: serde_json::Value = serde_json::from_str(&text)
        .map_err(|_| bad("no receipt: expected what `vwis-aggregator node receipt` printed"))?;
    let bytes = json["receipt"].as_str().and_then(hex::decode);
    let message = bytes.and_then(|bytes| v1::Receipt::decode(bytes.as_slice()).ok());
    let message = message.ok_or_else(|| bad("it holds no receipt"))?;
    Receipt::try_from(message).map_err(|error| bad(&error.to_string()))
}

/// Makes the keys that are missing in `keep/`; returns whether any was missing.
async fn make_missing_keys(context: &Context) -> Result<bool, Failure> {
    let config = Config::read(&context.config_path)?;
    let failed = |error: &dyn std::error::Error| Failure::new(Exit::Failed, &error.to_string());
    let is_missing = |path: &Path| {
        let there = files::is_there(path);
        there.map(|there| !there).map_err(|error| failed(&error))
    };
    files::private_folder(&config.keep_dir()).map_err(|error| failed(&error))?;
    let mut made = false;
    let receipt_key = config.receipt_key_file();
    if is_missing(&receipt_key)? {
        ReceiptKey::create(&receipt_key).map_err(|error| failed(&error))?;
        made = true;
    }
    if is_missing(&config.hedge_file())? {
        hedge_key::create(&config.hedge_file()).map_err(|error| failed(&error))?;
        made = true;
    }
    let employee_key = config.employee_key_file();
    if is_missing(&employee_key)? {
        // Hashes of the old key match nobody under the new one, so the store takes the new key's check value.
        let key = EmployeeKey::create(&employee_key).map_err(|error| failed(&error))?;
        let store = Store::open(&config.dir, config.witness_file()).await?;
        store.keep_employee_key(key.check_value()).await?;
        store.close().await;
        made = true;
    }
    Ok(made)
}

impl From<RecoverError> for Failure {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Store(error) => error.into(),
            RecoverError::OtherOrganisation { .. } | RecoverError::OtherKey { .. } => {
                Self::new(Exit::BadData, &error)
            }
            RecoverError::Enrolled(_) => Self::new(Exit::Failed, &error),
            RecoverError::NoDoubt | RecoverError::MissingReceipt(_) | RecoverError::NobodyNamed => {
                Self::new(Exit::Refused, &error)
            }
        }
    }
}
