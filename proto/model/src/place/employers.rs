//! `employers.csv`: who employs people here, where, and, if published, how many.

use super::{Locality, error::Fault, manifest::LONGEST_NAME, pack::EMPLOYERS, rows::Table};
use crate::{dictionary::ELSEWHERE, ods::OdsCode, text};

/// What kind of care an employer gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Setting {
    /// A hospital trust, with or without community services.
    #[default]
    Acute,
    /// A cancer centre.
    Cancer,
    /// A mental health trust.
    MentalHealth,
    /// Community services alone.
    Community,
}

/// An employer, by what is published about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employer {
    /// Its ODS code.
    pub ods_code: OdsCode,
    /// The name that pages show.
    pub name: String,
    /// What kind of care it gives.
    pub setting: Setting,
    /// Codes of the localities that have a work site of it.
    pub localities: Vec<String>,
    /// The number of people in all staff groups, if that is published.
    pub headcount: Option<u32>,
}

/// Reads `employers.csv`, which may be missing and then is an empty text; what is wrong goes to `faults`.
pub(super) fn read(csv: &str, localities: &[Locality], faults: &mut Vec<Fault>) -> Vec<Employer> {
    if csv.is_empty() {
        return Vec::new();
    }
    let optional = ["setting", "localities", "headcount"];
    let table = Table::read(EMPLOYERS, csv, &["ods_code", "name"], &optional, faults);
    let mut employers: Vec<Employer> = Vec::new();
    for row in table.rows() {
        let ods_code: OdsCode = match row.get("ods_code").parse() {
            Ok(ods_code) => ods_code,
            Err(error) => {
                faults.push(row.fault("ods_code", error));
                continue;
            }
        };
        if employers.iter().any(|known| known.ods_code == ods_code) {
            faults.push(row.fault("ods_code", format!("{ods_code} is there twice")));
        }
        if let Err(problem) = text::check(row.get("name"), LONGEST_NAME) {
            faults.push(row.fault("name", problem));
        }
        let setting = row.get("setting");
        let read = Setting::read(setting);
        if read.is_none() {
            let problem = format!("`{setting}` is none of acute, cancer, mental_health, community");
            faults.push(row.fault("setting", problem));
        }
        for (at, code) in row.list("localities").enumerate() {
            if row
                .list("localities")
                .take(at)
                .any(|earlier| earlier == code)
            {
                faults.push(row.fault("localities", format!("`{code}` is there twice")));
            }
            if code != ELSEWHERE && localities.iter().all(|known| known.code != code) {
                let problem = format!("`{code}` is no code of localities.csv, nor `{ELSEWHERE}`");
                faults.push(row.fault("localities", problem));
            }
        }
        employers.push(Employer {
            ods_code,
            name: row.get("name").to_owned(),
            setting: read.unwrap_or_default(),
            localities: row.list("localities").map(str::to_owned).collect(),
            headcount: row.number("headcount", faults),
        });
    }
    employers
}

// === impl Setting ===

impl Setting {
    fn read(text: &str) -> Option<Self> {
        match text {
            "" | "acute" => Some(Self::Acute),
            "cancer" => Some(Self::Cancer),
            "mental_health" => Some(Self::MentalHealth),
            "community" => Some(Self::Community),
            _ => None,
        }
    }
}
