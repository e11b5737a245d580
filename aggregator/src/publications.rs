//! What of everything released is published to readers below analyst.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;
use vwis_model::agreement::{Agreement, Series};

use crate::{
    archive::Archive,
    default_agreement::{Readable, default_agreement},
    publication::{Decision, History, Publication},
    release::{Coverage, Release},
};

/// All releases and decisions at one moment, and what they come to.
#[derive(Debug)]
pub(crate) struct Publications {
    /// In the order in which they were made.
    releases: Vec<Release>,
    decisions: Vec<Decision>,
    current: Arc<Publication>,
}

// === impl Publications ===

impl Publications {
    /// What is published at `now` under all `agreements`; releases and decisions are in the order in which
    /// they were made.
    #[must_use]
    pub(crate) fn new(
        agreements: &[Arc<Agreement>],
        releases: Vec<Release>,
        decisions: Vec<Decision>,
        now: Timestamp,
    ) -> Self {
        let history = History {
            agreements,
            releases: &releases,
            decisions: &decisions,
        };
        let current = Arc::new(Publication::at(history, now, None));
        Self {
            releases,
            decisions,
            current,
        }
    }

    /// What was published after so many steps.
    #[must_use]
    pub(crate) fn after(
        &self,
        steps: usize,
        agreements: &[Arc<Agreement>],
        now: Timestamp,
    ) -> Publication {
        let history = History {
            agreements,
            releases: &self.releases,
            decisions: &self.decisions,
        };
        Publication::at(history, now, Some(steps))
    }

    /// What is published now.
    #[must_use]
    pub(crate) fn current(&self) -> &Arc<Publication> {
        &self.current
    }

    /// The releases of `archive`, superseded ones included, that were never published: analysts alone read
    /// them.
    #[must_use]
    pub(crate) fn unpublished_of(&self, archive: &Archive) -> BTreeSet<Uuid> {
        let all = archive.made().iter().map(|release| release.id);
        all.filter(|id| self.current.since(*id).is_none()).collect()
    }

    /// The default agreement for a question that names none and is answered from series that `tells` holds of,
    /// for a reader of everything or of what is published; none where there is nothing to read.
    #[must_use]
    pub(crate) fn default_agreement(
        &self,
        agreements: &[Arc<Agreement>],
        reads_everything: bool,
        tells: impl Fn(&Series) -> bool,
    ) -> Option<Arc<Agreement>> {
        if reads_everything {
            let readable = self.releases.iter().map(|release| Readable {
                agreement: release.agreement,
                series: &release.series,
                period: release.period,
                employers: release.contributors.len(),
            });
            return default_agreement(agreements, readable, tells);
        }
        let published = agreements.iter().flat_map(|agreement| {
            let days = self.current.under(&agreement.hash());
            days.flat_map(|((_, period), published)| {
                published.releases().keys().map(|series| Readable {
                    agreement: agreement.hash(),
                    series,
                    period: *period,
                    employers: published.employers().len(),
                })
            })
        });
        default_agreement(agreements, published, tells)
    }

    /// A release as readers below analyst see it: over the employers for which it is published, with the
    /// missing ones in its coverage. None where it was never published.
    #[must_use]
    pub(crate) fn as_published(&self, release: &Release) -> Option<(Release, Coverage)> {
        let release = self.current.as_published(release)?;
        let coverage = self.current.coverage(&release, &self.releases);
        Some((release, coverage))
    }

    /// All releases, in the order in which they were made.
    #[must_use]
    pub(crate) fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// All decisions to publish, in the order in which they were taken.
    #[must_use]
    pub(crate) fn decisions(&self) -> &[Decision] {
        &self.decisions
    }
}
