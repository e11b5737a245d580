//! `vwis-node budget`

use std::fmt::Write as _;

use clap::Subcommand;
use vwis_model::rho::Rho;

use super::{
    Context, Outcome,
    agreement::{decided, held_snapshots, readable},
    decider::Decider,
    words::{day, left_then, loss, point, several, table_of_numbers, what_a_loss_is, wrapped},
};
use crate::{
    explain::{AgreementAccount, ReleaseLine, Statement, YearLine, in_millionths},
    ledger::{ApprovalState, Event},
    node::Node,
};

/// The statement of the privacy budget: what left, when, to whom, at what cost; what is left of
/// each year, and whether what is approved fits this year and the next.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print JSON, with the same numbers.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Change what a financial year allows, over all agreements, from now on
    ///
    /// What is spent stays spent. A cap below it is allowed: then nothing more is charged in that year,
    /// and what is sealed is answered as it was.
    SetCap {
        /// ρ a year, a plain decimal.
        rho: Rho,
        #[command(flatten)]
        decider: Decider,
    },
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    if let Some(Action::SetCap { rho, decider }) = args.action {
        return set_cap(&node, &mut context, rho, decider).await;
    }
    let ledger = node.store().ledger().await?;
    let (held, known) = (held_snapshots(&node).await?, readable(&node).await?);
    let statement = Statement::of(&ledger, &held, &known, context.today());
    if args.json {
        return context.print_json(&statement);
    }
    context.print(text(&statement))
}

async fn set_cap(node: &Node, context: &mut Context, cap: Rho, decider: Decider) -> Outcome {
    decider.check()?;
    let before = node.store().ledger().await?.cap();
    node.record(Event::CapChanged {
        cap_rho_nano_per_year: cap,
        decided: decider.decided(),
    })
    .await?;
    context.print(format!(
        "From now on a financial year allows {}; it was {}.",
        loss(cap),
        loss(before)
    ))?;
    context.print(wrapped(&what_a_loss_is(cap), ""))?;
    context.print(format!("Recorded: {}, {}.", decider.by, decider.reason))
}

fn text(statement: &Statement) -> String {
    let mut text = format!(
        "Statement of the privacy budget\n{}, {}\n\n",
        statement.ods_code, statement.as_of
    );
    let allowed = format!(
        "Numbers about staff that leave this organisation have noise added and cost some privacy \
         all the same. This node allows {} of the releases of each financial year, over all \
         agreements, and refuses what goes beyond; the year is that of the date a release is of, \
         whenever it was made. {}",
        loss(statement.cap_rho_nano_per_year),
        what_a_loss_is(statement.cap_rho_nano_per_year),
    );
    let _ = writeln!(text, "{}\n", wrapped(&allowed, ""));
    for change in &statement.cap_changes {
        let line = format!(
            "{}: set to ρ {} a year by {}: {}",
            day(change.decision.at),
            change.cap_rho_nano_per_year,
            change.decision.by,
            change.decision.reason
        );
        let _ = writeln!(text, "{}", point(&line));
    }
    if !statement.cap_changes.is_empty() {
        text.push('\n');
    }
    text += &by_year(statement);
    text.push('\n');
    text += &by_agreement(statement);
    let exposure = format!(
        "Since the beginning: {}. A person with jobs at two such organisations is exposed to twice \
         as much: in a year that both use up, {} instead of {}.",
        loss(statement.lifetime_rho_nano),
        loss(statement.two_jobs),
        loss(statement.cap_rho_nano_per_year),
    );
    text + &wrapped(&exposure, "")
}

fn by_year(statement: &Statement) -> String {
    let mut text =
        String::from("By financial year (from 1 April), in ρ to a millionth (--json is exact)\n");
    let row = |year: &YearLine| {
        vec![
            year.financial_year.clone(),
            in_millionths(year.cap_rho_nano),
            in_millionths(year.spent_rho_nano),
            format!("{:.2}", year.epsilon),
            in_millionths(year.left_rho_nano),
            in_millionths(year.committed_rho_nano),
            left_then(year.fits, year.left_then_rho_nano),
        ]
    };
    let header = [
        "year",
        "allowed",
        "spent",
        "ε of it",
        "left",
        "approved and to come",
        "left then",
    ];
    let rows = statement.years.iter().map(row).collect();
    let _ = writeln!(text, "{}", table_of_numbers(&header, 1, rows));
    for year in statement.years.iter().filter(|year| !year.fits) {
        let line = format!(
            "{}: what is approved may ask for ρ {}, and ρ {} is left. The node refuses what comes \
             last; withdraw what matters least, or ask its authors for less.",
            year.financial_year,
            in_millionths(year.committed_rho_nano),
            in_millionths(year.left_rho_nano)
        );
        let _ = writeln!(text, "{}", wrapped(&line, "  "));
    }
    text
}

fn by_agreement(statement: &Statement) -> String {
    if statement.agreements.is_empty() {
        return "By agreement\n  None was ever approved: nothing has left this node.\n\n"
            .to_owned();
    }
    let mut text = String::from("By agreement\n");
    for account in &statement.agreements {
        let of_agreement = |charge: &&ReleaseLine| charge.agreement == account.agreement;
        let charges = statement.charges.iter().filter(of_agreement);
        text += &agreement(account, charges);
        text.push('\n');
    }
    text
}

fn agreement<'a>(
    account: &AgreementAccount,
    charges: impl Iterator<Item = &'a ReleaseLine>,
) -> String {
    let name = match (&account.name, account.version) {
        (Some(name), Some(version)) => format!("{name}, version {version}"),
        _ => "An agreement that this version of the software cannot read".to_owned(),
    };
    let mut text = format!(
        "  {name} ({}): {}\n",
        account.agreement.short(),
        account.state.word()
    );
    let _ = writeln!(text, "    To {}", account.aggregator);
    for (what, words) in [("For", &account.purpose), ("Read by", &account.readers)] {
        if let Some(words) = words {
            let _ = writeln!(text, "{}", wrapped(&format!("{what}: {words}"), "    "));
        }
    }
    for decision in &account.decisions {
        let _ = writeln!(text, "{}", wrapped(&decided(decision), "    "));
    }
    let rows: Vec<_> = charges.map(release).collect();
    if rows.is_empty() {
        text += "    Nothing was charged under it.\n";
    } else {
        let header = ["  date", "series", "period", "state", "ρ"];
        let _ = writeln!(text, "{}", table_of_numbers(&header, 4, rows));
    }
    let _ = writeln!(
        text,
        "{}",
        wrapped(
            &format!(
                "{}: {}.{}",
                several(account.charges, "release"),
                loss(account.charged_rho_nano),
                to_come(account)
            ),
            "    "
        )
    );
    text
}

fn release(line: &ReleaseLine) -> Vec<String> {
    let period = match line.correction {
        0 => line.period.to_string(),
        number => format!("{} (correction {number})", line.period),
    };
    let state = match line.sealed_at {
        Some(_) => "sealed",
        None => "charged, not drawn yet",
    };
    vec![
        format!("  {}", day(line.charged_at)),
        line.series.clone(),
        period,
        state.to_owned(),
        in_millionths(line.rho_nano),
    ]
}

fn to_come(account: &AgreementAccount) -> String {
    let nothing = [account.this_year_rho_nano, account.next_year_rho_nano] == [Rho::ZERO; 2];
    let (this, next) = (
        in_millionths(account.this_year_rho_nano),
        in_millionths(account.next_year_rho_nano),
    );
    match account.state {
        ApprovalState::Withdrawn => " Nothing follows: it was withdrawn.".to_owned(),
        _ if nothing => " Nothing of it is to come this year or the next.".to_owned(),
        ApprovalState::InForce => format!(" To come: ρ {this} this year, ρ {next} the next."),
        ApprovalState::Paused => format!(
            " To come if it is resumed, and counted above: ρ {this} this year, ρ {next} the next."
        ),
    }
}
