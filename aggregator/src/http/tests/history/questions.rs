//! All questions that readers can ask, as addresses.

use std::collections::BTreeSet;

use super::system::PERIODS;
use crate::indicator;

/// Questions for tables, indicators and these releases, also under the second agreement by name.
pub(super) fn all(releases: &[String], second: &str) -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    for by in [
        "",
        "staff_group",
        "locality",
        "pathway",
        "staff_group,locality&totals=true",
    ] {
        for which in [
            "",
            "&measure=fte",
            "&series=headline",
            "&org=each",
            "&series=joiners",
            "&series=leavers",
            "&series=year_leavers",
        ] {
            asked.insert(format!("/api/v1/tables?by={by}{which}"));
        }
        for period in PERIODS {
            for which in [
                "",
                "&measure=fte",
                "&series=joiners",
                "&series=leavers",
                "&series=year_leavers",
            ] {
                asked.insert(format!("/api/v1/tables?by={by}&period={period}{which}"));
            }
        }
    }
    for one in indicator::ALL {
        let name = one.definition.name;
        asked.insert(format!("/api/v1/indicators/{name}?"));
        for by in ["", "staff_group", "locality"] {
            asked.insert(format!("/api/v1/indicators/{name}?by={by}"));
        }
        for period in PERIODS {
            asked.insert(format!("/api/v1/indicators/{name}?period={period}"));
        }
    }
    for since in PERIODS {
        asked.insert(format!("/api/v1/indicators/change?since={since}"));
    }
    for by in ["", "staff_group"] {
        for period in PERIODS {
            for which in ["", "&series=leavers", "&org=each"] {
                asked.insert(format!(
                    "/api/v1/tables?by={by}&period={period}&agreement={second}{which}"
                ));
            }
        }
    }
    for name in ["change", "trend", "leavers", "vacancy-rate", "composition"] {
        asked.insert(format!("/api/v1/indicators/{name}?agreement={second}"));
    }
    for id in releases {
        asked.insert(format!("/api/v1/releases/{id}/picture.csv?"));
        asked.insert(format!("/api/v1/tables?by=&release={id}"));
        asked.insert(format!("/api/v1/indicators/trend?by=&release={id}"));
        asked.insert(format!("/api/v1/indicators/vacancy-rate?release={id}"));
    }
    asked
}
