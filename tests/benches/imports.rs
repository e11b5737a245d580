//! Importing and counting a million people beside the tools that people know:
//! `cargo bench -p vwis-tests --bench imports`.
//!
//! The same file in the same run: `vwis-node import` (all of it: decoding, filter, coding, one person per
//! number, storing), `sqlite3 .import` into a table of text, and `DuckDB`'s CSV reader into a table with the
//! types it guesses. The same people: the 35 tables of the design's reference workload by the node's
//! counting, and by `DuckDB`'s GROUP BYs over columns held in memory. Needs `sqlite3` and Python's `duckdb`;
//! what is missing is skipped. Nothing here passes or fails.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use tokio::time::Instant;
use vwis_model::{agreement::Draft, here};
use vwis_node::{
    counts::ConfidentialCounts,
    people::{People, PersonTag},
};

const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
const PEOPLE: u32 = 1_000_000;
const ROUNDS: usize = 5;
/// The attributes 0 to 9 of the reference workload (design §3.4).
const ATTRIBUTES: [&str; 10] = [
    "staff_group",
    "band",
    "ethnic_group",
    "gender",
    "age_band",
    "disability",
    "locality",
    "pathway",
    "contract",
    "nationality_group",
];

/// Time and memory of one run of a program.
#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    peak_mb: f64,
}

/// Runs a program to its end, watching the most memory it ever held.
fn run(command: &mut Command) -> Option<Run> {
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0.0_f64;
    loop {
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{command:?}: {ended}");
            break;
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        peak_kb = peak_kb.max(kb.unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(2));
    }
    Some(Run {
        seconds: start.elapsed().as_secs_f64(),
        peak_mb: peak_kb / 1000.0,
    })
}

fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs[runs.len() / 2]
}

/// A made-up extract of 25 columns, some 300 bytes a row.
fn write_extract(path: &Path) {
    const GROUPS: [&str; 6] = [
        "Nursing and Midwifery Registered,Staff Nurse,N6A,Review Body Band 5",
        "Nursing and Midwifery Registered,Midwife,N2C,Review Body Band 6",
        "Additional Clinical Services,Healthcare Assistant,H1A,Review Body Band 2",
        "Administrative and Clerical,Clerical Worker,G2A,Non Review Body Band 3",
        "Medical and Dental,Consultant,012,Consultant",
        "Allied Health Professionals,Physiotherapist,S1E,Review Body Band 7",
    ];
    const ETHNIC: [&str; 5] = [
        "A White - British",
        "CA White English",
        "H Asian or Asian British - Indian",
        "SC Filipino",
        "Z Not Stated",
    ];
    const SITES: [&str; 4] = [
        "Bolton",
        "Salford Royal Hospital",
        "Trafford General",
        "Bury",
    ];
    const AREAS: [&str; 4] = [
        "General Medicine",
        "Breast Surgery",
        "Emergency Care",
        "Radiotherapy",
    ];
    let mut out = BufWriter::new(File::create(path).unwrap());
    writeln!(
        out,
        "ODS Code,Employee Number,Assignment Number,Full Name,NI Number,Date Of Birth,Gender,\
         Ethnic Origin,Disabled,Nationality,Assignment Status,Assignment Category,\
         Primary Assignment,FTE,Staff Group,Job Role,Occupation Code,Grade,Position Title,\
         Area Of Work,Care Group,Location,Start Date,Termination Date,Recruitment Source"
    )
    .unwrap();
    let mut state = 1_u64;
    let mut below = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    for n in 0..PEOPLE {
        let group = GROUPS[below(GROUPS.len())];
        // Pairs of numbers change places, so that they are no running count.
        let number = 20_000_000 + (n ^ 1);
        writeln!(
            out,
            "R0A,{},{}-2,\"Smith, Alex {}\",QQ{:06}C,{:02}/{:02}/{},{},{},{},{},Active Assignment,{},Y,\
             {},{group},{} - Ward {},{},General Acute,{},{:02}-Apr-20{:02},,NHS Organisation",
            number,
            number,
            below(977),
            n % 1_000_000,
            1 + below(28),
            1 + below(12),
            1958 + below(46),
            ["Female", "Female", "Male"][below(3)],
            ETHNIC[below(ETHNIC.len())],
            ["No", "Yes", "Not Declared"][below(3)],
            ["British", "Indian", "Irish"][below(3)],
            ["Permanent", "Fixed Term Temp"][below(2)],
            ["1.00000", "0.60000", "0.80000"][below(3)],
            group.split(',').nth(1).unwrap(),
            below(60),
            AREAS[below(AREAS.len())],
            SITES[below(SITES.len())],
            1 + below(28),
            10 + below(16),
        )
        .unwrap();
    }
    out.flush().unwrap();
}

fn import(folder: &Path, extract: &Path) {
    let size_mb = fs::metadata(extract).unwrap().len() / 1_000_000;
    let dir = folder.join("node");
    let init = Command::new(BINARY)
        .args(["node", "init", "--ods", "R0A", "--dir"])
        .arg(&dir)
        .output()
        .unwrap();
    assert!(init.status.success(), "{init:?}");
    let ours = || {
        run(Command::new(BINARY)
            .arg("node")
            .arg("--config")
            .arg(dir.join("node.toml"))
            .args(["import", "--period", "2026-09"])
            .arg(extract))
    };
    let database = folder.join("peer.db");
    let sqlite = || {
        let _ = fs::remove_file(&database);
        run(Command::new("sqlite3")
            .arg(&database)
            .arg(format!(".import --csv {} extract", extract.display())))
    };
    let duckdb = || {
        let script = format!(
            "import duckdb; duckdb.sql(\"CREATE TABLE t AS SELECT * FROM read_csv('{}')\")",
            extract.display()
        );
        run(Command::new("python3").args(["-c", &script]))
    };
    let python = || run(Command::new("python3").args(["-c", "import duckdb"]));
    let mut runs: [Vec<Run>; 4] = Default::default();
    // The programs take turns, so that a slow minute hits all of them.
    for _ in 0..ROUNDS {
        runs[0].extend(ours());
        runs[1].extend(sqlite());
        runs[2].extend(duckdb());
        runs[3].extend(python());
    }
    let [ours, sqlite, duckdb, python] = runs.map(|runs| (!runs.is_empty()).then(|| median(runs)));
    let ours = ours.unwrap();
    println!(
        "import of {PEOPLE} rows, 25 columns, {size_mb} MB: {:.2} s ({:.0} rows/s), peak {:.0} MB",
        ours.seconds,
        f64::from(PEOPLE) / ours.seconds,
        ours.peak_mb
    );
    match sqlite {
        Some(run) => println!(
            "  sqlite3 .import: {:.2} s, peak {:.0} MB; we take {:.2} of its time",
            run.seconds,
            run.peak_mb,
            ours.seconds / run.seconds
        ),
        None => println!("  skipped: needs sqlite3 (apt-get install sqlite3)"),
    }
    match (duckdb, python) {
        (Some(run), Some(python)) => {
            let seconds = run.seconds - python.seconds;
            println!(
                "  DuckDB's CSV reader: {seconds:.2} s without Python's start, peak {:.0} MB; we take \
                 {:.2} times as long",
                run.peak_mb,
                ours.seconds / seconds
            );
        }
        _ => println!("  skipped: needs duckdb (pip install duckdb)"),
    }
}

/// The tables of the reference workload, as indices into [`ATTRIBUTES`].
fn reference_workload() -> Vec<Vec<usize>> {
    let mut tables: Vec<Vec<usize>> = (0..10).map(|a| vec![a]).collect();
    tables.extend((1..10).map(|a| vec![0, a]));
    tables.extend([2, 3, 5, 4].map(|a| vec![1, a]));
    tables.extend([4, 2, 1].map(|a| vec![6, a]));
    tables.extend([2, 1, 4, 3, 5, 6].map(|a| vec![7, a]));
    tables.extend([vec![0, 1, 2], vec![0, 4, 6], vec![7, 1, 2]]);
    tables
}

fn counting(folder: &Path) {
    let staff = here::dictionary().data_set("staff").unwrap();
    let mut state = 7_u64;
    let mut people = People::none(staff.attributes().len());
    for n in 0..PEOPLE {
        let codes: Vec<u8> = staff
            .attributes()
            .iter()
            .map(|attribute| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                u8::try_from((state >> 33) % attribute.size() as u64).unwrap()
            })
            .collect();
        people.push(PersonTag(u128::from(n).to_le_bytes()), &codes, 100);
    }
    let workload = reference_workload();
    let mut tables = String::new();
    for table in &workload {
        let by: Vec<_> = table
            .iter()
            .map(|a| format!("\"{}\"", ATTRIBUTES[*a]))
            .collect();
        let _ = writeln!(tables, "{{ by = [{}] }},", by.join(", "));
    }
    let draft = format!(
        "name = \"Reference\"\nversion = 1\naggregator = \"gm-icb\"\npurpose = \"To be timed.\"\n\
         readers = \"Nobody.\"\nfirst_period = \"2026-03\"\nlast_period = \"2027-03\"\n\
         [[series]]\nname = \"reference\"\nmeasure = \"headcount\"\ncadence = \"quarterly\"\n\
         rho = 0.125\ntables = [\n{tables}]\n"
    );
    let (agreement, _) = Draft::parse(&draft)
        .unwrap()
        .compile(here::dictionary())
        .unwrap();
    let series = agreement.series_named("reference").unwrap();
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(ConfidentialCounts::count(series, &people));
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let ours = seconds[ROUNDS / 2];
    println!(
        "counting {PEOPLE} people over the reference workload, 35 tables: {:.0} ms",
        1e3 * ours
    );

    // The same columns for DuckDB, one byte for each code, loaded before the clock starts.
    for (position, code) in ATTRIBUTES.iter().enumerate() {
        fs::write(folder.join(code), people.column(position)).unwrap();
    }
    let queries: Vec<String> = workload
        .iter()
        .map(|table| {
            let by: Vec<_> = table.iter().map(|a| ATTRIBUTES[*a]).collect();
            format!("'SELECT {0}, count(*) FROM t GROUP BY {0}'", by.join(", "))
        })
        .collect();
    let script = format!(
        "import duckdb, numpy, time\n\
         columns = {{name: numpy.fromfile('{}/' + name, numpy.uint8) for name in {ATTRIBUTES:?}}}\n\
         c = duckdb.connect()\n\
         c.execute('CREATE TABLE t AS SELECT * FROM columns')\n\
         best = []\n\
         for _ in range({ROUNDS}):\n\
         \x20   start = time.perf_counter()\n\
         \x20   for q in [{}]: c.execute(q).fetchnumpy()\n\
         \x20   best.append(time.perf_counter() - start)\n\
         print(sorted(best)[len(best) // 2])\n",
        folder.display(),
        queries.join(", ")
    );
    let output = Command::new("python3").args(["-c", &script]).output();
    let theirs = output.ok().and_then(|output| {
        String::from_utf8(output.stdout)
            .ok()?
            .trim()
            .parse::<f64>()
            .ok()
    });
    match theirs {
        Some(theirs) => println!(
            "  DuckDB's GROUP BYs over the same columns in memory: {:.0} ms; we take {:.2} of its time",
            1e3 * theirs,
            ours / theirs
        ),
        None => println!("  skipped: needs duckdb and numpy (pip install duckdb numpy)"),
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let extract = folder.path().join("extract.csv");
    write_extract(&extract);
    import(folder.path(), &extract);
    fs::remove_file(&extract).unwrap();
    counting(folder.path());
}
