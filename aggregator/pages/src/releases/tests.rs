use crate::{
    Choices, Reading, View,
    archive::Archive,
    testing::{corrected, html, text, text_of, two_employers},
};

fn releases(archive: &Archive) -> String {
    text(archive, &View::Releases(Choices::default()))
}

fn since(period: &str) -> Result<View, crate::Gap> {
    View::releases(Choices::new([("since", period.to_owned())]))
}

#[test]
fn a_superseded_release_stays_and_says_what_superseded_it_and_why() {
    let page = releases(&corrected(two_employers()));
    assert!(
        page.contains(
            "Staff in post, people (headline) 1 superseded by number 2: Bolton corrected"
        ),
        "{page}"
    );
    assert!(page.contains("2 counts; Bolton corrected"), "{page}");
    assert!(page.contains("1 counts 2 of 2"), "{page}");
}

#[test]
fn an_analyst_sees_which_releases_nobody_else_reads() {
    let archive = corrected(two_employers());
    let of = |number| {
        let mut made = archive.made().iter();
        made.find(|release| release.number == number).unwrap().id
    };
    let reading = Reading::new(&archive, None, None).unwrap();
    let reading = reading.with_unpublished([of(2)].into());
    let page = View::Releases(Choices::default())
        .document(&reading)
        .unwrap();
    let page = text_of(&page.html());
    let mark = "Not published: for analysts alone";
    assert!(
        page.contains(&format!("2 counts; Bolton corrected. {mark}")),
        "{page}"
    );
    // In its cell; the names of links have a comma behind it.
    assert_eq!(page.matches(&format!("{mark} ")).count(), 1, "{page}");
    assert!(!releases(&archive).contains(mark));
}

#[test]
fn every_release_has_its_tables_its_pages_and_its_description() {
    let archive = two_employers();
    let page = html(&archive, &View::Releases(Choices::default()));
    for release in archive.made() {
        let id = release.id;
        for href in [
            format!("/api/v1/releases/{id}/picture.csv"),
            format!("/?release={id}"),
            format!("/api/v1/releases/{id}"),
        ] {
            assert!(page.contains(&format!("href=\"{href}\"")), "{href}");
        }
    }
}

#[test]
fn two_dates_are_compared_with_a_sentence_and_a_row_for_each_staff_group() {
    let page = text(&two_employers(), &since("2026-03").unwrap());
    // Bolton now has 240 nurses, who were 200.
    assert!(page.contains("Real change"), "{page}");
    assert!(
        page.contains("About 40 more people than on 31 March 2026"),
        "{page}"
    );
    assert!(
        page.contains("Nursing and Midwifery Registered +40"),
        "{page}"
    );
    assert!(
        page.contains("Change in people since 31 March 2026"),
        "{page}"
    );
    assert!(!releases(&two_employers()).contains("Change in people since"));
}

#[test]
fn a_date_of_which_nothing_is_released_leaves_a_gap_that_says_so() {
    let page = text(&two_employers(), &since("2019-03").unwrap());
    assert!(page.contains("2026-03"), "{page}");
    assert!(page.contains("All releases"), "{page}");
    assert!(since("March").is_err());
}

#[test]
fn the_chosen_date_stands_in_the_address() {
    let view = since("2026-03").unwrap();
    assert_eq!(view.chosen(), [("since", "2026-03".to_owned())]);
    assert_eq!(view.path(), "/releases");
}
