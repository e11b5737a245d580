//! Tables of who may read: holders of tokens, and people who are signed in.

use std::collections::BTreeSet;

use comfy_table::{Table, presets};
use vwis_model::ods::OdsCode;

use crate::identity::Role;

/// A table with these headings, and no rows yet.
pub(super) fn table<const N: usize>(headings: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(headings);
    table
}

pub(super) fn roles(roles: &BTreeSet<Role>) -> Vec<&'static str> {
    roles.iter().map(|role| role.code()).collect()
}

/// The organisation and the pathways that a holder's roles reach, for one column.
pub(super) fn of(organisation: Option<&OdsCode>, pathways: &[String]) -> String {
    let organisation = organisation.into_iter().map(OdsCode::as_str);
    let all: Vec<_> = organisation
        .chain(pathways.iter().map(String::as_str))
        .collect();
    all.join(", ")
}
