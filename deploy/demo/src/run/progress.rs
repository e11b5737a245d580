//! Progress on stderr: bars on a terminal, plain lines elsewhere.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

/// A task of known length.
pub(super) struct Progress {
    what: &'static str,
    length: usize,
    began: tokio::time::Instant,
    /// The bar, if stderr is a terminal.
    bar: Option<ProgressBar>,
    steps: std::sync::atomic::AtomicUsize,
}

// === impl Progress ===

impl Progress {
    pub(super) fn new(what: &'static str, length: usize) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(length as u64);
            let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} {elapsed} {wide_msg}");
            bar.set_style(style.expect("the template is well-formed"));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        say(what);
        Self {
            what,
            length,
            began: tokio::time::Instant::now(),
            bar,
            steps: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// Shows that one step is done.
    pub(super) fn done(&self, step: &str) {
        let steps = 1 + self
            .steps
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_message(step.to_owned());
            bar.inc(1);
        } else {
            say_line(&format!("  {steps}/{} {step}", self.length));
        }
    }

    pub(super) fn finish(&self, result: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let comma = if result.is_empty() { "" } else { ", " };
        let seconds = self.began.elapsed().as_secs_f64();
        say_line(&format!("✓ {}: {result}{comma}{seconds:.1} s", self.what));
    }
}

/// Says on stderr what happens now.
pub(super) fn say(what: &str) {
    say_line(&format!("… {what}"));
}

fn say_line(line: &str) {
    // Progress that nobody can read is no reason to stop.
    let _ = writeln!(io::stderr(), "{line}");
}
