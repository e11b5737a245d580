//! The attacks, one file each: what is tried, what came back, and why it does not work.

mod asking_again;
mod differencing;
mod old_backup;
mod replaying;
mod second_agreement;
mod stolen_certificate;

use super::{Blueprint, DrillError, Finding, stage::Stage};

/// One attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Averaging the noise away by asking the same thing again and again.
    AskingAgain,
    /// Asking the same again after each of several restarts.
    AfterRestart,
    /// Asking the same again after the period was imported again.
    AfterImport,
    /// Subtracting one table from another.
    DifferencingTables,
    /// Subtracting the month after somebody left from the month before.
    DifferencingMonths,
    /// Asking the same under another agreement.
    SecondAgreement,
    /// Sending an old request again, and new ones with old, altered and no receipts.
    Replaying,
    /// Calling with other people's certificates.
    StolenCertificate,
    /// Putting an old backup back to be paid for twice.
    OldBackup,
}

/// What the evidence says of an attack, whatever came of it.
pub(super) struct Texts {
    /// Name for programs, in kebab case.
    pub(super) name: &'static str,
    /// Title for people.
    pub(super) title: &'static str,
    /// What is tried.
    pub(super) tried: &'static str,
    /// Why it does not work.
    pub(super) because: &'static str,
}

/// What came back from an attack, in words, and whether the promise was kept.
pub(super) struct Seen {
    pub(super) in_words: String,
    pub(super) held: bool,
}

// === impl Attack ===

impl Attack {
    /// All attacks, in the order of the evidence.
    pub const ALL: [Self; 9] = [
        Self::AskingAgain,
        Self::AfterRestart,
        Self::AfterImport,
        Self::DifferencingTables,
        Self::DifferencingMonths,
        Self::SecondAgreement,
        Self::Replaying,
        Self::StolenCertificate,
        Self::OldBackup,
    ];

    fn texts(self) -> &'static Texts {
        match self {
            Self::AskingAgain => &asking_again::AT_ONCE,
            Self::AfterRestart => &asking_again::AFTER_RESTART,
            Self::AfterImport => &asking_again::AFTER_IMPORT,
            Self::DifferencingTables => &differencing::TABLES,
            Self::DifferencingMonths => &differencing::MONTHS,
            Self::SecondAgreement => &second_agreement::TEXTS,
            Self::Replaying => &replaying::TEXTS,
            Self::StolenCertificate => &stolen_certificate::TEXTS,
            Self::OldBackup => &old_backup::TEXTS,
        }
    }

    /// Title for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.texts().title
    }

    /// Carries out the attack against a throw-away node made after `blueprint`.
    ///
    /// # Errors
    /// [`DrillError`] where it could not be carried out.
    pub async fn carry_out(self, blueprint: &Blueprint) -> Result<Finding, DrillError> {
        let mut stage = Stage::set_up(blueprint).await?;
        let seen = match self {
            Self::AskingAgain => asking_again::at_once(&stage).await?,
            Self::AfterRestart => asking_again::after_restart(&mut stage).await?,
            Self::AfterImport => asking_again::after_import(&stage).await?,
            Self::DifferencingTables => differencing::tables(&stage).await?,
            Self::DifferencingMonths => differencing::months(&stage).await?,
            Self::SecondAgreement => second_agreement::try_it(&stage).await?,
            Self::Replaying => replaying::try_it(&stage).await?,
            Self::StolenCertificate => stolen_certificate::try_it(&stage).await?,
            Self::OldBackup => old_backup::try_it(&mut stage).await?,
        };
        stage.turn_off().await?;
        let texts = self.texts();
        Ok(Finding {
            name: texts.name,
            title: texts.title,
            tried: texts.tried,
            came_back: seen.in_words,
            because: texts.because,
            held: seen.held,
        })
    }
}
