use proptest::prelude::*;

use super::*;
use crate::ui::Comparison;
use crate::ui::chart::testing::{are_within, counts, of_class, people, share, shares, x_span};

fn people_chart(rows: Vec<Row>) -> RowChart {
    RowChart::new("People by group", ("Group", "People"), Unit::People, rows)
}

fn share_chart(rows: Vec<Row>) -> RowChart {
    RowChart::new("Share by band", ("Band", "Share"), Unit::Share, rows)
        .starting(Start::Near)
        .against(Benchmark {
            value: 0.236,
            label: "Population".to_owned(),
        })
}

fn labels_in_order(chart: &RowChart, labels: &[&str]) -> bool {
    let html = chart.html();
    let places: Vec<_> = labels
        .iter()
        .map(|label| html.as_str().find(label).unwrap())
        .collect();
    places.windows(2).all(|pair| pair[0] < pair[1])
}

#[test]
fn rows_are_ranked_with_unknown_noisy_and_missing_ones_last() {
    let chart = people_chart(vec![
        Row::missing("Stockport", "not in this release"),
        Row::new("Supplementary", people(5.0, 30.0)),
        Row::new("Unknown", people(9_000.0, 20.0)).last(),
        Row::new("Students", people(310.0, 20.0)),
        Row::new("Nurses", people(26_840.0, 50.0)),
    ]);
    assert!(labels_in_order(
        &chart,
        &[
            "Nurses",
            "Students",
            "Unknown",
            "Supplementary",
            "Stockport"
        ]
    ));
    assert!(chart.html().as_str().contains("not in this release"));
}

#[test]
fn what_is_too_noisy_has_a_box_and_no_number() {
    let chart = share_chart(vec![
        Row::new("Consultants", share(0.26, 0.23)).compared(Comparison::NoAnswer),
        Row::new("Band 5", share(0.29, 0.04)).compared(Comparison::Higher),
    ]);
    let html = chart.html();
    assert!(html.as_str().contains("too noisy to show"), "{html}");
    assert!(html.as_str().contains("3% to 49%"), "{html}");
    assert!(!html.as_str().contains("26%"), "{html}");
    let marks = chart.marks(&chart.rows[0], &chart.scale());
    assert_eq!(of_class(&marks, "g-noisy").len(), 1);
    assert!(of_class(&marks, "g-dot").is_empty() && of_class(&marks, "g-hollow").is_empty());
}

#[test]
fn a_part_that_noise_took_below_nobody_has_its_interval_and_no_dot() {
    let noise = |i, j| if i == j { 400.0 } else { 0.0 };
    let nobody = crate::estimate::Parts::new(vec![-30.0, 300.0], noise).share(0, 1);
    let row = Row::new("Band 8c", nobody).compared(Comparison::Lower);
    let chart = share_chart(vec![row.beside(share(0.25, 0.001))]);
    let html = chart.html();
    assert!(html.as_str().contains("at most "), "{html}");
    assert!(!html.as_str().contains("too noisy"), "{html}");
    let marks = chart.marks(&chart.rows[0], &chart.scale());
    assert_eq!(of_class(&marks, "g-whisk").len(), 1);
    // The interval is drawn from 0, which is not its own end, so only the upper end has a cap.
    assert_eq!(of_class(&marks, "g-cap").len(), 1);
    assert!(of_class(&marks, "g-dot").is_empty() && of_class(&marks, "g-hollow").is_empty());
    assert_eq!(of_class(&marks, "g-tick").len(), 1);
}

#[test]
fn a_dot_is_hollow_unless_it_is_clearly_different() {
    let hollow = |comparison| {
        let chart = share_chart(vec![
            Row::new("Band 5", share(0.29, 0.04)).compared(comparison),
        ]);
        let marks = chart.marks(&chart.rows[0], &chart.scale());
        !of_class(&marks, "g-hollow").is_empty()
    };
    assert!(hollow(Comparison::CannotTell) && hollow(Comparison::Alike));
    assert!(!hollow(Comparison::Lower) && !hollow(Comparison::Higher));
}

#[test]
fn an_end_that_is_clipped_has_no_cap() {
    let caps = |figure| {
        let chart = share_chart(vec![Row::new("Band 7", figure)]);
        of_class(&chart.marks(&chart.rows[0], &chart.scale()), "g-cap").len()
    };
    assert_eq!(caps(share(0.06, 0.12)), 1);
    assert_eq!(caps(share(0.30, 0.12)), 2);
    let open = Figure::level(Unit::Ratio, Some(1.0), 0.9, f64::INFINITY);
    assert!(!open.is_shown());
}

#[test]
fn counts_have_bars_from_zero_and_changes_have_dots() {
    let chart = people_chart(vec![Row::new("Nurses", people(26_840.0, 50.0))]);
    let marks = chart.marks(&chart.rows[0], &chart.scale());
    // The interval is thinner than the end mark.
    assert_eq!(of_class(&marks, "g-bar").len(), 1);
    assert_eq!(of_class(&marks, "g-whisk").len(), 1);
    assert!(of_class(&marks, "g-dot").is_empty());
    assert_eq!(chart.key(), [Key::ThinBar]);

    let change = Figure::difference(Unit::People, -40.0, -90.0, 10.0);
    let chart = people_chart(vec![Row::new("Nurses", change)]);
    let marks = chart.marks(&chart.rows[0], &chart.scale());
    assert!(of_class(&marks, "g-bar").is_empty());
    assert_eq!(of_class(&marks, "g-dot").len(), 1);
}

#[test]
fn what_is_exact_has_a_solid_bar_and_no_whisker() {
    let posts = Figure::exact(Unit::People, 120.0);
    let chart = people_chart(vec![Row::new("Posts", posts)]);
    let marks = chart.marks(&chart.rows[0], &chart.scale());
    assert_eq!(of_class(&marks, "g-bar-exact").len(), 1);
    assert!(of_class(&marks, "g-whisk").is_empty());
    assert!(chart.html().as_str().contains(">exact<"));
}

#[test]
fn thirty_rows_repeat_the_axis_and_more_are_folded_away() {
    let rows = |count: u32| {
        let row = |index| {
            Row::new(
                format!("Role {index}"),
                people(f64::from(index) * 100.0, 20.0),
            )
        };
        people_chart((1..=count).map(row).collect())
    };
    let few = rows(3).html();
    assert!(!few.as_str().contains("<tfoot") && !few.as_str().contains("<details"));
    let many = rows(30).html();
    assert!(many.as_str().contains("<tfoot") && !many.as_str().contains("<details"));
    let too_many = rows(31).html();
    assert!(
        too_many.as_str().contains("Show the other 11"),
        "{too_many}"
    );
    assert_eq!(too_many.as_str().matches("scope=\"row\"").count(), 31);
}

#[test]
fn labels_are_escaped_wherever_they_stand() {
    let chart = share_chart(vec![
        Row::new("<script>1</script>", share(0.2, 0.02))
            .noted("<i>")
            .linked("/\"onload=1"),
    ])
    .against(Benchmark {
        value: 0.2,
        label: "</text><b>".to_owned(),
    });
    let html = chart.html();
    for bad in ["<script>", "<i>", "/\"onload", "</text><b>"] {
        assert!(!html.as_str().contains(bad), "{bad}: {html}");
    }
    assert!(!html.as_str().contains("style="), "{html}");
}

#[test]
fn a_long_benchmark_breaks_into_two_lines() {
    assert_eq!(
        two_lines("Census 2021, Greater Manchester 23.6%"),
        ["Census 2021, Greater", "Manchester 23.6%"]
    );
    assert_eq!(two_lines("Population 23.6%"), ["Population 23.6%"]);
}

#[test]
fn a_chart_without_rows_is_a_table_without_rows() {
    assert!(people_chart(Vec::new()).html().as_str().contains("<tbody"));
}

proptest! {
    #[test]
    fn every_mark_of_a_count_lies_within_the_plot_and_a_whisker_covers_its_interval(
        figures in prop::collection::vec(counts(), 1..12),
    ) {
        let rows = figures.iter().map(|figure| Row::new("Group", *figure)).collect();
        let chart = people_chart(rows);
        check(&chart)?;
    }

    #[test]
    fn every_mark_of_a_share_lies_within_the_plot_and_a_whisker_covers_its_interval(
        figures in prop::collection::vec((shares(), shares()), 1..12), from_zero: bool,
    ) {
        let rows = figures.iter().map(|(figure, comparator)| {
            let comparison = Comparison::of(figure, 0.236, None);
            Row::new("Band", *figure).compared(comparison).beside(*comparator)
        });
        let start = if from_zero { Start::Zero } else { Start::Near };
        check(&share_chart(rows.collect()).starting(start))?;
    }
}

fn check(chart: &RowChart) -> Result<(), TestCaseError> {
    let scale = chart.scale();
    prop_assert!(are_within(&chart.lines(&scale), (0.0, 0.0)));
    prop_assert!(are_within(&chart.head(&scale).marks, (0.0, 60.0)));
    for row in &chart.rows {
        let marks = chart.marks(row, &scale);
        prop_assert!(are_within(&marks, (-22.0, 22.0)), "{:?}", marks);
        let figure = row.figure().unwrap();
        let (low, high) = figure.interval();
        let ends = (100.0 * scale.at(low), 100.0 * scale.at(high));
        let drawn = if figure.is_shown() {
            // Everything that is shown is on the scale.
            prop_assert!(scale.holds(low) && scale.holds(high));
            if chart.has_bars() && is_thin(figure, &scale) {
                // The interval is at most about as wide as the end mark, which stands in its middle.
                prop_assert!(ends.1 - ends.0 <= 100.0 * THIN_INTERVAL);
                continue;
            }
            if is_exact(figure) {
                continue;
            }
            of_class(&marks, "g-whisk")
        } else {
            of_class(&marks, "g-noisy")
        };
        let (left, right) = x_span(&drawn).unwrap();
        prop_assert!(left <= ends.0 + 1e-6 && right >= ends.1 - 1e-6);
    }
    Ok(())
}
