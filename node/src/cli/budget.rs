//! `vwis-node budget`

use std::collections::BTreeSet;

use vwis_proto::{period::FinancialYear, rho::Rho};

use super::{Context, Outcome, plain_table};
use crate::ledger::Approval;

/// What has been released, when, to whom and at what cost; what is left of each year.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    let ledger = node.store().ledger().await?;
    let mut reservations: Vec<_> = ledger.reservations().collect();
    reservations.sort_by_key(|(_, reservation)| reservation.at);
    let lifetime = ledger
        .spent_by_year()
        .values()
        .try_fold(Rho::ZERO, |sum, rho| sum.checked_add(*rho))
        .unwrap_or(Rho::from_nano(u64::MAX));
    if args.json {
        let years: Vec<_> = ledger
            .spent_by_year()
            .iter()
            .map(|(year, spent)| {
                serde_json::json!({
                    "financial_year": year.to_string(), "cap_rho_nano": ledger.cap(),
                    "spent_rho_nano": spent, "left_rho_nano": ledger.cap().saturating_sub(*spent),
                    "epsilon": spent.epsilon(),
                })
            })
            .collect();
        let charges: Vec<_> = reservations
            .iter()
            .map(|(identity, charge)| {
                serde_json::json!({
                    "identity": identity.to_string(), "agreement": charge.agreement,
                    "series": charge.series, "period": charge.period,
                    "correction": charge.correction, "rho_nano": charge.rho,
                    "charged_at": charge.at, "sealed_at": charge.seal.map(|seal| seal.at),
                    "aggregator": ledger.approval(&charge.agreement).map(Approval::aggregator),
                })
            })
            .collect();
        return context.say_json(&serde_json::json!({
            "ods_code": node.ods_code(), "cap_rho_nano_per_year": ledger.cap(),
            "lifetime_rho_nano": lifetime, "years": years, "charges": charges,
        }));
    }
    context.say(format!(
        "Privacy budget of {}: rho {} in each financial year.\n",
        node.ods_code(),
        ledger.cap()
    ))?;
    let today = context.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut charged: BTreeSet<_> = ledger.spent_by_year().keys().copied().collect();
    charged.insert(FinancialYear::of(today));
    let mut years = plain_table(&["year", "spent", "left", "epsilon of the year (delta 1e-8)"]);
    for year in charged {
        let spent = ledger.spent(year);
        years.add_row([
            year.to_string(),
            spent.to_string(),
            ledger.cap().saturating_sub(spent).to_string(),
            format!("{:.2}", spent.epsilon()),
        ]);
    }
    context.say(format!("{years}\n"))?;
    if reservations.is_empty() {
        return context.say("Nothing was ever charged: nothing has left this node.");
    }
    let mut lines = plain_table(&["charged", "rho", "series", "period", "to", "state"]);
    for (_, charge) in reservations {
        lines.add_row([
            charge.at.strftime("%Y-%m-%d %H:%M").to_string(),
            charge.rho.to_string(),
            charge.series.clone(),
            charge.period.to_string(),
            ledger
                .approval(&charge.agreement)
                .map_or(String::new(), |approval| approval.aggregator().to_string()),
            if charge.seal.is_some() {
                "sealed"
            } else {
                "charged, not drawn yet"
            }
            .to_owned(),
        ]);
    }
    context.say(format!(
        "{lines}\n\nSince the beginning: rho {lifetime} (epsilon {:.2}).\n\
         A person who works for k organisations is exposed to k times as much.",
        lifetime.epsilon()
    ))
}
