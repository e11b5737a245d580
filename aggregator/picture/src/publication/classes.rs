//! Which employers the published figures of one day tell apart.

use std::collections::BTreeSet;

use vwis_model::ods::OdsCode;

/// The fewest employers that published figures may tell apart from the others. With three, whoever knows one
/// of them learns only the sum of the other two.
pub const LEAST: usize = 3;

/// An employer's measurement in a published sum. A corrected measurement counts as another employer's,
/// because the old and the new sum subtract to the employer's own change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The employer.
    pub ods_code: OdsCode,
    /// 0 for the first measurement of a series, then 1, 2, … in the order of their releases. A measurement
    /// that a person published in place of another has the version of that one, because their difference is
    /// known.
    pub version: u32,
}

/// Employers in classes: two are in one class if exactly the same published sums hold them.
///
/// Any difference of published sums has the same coefficient for all members of a class. So no figure that
/// can be worked out is about fewer than [`LEAST`] employers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes(Vec<BTreeSet<Member>>);

/// The employers that a sum would tell apart from the others, too few to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart(pub BTreeSet<OdsCode>);

// === impl Classes ===

impl Classes {
    /// The classes after the sum over `set` is published as well.
    ///
    /// # Errors
    /// Where that would tell fewer than [`LEAST`] employers apart.
    pub fn with(&self, set: &BTreeSet<Member>) -> Result<Self, Apart> {
        let known = self.0.iter().flat_map(|class| {
            let inside: BTreeSet<_> = class.intersection(set).cloned().collect();
            let outside: BTreeSet<_> = class.difference(set).cloned().collect();
            [inside, outside]
        });
        let here: BTreeSet<&Member> = self.0.iter().flatten().collect();
        let new = set.iter().filter(|member| !here.contains(member)).cloned();
        let classes = known.chain([new.collect()]);
        let classes: Vec<_> = classes.filter(|class| !class.is_empty()).collect();
        let small = classes.iter().filter(|class| class.len() < LEAST).flatten();
        let apart: BTreeSet<_> = small.map(|member| member.ods_code.clone()).collect();
        if apart.is_empty() {
            Ok(Self(classes))
        } else {
            Err(Apart(apart))
        }
    }

    /// All classes.
    pub(super) fn all(&self) -> impl Iterator<Item = &BTreeSet<Member>> {
        self.0.iter()
    }

    /// Whether the sum over `set` tells nothing new to somebody who may read the employers of `named` by
    /// name: apart from those, `set` holds each class whole or not at all.
    #[must_use]
    pub fn tell(&self, set: &BTreeSet<Member>, named: &[OdsCode]) -> bool {
        let is_named = |member: &&Member| named.contains(&member.ods_code);
        let mut whole = self.0.iter().map(|class| {
            let mut others = class.iter().filter(|member| !is_named(member)).peekable();
            let is_in = others.peek().is_some_and(|first| set.contains(*first));
            others.all(|member| set.contains(member) == is_in)
        });
        let known = |member: &Member| self.0.iter().any(|class| class.contains(member));
        whole.all(|is_whole| is_whole)
            && set.iter().all(|member| is_named(&member) || known(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(codes: &str) -> BTreeSet<Member> {
        let member = |code: &str| Member {
            ods_code: format!("R{code}").parse().unwrap(),
            version: 0,
        };
        codes.chars().map(|c| member(&format!("{c}0"))).collect()
    }

    #[test]
    fn a_sum_that_tells_fewer_than_three_apart_is_not_published() {
        let nine = Classes::default().with(&set("ABCDEFGHI")).unwrap();
        for (other, may) in [
            ("ABCDEFGHI", true),
            ("ABCDEFGH", false),
            ("ABCDEFG", false),
            ("ABCDEF", true),
            ("ABC", true),
            ("AB", false),
            ("ABCDEFGHIJ", false),
            ("ABCDEFGHIJKL", true),
        ] {
            assert_eq!(nine.with(&set(other)).is_ok(), may, "{other}");
        }
        assert!(Classes::default().with(&set("AB")).is_err());
    }

    #[test]
    fn what_is_published_together_counts_and_not_each_pair() {
        let two = Classes::default()
            .with(&set("ABCDEF"))
            .unwrap()
            .with(&set("ABC"))
            .unwrap();
        // Beside the first sum alone it could be published. Beside both it tells C apart from A and B.
        assert!(two.with(&set("CDEF")).is_err());
        assert!(two.tell(&set("DEF"), &[]));
        assert!(!two.tell(&set("ABCD"), &[]));
        let own = "RA0".parse().unwrap();
        assert!(two.tell(&set("BC"), std::slice::from_ref(&own)));
        assert!(two.tell(&set("A"), std::slice::from_ref(&own)));
        assert!(!two.tell(&set("AB"), std::slice::from_ref(&own)));
    }
}
