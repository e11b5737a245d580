use vwis_model::period::Period;

use crate::{
    View,
    archive::Archive,
    guess::right_in_100,
    spending,
    testing::{changed, corrected, html, text, two_employers, without_bolton},
};

fn privacy(archive: &Archive) -> String {
    text(archive, &View::Privacy)
}

/// The releases of March only, so that nothing is of the next financial year.
fn of_march() -> Archive {
    let archive = two_employers();
    let of_march = archive.releases().iter();
    let of_march = of_march.filter(|archived| archived.release.period.month() == 3);
    Archive::new(
        std::sync::Arc::clone(archive.agreement()),
        of_march.cloned().collect(),
    )
}

#[test]
fn the_answer_is_the_best_guess_with_all_that_was_released_and_with_all_that_is_agreed() {
    let archive = two_employers();
    let page = privacy(&archive);
    let year = "2026-06".parse::<Period>().unwrap().financial_year();
    let spent = spending::spent(archive.agreement(), archive.made(), year);
    let most = spent.values().map(|one| one.rho).max().unwrap();
    let right = right_in_100(most).ceil();
    assert!(right > 50.0);
    assert!(
        page.contains("they would be right 50 times in 100"),
        "{page}"
    );
    assert!(
        page.contains(&format!(
            "released for {year}, at most {right} times in 100"
        )),
        "{page}"
    );
    let (_, agreed) = spending::fullest(archive.agreement()).unwrap();
    let right = right_in_100(agreed).ceil();
    assert!(
        page.contains(&format!(
            "{right} in 100 With all releases agreed for one year"
        )),
        "{page}"
    );
    assert!(
        page.contains(&format!("With everything released for {year} so far (ρ")),
        "{page}"
    );
}

#[test]
fn a_correction_is_charged_again_and_named_beside_who_made_it() {
    let archive = of_march();
    let year = "2026-03".parse::<Period>().unwrap().financial_year();
    let before = spending::spent(archive.agreement(), archive.made(), year);
    let archive = corrected(archive);
    let after = spending::spent(archive.agreement(), archive.made(), year);
    let spent = |spent: &std::collections::BTreeMap<_, spending::Spent>| {
        spent[&"RMC".parse().unwrap()].rho.nano()
    };
    assert!(spent(&after) > spent(&before));
    let page = privacy(&archive);
    assert!(
        page.contains("Bolton corrected: headline of 31 March 2026"),
        "{page}"
    );
    assert!(!page.contains("Manchester corrected"), "{page}");
}

#[test]
fn who_is_not_in_a_release_that_others_are_in_is_told_so() {
    let archive = changed(&of_march(), |release| {
        if release.series == "headline" {
            without_bolton(release);
        }
    });
    let page = privacy(&archive);
    assert!(
        page.contains("Bolton in no release for 31 March 2026: headline"),
        "{page}"
    );
    assert!(
        page.contains("No employer has spent more than is agreed for the year"),
        "{page}"
    );
    assert!(page.contains("agreed, and not spent yet"), "{page}");
}

#[test]
fn what_the_promise_does_not_cover_and_the_exact_words_are_there() {
    let page = privacy(&two_employers());
    for said in [
        "More than one employer",
        "A changed detail",
        "Year after year",
        "Facts about groups",
        "ρ-zCDP",
        "added or removed",
        "The agreement is for releases from 31 March 2020 to 31 December 2029.",
        "Staff in post, people (headline)",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let page = html(&two_employers(), &View::Privacy);
    // 50 dots are of the coin, and each of the other two has more.
    assert!(page.matches("class=\"g-on\"").count() > 150, "{page}");
}
