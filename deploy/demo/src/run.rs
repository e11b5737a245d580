//! The demo's story, from nothing to the picture.

mod files;
mod nodes;
mod progress;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::ensure;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use vwis_host::{
    clock::{Clock, SystemClock},
    place,
};
use vwis_model::{
    agreement::{Agreement, Draft},
    dictionary::Dictionary,
    here,
    period::Period,
};

use self::{
    nodes::{AggregatorAddresses, ServingNode, init_aggregator, set_up_node},
    progress::{Progress, say},
};
use crate::{
    check,
    history::{QUARTERS, quarters_up_to},
    invent::invent,
    picture,
    roles::Roles,
    show,
    trusts::trusts,
    truth::Truth,
};

const AGREEMENT: &str = include_str!("../../agreements/gm-workforce.toml");
/// The most nodes that are set up at once: setting one up runs a process that is busy for a moment.
const AT_ONCE: usize = 3;
const NOT_REAL: &str =
    "These are not real people: every record is invented from a seed. The noise is real.";

/// What the command line asked for.
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    pub(crate) once: bool,
    pub(crate) scale: f64,
    pub(crate) seed: u64,
    /// The folder of a place pack; if there is none, the pack that ships counts.
    pub(crate) place: Option<PathBuf>,
}

pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let began = tokio::time::Instant::now();
    settle(options)?;
    let mut out = io::stdout();
    writeln!(out, "{NOT_REAL}\n")?;
    files::clear(&options.dir, NOT_REAL)?;
    let dir = fs::canonicalize(&options.dir)?;
    let roles = Roles::new(&dir)?;
    let period = last_quarter(SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date())?;
    let periods = quarters_up_to(period)?;
    let dictionary = here::dictionary();

    let progress = Progress::new(
        "inventing eight quarters of staff, and writing extracts",
        QUARTERS,
    );
    let extracts = dir.join("extracts");
    let invented = tokio::task::block_in_place(|| {
        let tell = |period: Period| progress.done(&period.to_string());
        invent(
            &extracts,
            period,
            options.scale,
            options.seed,
            dictionary,
            tell,
        )
    })?;
    progress.finish(&format!("{} rows", show::grouped(invented.rows)));
    let (agreement_file, agreement) = write_agreement(&dir, &periods, dictionary)?;

    say("starting the aggregator");
    init_aggregator(&roles, options.place.as_deref()).await?;
    let aggregator = roles.serve_aggregator().await?;
    let addresses = AggregatorAddresses::read(&aggregator.ready)?;
    let enrolment = &addresses.enrolment;

    let what = "nodes: init, enrol, import eight quarters, serve";
    let progress = Progress::new(what, trusts().len() * QUARTERS);
    let nodes: Vec<ServingNode> = stream::iter(trusts())
        .map(|trust| set_up_node(&roles, trust, &extracts, &periods, enrolment, &progress))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    progress.finish("");

    say("proposing the agreement, and approving it at every trust");
    let hash = agreement.hash().to_string();
    let file = agreement_file.to_string_lossy().into_owned();
    roles.aggregator(&["agreement", "propose", &file]).await?;
    approve(&roles, &nodes, &hash).await?;

    let collected = collect(&roles, &agreement, &periods).await?;
    let picture_file = dir.join("picture.csv");
    let picture_args = [
        "picture",
        "--agreement",
        &hash,
        "--output",
        &picture_file.to_string_lossy(),
    ];
    roles.aggregator(&picture_args).await?;
    let rows = picture::read(&picture_file)?;
    let truth_file = dir.join("truth.csv");
    let truth = Truth::count(&agreement, &invented.snapshots)?;
    files::write_truth(&truth_file, &rows, &truth)?;
    let questions = check::questions(&agreement, &rows, &truth);
    files::write_questions(&dir.join("questions.csv"), &questions)?;
    let posts_file = dir.join("extracts").join("posts.csv");
    files::write_posts(&posts_file, &rows, &truth)?;
    let posts = posts_file.to_string_lossy();
    let of = period.to_string();
    let import = ["establishment", "import", &posts, "--period", &of];
    roles.aggregator(&import).await?;
    files::write_demo_json(&dir, &roles, &addresses, &nodes, &agreement, period)?;
    let change = show::change::ask(&roles, &hash, &periods).await?;

    let picture = show::Picture {
        rows: &rows,
        dictionary,
        published: &invented.published,
        period,
        scale: options.scale,
    };
    if !options.once {
        writeln!(out, "THE DASHBOARD: {}/\n", addresses.http)?;
    }
    writeln!(out, "INVENTED PEOPLE, REAL NOISE: nobody below exists.\n")?;
    show::coverage(&mut out, &collected)?;
    show::headcount::show(&mut out, &picture)?;
    show::equality::show(&mut out, &picture, &agreement)?;
    show::change::show(&mut out, &change)?;
    show::fit(&mut out, &picture_file, &truth_file)?;
    let took = began.elapsed().as_secs();
    writeln!(out, "All of it took {} min {:02} s.", took / 60, took % 60)?;
    let api = addresses.http.as_str();
    show::next::show(&mut out, &roles, &hash, period, api)?;
    if !options.once {
        writeln!(out, "\nEverything stays up until Ctrl-C.")?;
        tokio::signal::ctrl_c().await?;
    }
    drop((nodes, aggregator));
    Ok(())
}

/// Sets the place that the demo works for, before anything is read by it.
fn settle(options: &Options) -> anyhow::Result<()> {
    if let Some(folder) = &options.place {
        ensure!(
            here::settle(place::read(folder)?),
            "the demo began with another place"
        );
    }
    ensure!(
        !trusts().is_empty(),
        "{} has no employers: list them in employers.csv",
        here::place().name()
    );
    Ok(())
}

/// The last quarter that has ended.
fn last_quarter(today: Date) -> anyhow::Result<Period> {
    let begins = (today.month() - 1) / 3 * 3 + 1;
    let last_day = Date::new(today.year(), begins, 1)?.yesterday()?;
    Ok(format!("{:04}-{:02}", last_day.year(), last_day.month()).parse()?)
}

/// The shipped agreement under the place's name, its term moved so that it holds the demo's periods.
fn write_agreement(
    dir: &Path,
    periods: &[Period],
    dictionary: &Dictionary,
) -> anyhow::Result<(PathBuf, Agreement)> {
    let mut draft: toml::Table = AGREEMENT.parse()?;
    let (first, last) = (periods[0], periods[periods.len() - 1]);
    draft.insert(
        "name".to_owned(),
        format!("{} workforce", here::place().name()).into(),
    );
    draft.insert("first_period".to_owned(), first.to_string().into());
    draft.insert("last_period".to_owned(), last.to_string().into());
    let text = toml::to_string(&draft)?;
    let path = dir.join("agreement.toml");
    fs::write(&path, &text)?;
    let (agreement, _) = Draft::parse(&text)?.compile(dictionary)?;
    Ok((path, agreement))
}

async fn approve(roles: &Roles, nodes: &[ServingNode], hash: &str) -> anyhow::Result<()> {
    let approve = [
        "agreement",
        "approve",
        hash,
        "--by",
        "The demo",
        "--reason",
        "to show how it goes",
    ];
    stream::iter(nodes)
        .map(|node| roles.node(node.ods_code, &approve))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await
        .map(drop)
}

/// Collects every quarter, oldest first, and returns what the aggregator said about the last release of
/// each series. A quarter can be partial: nobody knows who joined before the first snapshot.
async fn collect(
    roles: &Roles,
    agreement: &Agreement,
    periods: &[Period],
) -> anyhow::Result<Vec<String>> {
    let what = "collecting noisy measurements of every quarter from every trust";
    let progress = Progress::new(what, periods.len());
    let hash = agreement.hash().to_string();
    let mut latest: Vec<String> = vec![String::new(); agreement.series().len()];
    for period in periods {
        let period = period.to_string();
        let args = ["collect", "--agreement", &hash, "--period", &period];
        let said = roles.aggregator_partly(&args).await?;
        for (series, latest) in agreement.series().iter().zip(&mut latest) {
            let begins = format!("{} {period}: ", series.name());
            if let Some(line) = said.lines().find(|line| line.starts_with(&begins)) {
                line.clone_into(latest);
            }
        }
        progress.done(&period);
    }
    progress.finish("");
    Ok(latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_quarter_is_the_last_one_that_has_ended() {
        for (today, quarter) in [
            ("2026-11-23", "2026-09"),
            ("2026-10-01", "2026-09"),
            ("2026-09-30", "2026-06"),
            ("2027-01-01", "2026-12"),
            ("2026-03-31", "2025-12"),
        ] {
            assert_eq!(
                last_quarter(today.parse().unwrap()).unwrap().to_string(),
                quarter
            );
        }
    }

    #[test]
    fn the_shipped_agreement_compiles_within_the_default_budget_and_covers_eight_quarters() {
        let folder = tempfile::tempdir().unwrap();
        let periods = quarters_up_to("2026-09".parse().unwrap()).unwrap();
        let (_, agreement) = write_agreement(folder.path(), &periods, here::dictionary()).unwrap();
        let year: u64 = agreement
            .series()
            .iter()
            .map(|series| series.charge().nano() * series.cadence().per_year())
            .sum();
        assert!(year <= vwis_node::node::DEFAULT_CAP.nano(), "{year}");
        assert_eq!(agreement.term(), (periods[0], periods[7]));
        for series in agreement.series() {
            assert!(
                periods
                    .iter()
                    .any(|period| agreement.allows(series, *period))
            );
        }
    }
}
