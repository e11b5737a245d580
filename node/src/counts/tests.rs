use vwis_model::{agreement::Draft, measurement::MeasurementId};

use super::*;
use vwis_noise::{DiscreteGaussian, Hedge};

/// A series of one table by `attribute`.
fn series(attribute: &str) -> Series {
    let draft = format!(
        r#"
name = "test"
version = 1
aggregator = "gm-icb"
purpose = "test"
readers = "test"
first_period = "2026-03"
last_period = "2027-03"
[[series]]
name = "series"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{{ by = ["{attribute}"] }}]
"#
    );
    let draft = Draft::parse(&draft).unwrap();
    let (agreement, _) = draft.compile(here::dictionary()).unwrap();
    agreement.series()[0].clone()
}

#[test]
fn counts_of_other_tables_are_not_drawn() {
    let staff = here::dictionary().data_set("staff").unwrap();
    let nobody = People::none(staff.attributes().len());
    let (ours, other) = (series("staff_group"), series("role"));
    let drawing = Drawing {
        identity: &MeasurementId::from_bytes([3; 32]),
        snapshot: [0; 16],
        hedge: &Hedge::throw_away().unwrap(),
    };
    let draw = |counted: &Series| {
        let counts = ConfidentialCounts::count(counted, &nobody);
        counts.draw(&DiscreteGaussian, &drawing, ours.strategy())
    };
    assert!(draw(&ours).is_ok());
    assert!(matches!(
        draw(&other),
        Err(MechanismError::CountsDoNotMatch)
    ));
}
