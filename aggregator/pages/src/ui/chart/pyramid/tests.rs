use proptest::prelude::*;

use super::*;
use crate::ui::{
    chart::{
        Fan, Horizon, Multiples, NumberLine, Panel, Point,
        number_line::Beside,
        testing::{are_within, counts, of_class, people, shares, x_span},
    },
    comparison::{Comparison, Tag},
};

fn pyramid(figures: &[(Figure, Figure)]) -> Pyramid {
    let band = |(index, (left, right)): (usize, &(Figure, Figure))| AgeBand {
        label: format!("Band {index}"),
        left: *left,
        right: *right,
    };
    let bands = figures.iter().enumerate().map(band).collect();
    Pyramid::new("p", "Age and gender", ("Women", "Men"), Unit::People, bands)
}

#[test]
fn both_sides_stand_on_one_scale_and_the_youngest_at_the_bottom() {
    let same = people(900.0, 10.0);
    let pyramid = pyramid(&[(same, same), (people(450.0, 10.0), same)]);
    let marks = pyramid.marks();
    let width = |class| x_span(&of_class(&marks, class)).map(|(low, high)| high - low);
    assert_eq!(width("g-bar"), width("g-bar-2"));
    let html = pyramid.html();
    let place = |words| html.as_str().find(words).unwrap();
    assert!(place(">Band 1<") < place(">Band 0<"));
}

#[test]
fn a_negative_estimate_is_an_interval_from_zero_without_a_number() {
    let pyramid = pyramid(&[(people(900.0, 10.0), people(-8.0, 18.0))]);
    let marks = pyramid.marks();
    assert_eq!(of_class(&marks, "g-noisy").len(), 1);
    assert!(of_class(&marks, "g-dot-2").is_empty());
    let table = pyramid.table().unwrap();
    let html = table.html();
    assert!(
        html.as_str().contains("0 to 10") && !html.as_str().contains('\u{2212}'),
        "{html}"
    );
}

proptest! {
    #[test]
    fn every_mark_of_a_pyramid_lies_on_its_own_side(
        figures in prop::collection::vec((counts(), counts()), 1..11),
    ) {
        let pyramid = pyramid(&figures);
        let marks = pyramid.marks();
        prop_assert!(are_within(&marks, (0.0, pyramid.height())));
        for class in ["g-bar", "g-whisk", "g-dot"] {
            let span = x_span(&of_class(&marks, class));
            prop_assert!(span.is_none_or(|(_, high)| high <= LEFT_ZERO + 1e-6));
        }
        for class in ["g-bar-2", "g-whisk-2", "g-dot-2"] {
            let span = x_span(&of_class(&marks, class));
            prop_assert!(span.is_none_or(|(low, _)| low >= RIGHT_ZERO - 1e-6));
        }
    }

    #[test]
    fn every_mark_of_a_fan_lies_within_it(figures in prop::collection::vec((counts(), counts()), 1..4)) {
        let years = [1, 3, 5];
        let horizon = |(years, (noise, rates)): (u8, &(Figure, Figure))| Horizon {
            years,
            noise: *noise,
            rates: *rates,
        };
        let horizons = years.into_iter().zip(&figures).map(horizon).collect();
        let fan = Fan::new("f", "Leavers", "People", Unit::People, horizons);
        prop_assert!(are_within(&fan.marks(), (0.0, 300.0)));
        prop_assert_eq!(fan.table().is_some(), true);
    }

    #[test]
    fn every_mark_of_a_number_line_lies_within_it(a in shares(), b in shares(), value in 0.0..1.0_f64) {
        let beside = |figure| Beside { label: "Staff".to_owned(), figure };
        let line = super::super::Benchmark { value, label: "Population".to_owned() };
        let comparison = Comparison::of(&a, value, None);
        let line = NumberLine::new("n", "Share", beside(a), line, comparison).beside(beside(b));
        prop_assert!(are_within(&line.marks(), (0.0, 24.0 + 2.0 * 56.0 + 30.0)));
    }

    #[test]
    fn every_mark_of_a_panel_lies_within_it(
        changes in prop::collection::vec((-0.5..0.5_f64, 0.0..0.3_f64), 1..6),
    ) {
        let points = changes.iter().enumerate().map(|(index, (value, half))| Point {
            label: format!("Q{index}"),
            at: super::super::scale::as_f64(index),
            figure: Some(Figure::difference(Unit::Rate, *value, value - half, value + half)),
            has_fewer: false,
        });
        let panel = Panel {
            name: "Nurses".to_owned(),
            says: crate::ui::Sentence::words("no real change"),
            tag: Tag::NO_REAL_CHANGE,
            points: points.collect(),
        };
        let of = Multiples::new("m", "Change", "Change", Unit::Rate, vec![panel.clone()]).of_change();
        prop_assert!(are_within(&of.marks(&panel), (0.0, 150.0)));
    }
}
