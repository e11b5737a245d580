//! What a release's figures are pooled with.

use std::collections::BTreeSet;

use vwis_model::ods::OdsCode;

use crate::{picture::Whose, release::Release};

/// The releases of the same day that a release's figures are pooled with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pooled {
    /// Each release, and the employers whose measurements in it are pooled.
    pub with: Vec<(Release, BTreeSet<OdsCode>)>,
    /// The employers whose measurements of the day name one import and disagree more than chance makes them.
    pub disagreeing: BTreeSet<OdsCode>,
}

impl Pooled {
    /// The releases that figures of `whose` are pooled with.
    pub fn of<'a>(&'a self, whose: &'a Whose) -> impl Iterator<Item = &'a Release> {
        let is_theirs = move |codes: &BTreeSet<OdsCode>| match whose {
            Whose::System => true,
            Whose::Organisations(own) => own.iter().any(|one| codes.contains(one)),
        };
        let with = self.with.iter();
        with.filter(move |(_, codes)| is_theirs(codes))
            .map(|(release, _)| release)
    }
}
