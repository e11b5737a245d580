//! `access-log`: who read which organisation's own tables.

use comfy_table::{Table, presets};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::json;
use vwis_model::{hex, ods::OdsCode};

use super::{Exit, Failure, context::Context};
use crate::store::AccessFilter;
use vwis_host::command;

/// Characters of an address that the table shows.
const MOST_SHOWN: usize = 100;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  vwis-aggregator access-log --org R0A --since 2026-10-01
  vwis-aggregator access-log --json > reads.json

A row is one answer about one organisation, refusals (403) included. Codes that no release and no node
knows have one row together, without an organisation. Reads of the system's tables are not in it, nor are questions that are none (400). Beyond 30 refusals of one identity in a minute the rest are counted in one row. Rows are never changed or deleted; each is on disk before its answer is sent. Addresses are cut to fit: --json has all that is kept.")]
pub(super) struct Args {
    /// Only reads of this organisation's tables
    #[arg(long, value_name = "ODS")]
    org: Option<OdsCode>,
    /// Only from this day (UTC) or moment on: YYYY-MM-DD, or YYYY-MM-DDThh:mm:ssZ
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let whole = text.parse::<Timestamp>();
    let day = || {
        let day: Date = text.parse().ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let expected =
        || format!("`{text}` is not a time: expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
    whole.ok().or_else(day).ok_or_else(expected)
}

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let filter = AccessFilter {
        ods_code: args.org,
        since: args.since,
    };
    let entries = store.access_log(&filter).await?;
    store.close().await;
    if args.json {
        let entries: Vec<_> = entries
            .iter()
            .map(|entry| {
                json!({
                    "id": entry.id,
                    "at": entry.at.to_string(),
                    "who": entry.who,
                    "via": entry.via,
                    "organisation": entry.ods_code,
                    "request": entry.request,
                    "status": entry.status,
                    "request_sha256": entry.request_hash.map(|hash| hex::encode(&hash)),
                })
            })
            .collect();
        context.print_json(&entries)?;
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        command::say("nobody read an organisation's own tables");
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "at",
        "who",
        "via",
        "organisation",
        "status",
        "request",
    ]);
    for entry in &entries {
        table.add_row([
            format!("{:.0}", entry.at),
            entry.who.clone(),
            entry.via.clone(),
            entry
                .ods_code
                .as_ref()
                .map_or("(unknown)", OdsCode::as_str)
                .to_owned(),
            entry.status.to_string(),
            clipped(&entry.request),
        ]);
    }
    context.print(table.trim_fmt())?;
    Ok(Exit::Done)
}

/// Cuts an address to [`MOST_SHOWN`] characters: one long address would widen every row of the table.
fn clipped(request: &str) -> String {
    match request.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", &request[..end]),
        None => request.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_SHOWN, clipped, moment};

    #[test]
    fn no_address_makes_the_table_wider_than_a_line() {
        let long = "ä".repeat(8000);
        assert_eq!(clipped(&long).chars().count(), MOST_SHOWN + 1);
        assert_eq!(clipped("/short"), "/short");
    }

    #[test]
    fn a_day_is_its_first_moment_in_utc() {
        assert_eq!(moment("2026-10-01"), moment("2026-10-01T00:00:00Z"));
        assert!(moment("yesterday").unwrap_err().contains("YYYY-MM-DD"));
    }
}
