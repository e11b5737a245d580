//! The demo's story, from nothing to the picture.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use serde_json::json;
use vwis_link::clock::{Clock, SystemClock};
use vwis_proto::{
    agreement::{Agreement, Draft},
    dictionary::{DataSet, Dictionary},
    period::Period,
};

use crate::{
    extract, picture,
    roles::{Roles, Running},
    show::{show_next_steps, show_picture},
    staff::{self, Person, TRUSTS},
    truth::Truth,
};

const AGREEMENT: &str = include_str!("../../agreements/gm-workforce.toml");
/// Nodes that are set up at once: each is a process that works for a moment.
const AT_ONCE: usize = 3;
const NOT_REAL: &str =
    "These are not real people: every record is invented from a seed. The noise is real.";

/// What the command line asked for.
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    pub(crate) once: bool,
    pub(crate) scale: f64,
    pub(crate) seed: u64,
}

/// A trust's node that serves.
struct ServingNode {
    ods_code: &'static str,
    address: String,
    _process: Running,
}

pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{NOT_REAL}\n")?;
    clear(&options.dir)?;
    let dir = fs::canonicalize(&options.dir)?;
    let roles = Roles::new(&dir)?;
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let period = last_quarter(today)?;
    let dictionary = Dictionary::builtin();
    let data_set = dictionary
        .data_set("staff")
        .context("the dictionary has no staff")?;

    say("inventing staff and writing extracts");
    let people = write_extracts(options, &dir, data_set)?;
    let (agreement_file, agreement) = write_agreement(&dir, period, dictionary)?;

    say("starting the aggregator");
    finish_init(&roles).await?;
    let aggregator = roles.serve_aggregator().await?;
    let enrolment = enrolment_address(&aggregator.ready)?;

    let nodes: Vec<ServingNode> = {
        let progress = bar("nodes: init, enrol, import, serve", TRUSTS.len());
        let nodes = stream::iter(&TRUSTS)
            .map(|trust| set_up_node(&roles, trust.ods_code, &dir, period, &enrolment))
            .buffered(AT_ONCE)
            .inspect(|_| progress.inc(1))
            .try_collect()
            .await?;
        progress.finish_and_clear();
        nodes
    };

    say("proposing the agreement, and approving it at every trust");
    let file = agreement_file.to_string_lossy().into_owned();
    roles.aggregator(&["agreement", "propose", &file]).await?;
    let hash = agreement.hash().to_string();
    stream::iter(&nodes)
        .map(|node| {
            let approve = [
                "agreement",
                "approve",
                &hash,
                "--by",
                "The demo",
                "--reason",
                "to show how it goes",
            ];
            let roles = &roles;
            async move { roles.node(node.ods_code, &approve).await }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?;

    say("collecting one noisy measurement of each series from every trust");
    let collected = roles
        .aggregator(&["collect", "--period", &period.to_string()])
        .await?;
    let picture_file = dir.join("picture.csv");
    roles
        .aggregator(&["picture", "--output", &picture_file.to_string_lossy()])
        .await?;
    let rows = picture::read(&picture_file)?;
    let truth_file = dir.join("truth.csv");
    write_truth(
        &truth_file,
        &rows,
        &Truth::count(&agreement, &people, data_set),
    )?;
    write_demo_json(&dir, &roles, &nodes, &agreement, period)?;

    writeln!(out, "{}", collected.trim_end())?;
    show_picture(
        &mut out,
        &rows,
        data_set,
        &truth_file,
        &picture_file,
        period,
    )?;
    show_next_steps(&mut out, &roles, &hash, period)?;
    if !options.once {
        writeln!(out, "\nEverything stays up until Ctrl-C.")?;
        tokio::signal::ctrl_c().await?;
    }
    drop((nodes, aggregator));
    Ok(())
}

/// Makes an empty folder, in place of one that an earlier demo left; any other is not touched.
fn clear(dir: &Path) -> anyhow::Result<()> {
    let marker = dir.join("made-by-vwis-demo");
    let empty = !dir.exists() || fs::read_dir(dir)?.next().is_none();
    if !empty && !marker.exists() {
        bail!(
            "{} holds something else than a demo: choose another --dir",
            dir.display()
        );
    }
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir.join("extracts"))?;
    fs::write(marker, NOT_REAL)?;
    Ok(())
}

/// The last quarter that has ended.
fn last_quarter(today: Date) -> anyhow::Result<Period> {
    let begins = (today.month() - 1) / 3 * 3 + 1;
    let last_day = Date::new(today.year(), begins, 1)?.yesterday()?;
    Ok(format!("{:04}-{:02}", last_day.year(), last_day.month()).parse()?)
}

fn write_extracts(
    options: &Options,
    dir: &Path,
    data_set: &DataSet,
) -> anyhow::Result<BTreeMap<&'static str, Vec<Person>>> {
    let mut people = BTreeMap::new();
    for trust in &TRUSTS {
        let staff = staff::invent(trust, options.scale, options.seed, data_set);
        extract::write(&extract_file(dir, trust.ods_code), &staff, data_set)?;
        people.insert(trust.ods_code, staff);
    }
    Ok(people)
}

fn extract_file(dir: &Path, ods_code: &str) -> PathBuf {
    dir.join("extracts").join(format!("{ods_code}.csv"))
}

/// The shipped agreement, its term moved so that it holds the demo's period.
fn write_agreement(
    dir: &Path,
    period: Period,
    dictionary: &Dictionary,
) -> anyhow::Result<(PathBuf, Agreement)> {
    let mut draft: toml::Table = AGREEMENT.parse()?;
    let (first, last) = (
        period,
        format!("{}-{:02}", period.year() + 1, period.month()),
    );
    draft.insert("first_period".to_owned(), first.to_string().into());
    draft.insert("last_period".to_owned(), last.into());
    let text = toml::to_string(&draft)?;
    let path = dir.join("agreement.toml");
    fs::write(&path, &text)?;
    let (agreement, _) = Draft::parse(&text)?.compile(dictionary)?;
    Ok((path, agreement))
}

async fn finish_init(roles: &Roles) -> anyhow::Result<()> {
    let dir = roles.aggregator_dir();
    let dir = dir.to_string_lossy();
    let init = [
        "init",
        "--name",
        "gm-icb",
        "--dir",
        &dir,
        "--listen",
        "127.0.0.1:0",
    ];
    roles.aggregator(&init).await.map(drop)
}

/// What `aggregator serve` says when it is ready: `{"enrolment":"https://…"}`.
fn enrolment_address(ready: &str) -> anyhow::Result<String> {
    let ready: serde_json::Value = serde_json::from_str(ready)?;
    let address = ready["enrolment"]
        .as_str()
        .context("the aggregator named no address")?;
    Ok(address.to_owned())
}

async fn set_up_node(
    roles: &Roles,
    ods_code: &'static str,
    dir: &Path,
    period: Period,
    enrolment: &str,
) -> anyhow::Result<ServingNode> {
    let node_dir = roles.node_dir(ods_code);
    let init = [
        "init",
        "--ods",
        ods_code,
        "--dir",
        &node_dir.to_string_lossy(),
        "--listen",
        "127.0.0.1:0",
    ];
    roles.node(ods_code, &init).await?;
    let token = roles.aggregator(&["node", "token", ods_code]).await?;
    let enrol = ["enrol", "--aggregator", enrolment, "--token", token.trim()];
    roles.node(ods_code, &enrol).await?;
    let extract = extract_file(dir, ods_code);
    let import = [
        "import",
        &extract.to_string_lossy(),
        "--period",
        &period.to_string(),
    ];
    roles.node(ods_code, &import).await?;
    let process = roles.serve_node(ods_code).await?;
    let address = process
        .ready
        .split_once("serves on ")
        .context("the node named no address")?
        .1
        .to_owned();
    roles
        .aggregator(&["node", "add", ods_code, "--address", &address])
        .await?;
    Ok(ServingNode {
        ods_code,
        address,
        _process: process,
    })
}

fn write_truth(path: &Path, rows: &[picture::Row], truth: &Truth) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["series", "org", "table", "cell", "truth"])?;
    for row in rows {
        let cell = &row.cell;
        let value = truth.of(cell).to_string();
        csv.write_record([
            &cell.series,
            &cell.org,
            &cell.table,
            &cell.categories,
            &value,
        ])?;
    }
    Ok(csv.flush()?)
}

fn write_demo_json(
    dir: &Path,
    roles: &Roles,
    nodes: &[ServingNode],
    agreement: &Agreement,
    period: Period,
) -> anyhow::Result<()> {
    let nodes: Vec<_> = nodes
        .iter()
        .map(|node| {
            let config = roles.node_config(node.ods_code);
            json!({ "ods": node.ods_code, "grpc": node.address, "config": config })
        })
        .collect();
    let demo = json!({
        "aggregator": { "http": null, "config": roles.aggregator_config() },
        "nodes": nodes,
        "agreement": agreement.hash(),
        "period": period,
    });
    Ok(fs::write(
        dir.join("demo.json"),
        serde_json::to_string_pretty(&demo)?,
    )?)
}

/// Says on stderr what happens now.
fn say(what: &str) {
    // Progress that nobody can read is no reason to stop.
    let _ = writeln!(io::stderr(), "… {what}");
}

/// The same with a bar, where stderr is a terminal.
fn bar(what: &str, length: usize) -> ProgressBar {
    say(what);
    let bar = ProgressBar::new(length as u64);
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} {elapsed}");
    bar.set_style(style.expect("the template is well-formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
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
    fn a_folder_that_is_no_demo_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "ten years of work").unwrap();
        assert!(clear(folder.path()).is_err());
        assert!(folder.path().join("thesis.txt").exists());
        let demo = folder.path().join("demo");
        clear(&demo).unwrap();
        fs::write(demo.join("demo.json"), "{}").unwrap();
        clear(&demo).unwrap();
        assert!(!demo.join("demo.json").exists());
    }

    #[test]
    fn the_shipped_agreement_compiles_within_the_default_budget() {
        let folder = tempfile::tempdir().unwrap();
        let period = "2026-09".parse().unwrap();
        let (_, agreement) = write_agreement(folder.path(), period, Dictionary::builtin()).unwrap();
        let year: u64 = agreement
            .series()
            .iter()
            .map(|series| series.charge().nano() * series.cadence().per_year())
            .sum();
        assert!(year <= vwis_node::node::DEFAULT_CAP.nano(), "{year}");
    }
}
