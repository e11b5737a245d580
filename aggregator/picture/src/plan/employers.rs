//! Employers of typical sizes, for whom a forecast is made.

use serde::Serialize;
use vwis_model::{agreement::Measure, here};

use crate::{
    estimate::{Estimate, Reliability},
    indicator::typical_share,
};

/// The headcount of the smallest employer shown, such as a general practice or a care provider.
const SMALL_EMPLOYER: f64 = 20.0;

/// An employer, or the whole system, for which a forecast is made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Employer {
    /// Its name in words.
    pub label: String,
    /// Its headcount.
    pub people: f64,
    /// The number of measurements that are added up for it: 1 for an employer, the number of nodes for the
    /// system.
    pub nodes: u64,
}

/// How well a count of typical size can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Worth {
    /// The typical size of the count, in people or FTE.
    pub typical: f64,
    /// Half-width of its 95% interval, in people or FTE.
    pub half_width: f64,
    /// The rating that follows from the two.
    pub reliability: Reliability,
}

/// The whole system of `nodes` employers of mean published size, the largest and the smallest published
/// employer, and an employer of 20. Where the place pack publishes no headcount, the system consists of
/// employers of 20.
#[must_use]
pub fn employers(nodes: u64) -> Vec<Employer> {
    let published = here::place().employers().iter();
    let mut published: Vec<(f64, &str)> = published
        .filter_map(|one| Some((f64::from(one.headcount?), one.ods_code.as_str())))
        .collect();
    published.sort_by(|one, other| other.0.total_cmp(&one.0));
    let count = u32::try_from(published.len()).expect("a place has at most millions of employers");
    let sum: f64 = published.iter().map(|(people, _)| people).sum();
    let mean = if count == 0 {
        SMALL_EMPLOYER
    } else {
        sum / f64::from(count)
    };
    #[expect(clippy::cast_precision_loss, reason = "nodes are at most a million")]
    let people = mean * nodes as f64;
    let mut employers = vec![Employer {
        label: format!("system of {nodes}"),
        people,
        nodes,
    }];
    let ends = [
        ("large trust", published.first()),
        ("small trust", published.last()),
    ];
    employers.extend(ends.into_iter().filter_map(|(label, found)| {
        let (people, ods_code) = *found?;
        Some(Employer {
            label: format!("{label} ({ods_code})"),
            people,
            nodes: 1,
        })
    }));
    employers.push(Employer {
        label: "employer of 20".to_owned(),
        people: SMALL_EMPLOYER,
        nodes: 1,
    });
    employers
}

// === impl Employer ===

impl Employer {
    /// How many people a data set typically holds about this employer.
    #[must_use]
    pub fn in_data_set(&self, data_set: &str) -> f64 {
        self.people * typical_share(data_set)
    }
}

// === impl Worth ===

impl Worth {
    /// The worth of a count of this typical size, whose noise has this variance.
    #[must_use]
    pub fn of(typical: f64, variance: f64) -> Self {
        let estimate = Estimate::new(Measure::Headcount, typical, variance);
        Self {
            typical,
            half_width: estimate.half_width(),
            reliability: estimate.reliability(),
        }
    }
}
