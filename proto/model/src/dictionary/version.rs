//! What names an edition: a hash of its codes, and of the place's.

use sha2::{Digest, Sha256};

use super::{Attribute, Category, DataSet, Dictionary, LOCALITY};
use crate::hex;

/// The dictionary's version, with the place's own and a hash of its localities' codes.
pub(super) fn of_place(edition: &Dictionary, place: &str, number: usize) -> String {
    let localities = edition.attribute(LOCALITY).map(codes).unwrap_or_default();
    format!(
        "{}@{place}.{number}.{}",
        edition.version,
        eight_digits(&localities)
    )
}

/// The hash of what the numbers in a vector mean: the codes of data sets, of their attributes and of the
/// attributes' categories, each in its order. Localities are not in it: a place has them.
pub(super) fn hash_of_codes(data_sets: &[DataSet]) -> String {
    let mut text = String::new();
    for set in data_sets {
        text.extend([set.code.as_str(), "\n"]);
        for attribute in &set.attributes {
            let is_of_place = attribute.code == LOCALITY;
            let codes = if is_of_place {
                String::new()
            } else {
                codes(attribute)
            };
            text.extend([attribute.code.as_str(), ": ", &codes, "\n"]);
        }
    }
    eight_digits(&text)
}

/// The codes of an attribute's categories, in order.
fn codes(attribute: &Attribute) -> String {
    let codes: Vec<_> = attribute.categories.iter().map(Category::code).collect();
    codes.join(" ")
}

/// The first 8 hex digits of a text's SHA-256.
fn eight_digits(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..4])
}
