use proptest::prelude::*;

use super::*;

/// Characters that nobody sees, one of each kind.
const UNSEEN: [char; 14] = [
    '\u{0}',
    '\u{1b}',
    '\u{7f}',
    '\u{9b}',
    '\u{ad}',
    '\u{200b}',
    '\u{200e}',
    '\u{202e}',
    '\u{2066}',
    '\u{feff}',
    '\u{fe0f}',
    '\u{e0041}',
    '\u{034f}',
    '\u{e000}',
];
/// Blanks that are no space.
const BLANKS: [char; 9] = [
    '\t', '\n', '\r', '\u{85}', '\u{a0}', '\u{2003}', '\u{2028}', '\u{2029}', '\u{3000}',
];

#[test]
fn what_nobody_sees_is_nothing_to_a_comparison_and_named_to_a_reader() {
    for c in UNSEEN {
        let text = format!("Band{c} 5");
        assert_eq!(plain(&text), "Band 5", "{c:?}");
        assert_eq!(shown(&text), format!("Band<U+{:04X}> 5", u32::from(c)));
        assert_eq!(trim(&format!("{c}x{c}")), "x", "{c:?}");
    }
    for c in BLANKS {
        let text = format!("{c}Band{c}{c}5{c}");
        assert_eq!(plain(&text), "Band 5", "{c:?}");
        assert!(shown(&text).contains(&format!("<U+{:04X}>", u32::from(c))));
        assert_eq!(trim(&text), format!("Band{c}{c}5"), "{c:?}");
    }
    assert_eq!(shown("0.6 "), "0.6<U+0020>");
    assert_eq!(plain("\u{ff12}\u{ff10} \u{fb01}n"), "20 fin");
    assert_eq!(shown("Zoë Côté – 5½"), "Zoë Côté – 5½");
}

proptest! {
    #[test]
    fn what_is_shown_moves_no_cursor_and_hides_nothing(text in any::<String>()) {
        let said = shown(&text);
        prop_assert!(said.chars().all(|c| c == ' ' || !(is_blank(c) || is_invisible(c))));
        prop_assert_eq!(shown(&said), said.clone());
    }

    #[test]
    fn what_is_plain_stays_as_it_is(text in any::<String>()) {
        let once = plain(&text).into_owned();
        prop_assert_eq!(plain(&once), once.clone());
        prop_assert!(!once.chars().any(is_invisible));
    }

    #[test]
    fn a_text_means_the_same_with_any_unseen_characters_in_it(
        text in "[A-Za-z0-9é&]{1,8}( [A-Za-z0-9]{1,8}){0,3}",
        at in prop::collection::vec((any::<prop::sample::Index>(), 0..UNSEEN.len()), 0..6),
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        for (place, which) in at {
            chars.insert(place.index(chars.len() + 1), UNSEEN[which]);
        }
        let dirty: String = chars.into_iter().collect();
        prop_assert_eq!(plain(&dirty), plain(&text));
        prop_assert_eq!(trim(&dirty).is_empty(), trim(&text).is_empty());
    }
}
