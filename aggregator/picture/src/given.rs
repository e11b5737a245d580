//! What errors say about CSV files that users give.

/// The line at which a file is not CSV with its columns, and why; line 0 where none is known.
pub(crate) fn not_csv(error: &csv::Error) -> (u64, String) {
    let line = error.position().map_or(0, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { len, .. } => format!("it has {len} fields"),
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        _ => "it is not CSV".to_owned(),
    };
    (line, problem)
}

/// The beginning of a value, at most 80 characters, as errors quote it.
pub(crate) fn shortened(value: &str) -> String {
    value.chars().take(80).collect()
}
