//! Places at which a test can have this process killed, as by a power cut.
//!
//! `VWIS_KILL_AT=measure.reserved` kills it when it first comes to that place; `measure.reserved:3` when
//! it comes there for the third time. `VWIS_PANIC_AT=measure.answering=some text` has it panic there
//! with that text, each time, as a fault in the program would. `VWIS_HOLD_AT=import.inserted=FILE` has it
//! make the file there and wait until somebody removes it. Only builds with debug assertions do so: a
//! release build has no such variable and no such code, and no Cargo feature could bring it back.

/// Marks the place `name`: it passes, waits, panics, or kills the process, as the environment says.
///
/// # Panics
/// If the environment says so.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };
    use std::{fs, path::PathBuf, thread, time::Duration};

    static PLAN: OnceLock<Option<(String, AtomicU32)>> = OnceLock::new();
    static HOLD: OnceLock<Option<(String, PathBuf)>> = OnceLock::new();
    static PANIC: OnceLock<Option<(String, String)>> = OnceLock::new();
    let plan = PLAN.get_or_init(|| {
        let text = std::env::var("VWIS_KILL_AT").ok()?;
        let (name, times) = match text.split_once(':') {
            Some((name, times)) => (name.to_owned(), times.parse().ok()?),
            None => (text, 1),
        };
        Some((name, AtomicU32::new(times)))
    });
    if let Some((planned, times)) = plan
        && planned == name
        && times.fetch_sub(1, Ordering::SeqCst) == 1
    {
        die();
    }
    let hold = HOLD.get_or_init(|| {
        let text = std::env::var("VWIS_HOLD_AT").ok()?;
        let (name, file) = text.split_once('=')?;
        Some((name.to_owned(), file.into()))
    });
    if let Some((planned, file)) = hold
        && planned == name
    {
        fs::write(file, name).expect("a test names a file that can be written");
        while file.exists() {
            thread::sleep(Duration::from_millis(5));
        }
    }
    let panic = PANIC.get_or_init(|| {
        let text = std::env::var("VWIS_PANIC_AT").ok()?;
        let (name, message) = text.split_once('=')?;
        Some((name.to_owned(), message.to_owned()))
    });
    if let Some((planned, message)) = panic
        && planned == name
    {
        panic!("{message}");
    }
}

/// Does nothing: a release build has no faults to inject.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn point(_name: &str) {}

/// Kills this process by SIGKILL: nothing is flushed, closed or told.
#[cfg(debug_assertions)]
fn die() -> ! {
    let own = std::process::id();
    // The shell's built-in `kill`: a bare machine may have no other.
    let _ = std::process::Command::new("sh")
        .args(["-c", &format!("kill -KILL {own}")])
        .status();
    // Waits for the signal.
    loop {
        std::thread::park();
    }
}
