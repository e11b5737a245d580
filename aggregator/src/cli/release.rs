//! `release`: lists releases and whether readers below analyst may read them, and lets a person publish.

use std::sync::Arc;

use comfy_table::{Table, presets};
use serde_json::json;
use vwis_host::command;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    ods::OdsCode,
    period::Period,
    text,
};

use super::{Exit, Failure, context::Context};
use crate::{
    cache::Archives,
    publication::{Decision, History, Outcome},
    publications::Publications,
    release::Release,
};

/// Most characters of a person's name or reason.
const MOST_TEXT: usize = 400;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// The releases, and which of them readers below analyst may read
    #[command(after_help = "\
Example:
  vwis-aggregator release list

A period is published to viewers and boards when all expected employers are in, on the day that the
agreement names (published_after_days), or by `release publish`. Analysts read every release.")]
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Publish what is in of a period, though employers are missing or a measurement was corrected
    #[command(after_help = "\
Example:
  vwis-aggregator release publish --period 2026-09 --by 'Ann Lee' --reason 'RWJ will not report'

It stands in the store for good, with the name and the reason. Whoever kept what was published before a
correction can work out by how much it changed the employer's own figure: it says whose corrections are in,
and publishes only where --telling names just these. Who came late, and would be told apart, stays with
analysts until three came.")]
    Publish(Publish),
}

#[derive(clap::Args)]
pub(super) struct Publish {
    /// Of which period: YYYY-MM
    #[arg(long, value_name = "PERIOD")]
    period: Period,
    /// Under which agreement: the beginning of its hash; the only one, if not said
    #[arg(long, value_name = "HASH")]
    agreement: Option<String>,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Whose corrections readers can work out then: ODS codes, with commas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    telling: Vec<OdsCode>,
}

// === impl Command ===

impl Command {
    pub(super) async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        let (_, store) = context.open().await?;
        let agreements = store.agreements().await?.into_iter();
        let agreements: Vec<_> = agreements.map(Arc::new).collect();
        let archives = Archives::of(store.clone());
        let known = archives
            .publications(&agreements, context.clock.now())
            .await;
        let known = known.map_err(|error| Failure::new(Exit::Failed, error))?;
        let done = match self {
            Self::List { json } => list(&known, &agreements, json, context),
            Self::Publish(args) => {
                let decision = args.decision(&agreements, &known, context)?;
                let history = History {
                    agreements: &agreements,
                    releases: known.releases(),
                    decisions: known.decisions(),
                };
                let outcome = history.outcome(&decision, context.clock.now());
                let outcome = outcome.map_err(|error| Failure::new(Exit::Refused, error))?;
                agreed(&outcome, &decision)?;
                store.keep_decision(&decision).await?;
                let sets = outcome.data_sets.iter();
                let sets = sets.map(|(data_set, count)| format!("{data_set}: {count} employers"));
                command::say(format!(
                    "{} is published to viewers and boards: {}",
                    decision.period,
                    sets.collect::<Vec<_>>().join("; ")
                ));
                Ok(Exit::Done)
            }
        };
        store.close().await;
        done
    }
}

/// What a release is to readers below analyst, in words.
fn standing(known: &Publications, agreements: &[Arc<Agreement>], release: &Release) -> String {
    let publication = known.current();
    if let Some(by) = publication.replaced_by(release.id) {
        return format!("replaced by {by}");
    }
    if let Some((_, coverage)) = known.as_published(release) {
        return match coverage.not_added_in_words() {
            None => "published".to_owned(),
            Some(codes) => format!("published over {}, without {codes}", coverage.in_words()),
        };
    }
    let later = known.releases().iter().filter(|other| {
        (other.agreement, &other.series, other.period)
            == (release.agreement, &release.series, release.period)
            && other.number > release.number
    });
    if let Some(number) = later.map(|other| other.number).max() {
        return format!("superseded by number {number}");
    }
    let mut agreements = agreements.iter();
    let agreement = agreements.find(|agreement| agreement.hash() == release.agreement);
    let series = agreement.and_then(|agreement| agreement.series_named(&release.series));
    let mut unpublished = publication.unpublished();
    let of_this = unpublished.find(|(agreement, data_set, period, _)| {
        **agreement == release.agreement
            && *period == release.period
            && series.is_some_and(|series| series.data_set().code() == *data_set)
    });
    of_this.map_or_else(
        || "for analysts: what is published stands".to_owned(),
        |(.., why)| format!("for analysts: {}", why.in_words()),
    )
}

fn list(
    known: &Publications,
    agreements: &[Arc<Agreement>],
    as_json: bool,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let publication = known.current();
    if as_json {
        let releases = known.releases().iter().map(|release| {
            json!({
                "id": release.id,
                "agreement": release.agreement.to_string(),
                "series": release.series,
                "period": release.period.to_string(),
                "number": release.number,
                "coverage": release.coverage().in_words(),
                "published": publication.since(release.id).is_some(),
                "replaced_by": publication.replaced_by(release.id),
                "standing": standing(known, agreements, release),
            })
        });
        context.print_json(&releases.collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    if known.releases().is_empty() {
        let next = context.command("collect --period YYYY-MM");
        command::say(format!("nothing is released yet: {next}"));
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "period",
        "agreement",
        "series",
        "number",
        "employers",
        "to viewers and boards",
        "id",
    ]);
    for release in known.releases().iter().rev() {
        table.add_row([
            release.period.to_string(),
            release.agreement.short(),
            release.series.clone(),
            release.number.to_string(),
            release.coverage().in_words(),
            standing(known, agreements, release),
            release.id.to_string(),
        ]);
    }
    context.print(table.trim_fmt())?;
    for decision in known.decisions() {
        let codes: Vec<_> = decision.telling.iter().map(OdsCode::as_str).collect();
        let telling = match codes[..] {
            [] => String::new(),
            _ => format!(" (telling the corrections of {})", codes.join(", ")),
        };
        command::say(format!(
            "{} was published by {} on {:.0}{telling}: {}",
            decision.period, decision.by, decision.at, decision.reason
        ));
    }
    Ok(Exit::Done)
}

// === impl Publish ===

impl Publish {
    fn decision(
        self,
        agreements: &[Arc<Agreement>],
        known: &Publications,
        context: &Context,
    ) -> Result<Decision, Failure> {
        let named = |hash: &AgreementHash| {
            let prefix = self.agreement.as_deref();
            prefix.is_none_or(|prefix| hash.begins_with(prefix))
        };
        let released = |hash: &AgreementHash| {
            let mut releases = known.releases().iter();
            releases.any(|one| one.agreement == *hash && one.period == self.period)
        };
        let hashes = agreements.iter().map(|agreement| agreement.hash());
        let fitting = hashes.filter(|hash| named(hash) && released(hash));
        let agreement = match fitting.collect::<Vec<_>>()[..] {
            [one] => one,
            [] => {
                let said = format!("nothing is released for {} yet", self.period);
                return Err(Failure::new(Exit::Usage, said));
            }
            _ => {
                let said = format!(
                    "{} is released under several agreements: name one by --agreement",
                    self.period
                );
                return Err(Failure::new(Exit::Usage, said));
            }
        };
        for (what, text) in [("--by", &self.by), ("--reason", &self.reason)] {
            if text.trim().is_empty() {
                let said = format!("{what} must say something");
                return Err(Failure::new(Exit::Usage, said));
            }
            text::check(text, MOST_TEXT)
                .map_err(|error| Failure::new(Exit::Usage, format!("{what}: {error}")))?;
            if text.chars().count() < 2 {
                let said =
                    format!("{what} `{text}` is one letter: say who or why, it stands for good");
                return Err(Failure::new(Exit::Usage, said));
            }
        }
        let last = known.releases().last();
        let last = last.ok_or_else(|| Failure::new(Exit::Usage, "nothing is released yet"))?;
        Ok(Decision {
            agreement,
            period: self.period,
            after: last.sequence,
            at: context.clock.now(),
            by: self.by,
            reason: self.reason,
            telling: self.telling.into_iter().collect(),
        })
    }
}

/// Fails unless `--telling` names exactly those whose corrections readers can work out then.
fn agreed(outcome: &Outcome, decision: &Decision) -> Result<(), Failure> {
    let telling = outcome.telling();
    if telling == decision.telling {
        return Ok(());
    }
    if telling.is_empty() {
        let said = "it tells nobody's correction: leave out --telling";
        return Err(Failure::new(Exit::Usage, said));
    }
    let told = outcome.corrections.iter();
    let told = told.map(|(data_set, one)| format!("\n  {}", one.in_words(data_set)));
    let codes: Vec<_> = telling.iter().map(OdsCode::as_str).collect();
    let said = format!(
        "whoever kept what was published of {} can then work out{}\nIf that is meant: --telling {}",
        decision.period,
        told.collect::<String>(),
        codes.join(",")
    );
    Err(Failure::new(Exit::Refused, said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        http::testing::{FixedClock, TestServer, without_one_who_came_late},
        picture::testing::agreement,
    };
    use vwis_host::clock::Clock as _;

    #[tokio::test]
    async fn each_release_says_who_reads_it_over_whom_or_what_came_after_it() {
        let api = TestServer::new().await;
        let [first, six, seven] = without_one_who_came_late(&api).await;
        let agreements = [Arc::new(agreement())];
        let archives = Archives::of(api.store.clone());
        let known = archives.publications(&agreements, FixedClock.now()).await;
        let known = known.unwrap();
        let mut said = known.releases().iter().map(|release| {
            let standing = standing(&known, &agreements, release);
            (release.number, standing)
        });
        let by = format!("replaced by {}", seven.id);
        for one in &mut said {
            match one.0 {
                number if number == first.number || number == six.number => assert_eq!(one.1, by),
                8 => assert_eq!(one.1, "published over 6 of 7 employers, without RT2"),
                _ => assert_eq!(one.1, "superseded by number 8"),
            }
        }
    }
}
