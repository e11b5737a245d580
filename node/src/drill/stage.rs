//! A throw-away organisation for one attack.

use std::{fs, path::PathBuf, sync::Arc};

use tempfile::TempDir;
use vwis_host::{clock::Clock, files};
use vwis_link::{
    authority::Authority,
    credentials::{Credentials, KeyAndCsr},
    identity::Identity,
};
use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::{Agreement, Draft, Series},
    here,
    measurement::MeasurementId,
    period::{FinancialYear, Period},
    rho::Rho,
};
use vwis_proto::v1;

use super::{
    DrillError,
    attacker::{Answer, Attacker, Came},
    estimates::Estimates,
    staff,
};
use crate::{
    config::{Config, ConfigFile, ROLLBACK_PROOF_FILE},
    import::{
        DEFAULT_MOST_REJECTED, Encoding, Kind, Mapping, Options, PathwayRule, Progress,
        read_extract,
    },
    ledger::{Decided, Ledger},
    node::Node,
    server::run::{Served, Serving},
    store,
};
use vwis_noise::Mechanism;

/// The drill's aggregator, whose certificate the attacker holds.
pub(super) const AGGREGATOR: &str = "drill";
/// Measurements that a year's budget pays for under the drill's agreements.
pub(super) const DRAWS_A_YEAR: u32 = 8;
/// The one series of the drill's agreements.
const SERIES: &str = "headline";
/// The tables, chosen so that one is a margin of another.
const TABLES: &str = r#"[
    { by = [] }, { by = ["staff_group"] }, { by = ["gender"] }, { by = ["staff_group", "gender"] },
]"#;

/// What a stage is made of: the real node's configuration and cap, and the software's own clock and
/// mechanism.
pub struct Blueprint {
    /// The real node's configuration.
    pub config: Config,
    /// The real node's yearly cap.
    pub cap: Rho,
    /// The clock that the throw-away nodes use.
    pub clock: Arc<dyn Clock>,
    /// The mechanism that adds the noise.
    pub mechanism: Arc<dyn Mechanism>,
}

/// One throw-away organisation: its node served over mutual TLS on loopback, an agreement approved,
/// two months imported, and the attacker connected with the aggregator's certificate.
pub(super) struct Stage<'a> {
    blueprint: &'a Blueprint,
    /// The temporary folder, which is removed with the stage.
    folder: TempDir,
    authority: Authority,
    config: Config,
    months: Vec<Period>,
    agreement: Agreement,
    on: Option<On>,
}

/// A node that is served, and the attacker who is connected to it.
struct On {
    node: Arc<Node>,
    served: Served,
    attacker: Attacker,
}

// === impl Stage ===

impl<'a> Stage<'a> {
    /// Sets the stage up in a folder beside the real node's store, on the same disk.
    pub(super) async fn set_up(blueprint: &'a Blueprint) -> Result<Self, DrillError> {
        let folder = tempfile::Builder::new()
            .prefix("drill-")
            .tempdir_in(&blueprint.config.dir)?;
        let name: AggregatorName = AGGREGATOR.parse().expect("it is a name");
        let authority = Authority::generate(&name, blueprint.clock.now())?;
        let file = ConfigFile {
            listen: ([127, 0, 0, 1], 0).into(),
            keep_dir: "keep".into(),
            // The attacks are not about places or load.
            most_connections: 32,
            ..blueprint.config.file.clone()
        };
        let dir = folder.path().join("node");
        let config = Node::init(dir, file, blueprint.cap, &*blueprint.clock).await?;
        let months = last_full_year(&*blueprint.clock);
        let agreement = agreement(1, &months, blueprint.cap)?;
        let mut stage = Self {
            blueprint,
            folder,
            authority,
            config,
            months,
            agreement,
            on: None,
        };
        stage.enrol()?;
        stage.turn_on().await?;
        for month in [0, 1] {
            stage.import(month, true).await?;
        }
        let agreement = stage.agreement.clone();
        stage.propose(&agreement).await?;
        stage.approve(&agreement).await?;
        Ok(stage)
    }

    /// Writes the files that `enrol` leaves in the folder.
    fn enrol(&self) -> Result<(), DrillError> {
        let identity = self.identity();
        let key = KeyAndCsr::generate(&identity)?;
        let now = self.blueprint.clock.now();
        let certificate = self.authority.issue(&key.csr_pem, &identity, now)?;
        let tls = self.config.tls_dir();
        files::write_private(&tls.join("node.key"), key.key_pem.as_bytes())?;
        files::write_public(&tls.join("node.crt"), certificate.as_bytes())?;
        let authority = self.authority.certificate_pem();
        files::write_public(&tls.join("authority.crt"), authority.as_bytes())?;
        Ok(())
    }

    /// Opens the node and serves it.
    pub(super) async fn turn_on(&mut self) -> Result<(), DrillError> {
        let node = Node::open(
            self.config.clone(),
            Arc::clone(&self.blueprint.clock),
            Arc::clone(&self.blueprint.mechanism),
        )
        .await?;
        let node = Arc::new(node);
        let served = Serving::bind(Arc::clone(&node)).await?.spawn();
        let aggregator = Identity::Aggregator(self.agreement.aggregator().clone());
        let credentials = self.credentials(&aggregator)?;
        let attacker = Attacker::connect(&served.url(), &self.identity(), &credentials).await?;
        self.on = Some(On {
            node,
            served,
            attacker,
        });
        Ok(())
    }

    /// Stops serving and closes the store.
    pub(super) async fn turn_off(&mut self) -> Result<(), DrillError> {
        if let Some(on) = self.on.take() {
            drop(on.attacker);
            on.served.stop().await?;
            on.node.store().close().await;
        }
        Ok(())
    }

    fn on(&self) -> &On {
        self.on
            .as_ref()
            .expect("an attack turns on what it turned off")
    }

    /// The node's own identity.
    pub(super) fn identity(&self) -> Identity {
        Identity::Node(self.config.file.ods_code.clone())
    }

    /// The address at which the node answers.
    pub(super) fn url(&self) -> String {
        self.on().served.url()
    }

    /// Issues a certificate for `identity` from this system's authority.
    pub(super) fn credentials(&self, identity: &Identity) -> Result<Credentials, DrillError> {
        certify(&self.authority, &self.authority, identity, self.blueprint)
    }

    /// Issues a certificate for `identity` from an authority that nobody here trusts, but that trusts this
    /// one.
    pub(super) fn foreign_credentials(
        &self,
        identity: &Identity,
    ) -> Result<Credentials, DrillError> {
        let name = "elsewhere".parse().expect("it is a name");
        let elsewhere = Authority::generate(&name, self.blueprint.clock.now())?;
        certify(&elsewhere, &self.authority, identity, self.blueprint)
    }

    /// Imports the staff as of the end of month number `month`, with the target or after that person left.
    pub(super) async fn import(&self, month: usize, with_target: bool) -> Result<(), DrillError> {
        let file = self.folder.path().join("staff.csv");
        fs::write(&file, staff::extract(with_target))?;
        let tagger = self.on().node.employee_key().await?.tagger();
        let (mapping, pathway_rule) = (Mapping::builtin(), PathwayRule::builtin());
        let period = self.months[month];
        let options = Options {
            kind: Kind::Staff,
            organisation: &self.config.file.ods_code,
            period,
            mapping: &mapping,
            pathway_rule: &pathway_rule,
            pathway_list: None,
            encoding: Encoding::Utf8,
            tagger: &tagger,
            most_rejected: DEFAULT_MOST_REJECTED,
            sheet: None,
            allowed: &[],
        };
        let imported = read_extract(&file, &options, &Progress::default())
            .map_err(|error| DrillError::Import(error.to_string()))?;
        let now = self.blueprint.clock.now();
        let node = &self.on().node;
        node.keep_import(Kind::Staff, period, &imported, now)
            .await?;
        Ok(())
    }

    /// The agreement that a person of the throw-away organisation approved.
    pub(super) fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// An agreement with the same questions and another version number.
    pub(super) fn another_agreement(&self, version: u32) -> Result<Agreement, DrillError> {
        agreement(version, &self.months, self.blueprint.cap)
    }

    /// The yearly cap.
    pub(super) fn cap(&self) -> Rho {
        self.blueprint.cap
    }

    /// The series that every agreement of the drill has.
    pub(super) fn series(&self) -> &Series {
        &self.agreement.series()[0]
    }

    /// Hands an agreement over to the node, as the aggregator does.
    pub(super) async fn propose(&self, agreement: &Agreement) -> Result<(), DrillError> {
        let proposed = self.on().attacker.propose(agreement).await;
        proposed.map_err(DrillError::Refused)
    }

    /// Approves `agreement`, as a person of the throw-away organisation.
    pub(super) async fn approve(&self, agreement: &Agreement) -> Result<(), DrillError> {
        let node = &self.on().node;
        let decided = Decided::new("The drill", "to be attacked");
        node.approve(agreement, decided).await?;
        Ok(())
    }

    /// A request for month number `month` under `agreement`, with the receipt of the answer last held.
    pub(super) fn request(
        &self,
        agreement: &Agreement,
        month: usize,
        last: Option<&Answer>,
    ) -> v1::MeasureRequest {
        v1::MeasureRequest {
            agreement_hash: agreement.hash().as_bytes().to_vec(),
            series: SERIES.to_owned(),
            period: self.months[month].to_string(),
            correction: 0,
            last_receipt: last.map(|answer| answer.receipt.clone()),
        }
    }

    /// Sends a request with the aggregator's certificate.
    pub(super) async fn ask(&self, request: &v1::MeasureRequest) -> Came {
        self.on().attacker.ask(request).await
    }

    /// Sends a request that the node has no reason to refuse.
    pub(super) async fn answer(&self, request: &v1::MeasureRequest) -> Result<Answer, DrillError> {
        self.ask(request).await.map_err(DrillError::Refused)
    }

    /// What an attacker computes from an answer.
    pub(super) fn estimates(&self, answer: &Answer) -> Estimates {
        Estimates::of(answer, self.series())
    }

    /// The throw-away node's ledger.
    pub(super) async fn ledger(&self) -> Result<Ledger, DrillError> {
        Ok(self.on().node.store().ledger().await?)
    }

    /// ρ charged in total, and the number of charges.
    pub(super) async fn charged(&self) -> Result<(Rho, usize), DrillError> {
        let ledger = self.ledger().await?;
        let all = ledger.spent_by_year().values();
        let sum = all.fold(Rho::ZERO, |sum, rho| {
            sum.checked_add(*rho).expect("a year's cap bounds it")
        });
        let charges: Vec<&MeasurementId> = ledger.reservations().map(|(id, _)| id).collect();
        Ok((sum, charges.len()))
    }

    /// Copies the store and the witness.
    pub(super) fn back_up(&self) -> Result<(), DrillError> {
        let backup = self.backup();
        fs::create_dir_all(&backup)?;
        store::copy_files(&self.config.dir, &backup)?;
        fs::copy(self.config.witness_file(), backup.join("witness.json"))?;
        Ok(())
    }

    /// Puts back the store that [`Self::back_up`] copied, as a backup does. With `witness_too` it rolls the
    /// witness back as well, as restoring a machine image does.
    pub(super) fn restore(&self, witness_too: bool) -> Result<(), DrillError> {
        let backup = self.backup();
        store::copy_files(&backup, &self.config.dir)?;
        if witness_too {
            let witness = self.config.witness_file();
            fs::copy(backup.join("witness.json"), &witness)?;
            files::remove(&witness.with_file_name(ROLLBACK_PROOF_FILE))?;
        }
        Ok(())
    }

    fn backup(&self) -> PathBuf {
        self.folder.path().join("backup")
    }
}

fn certify(
    authority: &Authority,
    trusts: &Authority,
    identity: &Identity,
    blueprint: &Blueprint,
) -> Result<Credentials, DrillError> {
    let key = KeyAndCsr::generate(identity)?;
    let certificate = authority.issue(&key.csr_pem, identity, blueprint.clock.now())?;
    let trusted = trusts.certificate_pem();
    Ok(Credentials::from_pem(&certificate, &key.key_pem, trusted)?)
}

/// The months April to March of the last financial year that has ended.
fn last_full_year(clock: &dyn Clock) -> Vec<Period> {
    let today = clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let ended = FinancialYear::of(today).0;
    let month = |year: i32, month: u8| -> Period {
        let text = format!("{year:04}-{month:02}");
        text.parse().expect("today's year has four digits")
    };
    month(ended - 1, 4).through(month(ended, 3)).collect()
}

/// An agreement on each month's headcount, at a ρ that the cap pays for [`DRAWS_A_YEAR`] times.
fn agreement(version: u32, months: &[Period], cap: Rho) -> Result<Agreement, DrillError> {
    let rho = Rho::from_nano((cap.nano() / u64::from(DRAWS_A_YEAR)).max(1));
    let (first, last) = (months[0], months[months.len() - 1]);
    let draft = format!(
        "name = \"Fire drill\"\nversion = {version}\naggregator = \"{AGGREGATOR}\"\n\
         purpose = \"To be attacked.\"\nreaders = \"The drill.\"\n\
         first_period = \"{first}\"\nlast_period = \"{last}\"\n\
         [[series]]\nname = \"{SERIES}\"\nmeasure = \"headcount\"\ncadence = \"monthly\"\n\
         rho = {rho}\ntables = {TABLES}\n"
    );
    let draft = Draft::parse(&draft).map_err(|error| DrillError::Agreement(error.to_string()))?;
    let compiled = draft.compile(here::dictionary());
    let (agreement, _) = compiled.map_err(|error| DrillError::Agreement(error.to_string()))?;
    Ok(agreement)
}
