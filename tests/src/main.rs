//! The programs of VWIS in one binary, so that tests can run them as real processes: `vwis-tests node …` is
//! `vwis-node …`, `vwis-tests aggregator …` is `vwis-aggregator …`, and `vwis-tests demo …` is `vwis-demo …`,
//! which starts its roles as this binary again. `vwis-tests parser-examples FOLDER` writes the examples that
//! the fuzzer begins from.

use std::{env, ffi::OsString, process::ExitCode};

use vwis_host::exit::Exit;
use vwis_tests::parsers;

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    let Some(role) = args.next() else {
        return Exit::Usage.into();
    };
    let mut named = OsString::from("vwis-tests ");
    named.push(&role);
    let args = std::iter::once(named).chain(args);
    match role.to_str() {
        Some("node") => vwis_node::cli::run(args),
        Some("aggregator") => vwis_aggregator::cli::run(args),
        Some("demo") => vwis_demo::cli::run(args),
        Some("parser-examples") => match args.last().map(|folder| parsers::write_examples(&folder))
        {
            Some(Ok(())) => Exit::Done.into(),
            _ => Exit::Usage.into(),
        },
        _ => Exit::Usage.into(),
    }
}
