//! Keeps what a panic says out of every log.
//!
//! A panic is a fault in the program, and its message is made where the fault is: "index out of
//! bounds: the len is 7 but the index is 7" may be a number of people. So no message is printed, in any
//! build and at any log level. The place in the source is enough to find the fault, and with
//! `RUST_BACKTRACE=1` the way there; neither holds a value.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, Write as _},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
};

/// From now on every panic of this process names its place and nothing else.
pub fn withhold_messages() {
    panic::set_hook(Box::new(|info| {
        // If stderr is closed, there is nowhere left to say so.
        let _ = writeln!(io::stderr(), "{}", in_words(info));
    }));
}

/// Runs a program's main part; `None` if it panicked, which the hook has said by then.
pub fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    // Nobody looks again at what it left half-done: the process ends.
    panic::catch_unwind(AssertUnwindSafe(run))
        .map_err(|message: Box<dyn Any + Send>| drop(message))
        .ok()
}

fn in_words(info: &PanicHookInfo<'_>) -> String {
    let place = info
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let backtrace = Backtrace::capture();
    let way = match backtrace.status() {
        BacktraceStatus::Captured => format!("\n{backtrace}"),
        _ => String::new(),
    };
    format!(
        "a fault in the program at {place}: please report it. What it says is left out, because it may \
         hold numbers of staff{way}"
    )
}
