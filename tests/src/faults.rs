//! Faults of a disk in real processes: `faults.c`, built once and loaded before their C library.

use std::{fs, path::PathBuf, process, sync::OnceLock};

use tempfile::TempDir;
use tokio::process::Command;

use crate::needs;

/// Which calls a fault befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Those after which what was written is on the disk.
    Syncs,
    /// Those by which the database writes.
    DatabaseWrites,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process is killed on its way into it.
    Kill,
    /// The disk cannot do it.
    Failed,
    /// No room is left.
    NoSpace,
}

/// A fault and the calls of one process that it befalls.
#[derive(Clone, Copy, Debug)]
pub struct Injection {
    /// Of which kind.
    pub calls: Calls,
    /// What befalls them.
    pub fault: Fault,
    /// The first, counted from 1 over all threads.
    pub from: usize,
    /// How many from there on.
    pub times: usize,
}

/// A fault that waits for its call.
pub struct Injected(TempDir);

/// The library; `None`, said aloud, where the machine has no C compiler.
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
    /// Has `command` run under this injection; `None`, said aloud, where the machine cannot.
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
    /// Whether the process came to the call.
    #[must_use]
    pub fn befell(&self) -> bool {
        fs::exists(self.0.path().join("befell")).unwrap()
    }
}
