//! `vwis-node agreement approve|decline|pause|resume|correct|withdraw`: a person decides, by name and with a
//! reason.

use std::io::{self, IsTerminal, Write};

use vwis_host::exit::Exit;
use vwis_model::{
    agreement::{AgreementHash, Series},
    period::Period,
    rho::Rho,
};

use super::{find, find_going_on, find_hash, page::back_history, show::explain};
use crate::{
    cli::{
        Context, Failure, Outcome,
        decider::Decider,
        words::{loss, several, wrapped},
    },
    explain::YearLine,
    ledger::Event,
    node::Node,
};

/// What every decision names: the agreement, and who decides.
#[derive(clap::Args, Debug)]
pub(super) struct Decided {
    /// Name of the agreement, or how it begins.
    hash: String,
    #[command(flatten)]
    decider: Decider,
}

pub(super) async fn approve(node: &Node, context: &mut Context, decided: Decided) -> Outcome {
    decided.decider.check()?;
    decided.is_named_well("approve")?;
    let agreement = find(node, &decided.hash).await?;
    node.approve(&agreement, decided.decider.decided()).await?;
    let ledger = node.store().ledger().await?;
    let page = explain(node, context, &agreement, &ledger).await?;
    context.print(format!(
        "Approved: {} may now ask {} for what `{}` promises, from {} to {}.",
        page.aggregator,
        node.ods_code(),
        page.name,
        page.first_period,
        page.last_period,
    ))?;
    for series in &page.series {
        context.print(format!(
            "  {}: {}, {}, {} each time",
            series.series,
            several(series.tables.len(), "table"),
            series.cadence,
            loss(series.each),
        ))?;
    }
    let cost = format!(
        "The whole term costs {}, back-history included; a full year {}. {} {}",
        loss(page.whole_term),
        loss(page.full_year),
        back_history(&page),
        within_the_budget(&page.years, ledger.cap()),
    );
    context.print(wrapped(&cost, ""))?;
    decided.print(context)
}

/// A sentence on whether what was approved fits in the yearly budget, and where not, in which years.
fn within_the_budget(years: &[YearLine], cap: Rho) -> String {
    let beyond = years.iter().filter(|year| !year.fits);
    let beyond: Vec<_> = beyond.map(|year| year.financial_year.as_str()).collect();
    if beyond.is_empty() {
        return format!(
            "All of it within this node's budget of ρ {cap} a year, over all agreements: what goes beyond is refused."
        );
    }
    format!(
        "With what else is spent and approved it DOES NOT FIT in this node's budget of ρ {cap} a year, over all \
         agreements, in {}: what does not fit is refused, whoever asks for it first.",
        beyond.join(", ")
    )
}

pub(super) async fn pause(node: &Node, context: &mut Context, decided: Decided) -> Outcome {
    let hash = decided.of(node).await?;
    let event = Event::Paused {
        agreement: hash,
        decided: decided.decider.decided(),
    };
    node.record(event).await?;
    let next = context.command(&format!(
        "agreement resume {} --by … --reason …",
        hash.short()
    ));
    context.print(format!(
        "Paused: from now on nothing is answered under {}, sealed or not.\n\
         The aggregator is told to try again later. It keeps what it has.\n\
         To go on: {next}",
        hash.short()
    ))?;
    decided.print(context)
}

pub(super) async fn resume(node: &Node, context: &mut Context, decided: Decided) -> Outcome {
    let hash = decided.of(node).await?;
    let event = Event::Resumed {
        agreement: hash,
        decided: decided.decider.decided(),
    };
    node.record(event).await?;
    context.print(format!(
        "Resumed: {} stands as it was approved; what is sealed is answered as it was.",
        hash.short()
    ))?;
    decided.print(context)
}

pub(super) async fn decline(node: &Node, context: &mut Context, decided: Decided) -> Outcome {
    decided.decider.check()?;
    decided.is_named_well("decline")?;
    let hash = find_hash(node, &decided.hash).await?;
    let event = Event::Declined {
        agreement: hash,
        decided: decided.decider.decided(),
    };
    node.record(event).await?;
    context.print(format!(
        "Declined: nothing leaves under {}, as nothing did before. Handed over again, it stays declined.",
        hash.short()
    ))?;
    decided.print(context)
}

pub(super) async fn withdraw(
    node: &Node,
    context: &mut Context,
    decided: Decided,
    yes: bool,
) -> Outcome {
    decided.decider.check()?;
    decided.is_named_well("withdraw")?;
    let hash = find_going_on(node, &decided.hash).await?;
    if !yes && !is_meant(hash)? {
        let message = "nothing was changed: a withdrawal is for good. Say --yes to withdraw, or `agreement \
                       pause` to stop answers for now";
        return Err(Failure::new(Exit::Refused, message));
    }
    let event = Event::Withdrawn {
        agreement: hash,
        decided: decided.decider.decided(),
    };
    node.record(event).await?;
    context.print(format!(
        "Withdrawn: nothing is answered under {} any more, sealed or not.\n\
         What the aggregator has already it keeps; what was charged stays in the budget statement.\n\
         This is for good: to go on, the aggregator proposes another agreement.",
        hash.short()
    ))?;
    decided.print(context)
}

pub(super) async fn correct(
    node: &Node,
    context: &mut Context,
    decided: Decided,
    series: &str,
    period: Period,
) -> Outcome {
    decided.decider.check()?;
    let agreement = find(node, &decided.hash).await?;
    let Some(series) = agreement.series_named(series) else {
        let names: Vec<_> = agreement.series().iter().map(Series::name).collect();
        let message = format!(
            "no series `{series}`: the agreement has {}",
            names.join(", ")
        );
        return Err(Failure::new(Exit::BadData, &message));
    };
    let by = decided.decider.decided();
    let ordered = node.correct(&agreement, series, period, by).await?;
    context.print(format!(
        "Correction {} of {} for {period} is ordered: {}.\n\
         It is charged and drawn when {} next collects; what was sealed before stays served.",
        ordered.correction,
        series.name(),
        loss(ordered.rho),
        agreement.aggregator(),
    ))?;
    decided.print(context)
}

/// Asks the person at the terminal; without one the answer is no.
fn is_meant(hash: AgreementHash) -> Result<bool, Failure> {
    let failed = |error: io::Error| Failure::new(Exit::Failed, &error);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(false);
    }
    let asked = format!(
        "Withdraw {} for good? To go on later, another agreement has to be proposed and approved, and draws \
         everything anew at full price. Type `withdraw`: ",
        hash.short()
    );
    io::stderr().write_all(asked.as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim() == "withdraw")
}

// === impl Decided ===

impl Decided {
    /// The agreement that the decision is about. One that this version cannot read can still be stopped.
    async fn of(&self, node: &Node) -> Result<AgreementHash, Failure> {
        self.decider.check()?;
        find_going_on(node, &self.hash).await
    }

    /// Refuses a short name for decisions that must not hit another agreement: approve, decline, withdraw.
    fn is_named_well(&self, decide: &str) -> Outcome {
        if self.hash.len() >= AgreementHash::LEAST_DIGITS {
            return Ok(());
        }
        let message = format!(
            "{decide} by at least the first {} digits of the agreement's name, as `agreement list` shows it \
             and as they stand where it was agreed on: fewer can be made to fit another agreement",
            AgreementHash::LEAST_DIGITS
        );
        Err(Failure::new(Exit::Usage, &message))
    }

    fn print(&self, context: &mut Context) -> Outcome {
        let Decider { by, reason } = &self.decider;
        context.print(format!("Recorded: {by}, {reason}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(name: &str, fits: bool) -> YearLine {
        let none = Rho::ZERO;
        YearLine {
            financial_year: name.to_owned(),
            cap_rho_nano: none,
            spent_rho_nano: none,
            left_rho_nano: none,
            epsilon: 0.0,
            committed_rho_nano: none,
            added_rho_nano: none,
            left_then_rho_nano: none,
            fits,
        }
    }

    #[test]
    fn an_approval_names_the_years_that_it_does_not_fit_in() {
        let cap: Rho = "0.1".parse().unwrap();
        let all_fit = [year("2026/27", true), year("2027/28", true)];
        assert!(
            within_the_budget(&all_fit, cap)
                .starts_with("All of it within this node's budget of ρ 0.1")
        );
        let some = [
            year("2026/27", true),
            year("2027/28", false),
            year("2028/29", false),
        ];
        let said = within_the_budget(&some, cap);
        assert!(
            said.contains("DOES NOT FIT") && said.contains("in 2027/28, 2028/29:"),
            "{said}"
        );
        assert!(
            !said.contains("All of it") && !said.contains("2026/27"),
            "{said}"
        );
    }
}
