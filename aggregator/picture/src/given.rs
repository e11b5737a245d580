//! What errors say of CSV files that users give.

/// The line at which a file is no CSV of its columns (0 where none is known), and why.
pub(crate) fn not_csv(error: &csv::Error) -> (u64, String) {
    let line = error.position().map_or(0, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { len, .. } => format!("it has {len} fields"),
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        _ => "it is not CSV".to_owned(),
    };
    (line, problem)
}

/// A value as an error quotes it.
pub(crate) fn shortened(value: &str) -> String {
    value.chars().take(80).collect()
}
