use proptest::prelude::*;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::*;

/// What attackers write: overrides, isolates, joiners, blanks of other kinds, tags, fillers, escapes.
const UNSEEN: [char; 24] = [
    '\u{0}',
    '\t',
    '\n',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{a0}',
    '\u{ad}',
    '\u{61c}',
    '\u{2003}',
    '\u{200b}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202e}',
    '\u{2066}',
    '\u{2800}',
    '\u{3000}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{e0041}',
];

#[test]
fn a_text_that_is_not_what_it_looks_like_is_refused_by_name() {
    for unseen in UNSEEN {
        for text in [format!("Work{unseen}force"), format!("a{unseen}")] {
            let refused = check(&text, 100);
            assert_eq!(refused, Err(TextError::Unseen(unseen)), "{text:?}");
        }
    }
    let said = TextError::Unseen('\u{202e}').to_string();
    assert!(said.contains("U+202E"), "{said}");
    for spaces in [" a", "a ", "a  b"] {
        assert_eq!(check(spaces, 100), Err(TextError::Spaces));
    }
    assert_eq!(check(" ", 100), Err(TextError::Empty));
    assert_eq!(check("abc", 2), Err(TextError::TooLong(2)));
    assert_eq!(check("Cafe\u{301}", 100), Err(TextError::NotNormal));
    for good in [
        "Caf\u{e9}",
        "Räte & Œuvres – “quoted” – 50 % – 2,5 ‰",
        "Здоровье",
        "健康",
    ] {
        assert_eq!(check(good, 100), Ok(()), "{good}");
    }
}

/// Characters that Unicode counts as letters, marks or symbols, but that no font draws. Only their names say
/// so, no property does: blanks of braille and of hieroglyphs, fillers, the null notehead, the object
/// replacement.
const DRAWN_BY_NOBODY: [char; 6] = [
    '\u{2800}',
    '\u{fffc}',
    '\u{13441}',
    '\u{13442}',
    '\u{16fe4}',
    '\u{1d159}',
];

#[test]
fn of_all_of_unicode_what_is_accepted_is_drawn_or_is_a_single_space_between_words() {
    // An independent reading of Unicode, which may know fewer characters than ours.
    let nothing = r"^[\p{Cc}\p{Cf}\p{Co}\p{Z}\p{White_Space}\p{Default_Ignorable_Code_Point}]$";
    let nothing = regex::Regex::new(nothing).unwrap();
    let mut buffer = [0; 4];
    for c in '\0'..=char::MAX {
        let is_drawn = c.general_category() != GeneralCategory::Unassigned
            && !nothing.is_match(c.encode_utf8(&mut buffer))
            && !DRAWN_BY_NOBODY.contains(&c);
        let between = check(&format!("a{c}a"), 100);
        if between.is_ok() {
            assert!(is_drawn || c == ' ', "U+{:04X}", u32::from(c));
        } else if is_drawn {
            // A character that is drawn is refused only if it has another spelling.
            assert_eq!(between, Err(TextError::NotNormal), "U+{:04X}", u32::from(c));
        }
        if !is_drawn {
            for at_an_end in [format!("{c}a"), format!("a{c}"), c.to_string()] {
                assert!(check(&at_an_end, 100).is_err(), "{at_an_end:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_unseen_reaches_a_terminal(text in any::<String>(), at in 0..24_usize) {
        let text = format!("{text}{}{text}", UNSEEN[at]);
        let line = for_terminal(&text);
        prop_assert!(!line.contains(is_unseen));
        let lines = lines_for_terminal(&text);
        prop_assert!(!lines.contains(|c| c != '\n' && is_unseen(c)));
        prop_assert_eq!(lines.matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn json_stays_the_same_json(text in any::<String>(), at in 0..24_usize) {
        let value = serde_json::json!({ "a": format!("{text}{}", UNSEEN[at]) });
        let json = serde_json::to_string_pretty(&value).unwrap();
        let shown = json_for_terminal(&json);
        prop_assert!(!shown.contains(|c| c != '\n' && is_unseen(c)));
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        prop_assert_eq!(read, value);
    }

    #[test]
    fn what_is_accepted_is_shown_as_it_is(text in "[a-zà-ÿ ]{1,30}") {
        if check(&text, 100).is_ok() {
            prop_assert_eq!(for_terminal(&text), text.as_str());
        }
    }
}
