//! Everything that reads bytes from outside, as functions of bytes. The property tests feed them mutated
//! examples in every run, and the fuzzer for as long as it is left.
//!
//! With any bytes, each must not panic, and must tell an error in a text not much longer than what it read.
//! Further promises of some stand beside them.

use std::{cell::RefCell, ffi::OsStr, fmt::Display, fs, io, path::Path, sync::LazyLock};

use clap::ValueEnum as _;
use jiff::Timestamp;
use prost::Message;
use tempfile::TempDir;
use vwis_link::{
    authority::Authority,
    credentials::{Credentials, KeyAndCsr},
    identity::Identity,
    token::EnrolmentToken,
};
use vwis_model::{
    agreement::{Agreement, Draft},
    here,
    ods::OdsCode,
};
use vwis_node::{
    import::{
        self, Allowance, Encoding, Kind, Mapping, Options, PathwayList, PathwayRule, Progress,
        Report,
    },
    people::Tagger,
};
use vwis_proto::{
    receipt::Receipt,
    v1,
    wire::{self, Header},
};

use crate::{
    agreement::{HEADLINE, agreement},
    certificates::{AGGREGATOR, System, aggregator, node},
    extract::Extract,
};

/// One reader of bytes from outside.
#[derive(Clone, Copy, Debug)]
pub struct Parser {
    /// Its name, which is also that of its fuzz target.
    pub name: &'static str,
    /// Feeds it these bytes.
    pub feed: fn(&[u8]),
    /// Valid examples to begin from.
    pub examples: fn() -> Vec<Vec<u8>>,
}

/// All parsers.
pub const PARSERS: [Parser; 9] = [
    Parser {
        name: "extract",
        feed: extract,
        examples: extracts,
    },
    Parser {
        name: "mapping",
        feed: mapping,
        examples: || vec![import::DEFAULT_MAPPING.into(), OWN_MAPPING.into()],
    },
    Parser {
        name: "pathway_rule",
        feed: pathway_rule,
        examples: || vec![import::DEFAULT_PATHWAY_RULE.into()],
    },
    Parser {
        name: "by_hand",
        feed: by_hand,
        examples: || vec![PATHWAYS.into(), POSTS.into()],
    },
    Parser {
        name: "draft",
        feed: draft,
        examples: || vec![DRAFT.into()],
    },
    Parser {
        name: "agreement",
        feed: canonical,
        examples: || vec![agreement(&[HEADLINE]).canonical().to_vec()],
    },
    Parser {
        name: "wire",
        feed: messages,
        examples: wire_messages,
    },
    Parser {
        name: "certificates",
        feed: certificates,
        examples: pem_files,
    },
    Parser {
        name: "configuration",
        feed: configuration,
        examples: || vec![NODE_TOML.into(), AGGREGATOR_TOML.into()],
    },
];

/// Made once, because a fuzzer would spend its time on it.
static MAPPING: LazyLock<Mapping> = LazyLock::new(Mapping::builtin);
static PATHWAY_RULE: LazyLock<PathwayRule> = LazyLock::new(PathwayRule::builtin);

const OWN_MAPPING: &str = "[format]\ndates = \"day-first\"\ndelimiter = \";\"\n[columns]\nband = [\"Grade\"]\n\
                       [values.band]\n\"five\" = \"5\"\n[sites]\n\"Royal Infirmary\" = \"bolton\"\n";
const PATHWAYS: &str = "Employee Number,Pathway\n20001234,breast\n20001235,Lung\n";
const POSTS: &str = "Staff Group,Band,Location,Funded FTE\nNursing,Band 5,Bolton,120.45\n";
const DRAFT: &str = r#"name = "Workforce"
version = 1
aggregator = "gm-icb"
purpose = "To plan."
readers = "Planners."
first_period = "2025-04"
last_period = "2027-03"
[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = [] }, { by = ["staff_group"], weight = 2 }, { by = ["gender", "age_band"] }]
"#;
/// A workbook whose first sheet is hidden.
const WORKBOOK: &[u8] =
    include_bytes!("../../node/src/import/tests/cases/09-hidden-sheet-first.xlsx");
const NODE_TOML: &str = "ods_code = \"R0A\"\nlisten = \"127.0.0.1:0\"\nanswer_floor_ms = 200\n";
const AGGREGATOR_TOML: &str = "name = \"gm-icb\"\nlisten = \"127.0.0.1:0\"\n";

/// Writes the examples into `folder`, with a folder for each parser.
///
/// # Errors
/// When a file cannot be written.
pub fn write_examples(folder: &OsStr) -> io::Result<()> {
    for parser in PARSERS {
        let folder = Path::new(folder).join(parser.name);
        fs::create_dir_all(&folder)?;
        for (number, example) in (parser.examples)().into_iter().enumerate() {
            fs::write(folder.join(format!("example-{number}")), example)?;
        }
    }
    Ok(())
}

/// Gives `read` the path of a file with these bytes. The next call overwrites the file.
fn file(bytes: &[u8], read: impl FnOnce(&Path)) {
    thread_local! {
        static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
    }
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().unwrap());
        let path = folder.path().join("input");
        fs::write(&path, bytes).unwrap();
        read(&path);
    });
}

/// Checks that an error's text is not much longer than what was read.
fn told<T, E: Display>(outcome: Result<T, E>, read: &[u8]) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty());
            // A heading or a line is shown whole, and each of its bytes may be escaped.
            let most = 16 * 1024 + 8 * read.len();
            assert!(text.len() <= most, "{} bytes of error", text.len());
            None
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first byte says which kind of file the rest is and how it is encoded.
fn extract(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else {
        return;
    };
    let kinds = [Kind::Staff, Kind::Joiners, Kind::Leavers, Kind::Applicants];
    let kind = kinds[usize::from(how & 3)];
    let encoding = match how >> 6 {
        1 => Encoding::Windows1252,
        2 => Encoding::Utf16,
        _ => Encoding::Utf8,
    };
    let organisation: OdsCode = "R0A".parse().unwrap();
    let options = Options {
        kind,
        organisation: &organisation,
        period: "2026-03".parse().unwrap(),
        mapping: &MAPPING,
        pathway_rule: &PATHWAY_RULE,
        pathway_list: None,
        encoding,
        tagger: &Tagger::new(&[7; 32]),
        most_rejected: 1.0,
        sheet: None,
        allowed: if how & 4 == 4 {
            Allowance::value_variants()
        } else {
            &[]
        },
    };
    file(bytes, |path| {
        match import::read_extract(path, &options, &Progress::default()) {
            Ok(imported) => adds_up(&imported.report),
            Err(error) => {
                error.report().into_iter().for_each(adds_up);
                told::<(), _>(Err(error), bytes);
            }
        }
        told(import::suggest_mapping(path, encoding, None), bytes);
    });
}

/// Checks that the report counts every row once.
fn adds_up(report: &Report) {
    let sum = report.kept + report.merged + report.excluded_rows() + report.rejected_rows();
    assert_eq!(report.rows_read, sum);
}

fn extracts() -> Vec<Vec<u8>> {
    let canonical = Extract::seeded(1, 5).csv();
    let esr = "Employee Number,Assignment Status,Staff Group,Grade,Gender,Date Of Birth,FTE\n\
               20001,Active Assignment,Nursing and Midwifery Registered,Band 5,Female,01/02/1980,1.00\n\
               20002,Active Assignment,Medical and Dental,Consultant,Male,3-MAR-1975,0.60\n";
    let applications = "Candidate ID,Date Applied,Application Status,Ethnic Origin,Gender,Pay Band,Job Title\n\
               100023,01/02/2026,Interview,White - British,Female,Band 3,Healthcare Support Worker\n\
               100023,3-MAR-2026,Offer made,White - British,Female,Band 2,Porter\n";
    let utf16: Vec<u8> = esr.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [
        (0_u8, canonical.as_bytes()),
        (0, esr.as_bytes()),
        (0x40, esr.as_bytes()),
        (0x80, &utf16),
        (3, applications.as_bytes()),
    ]
    .into_iter()
    .chain([(1, esr.as_bytes()), (6, esr.as_bytes()), (4, WORKBOOK)])
    .map(|(how, bytes)| [&[how], bytes].concat())
    .collect()
}

fn mapping(bytes: &[u8]) {
    file(bytes, |path| {
        told(Mapping::read(path), bytes);
    });
}

fn pathway_rule(bytes: &[u8]) {
    file(bytes, |path| {
        told(PathwayRule::read(path), bytes);
    });
}

/// Files that people write by hand: the cancer manager's list, and funded posts.
fn by_hand(bytes: &[u8]) {
    let tagger = Tagger::new(&[7; 32]);
    for encoding in [Encoding::Utf8, Encoding::Windows1252] {
        file(bytes, |path| {
            told(PathwayList::read(path, encoding, &MAPPING, &tagger), bytes);
            told(
                import::read_establishment(path, encoding, None, &MAPPING, &"R0A".parse().unwrap()),
                bytes,
            );
        });
    }
}

/// Whatever can be compiled must be read back as the same agreement.
fn draft(bytes: &[u8]) {
    let Some(draft) = told(Draft::parse(&text(bytes)), bytes) else {
        return;
    };
    if let Some((agreement, _)) = told(draft.compile(here::dictionary()), bytes) {
        let again = Agreement::from_canonical(agreement.canonical(), here::editions()).unwrap();
        assert_eq!(again.hash(), agreement.hash());
    }
}

/// An agreement has one spelling: what is accepted must equal its canonical bytes, of which its hash is.
fn canonical(bytes: &[u8]) {
    let read = Agreement::from_canonical(bytes, here::editions());
    if let Some(agreement) = told(read, bytes) {
        assert_eq!(agreement.canonical(), bytes);
    }
}

/// The first byte says which message the rest is.
fn messages(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    match which % 4 {
        0 => {
            if let Ok(request) = v1::MeasureRequest::decode(bytes) {
                let ods_code = "R0A".parse().unwrap();
                told(wire::measurement_key(&request, ods_code), bytes);
            }
        }
        1 => {
            if let Ok(header) = v1::MeasurementHeader::decode(bytes) {
                told(Header::try_from(header), bytes);
            }
        }
        2 => {
            if let Ok(message) = v1::Receipt::decode(bytes)
                && let Some(receipt) = told(Receipt::try_from(message.clone()), bytes)
            {
                assert_eq!(v1::Receipt::from(&receipt), message);
            }
        }
        _ => {
            if let Ok(request) = v1::ProposeAgreementRequest::decode(bytes) {
                canonical(&request.agreement);
            }
        }
    }
}

fn wire_messages() -> Vec<Vec<u8>> {
    let agreement = agreement(&[HEADLINE]);
    let request = crate::call::request(&agreement, "headline", "2026-03");
    let propose = v1::ProposeAgreementRequest {
        agreement: agreement.canonical().to_vec(),
    };
    let header = v1::MeasurementHeader {
        ods_code: "R0A".to_owned(),
        agreement_hash: agreement.hash().as_bytes().to_vec(),
        identity: vec![1; 32],
        series: "headline".to_owned(),
        period: "2026-03".to_owned(),
        weights: vec![1024; 4],
        gamma: 17,
        entry_count: 4,
        payload_hash: vec![2; 32],
        receipt: Some(v1::Receipt::default()),
        ..v1::MeasurementHeader::default()
    };
    vec![
        [vec![0], request.encode_to_vec()].concat(),
        [vec![1], header.encode_to_vec()].concat(),
        [vec![2], v1::Receipt::default().encode_to_vec()].concat(),
        [vec![3], propose.encode_to_vec()].concat(),
    ]
}

/// The first byte says what the rest is: a certificate, keys and certificates, a request for one, or
/// an enrolment token.
fn certificates(bytes: &[u8]) {
    thread_local! {
        static AUTHORITY: Authority =
            Authority::generate(&AGGREGATOR.parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap();
    }
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let text = text(bytes);
    match which % 4 {
        0 => {
            told(Identity::of_certificate(bytes), bytes);
        }
        1 => {
            told(Credentials::from_pem(&text, &text, &text), bytes);
            told(Authority::from_pem(&text, &text), bytes);
        }
        2 => AUTHORITY.with(|authority| {
            let issued = authority.issue(&text, &node("R0A"), Timestamp::UNIX_EPOCH);
            told(issued, bytes);
        }),
        _ => {
            told(text.parse::<EnrolmentToken>(), bytes);
        }
    }
}

fn pem_files() -> Vec<Vec<u8>> {
    let system = System::new();
    let key = KeyAndCsr::generate(&aggregator(AGGREGATOR)).unwrap();
    let both = format!("{}{}", system.authority_pem(), key.key_pem);
    let examples: [(u8, Vec<u8>); 3] = [
        (0, system.authority_pem().as_bytes().to_vec()),
        (1, both.into_bytes()),
        (2, key.csr_pem.into_bytes()),
    ];
    let token = [
        &[3][..],
        b"vwis1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ]
    .concat();
    let examples = examples.into_iter();
    examples
        .map(|(which, bytes)| [vec![which], bytes].concat())
        .chain([token])
        .collect()
}

fn configuration(bytes: &[u8]) {
    file(bytes, |path| {
        told(vwis_node::config::Config::read(path), bytes);
        told(vwis_aggregator::config::Config::read(path), bytes);
    });
}
