mod advice;
mod applicants;
mod cases;
mod files;
mod moving;
mod properties;
mod quarter;
mod repeated;
mod rows;

use std::fs;

use super::*;

/// Everything an import needs but the file.
struct Desk {
    organisation: OdsCode,
    mapping: Mapping,
    rule: PathwayRule,
    tagger: Tagger,
    kind: Kind,
    most_rejected: f64,
    allowed: Vec<Allowance>,
}

// === impl Desk ===

impl Desk {
    fn new() -> Self {
        Self {
            organisation: "R0A".parse().unwrap(),
            mapping: Mapping::builtin(),
            rule: PathwayRule::builtin(),
            tagger: Tagger::new(&[7; 32]),
            kind: Kind::Staff,
            most_rejected: 0.5,
            allowed: Vec::new(),
        }
    }

    fn with_mapping(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapping.toml");
        fs::write(&path, format!("version = 1\n{text}")).unwrap();
        Self {
            mapping: Mapping::read(&path).unwrap(),
            ..Self::new()
        }
    }

    fn read_with_list(
        &self,
        content: &[u8],
        list: Option<&PathwayList>,
    ) -> Result<Imported, ImportError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("extract.csv");
        fs::write(&path, content).unwrap();
        let options = Options {
            kind: self.kind,
            organisation: &self.organisation,
            period: "2026-09".parse().unwrap(),
            mapping: &self.mapping,
            pathway_rule: &self.rule,
            pathway_list: list,
            encoding: Encoding::Utf8,
            sheet: None,
            tagger: &self.tagger,
            most_rejected: self.most_rejected,
            allowed: &self.allowed,
        };
        read_extract(&path, &options, &Progress::default())
    }

    fn read(&self, content: &str) -> Result<Imported, ImportError> {
        self.read_with_list(content.as_bytes(), None)
    }
}

fn staff() -> &'static DataSet {
    Kind::Staff.data_set()
}

/// The headings of an extract, as ESR writes them.
const HEADINGS: [&str; 18] = [
    "ODS Code",
    "Employee Number",
    "Date Of Birth",
    "Gender",
    "Ethnic Origin",
    "Assignment Status",
    "Assignment Category",
    "Primary Assignment",
    "FTE",
    "Staff Group",
    "Job Role",
    "Occupation Code",
    "Grade",
    "Position Title",
    "Location",
    "Start Date",
    "Termination Date",
    "Leaving Reason",
];

/// A row with plain values, except for those named.
fn row(number: &str, others: &[(&str, &str)]) -> String {
    let plain = |heading: &str| match heading {
        "ODS Code" => "R0A",
        "Employee Number" => number,
        "Date Of Birth" => "31/12/1979",
        "Gender" => "Female",
        "Ethnic Origin" => "A White - British",
        "Assignment Status" => "Active Assignment",
        "Assignment Category" => "Permanent",
        "Primary Assignment" => "Y",
        "FTE" => "1.0",
        "Staff Group" => "Nursing and Midwifery Registered",
        "Job Role" => "Staff Nurse",
        "Occupation Code" => "N6A",
        "Grade" => "Review Body Band 5",
        "Position Title" => "Staff Nurse - Ward 7",
        "Location" => "Bolton",
        "Start Date" => "2010-04-01",
        _ => "",
    };
    let fields = HEADINGS.map(|heading| {
        let other = others.iter().find(|(name, _)| *name == heading);
        other.map_or(plain(heading), |(_, value)| *value).to_owned()
    });
    fields.join(",")
}

fn file(rows: &[String]) -> String {
    format!("{}\n{}\n", HEADINGS.join(","), rows.join("\n"))
}

fn read(rows: &[String]) -> Result<Imported, ImportError> {
    Desk::new().read(&file(rows))
}

/// Code of a person's category of `attribute`.
fn code(imported: &Imported, person: usize, attribute: &str) -> &'static str {
    let position = staff().position(attribute).unwrap();
    let category = imported.people.column(position)[person];
    staff().attributes()[position].categories()[usize::from(category)].code()
}
