//! Files made to exhaust memory, read by a real process with little of it.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use tokio::process::Command;
use vwis_tests::{certificates::System, node::NodeFixture, process};

use super::BINARY;

/// Address space of the importing process, in KiB: a few times what it needs for any file.
const MOST_KIB: u32 = 768 * 1024;
const GIB: u64 = 1 << 30;

/// Imports `file` with bounded memory, and checks that it is refused as bad data.
async fn refused(node: &NodeFixture, file: &Path, options: &str) -> String {
    let import = ["import", file.to_str().unwrap(), "--period", "2026-03"];
    let line = node.command_line(&import);
    let mut bounded = Command::new("sh");
    let script = format!("ulimit -v {MOST_KIB} && exec {line} {options}");
    bounded.args(["-c", &script]);
    let ran = process::run(bounded).await.ended_with(65);
    assert!(ran.stderr.len() < 64 * 1024, "{} bytes", ran.stderr.len());
    ran.stderr
}

fn written(path: &Path, write: impl FnOnce(&mut BufWriter<File>)) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    write(&mut file);
    file.flush().unwrap();
}

#[tokio::test]
async fn a_file_made_to_exhaust_memory_is_refused_with_its_place() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "1").await;
    let header = "employee_number,fte,staff_group,band\n";

    // A single line of 1 GiB, which needs no disk.
    let path = node.dir().join("line.csv");
    let file = File::create(&path).unwrap();
    file.set_len(GIB).unwrap();
    drop(file);
    let said = refused(&node, &path, "").await;
    assert!(said.contains("line 1"), "{said}");

    // The same line below a valid header.
    let path = node.dir().join("row.csv");
    written(&path, |file| file.write_all(header.as_bytes()).unwrap());
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(GIB).unwrap();
    drop(file);
    refused(&node, &path, "").await;

    // A million columns, and a million headings that are known.
    for heading in ["a,", "band,"] {
        let path = node.dir().join("columns.csv");
        written(&path, |file| {
            for _ in 0..1_000_000 {
                file.write_all(heading.as_bytes()).unwrap();
            }
        });
        refused(&node, &path, "").await;
    }

    // Only quotes: opened, closed and escaped 100 million times.
    let path = node.dir().join("quotes.csv");
    written(&path, |file| {
        file.write_all(header.as_bytes()).unwrap();
        for _ in 0..100_000 {
            file.write_all(&[b'"'; 1000]).unwrap();
        }
    });
    refused(&node, &path, "").await;

    // A quote that is opened in every other row and never closed in its place.
    let path = node.dir().join("open.csv");
    written(&path, |file| {
        file.write_all(header.as_bytes()).unwrap();
        for row in 0..1_000_000 {
            writeln!(file, "{row},\"1.00,nursing_and_midwifery,5").unwrap();
        }
    });
    refused(&node, &path, "").await;

    // The long line, read in another encoding.
    let path = node.dir().join("line.csv");
    refused(&node, &path, "--encoding utf-16").await;
}
