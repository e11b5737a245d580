//! Headcounts of six acute trusts: what a large and a small employer look like.

use std::sync::OnceLock;

/// Where the figures come from.
pub const SOURCE: &str = "NHS Workforce Statistics (HCHS), NHS England, February 2026";

const TABLE: &str = include_str!("../../reference/trust_headcount.csv");

/// An employer's published headcount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trust {
    /// ODS code.
    pub ods_code: &'static str,
    /// People, all staff groups.
    pub headcount: u32,
}

/// All six, the largest first.
#[must_use]
pub fn trusts() -> &'static [Trust] {
    static TRUSTS: OnceLock<Vec<Trust>> = OnceLock::new();
    TRUSTS.get_or_init(|| {
        let lines = TABLE.lines().skip(1);
        let mut trusts: Vec<_> = lines
            .map(|line| {
                let (ods_code, headcount) = line
                    .split_once(',')
                    .expect("tests read every line of the shipped table");
                Trust {
                    ods_code,
                    headcount: headcount
                        .parse()
                        .expect("tests read every line of the shipped table"),
                }
            })
            .collect();
        trusts.sort_by_key(|trust| std::cmp::Reverse(trust.headcount));
        trusts
    })
}

/// The largest of them.
#[must_use]
pub fn large() -> Trust {
    trusts()[0]
}

/// The smallest of them.
#[must_use]
pub fn small() -> Trust {
    trusts()[trusts().len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_trusts_have_their_published_headcount() {
        // All staff groups, February 2026, as published.
        let published = [
            ("R0A", 30_715),
            ("RM3", 20_870),
            ("RRF", 7_283),
            ("RMC", 6_794),
            ("RWJ", 6_594),
            ("RMP", 4_929),
        ];
        let own: Vec<_> = trusts()
            .iter()
            .map(|trust| (trust.ods_code, trust.headcount))
            .collect();
        assert_eq!(own, published);
        assert_eq!((large().ods_code, small().ods_code), ("R0A", "RMP"));
    }
}
