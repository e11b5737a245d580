//! Checks that the codes by which pages look for numbers are those of the indicators.

use super::{
    super::{Reading, indicator_answer::lookups},
    archive as of_two_years,
    behind::{archive, views},
};

/// What no answer of these archives has, and a page shows where there is one: all staff beside a group on a
/// ladder, which these indicators do not count; who stayed, which needs four quarters and the staff before them;
/// and the parts of resilience that need more tables, or funded posts.
const IN_VAIN: [&str; 6] = [
    "gender-balance: share_beside_staff",
    "leavers: stability_at_least",
    "resilience: part=leavers",
    "resilience: part=vacancy",
    "wdes-1: share_beside_staff",
    "wres-1: share_beside_staff",
];

#[test]
fn what_a_page_looks_for_in_an_answer_is_there_under_that_name() {
    for archive in [archive(), of_two_years(250)] {
        for view in views() {
            let reading = Reading::new(&archive, None, None).unwrap();
            let _ = view.document(&reading);
        }
    }
    assert_eq!(lookups::in_vain(), IN_VAIN);
}
