use proptest::prelude::*;

use super::*;
use crate::ui::chart::testing::{are_within, counts, of_class, people, places, share};

fn points(figures: &[Option<Figure>]) -> Vec<Point> {
    let point = |(index, figure): (usize, &Option<Figure>)| Point {
        label: format!("Q{index}"),
        at: super::super::scale::as_f64(index),
        figure: *figure,
        has_fewer: false,
    };
    figures.iter().enumerate().map(point).collect()
}

fn trend(figures: &[Option<Figure>]) -> Trend {
    Trend::new(
        "t",
        "People by quarter",
        "People",
        Unit::People,
        points(figures),
    )
}

#[test]
fn the_band_is_the_interval_and_the_last_value_is_labelled() {
    let trend = trend(&[Some(people(1_000.0, 40.0)), Some(people(1_100.0, 40.0))]);
    let marks = trend.marks();
    assert_eq!(of_class(&marks, "g-band").len(), 1);
    assert_eq!(of_class(&marks, "g-dot").len(), 2);
    let html = trend.html();
    assert!(html.as_str().contains(">1,100</text>"), "{html}");
    assert!(
        html.as_str()
            .contains(r#"role="img" aria-labelledby="t-t t-d""#)
    );
    assert_eq!(trend.start_in_words().unwrap(), "The scale starts at 950");
}

#[test]
fn a_gap_breaks_the_line_and_a_release_alone_has_a_whisker() {
    let figure = Some(people(1_000.0, 40.0));
    let trend = trend(&[figure, figure, None, figure]);
    let marks = trend.marks();
    assert_eq!(of_class(&marks, "g-line").len(), 1);
    assert!(!of_class(&marks, "g-cap").is_empty());
    assert!(trend.html().as_str().contains("Q2: no release"));
}

#[test]
fn a_release_that_is_too_noisy_has_a_box_and_no_number() {
    let shares = [Some(share(0.2, 0.02)), Some(share(0.33, 0.3))];
    let trend = Trend::new("t", "Share", "Share", Unit::Share, points(&shares));
    let marks = trend.marks();
    assert_eq!(of_class(&marks, "g-noisy").len(), 1);
    assert_eq!(of_class(&marks, "g-dot").len(), 1);
    assert!(!trend.html().as_str().contains("33%"));
    assert_eq!(trend.key(), [Key::Band, Key::Noisy]);
}

#[test]
fn fewer_employers_make_a_hollow_dot() {
    let mut of = points(&[Some(people(900.0, 20.0)), Some(people(1_000.0, 20.0))]);
    of[0].has_fewer = true;
    let trend = Trend::new("t", "People", "People", Unit::People, of);
    assert_eq!(of_class(&trend.marks(), "g-hollow").len(), 1);
    assert_eq!(trend.key(), [Key::Band, Key::Fewer]);
}

#[test]
fn few_labels_stand_under_the_axis() {
    assert_eq!(labelled(0), Vec::<usize>::new());
    assert_eq!(labelled(3), [0, 1, 2]);
    assert_eq!(labelled(8), [0, 2, 4, 7]);
    assert!(trend(&[]).marks().marks.len() > 2);
}

proptest! {
    #[test]
    fn every_mark_lies_within_the_drawing_and_the_band_covers_each_interval(
        figures in prop::collection::vec(prop::option::weighted(0.9, counts()), 0..12),
        benchmark in prop::option::of(0.0..30_000.0_f64),
    ) {
        let mut trend = trend(&figures);
        if let Some(value) = benchmark {
            trend = trend.against(Benchmark { value, label: "Planned".to_owned() });
        }
        let marks = trend.marks();
        prop_assert!(are_within(&marks, (0.0, HEIGHT)), "{:?}", marks);
        let series = Series { points: &trend.points, up: trend.up(), every_dot: true };
        for point in &trend.points {
            let Some(figure) = point.figure.filter(Figure::is_shown) else { continue };
            let (low, high) = figure.interval();
            let x = series.x(point);
            for end in [low, high] {
                let y = series.up.y(end);
                let is_here = |(px, py): &(f64, f64)| (px - x).abs() < 1e-6 && (py - y).abs() < 1e-6;
                prop_assert!(places(&marks).iter().any(is_here));
            }
        }
    }
}
