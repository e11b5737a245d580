//! Makes a disk fail for real processes: `faults.c` is built once and loaded before their C library.

use std::{fs, path::PathBuf, process, sync::OnceLock};

use tempfile::TempDir;
use tokio::process::Command;

use crate::needs;

/// The kind of calls that a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Calls after which written data are on the disk.
    Syncs,
    /// Calls by which the database writes.
    DatabaseWrites,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process is killed as it makes the call.
    Kill,
    /// The disk reports a failure.
    Failed,
    /// The disk reports that no room is left.
    NoSpace,
}

/// A fault, and the calls of one process that it hits.
#[derive(Clone, Copy, Debug)]
pub struct Injection {
    /// The kind of calls.
    pub calls: Calls,
    /// What happens to them.
    pub fault: Fault,
    /// The first call that is hit, counted from 1 over all threads.
    pub from: usize,
    /// How many calls are hit from there on.
    pub times: usize,
}

/// An injected fault, which says whether its call was made.
pub struct Injected(TempDir);

/// The library; `None`, with a message, where the machine has no C compiler.
fn library() -> Option<&'static PathBuf> {
    static BUILT: OnceLock<Option<(TempDir, PathBuf)>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let compiler = needs::program("cc", "gcc")?;
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("faults.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/faults.c");
        let built = process::Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(&library)
            .args([source, "-ldl"])
            .output()
            .unwrap();
        assert!(built.status.success(), "{built:?}");
        Some((folder, library))
    });
    built.as_ref().map(|(_, library)| library)
}

// === impl Injection ===

impl Injection {
    /// Makes `command` run with this fault; `None`, with a message, where the machine cannot.
    #[must_use]
    pub fn into_command(self, command: &mut Command) -> Option<Injected> {
        let folder = tempfile::tempdir().unwrap();
        let calls = match self.calls {
            Calls::Syncs => "sync",
            Calls::DatabaseWrites => "write",
        };
        let fault = match self.fault {
            Fault::Kill => "kill",
            Fault::Failed => "failed",
            Fault::NoSpace => "no-space",
        };
        command
            .env("LD_PRELOAD", library()?)
            .env("VWIS_FAULT_CALLS", calls)
            .env("VWIS_FAULT", fault)
            .env("VWIS_FAULT_FROM", self.from.to_string())
            .env("VWIS_FAULT_TIMES", self.times.to_string())
            .env("VWIS_FAULT_LOG", folder.path().join("befell"));
        Some(Injected(folder))
    }
}

// === impl Injected ===

impl Injected {
    /// Whether the process made the call that the fault hits.
    #[must_use]
    pub fn befell(&self) -> bool {
        fs::exists(self.0.path().join("befell")).unwrap()
    }
}
