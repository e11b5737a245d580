//! The demo's story, from nothing to the picture.

mod agreements;
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
use vwis_model::{here, period::Period};

use self::{
    agreements::{Compared, Proposed, last_year},
    nodes::{AggregatorAddresses, ServingNode, init_aggregator, set_up_node},
    progress::{Progress, say},
};
use crate::{
    history::{QUARTERS, quarters_up_to},
    invent::invent,
    roles::Roles,
    show,
    trusts::trusts,
};

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
    let workforce = Proposed::workforce(&dir, &periods, dictionary)?;
    let equality = Proposed::equality(&dir, &periods, dictionary)?;

    say("starting the aggregator");
    init_aggregator(&roles, options.place.as_deref()).await?;
    let aggregator = roles.serve_aggregator().await?;
    let addresses = AggregatorAddresses::read(&aggregator.ready)?;
    let enrolment = &addresses.enrolment;

    let what = "nodes: init, enrol, import eight quarters, serve";
    let progress = Progress::new(what, trusts().len() * QUARTERS);
    let year = last_year(&periods)?;
    let nodes: Vec<ServingNode> = stream::iter(trusts())
        .map(|trust| {
            set_up_node(
                &roles,
                trust,
                &extracts,
                (&periods, year),
                enrolment,
                &progress,
            )
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    progress.finish("");

    agree(&roles, &workforce, &equality, &nodes).await?;

    let what = "collecting noisy measurements of every quarter from every trust";
    let progress = Progress::new(what, workforce.periods() + equality.periods());
    let mut collected = workforce.collect(&roles, &progress).await?;
    collected.extend(equality.collect(&roles, &progress).await?);
    progress.finish("");
    let hash = workforce.hash();
    let seen = workforce.compare(&dir, &roles, &invented.snapshots).await?;
    let of_careers = equality.compare(&dir, &roles, &invented.snapshots).await?;
    let questions = seen.questions.iter().chain(&of_careers.questions);
    files::write_questions(&dir.join("questions.csv"), questions)?;
    give_posts(&roles, &extracts, &seen, period).await?;
    let agreements = [&workforce.agreement, &equality.agreement];
    files::write_demo_json(&dir, &roles, &addresses, &nodes, agreements, period)?;
    let change = show::change::ask(&roles, &hash, &periods).await?;

    let picture = show::Picture {
        rows: &seen.rows,
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
    show::equality::show(&mut out, &picture, &workforce.agreement)?;
    show::change::show(&mut out, &change)?;
    show::fit(
        &mut out,
        &[&seen, &of_careers].map(|one| (&*one.picture, &*one.truth)),
    )?;
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

/// Proposes both agreements. All trusts approve the one about the workforce, and all but the last the other.
async fn agree(
    roles: &Roles,
    workforce: &Proposed,
    equality: &Proposed,
    nodes: &[ServingNode],
) -> anyhow::Result<()> {
    say("proposing two agreements; all trusts approve one, and all but one the other");
    // Of a place with one trust nothing would be left to show.
    let approving = nodes.len().saturating_sub(1).max(1);
    let (approving, declining) = nodes.split_at(approving);
    workforce.propose(roles).await?;
    workforce.decide(roles, nodes, "approve").await?;
    equality.propose(roles).await?;
    equality.decide(roles, approving, "approve").await?;
    equality.decide(roles, declining, "decline").await
}

/// Gives the aggregator the funded posts of every trust.
async fn give_posts(
    roles: &Roles,
    extracts: &Path,
    seen: &Compared,
    period: Period,
) -> anyhow::Result<()> {
    let file = extracts.join("posts.csv");
    files::write_posts(&file, &seen.rows, &seen.counted)?;
    let (posts, of) = (file.to_string_lossy(), period.to_string());
    let import = ["establishment", "import", &posts, "--period", &of];
    roles.aggregator(&import).await.map(drop)
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
}
