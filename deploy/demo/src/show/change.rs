//! The one change that is true, as somebody would find it: by asking for a table of every quarter.

use std::io::Write;

use anyhow::Context as _;
use vwis_model::{here, period::Period};

use super::{
    Value, Z_95,
    layout::{day, people, signed},
};
use crate::{history::change, roles::Roles};

/// The number of people of one role in one locality, quarter by quarter.
pub(crate) struct Change {
    quarters: Vec<(Period, Value)>,
}

/// The command that asks for one quarter.
pub(super) fn command(period: Period) -> String {
    format!(
        "table --period {period} --where locality={} --where role={}",
        change().locality,
        change().role
    )
}

/// Asks the aggregator for every quarter's number.
pub(crate) async fn ask(roles: &Roles, hash: &str, periods: &[Period]) -> anyhow::Result<Change> {
    let mut quarters = Vec::new();
    for period in periods {
        let command = command(*period);
        // All quarters are of one series, so that they compare.
        let more = [
            "--series",
            "headline",
            "--agreement",
            hash,
            "--format",
            "json",
        ];
        let args: Vec<&str> = command.split(' ').chain(more).collect();
        let said = roles.aggregator(&args).await?;
        let said: serde_json::Value = serde_json::from_str(&said)?;
        let row = &said["rows"][0];
        let number = |name: &str| row[name].as_f64().context("a row has numbers");
        quarters.push((
            *period,
            Value {
                estimate: number("estimate")?,
                sd: number("sd")?,
            },
        ));
    }
    Ok(Change { quarters })
}

/// The name of the locality in which the change is.
fn change_is_in() -> &'static str {
    let place = here::place();
    let own = place.locality_attribute();
    let index = own.category(change().locality);
    index.map_or(place.name(), |index| own.categories()[index].label())
}

/// Prints the numbers of every quarter, and the change.
pub(crate) fn show(out: &mut impl Write, change: &Change) -> anyhow::Result<()> {
    let [.., (before, from), _, (_, to)] = change.quarters.as_slice() else {
        return Ok(());
    };
    writeln!(
        out,
        "\nSOMETHING TO FIND: healthcare support workers at sites in {}, at the end of each quarter",
        change_is_in()
    )?;
    let quarters = change.quarters.iter();
    let line: Vec<_> = quarters
        .map(|(period, value)| format!("{period} {}", people(value.estimate)))
        .collect();
    writeln!(
        out,
        "  {}   (each ±{})",
        line.join("   "),
        people(to.half_width().ceil())
    )?;
    let difference = to.estimate - from.estimate;
    let half = Z_95 * (from.sd.powi(2) + to.sd.powi(2)).sqrt();
    let (low, high) = (difference - half, difference + half);
    let verdict = if low > 0.0 || high < 0.0 {
        "more than noise: ask which trust, and who left"
    } else {
        "it could be noise"
    };
    writeln!(
        out,
        "  Since {}: {} (95%: {} to {}), {verdict}.",
        day(*before),
        signed(difference),
        signed(low),
        signed(high),
    )?;
    Ok(())
}
