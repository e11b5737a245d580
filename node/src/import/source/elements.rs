//! Reads the elements of a workbook's XML one after the other, in the memory that one of them takes.

/// Most bytes of an element that are kept.
const MOST_BYTES: usize = 1024;

/// Finds elements in bytes that arrive in pieces.
#[derive(Default)]
pub(super) struct Elements {
    /// The current element from its name on; `None` between elements.
    at_hand: Option<Vec<u8>>,
}

/// The beginning of an element, without its brackets.
pub(super) struct Element<'e>(&'e str);

// === impl Elements ===

impl Elements {
    /// Takes the next bytes, and calls `each` with the elements that end in them and have one of these names.
    pub(super) fn read(
        &mut self,
        mut bytes: &[u8],
        names: &[&str],
        mut each: impl FnMut(&Element<'_>),
    ) {
        while !bytes.is_empty() {
            let Some(element) = &mut self.at_hand else {
                let Some(begin) = memchr::memchr(b'<', bytes) else {
                    return;
                };
                self.at_hand = Some(Vec::new());
                bytes = &bytes[begin + 1..];
                continue;
            };
            let end = memchr::memchr(b'>', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let room = MOST_BYTES.saturating_sub(element.len()).min(part.len());
            element.extend_from_slice(&part[..room]);
            let Some(end) = end else {
                return;
            };
            let text = String::from_utf8_lossy(element);
            let element = Element(&text);
            if names.contains(&element.name()) {
                each(&element);
            }
            self.at_hand = None;
            bytes = &bytes[end + 1..];
        }
    }
}

// === impl Element ===

impl<'e> Element<'e> {
    /// The element's name, without a prefix.
    pub(super) fn name(&self) -> &'e str {
        let end = self.0.find(|c: char| c.is_ascii_whitespace() || c == '/');
        without_prefix(&self.0[..end.unwrap_or(self.0.len())])
    }

    /// The element's attribute `name`, with or without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&'e str> {
        let (_, mut rest) = self.0.split_once(|c: char| c.is_ascii_whitespace())?;
        loop {
            let (key, behind) = rest.split_once('=')?;
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, further) = behind[1..].split_once(quote)?;
            if without_prefix(key.trim()) == name {
                return Some(value);
            }
            rest = further;
        }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self.attribute(name), Some("1" | "true"))
    }
}

fn without_prefix(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_however_their_bytes_arrive() {
        let text = "<?xml version=\"1.0\"?><x:row r='1' hidden = \"true\"/>text<row></row><rows hidden=\"1\"/>";
        for size in 1..text.len() {
            let mut elements = Elements::default();
            let mut found = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                elements.read(piece, &["row"], |row| {
                    found.push((row.attribute("r").map(str::to_owned), row.is("hidden")));
                });
            }
            assert_eq!(
                found,
                [(Some("1".to_owned()), true), (None, false)],
                "{size}"
            );
        }
    }

    #[test]
    fn an_attribute_is_found_behind_any_others_and_never_within_one() {
        let sheet = Element("sheet name=\"a id='9' b\" sheetId='1' r:id=\"rId3\" /");
        assert_eq!(sheet.attribute("id"), Some("rId3"));
        assert_eq!(sheet.attribute("b"), None);
        for broken in ["row", "row r", "row r=", "row r=1", "row r=\"1", "/row", ""] {
            assert_eq!(Element(broken).attribute("r"), None, "{broken}");
        }
    }
}
