//! Every cell of every table, for each organisation and for the system: the rows of `picture.csv`.

use std::collections::BTreeSet;

use vwis_model::{agreement::Series, algebra::ResidualSum, ods::OdsCode};

use super::{Query, SYSTEM, SeriesPicture, promised_tables};
use crate::{
    estimate::{Estimate, Figure},
    release::Release,
};

/// The columns of `picture.csv`.
pub const COLUMNS: [&str; 14] = [
    "series",
    "organisation",
    "table",
    "cell",
    "estimate",
    "sd",
    "lower",
    "upper",
    "display",
    "reliability",
    "period",
    "release",
    "as_of",
    "pooled_with",
];

/// One line of `picture.csv`.
#[derive(Clone, Debug)]
pub struct PictureRow {
    /// ODS code, or `system`.
    pub org: String,
    /// Attribute codes joined by `+` as the agreement writes them, or `total`.
    pub table: String,
    /// Category codes joined by `+`, in the order of the table's attributes, or `total`.
    pub cell: String,
    /// The estimate of the cell.
    pub estimate: Estimate,
}

/// The rows of one series, for everybody or for `org` alone (an ODS code, or `system`). Organisations stand
/// sorted, then the system; tables in the agreement's order; cells in row-major order of the table's
/// attributes. An organisation's rows are made only when the iterator comes to them.
///
/// # Panics
/// Never: the tables that a series promises are in its closure.
pub fn rows<'a>(
    series: &'a Series,
    picture: &'a SeriesPicture,
    org: Option<&'a str>,
) -> impl Iterator<Item = PictureRow> + 'a {
    let organisations = picture.organisations();
    let all = organisations
        .map(|(ods_code, sum)| (ods_code.as_str(), sum))
        .chain([(SYSTEM, picture.system())]);
    all.filter(move |(own, _)| org.is_none_or(|org| org == *own))
        .flat_map(move |(org, sum)| rows_of(series, org, sum))
}

fn rows_of(series: &Series, org: &str, sum: &ResidualSum) -> Vec<PictureRow> {
    let mut rows = Vec::new();
    for table in promised_tables(series) {
        let name = table.name();
        let query = Query {
            by: table.by,
            filters: Vec::new(),
        };
        let resolved = query
            .resolve(series)
            .expect("what a series promises is in its closure");
        for row in resolved.rows(sum) {
            let codes = resolved.columns.iter().zip(&row.categories);
            let codes: Vec<_> = codes
                .map(|(axis, &category)| axis.attribute.categories()[category].code())
                .collect();
            rows.push(PictureRow {
                org: org.to_owned(),
                table: name.clone(),
                cell: if codes.is_empty() {
                    "total".to_owned()
                } else {
                    codes.join("+")
                },
                estimate: row.estimate,
            });
        }
    }
    rows
}

// === impl PictureRow ===

impl PictureRow {
    /// The fields in the order of [`COLUMNS`], numbers in their shortest exact form: of a cell of `release`, which is
    /// pooled with these of its day.
    #[must_use]
    pub fn fields(
        &self,
        release: &Release,
        pooled_with: &[(Release, BTreeSet<OdsCode>)],
    ) -> [String; 14] {
        let Self {
            org,
            table,
            cell,
            estimate,
        } = self;
        let figure = Figure::from(*estimate);
        let (lower, upper) = figure.interval();
        let pooled_with = pooled_with.iter().filter(|(_, codes)| {
            self.org == SYSTEM || codes.iter().any(|code| code.as_str() == self.org)
        });
        let pooled_with: Vec<_> = pooled_with.map(|(one, _)| one.id.to_string()).collect();
        [
            release.series.clone(),
            org.clone(),
            table.clone(),
            cell.clone(),
            estimate.value().to_string(),
            estimate.sd().to_string(),
            lower.to_string(),
            upper.to_string(),
            figure
                .display()
                .map_or_else(String::new, |shown| shown.to_string()),
            estimate.reliability().code().to_owned(),
            release.period.to_string(),
            release.id.to_string(),
            release.period.last_day().to_string(),
            pooled_with.join(" "),
        ]
    }
}
