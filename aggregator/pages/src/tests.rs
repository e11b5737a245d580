//! Promises of the pages about the workforce, on exact releases and on releases with doubt.

mod behind;
mod lookups;

use super::{
    Choices, Reading, View,
    testing::{html, text},
};
use crate::{archive::Archive, indicator::testing::Workforce, picture::Whose, ui::assets};

const BOLTON: &str = "e08000001";
const TABLES: &str = r#"
    { by = ["staff_group"] }, { by = ["locality"] },
    { by = ["pathway", "band", "ethnic_group"] }, { by = ["locality", "ethnic_group"] },
    { by = ["staff_group", "band", "ethnic_group"] }, { by = ["locality", "age_band"] }
"#;

/// Two employers in two years. Of a thousand people on the breast pathway, this many are Asian.
fn workforce(asian: i64) -> Workforce {
    let mut workforce = Workforce::new();
    for (period, more) in [("2026-03", 0), ("2027-03", 120)] {
        for employer in ["R0A", "RMC"] {
            let breast = |band, ethnic| {
                [
                    ("pathway", "breast"),
                    ("staff_group", "nursing_and_midwifery"),
                    ("band", band),
                    ("ethnic_group", ethnic),
                    ("locality", BOLTON),
                    ("age_band", "55_59"),
                ]
            };
            workforce = workforce
                .period(period)
                .employer(employer)
                .people(&breast("afc_5", "white"), 500 - asian / 2 + more)
                .people(&breast("afc_5", "asian"), asian / 2)
                .people(&breast("afc_7", "white"), 500 - asian / 2)
                .people(&breast("afc_7", "asian"), asian / 2)
                .people(&breast("afc_5", "unknown"), 40)
                .people(&[("pathway", "unmatched"), ("staff_group", "students")], 60);
        }
    }
    workforce
}

fn archive(asian: i64) -> Archive {
    workforce(asian).archive(TABLES, "{ by = [] }")
}

fn breast() -> View {
    View::pathway("breast").unwrap()
}

/// The one of yes, no and cannot tell that a page marks as the answer.
fn answer(html: &str) -> String {
    let answer = html
        .split("<li class=\"is\">")
        .nth(1)
        .expect("there is an answer");
    let answer = answer.split("</li>").next().unwrap();
    answer.split("</span>").nth(1).unwrap().to_owned()
}

#[test]
fn a_boards_question_is_answered_yes_no_or_cannot_tell() {
    // Of Greater Manchester's residents 23.6% are from ethnic minority groups.
    assert_eq!(answer(&html(&archive(250), &breast())), "Yes");
    assert_eq!(answer(&html(&archive(60), &breast())), "No");
    let doubted = workforce(60).doubted().archive(TABLES, "{ by = [] }");
    let shown = text(&doubted, &breast());
    assert!(shown.contains("give or take"), "{shown}");
    let few = Workforce::new()
        .people(&[("pathway", "breast"), ("ethnic_group", "white")], 20)
        .employer("RMC")
        .people(&[("pathway", "breast"), ("ethnic_group", "asian")], 6)
        .doubted()
        .archive(TABLES, "{ by = [] }");
    assert_eq!(answer(&html(&few, &breast())), "Cannot tell");
    let shown = text(&few, &breast());
    assert!(
        shown.contains("The noise is too large for an answer"),
        "{shown}"
    );
}

#[test]
fn a_board_reads_who_was_counted_and_who_did_not_say() {
    let shown = text(&archive(250), &breast());
    for promised in [
        "Breast cancer pathway",
        "Does the breast workforce look like Greater Manchester?",
        "Did not say their ethnic group",
        // 2,000 and 120 more are on the pathway, of 2,320 people who look like cancer care.
        "of the people whose post looks like cancer care are placed by it",
        "Looks like cancer, unmatched",
        "2 of 2 employers",
    ] {
        assert!(shown.contains(promised), "{promised}: {shown}");
    }
}

#[test]
fn a_ladder_says_where_it_narrows_only_where_that_is_clear() {
    let clear = text(&archive(60), &breast());
    assert!(
        clear.contains("The ladder: it narrows at Lower (band 5 and below)"),
        "{clear}"
    );
    let alike = text(&archive(250), &breast());
    assert!(
        alike.contains("The ladder: it does not clearly narrow towards the top"),
        "{alike}"
    );
}

#[test]
fn what_an_agreement_does_not_promise_is_said_in_its_place() {
    let shown = text(&archive(250), &View::Overview);
    assert!(
        shown.contains("Age and gender The agreement does not ask employers for this."),
        "{shown}"
    );
    assert!(
        shown.contains("2,440 people work for two employers"),
        "{shown}"
    );
    let shown = text(&archive(250), &View::locality(BOLTON).unwrap());
    assert!(shown.contains("Who works here"), "{shown}");
    assert!(
        shown.contains("The agreement does not ask employers for this."),
        "{shown}"
    );
}

#[test]
fn an_overview_tells_the_change_and_whether_it_is_real() {
    let shown = text(&archive(250), &View::Overview);
    assert!(
        shown.contains("240 more people than on 31 March 2026"),
        "{shown}"
    );
    assert!(shown.contains("Real change"), "{shown}");
}

#[test]
fn a_comparison_of_employers_is_of_their_own_numbers() {
    let archive = archive(250);
    let choices = Choices::new([("between", "employers".to_owned())]);
    let view = View::compare(choices).unwrap();
    let (whose, _) = view.subject(&archive, &Whose::System);
    let both = Whose::Organisations(vec!["R0A".parse().unwrap(), "RMC".parse().unwrap()]);
    assert_eq!(whose, both);
    let wrong = View::compare(Choices::new([("between", "trusts".to_owned())]));
    let said = wrong.unwrap_err().to_string();
    assert!(said.contains("locality, staff_group, employers"), "{said}");
}

/// A page about one employer, on a date that was chosen.
fn of_one_employer(archive: &Archive, view: &View) -> String {
    let until = Some("2026-03".parse().unwrap());
    let reading = Reading::new(archive, None, until).unwrap();
    let bolton = Whose::Organisations(vec!["RMC".parse().unwrap()]);
    view.document(&reading.of(bolton)).unwrap().html()
}

#[test]
fn a_page_of_one_employer_says_so_and_its_links_stay_with_that_employer() {
    let archive = archive(250);
    for view in [
        View::Overview,
        View::Localities,
        View::locality(BOLTON).unwrap(),
        View::StaffGroups,
        View::staff_group("nursing_and_midwifery").unwrap(),
        View::Equality,
        breast(),
        View::Pathways(["breast".to_owned()].into()),
        View::compare(Choices::default()).unwrap(),
    ] {
        let html = of_one_employer(&archive, &view);
        let said = "Of the staff of <b>Bolton</b> alone.";
        assert!(html.contains(said), "{view:?}");
        assert!(!html.contains("The NHS workforce of"), "{view:?}");
        let links = html.split("href=\"/").skip(1);
        let links = links.filter_map(|rest| rest.split('"').next());
        let elsewhere = ["api/", "assets/", "account", "accessibility", "method#"];
        let pages = links.filter(|link| !elsewhere.iter().any(|one| link.starts_with(one)));
        let (kept, lost): (Vec<_>, Vec<_>) =
            pages.partition(|link| link.contains("org=RMC") && link.contains("period=2026-03"));
        assert!(kept.len() > 10, "{view:?}: {kept:?}");
        // The footer and one link that says so lead to the whole system.
        assert_eq!(lost.len(), 11, "{view:?}: {lost:?}");
        if html.contains("<form class=\"filters\"") {
            let hidden = "<input type=\"hidden\" name=\"org\" value=\"RMC\">";
            assert!(html.contains(hidden), "{view:?}");
        }
    }
}

#[test]
fn an_older_number_never_stands_beside_newer_ones() {
    let employer = |workforce: Workforce, code, asian| {
        let at = |ethnic| [("locality", BOLTON), ("ethnic_group", ethnic)];
        let workforce = workforce.employer(code);
        let workforce = workforce.people(&at("white"), 1_000 - asian);
        workforce.people(&at("asian"), asian)
    };
    let all = |workforce: Workforce| {
        let workforce = employer(workforce, "R0A", 300);
        employer(employer(workforce, "RM3", 200), "RW6", 100)
    };
    let march = employer(all(Workforce::new()), "RMC", 900);
    let archive = all(march.period("2026-06")).archive(TABLES, "{ by = [] }");
    let choices = [
        ("between", "employers".to_owned()),
        ("of", "bme".to_owned()),
    ];
    let view = View::compare(Choices::new(choices)).unwrap();
    let shown = text(&archive, &view);
    assert!(shown.contains("Bolton not in this release"), "{shown}");
    assert!(!shown.contains("90.0%"), "{shown}");
    assert!(shown.contains("Of 3 pairs, 3 clearly differ"), "{shown}");
    // Manchester has 30%, RM3 has 20%.
    assert!(shown.contains("Higher +10.0 to +10.0"), "{shown}");
}

#[test]
fn a_pack_is_the_same_for_the_same_releases_and_complete_in_itself() {
    let archive = archive(250);
    let pack = || {
        let reading = Reading::new(&archive, None, None).unwrap();
        super::pack(&breast(), &reading).unwrap()
    };
    let (one, two) = (pack(), pack());
    assert_eq!(one, two);
    assert!(
        one.contains("<style>") && !one.contains("<link"),
        "its looks are in it"
    );
    for definition in [
        "Representation",
        "The ladder of bands",
        "Reach of the pathway rule",
    ] {
        assert!(one.contains(&format!("<h3>{definition}")), "{definition}");
    }
    let newest = archive.releases().last().unwrap().release.id.to_string();
    assert!(one.contains(&newest), "every release is named");
}

#[test]
fn every_page_has_one_heading_ids_of_its_own_and_nothing_inline() {
    let archive = archive(250);
    let views = [
        View::Overview,
        View::Localities,
        View::locality(BOLTON).unwrap(),
        View::StaffGroups,
        View::staff_group("nursing_and_midwifery").unwrap(),
        View::Equality,
        breast(),
        View::Pathways(["breast".to_owned()].into()),
        View::compare(Choices::default()).unwrap(),
        View::Method,
        View::Privacy,
        View::Coverage,
        View::Accessibility,
    ];
    for view in views {
        let html = html(&archive, &view);
        assert_eq!(html.matches("<h1").count(), 1, "{view:?}");
        for inline in [" style=", "<style", "javascript:", " onclick"] {
            assert!(!html.contains(inline), "{view:?}: {inline}");
        }
        let own = format!("<script src=\"{}\" defer></script>", assets::SCRIPT.path());
        assert_eq!(html.matches("<script").count(), 1, "{view:?}");
        assert!(html.contains(&own), "{view:?}");
        let ids = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let mut ids: Vec<_> = ids.collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{view:?}: {ids:?}");
    }
}
