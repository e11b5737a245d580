//! A small sheet for tests, with everything that is hard to write.

use serde_json::json;

use super::{Cell, Column, Kind, Sheet};

pub(super) fn sheet() -> Sheet {
    let group = "The staff group.";
    let row = |code: &str, label: &str, about: &str, numbers: [Cell; 4], reliability: &str| {
        let [estimate, sd, upper, display] = numbers;
        let code = Cell::text(code);
        let (label, about) = (Cell::text(label), Cell::text(about));
        vec![
            code,
            label,
            about,
            estimate,
            sd,
            upper,
            display,
            Cell::text(reliability),
        ]
    };
    let share = |number| Cell::Of(Kind::Share, number);
    Sheet {
        name: "staff_group".to_owned(),
        title: "Staff in post".to_owned(),
        columns: vec![
            Column::new("staff_group", "Staff group (code)", Kind::Text, group).machines(),
            Column::new("staff_group_label", "Staff group", Kind::Text, group),
            Column::new("interval", "95% interval", Kind::Text, "In words.").people(),
            Column::new("estimate", "Estimate", Kind::People, "Signed.").machines(),
            Column::new("sd", "Standard deviation", Kind::Decimal, "Of the noise.").machines(),
            Column::new("upper", "Upper end", Kind::People, "Of the interval.").machines(),
            Column::new("display", "About", Kind::People, "Rounded, at least 0."),
            Column::new(
                "reliability",
                "Reliability",
                Kind::Text,
                "By the interval's width.",
            )
            .machines(),
        ],
        rows: vec![
            row(
                "students",
                "Students",
                "0 to 26",
                [
                    Cell::Number(12.345_678_901_234_567),
                    Cell::Number(6.5),
                    Cell::Number(25.1),
                    Cell::Empty,
                ],
                "too_noisy_to_show",
            ),
            row(
                "estates_and_ancillary",
                "Estates, and \"ancillary\"",
                "0 to –",
                [
                    Cell::Number(-3.0),
                    Cell::Number(6.5),
                    Cell::Number(f64::INFINITY),
                    Cell::Number(-0.0),
                ],
                "good",
            ),
            row(
                "unknown",
                "=cmd|' /C calc'!A0",
                "20% to 30%",
                [share(0.25), share(0.01), share(0.3), share(0.25)],
                "use_with_care",
            ),
        ],
        notes: vec!["People by employer: who works for two counts twice.".to_owned()],
        facts: vec![
            ("Release".to_owned(), "1".to_owned()),
            ("Period".to_owned(), "2026-09".to_owned()),
        ],
        metadata: json!({ "licence": "free", "coverage": { "missing": ["R0A"] } }),
    }
}
