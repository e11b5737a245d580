//! Promises of the whole: real nodes and a real aggregator, run by their own commands.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

#[path = "federation/asking.rs"]
mod asking;
#[path = "federation/collecting.rs"]
mod collecting;
#[path = "federation/editions.rs"]
mod editions;
#[path = "federation/enrolling.rs"]
mod enrolling;
#[path = "federation/groups.rs"]
mod groups;
#[path = "federation/picture.rs"]
mod picture;
#[path = "federation/places.rs"]
mod places;
#[path = "federation/planning.rs"]
mod planning;
#[path = "federation/pooling.rs"]
mod pooling;
#[path = "federation/recovering.rs"]
mod recovering;
#[path = "federation/reinstating.rs"]
mod reinstating;
#[path = "federation/suspecting.rs"]
mod suspecting;
#[path = "federation/years.rs"]
mod years;

/// The programs of VWIS in one binary, run as real processes.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

/// A small agreement with both measures.
const DRAFT: &str = r#"
name = "A small agreement"
version = 1
aggregator = "gm-icb"
purpose = "To test the whole."
readers = "Testers."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [
    { by = [], weight = 2 },
    { by = ["staff_group", "locality"] },
    { by = ["gender", "staff_group"] },
]

[[series]]
name = "fte"
measure = "fte"
cadence = "quarterly"
rho = 0.02
tables = [{ by = ["locality"] }]
"#;

const PERIOD: &str = "2026-06";
