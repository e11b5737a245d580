//! The two agreements of the demo: proposed, decided on, collected, and set beside the truth.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use futures_util::{StreamExt, TryStreamExt, stream};
use vwis_model::{
    agreement::{Agreement, Cadence, Draft},
    dictionary::Dictionary,
    here,
    period::Period,
};

use super::{AT_ONCE, files, nodes::ServingNode, progress::Progress};
use crate::{
    check::{self, Measured},
    history::Snapshots,
    picture,
    roles::Roles,
    truth::Truth,
};

const WORKFORCE: &str = include_str!("../../../agreements/gm-workforce.toml");
const EQUALITY: &str = include_str!("../../../agreements/gm-equality.toml");

/// A shipped agreement under the place's name, with its term moved so that it holds the demo's periods.
pub(super) struct Proposed {
    pub(super) agreement: Agreement,
    /// The periods that are collected, ascending.
    periods: Vec<Period>,
    /// What the names of its files begin with, if they do.
    prefix: &'static str,
    draft: PathBuf,
}

/// A picture, and the truth.
pub(super) struct Compared {
    pub(super) picture: PathBuf,
    pub(super) truth: PathBuf,
    pub(super) rows: Vec<picture::Row>,
    pub(super) counted: Truth,
    pub(super) questions: Vec<Measured>,
}

// === impl Proposed ===

impl Proposed {
    /// The agreement about the workforce, over all periods.
    pub(super) fn workforce(
        dir: &Path,
        periods: &[Period],
        dictionary: &Dictionary,
    ) -> anyhow::Result<Self> {
        Self::written(
            dir,
            "",
            WORKFORCE,
            "workforce",
            periods.to_vec(),
            dictionary,
        )
    }

    /// The one about recruitment and careers, over the last financial year: the extracts of its beginning are
    /// there as well.
    pub(super) fn equality(
        dir: &Path,
        periods: &[Period],
        dictionary: &Dictionary,
    ) -> anyhow::Result<Self> {
        let year = vec![last_year(periods)?];
        Self::written(dir, "equality-", EQUALITY, "equality", year, dictionary)
    }

    fn written(
        dir: &Path,
        prefix: &'static str,
        text: &str,
        about: &str,
        periods: Vec<Period>,
        dictionary: &Dictionary,
    ) -> anyhow::Result<Self> {
        let mut draft: toml::Table = text.parse()?;
        let name = format!("{} {about}", here::place().name());
        let (first, last) = (periods[0], periods[periods.len() - 1]);
        for (field, value) in [
            ("name", name),
            ("first_period", first.to_string()),
            ("last_period", last.to_string()),
        ] {
            draft.insert(field.to_owned(), value.into());
        }
        let text = toml::to_string(&draft)?;
        let draft = dir.join(format!("{prefix}agreement.toml"));
        fs::write(&draft, &text)?;
        let (agreement, _) = Draft::parse(&text)?.compile(dictionary)?;
        Ok(Self {
            agreement,
            periods,
            prefix,
            draft,
        })
    }

    pub(super) fn hash(&self) -> String {
        self.agreement.hash().to_string()
    }

    pub(super) async fn propose(&self, roles: &Roles) -> anyhow::Result<()> {
        let file = self.draft.to_string_lossy();
        let propose = ["agreement", "propose", &*file];
        roles.aggregator(&propose).await.map(drop)
    }

    /// Lets a person at each of `nodes` decide: `approve` or `decline`.
    pub(super) async fn decide(
        &self,
        roles: &Roles,
        nodes: &[ServingNode],
        decision: &str,
    ) -> anyhow::Result<()> {
        let hash = self.hash();
        let decide = [
            "agreement",
            decision,
            &hash,
            "--by",
            "The demo",
            "--reason",
            "to show how it goes",
        ];
        stream::iter(nodes)
            .map(|node| roles.node(node.ods_code, &decide))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<_>>()
            .await
            .map(drop)
    }

    /// Collects every period, oldest first, and returns what the aggregator said about the last release of
    /// each series. A period can be partial: nobody knows who joined before the first snapshot.
    pub(super) async fn collect(
        &self,
        roles: &Roles,
        progress: &Progress,
    ) -> anyhow::Result<Vec<String>> {
        let hash = self.hash();
        let all = self.agreement.series();
        let mut latest: Vec<String> = vec![String::new(); all.len()];
        for period in &self.periods {
            let period = period.to_string();
            let args = ["collect", "--agreement", &hash, "--period", &period];
            let said = roles.aggregator_partly(&args).await?;
            for (series, latest) in all.iter().zip(&mut latest) {
                let begins = format!("{} {period}: ", series.name());
                if let Some(line) = said.lines().find(|line| line.starts_with(&begins)) {
                    line.clone_into(latest);
                }
            }
            progress.done(&period);
        }
        Ok(latest)
    }

    /// How many periods are collected.
    pub(super) fn periods(&self) -> usize {
        self.periods.len()
    }

    /// Takes the picture, and writes the truth beside it.
    pub(super) async fn compare(
        &self,
        dir: &Path,
        roles: &Roles,
        snapshots: &std::collections::BTreeMap<Period, Snapshots>,
    ) -> anyhow::Result<Compared> {
        let file = |name: &str| dir.join(format!("{}{name}.csv", self.prefix));
        let (picture, truth) = (file("picture"), file("truth"));
        let (hash, output) = (self.hash(), picture.to_string_lossy().into_owned());
        let take = ["picture", "--agreement", &hash, "--output", &output];
        roles.aggregator(&take).await?;
        let rows = picture::read(&picture)?;
        let organisations = rows.iter().map(|row| row.cell.org.as_str()).collect();
        let counted = Truth::count(&self.agreement, snapshots, &organisations)?;
        files::write_truth(&truth, &rows, &counted)?;
        let questions = check::questions(&self.agreement, &rows, &counted);
        Ok(Compared {
            picture,
            truth,
            rows,
            counted,
            questions,
        })
    }
}

/// The end of the last financial year in the history.
pub(super) fn last_year(periods: &[Period]) -> anyhow::Result<Period> {
    let mut years = periods.iter().rev().copied();
    let last = years.find(|period| Cadence::Yearly.includes(*period));
    last.context("eight quarters hold the end of a financial year")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::quarters_up_to;

    #[test]
    fn the_shipped_agreements_fit_in_the_default_budget_together_and_cover_their_periods() {
        let folder = tempfile::tempdir().unwrap();
        let periods = quarters_up_to("2026-09".parse().unwrap()).unwrap();
        let (dir, dictionary) = (folder.path(), here::dictionary());
        let workforce = Proposed::workforce(dir, &periods, dictionary).unwrap();
        let equality = Proposed::equality(dir, &periods, dictionary).unwrap();
        let both = [&workforce, &equality];
        let all = both.into_iter().flat_map(|one| one.agreement.series());
        let year: u64 = all
            .map(|series| series.charge().nano() * series.cadence().per_year())
            .sum();
        assert!(year <= vwis_node::node::DEFAULT_CAP.nano(), "{year}");
        assert_eq!(workforce.agreement.term(), (periods[0], periods[7]));
        let march = "2026-03".parse().unwrap();
        assert_eq!(equality.agreement.term(), (march, march));
        for one in both {
            for series in one.agreement.series() {
                let mut collected = one.periods.iter();
                assert!(collected.any(|period| one.agreement.allows(series, *period)));
            }
        }
    }
}
