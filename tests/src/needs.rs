//! Outside programs that a test needs.

use std::{env, path::PathBuf, process::Command};

/// Path of `program`; `None`, with a message, where the machine does not have `package`.
///
/// # Panics
/// Where it is missing and `VWIS_REQUIRE=all` demands that nothing is skipped.
#[must_use]
pub fn program(program: &str, package: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file());
    if found.is_none() {
        skip(&format!("{program} (apt-get install {package})"));
    }
    found
}

/// Says that a test is skipped, and what it would need.
///
/// # Panics
/// Where `VWIS_REQUIRE=all` demands that nothing is skipped.
pub fn skip(need: &str) {
    let message = format!("skipped: needs {need}");
    let required = env::var_os("VWIS_REQUIRE").is_some_and(|value| value == "all");
    assert!(!required, "{message}");
    #[expect(clippy::print_stderr, reason = "whoever runs the tests must see it")]
    {
        eprintln!("{message}");
    }
}

/// A Python that has these modules: the one that `VWIS_PYTHON` names, else the first `python3`. `None`, with
/// a message, where it lacks them; `install` says how to get them.
///
/// # Panics
/// Where it is missing and `VWIS_REQUIRE=all` demands that nothing is skipped.
#[must_use]
pub fn python(modules: &[&str], install: &str) -> Option<PathBuf> {
    let named = env::var_os("VWIS_PYTHON").map(PathBuf::from);
    let own = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("python3"))
        .filter(|file| file.is_file())
        .collect::<Vec<_>>();
    let import = format!("import {}", modules.join(", "));
    let able = |python: &PathBuf| {
        let mut command = Command::new(python);
        let ran = command.args(["-c", &import]).output();
        ran.is_ok_and(|output| output.status.success())
    };
    let found = named.into_iter().chain(own).find(able);
    if found.is_none() {
        skip(&format!("Python with {} ({install})", modules.join(", ")));
    }
    found
}
