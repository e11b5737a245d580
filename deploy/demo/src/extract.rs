//! Extracts: what a trust would export.

use std::path::Path;

use anyhow::Context as _;
use vwis_proto::dictionary::DataSet;

use crate::staff::Person;

/// Writes `people` as CSV, a row for each assignment.
pub(crate) fn write(path: &Path, people: &[Person], data_set: &DataSet) -> anyhow::Result<()> {
    let in_file = || format!("cannot write {}", path.display());
    let mut csv = csv::Writer::from_path(path).with_context(in_file)?;
    let attributes = data_set.attributes();
    let header = ["employee_number", "fte"]
        .into_iter()
        .chain(attributes.iter().map(|a| a.code()));
    csv.write_record(header).with_context(in_file)?;
    for person in people {
        let codes: Vec<&str> = attributes
            .iter()
            .zip(&person.codes)
            .map(|(attribute, category)| attribute.categories()[*category].code())
            .collect();
        let mut row = |fte: u32, contract: Option<&'static str>| {
            let number = format!("{:08}", person.number);
            let fte = format!("{}.{:02}", fte / 100, fte % 100);
            let codes = attributes
                .iter()
                .zip(&codes)
                .map(|(attribute, code)| match contract {
                    Some(contract) if attribute.code() == "contract" => contract,
                    _ => code,
                });
            csv.write_record([number.as_str(), fte.as_str()].into_iter().chain(codes))
        };
        for fte in &person.assignments {
            row(*fte, None).with_context(in_file)?;
        }
        if person.bank_row {
            row(0, Some("bank")).with_context(in_file)?;
        }
    }
    csv.flush().with_context(in_file)
}
