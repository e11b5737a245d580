//! The findings of a drill, as documents for people and for programs.

use std::{fmt::Write as _, path::PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use vwis_host::files;
use vwis_model::{
    here,
    ods::OdsCode,
    rho::{DISPLAY_DELTA, Rho},
};

use super::{Blueprint, DrillError};

/// What came of one attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The attack's name for programs, in kebab case.
    pub name: &'static str,
    /// The attack's title for people.
    pub title: &'static str,
    /// What was tried.
    pub tried: &'static str,
    /// What came back.
    pub came_back: String,
    /// Why it does not work.
    pub because: &'static str,
    /// Whether the node's promise was kept.
    pub held: bool,
}

/// A drill that was carried out: what was attacked, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Drill {
    ods_code: OdsCode,
    software_version: &'static str,
    dictionary_version: &'static str,
    carried_out_at: Timestamp,
    cap_rho_nano_per_year: Rho,
    answer_floor_ms: u64,
    held: bool,
    attacks: Vec<Finding>,
}

/// What the drill does not cover.
const NOT_COVERED: &str = "\
The drill runs this software in one process on this machine, over real mutual TLS, with synthetic staff. \
It does not cover: somebody who can read this machine's disk or memory; an aggregator that publishes what \
it was given; a person employed by several organisations, who is exposed to each of them; a node whose \
people import false records; a machine image rolled back, keys and witness and all, under an aggregator \
that hides its receipts; the quality of the noise beyond its being there, which an audit in the software's \
own tests measures.";

// === impl Finding ===

/// Serialises `name`, `held` and `evidence`, which holds all other fields.
impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Evidence<'a> {
            title: &'a str,
            tried: &'a str,
            came_back: &'a str,
            because: &'a str,
        }
        #[derive(Serialize)]
        struct Named<'a> {
            name: &'a str,
            held: bool,
            evidence: Evidence<'a>,
        }
        let named = Named {
            name: self.name,
            held: self.held,
            evidence: Evidence {
                title: self.title,
                tried: self.tried,
                came_back: &self.came_back,
                because: self.because,
            },
        };
        named.serialize(serializer)
    }
}

// === impl Drill ===

impl Drill {
    /// A drill with these findings, made against copies of the node that `blueprint` describes.
    #[must_use]
    pub fn new(blueprint: &Blueprint, attacks: Vec<Finding>) -> Self {
        let config = &blueprint.config.file;
        Self {
            ods_code: config.ods_code.clone(),
            software_version: env!("CARGO_PKG_VERSION"),
            dictionary_version: here::dictionary().version(),
            carried_out_at: blueprint.clock.now(),
            cap_rho_nano_per_year: blueprint.cap,
            answer_floor_ms: config.answer_floor_ms,
            held: attacks.iter().all(|finding| finding.held),
            attacks,
        }
    }

    /// Whether every promise was kept.
    #[must_use]
    pub fn held(&self) -> bool {
        self.held
    }

    /// Names of the attacks that broke a promise.
    #[must_use]
    pub fn broken(&self) -> Vec<&'static str> {
        let broken = self.attacks.iter().filter(|finding| !finding.held);
        broken.map(|finding| finding.name).collect()
    }

    /// The evidence as JSON.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "what is expected cannot fail")]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and integers have a JSON form")
    }

    /// The evidence as Markdown, to be put beside a data protection impact assessment.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = format!(
            "# Fire drill of the VWIS node of {}\n\n\
             Carried out {}, software {}, dictionary {}. Privacy budget ρ {} a year (ε {:.2} at δ {:e}), \
             first answers after {} ms at the earliest.\n\n\
             **{}**\n\n\
             | attack | held off |\n|---|---|\n",
            self.ods_code,
            self.carried_out_at.strftime("%Y-%m-%d %H:%M UTC"),
            self.software_version,
            self.dictionary_version,
            self.cap_rho_nano_per_year,
            self.cap_rho_nano_per_year.epsilon(),
            DISPLAY_DELTA,
            self.answer_floor_ms,
            self.verdict(),
        );
        for finding in &self.attacks {
            let _ = writeln!(page, "| {} | {} |", finding.title, finding.verdict());
        }
        for finding in &self.attacks {
            let _ = write!(
                page,
                "\n## {}\n\n**Held off: {}.** ({})\n\n- Tried: {}\n- Came back: {}\n- Why: {}\n",
                finding.title,
                finding.verdict(),
                finding.name,
                finding.tried,
                finding.came_back,
                finding.because,
            );
        }
        let _ = write!(page, "\n## What this does not show\n\n{NOT_COVERED}\n");
        page
    }

    /// One sentence that sums up the drill.
    #[must_use]
    pub fn verdict(&self) -> String {
        let (held, all) = (
            self.attacks.iter().filter(|finding| finding.held).count(),
            self.attacks.len(),
        );
        if self.held {
            format!("All {all} attacks were held off.")
        } else {
            format!(
                "{held} of {all} attacks were held off; NOT held off: {}.",
                self.broken().join(", ")
            )
        }
    }
}

// === impl Finding ===

impl Finding {
    /// Whether the promise was kept, in words.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        if self.held { "yes" } else { "NO" }
    }
}

/// Writes Markdown and JSON into `evidence` in the node's folder, readable by its user alone. Earlier
/// evidence is never overwritten.
///
/// # Errors
/// When the folder cannot be made or a file cannot be written.
pub fn write_evidence(drill: &Drill, blueprint: &Blueprint) -> Result<[PathBuf; 2], DrillError> {
    let folder = blueprint.config.dir.join("evidence");
    files::private_folder(&folder)?;
    let stem = drill.carried_out_at.strftime("drill-%Y-%m-%dT%H%M%SZ");
    let (page, json) = (
        folder.join(format!("{stem}.md")),
        folder.join(format!("{stem}.json")),
    );
    files::write_private(&page, drill.markdown().as_bytes())?;
    files::write_private(&json, drill.json().as_bytes())?;
    Ok([page, json])
}
