//! The parsers of `vwis_tests::parsers`, one target each.

/// Feeds the bytes to the parser of that name.
///
/// # Panics
/// Where no parser has that name, or where it breaks its promise.
pub fn feed(name: &str, bytes: &[u8]) {
    let parser = vwis_tests::parsers::PARSERS
        .iter()
        .find(|parser| parser.name == name)
        .expect("a target is named after a parser");
    (parser.feed)(bytes);
}
