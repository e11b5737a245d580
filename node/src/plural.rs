//! Counts in words, in the singular or the plural.

/// Such as `1 measurement` or `2 measurements`.
pub(crate) fn several(count: impl TryInto<u64>, one: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

/// Such as `1 person` or `2 people`.
pub(crate) fn people(count: impl TryInto<u64>) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let people = if count == 1 { "person" } else { "people" };
    format!("{count} {people}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!(
            [several(1_u8, "row"), several(0_u8, "row")],
            ["1 row", "0 rows"]
        );
        assert_eq!([people(1_u8), people(30_u8)], ["1 person", "30 people"]);
    }
}
