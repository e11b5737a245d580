use vwis_model::{agreement::Draft, here};

use super::*;
use crate::{
    picture::{
        Query,
        testing::{DRAFT, agreement},
    },
    reader::Via,
};

fn identity(roles: &[Role], organisation: Option<&str>, pathways: &[&str]) -> Identity {
    Identity {
        name: "somebody".to_owned(),
        roles: roles.iter().copied().collect(),
        organisation: organisation.map(|code| code.parse().unwrap()),
        pathways: pathways.iter().map(ToString::to_string).collect(),
        via: Via::Token(1),
    }
}

/// Two employers of a system.
fn members() -> BTreeSet<OdsCode> {
    ["R0A", "RM3"].map(|code| code.parse().unwrap()).into()
}

fn analysts(members: &BTreeSet<OdsCode>) -> Clause<'_> {
    Clause {
        visibility: Visibility::Analysts,
        members,
    }
}

fn organisations(codes: &[&str]) -> Whose {
    Whose::of(codes.iter().map(|code| code.parse().unwrap()).collect())
}

fn subject<'a>(whose: &'a Whose, pathways: Option<&[&str]>) -> Subject<'a> {
    Subject {
        whose,
        pathways: pathways.map(|codes| codes.iter().map(ToString::to_string).collect()),
    }
}

/// The whole table of rights: role, whose numbers, pathways, visibility, and whether it may be read.
#[test]
fn each_role_reads_what_the_table_says_and_nothing_else() {
    use Visibility::{Analysts, Members};
    let viewer = identity(&[Role::Viewer], Some("R0A"), &[]);
    let stranger = identity(&[Role::Viewer], None, &[]);
    let board = identity(&[Role::Board], Some("R0A"), &["breast", "lung"]);
    let analyst = identity(&[Role::Analyst], None, &[]);
    let steward = identity(&[Role::Steward], Some("R0A"), &[]);
    // A viewer of an organisation outside the system.
    let outsider = identity(&[Role::Viewer], Some("ZZ99"), &[]);
    let (system, own) = (Whose::System, organisations(&["R0A"]));
    let (other, both) = (organisations(&["RM3"]), organisations(&["R0A", "RM3"]));
    let breast: Option<&[&str]> = Some(&["breast"]);
    let mixed: Option<&[&str]> = Some(&["breast", "skin"]);
    let shared: Option<&[&str]> = Some(&["breast", "shared_diagnostics", "unmatched"]);
    let cases = [
        (&viewer, &system, None, Analysts, true),
        (&viewer, &system, breast, Analysts, false),
        (&viewer, &own, None, Analysts, true),
        (&viewer, &own, mixed, Analysts, true),
        (&viewer, &other, None, Analysts, false),
        (&viewer, &both, None, Analysts, false),
        (&viewer, &other, None, Members, true),
        (&viewer, &both, None, Members, true),
        (&viewer, &other, breast, Members, false),
        (&outsider, &other, None, Members, false),
        (&outsider, &system, None, Members, true),
        (&stranger, &system, None, Members, true),
        (&stranger, &own, None, Members, false),
        (&board, &system, None, Analysts, true),
        (&board, &system, breast, Analysts, true),
        (&board, &system, mixed, Analysts, false),
        (&board, &system, shared, Analysts, true),
        (&viewer, &system, shared, Analysts, false),
        (&board, &own, shared, Members, false),
        (&board, &own, None, Analysts, false),
        (&board, &own, breast, Members, false),
        (&steward, &system, None, Analysts, true),
        (&steward, &own, None, Analysts, true),
        (&steward, &other, None, Analysts, false),
        (&steward, &system, breast, Analysts, false),
        (&analyst, &system, mixed, Analysts, true),
        (&analyst, &both, mixed, Analysts, true),
    ];
    for (identity, whose, pathways, visibility, may) in cases {
        let clause = Clause {
            visibility,
            members: &members(),
        };
        let answer = may_read(identity, &clause, &subject(whose, pathways));
        let case = format!("{:?} {} {pathways:?}", identity.roles, whose.name());
        assert_eq!(answer.is_ok(), may, "{case} {visibility:?}: {answer:?}");
    }
}

#[test]
fn two_roles_add_up() {
    let both = identity(&[Role::Viewer, Role::Board], Some("R0A"), &["lung"]);
    let own = organisations(&["R0A"]);
    let lung: Option<&[&str]> = Some(&["lung"]);
    for (whose, pathways) in [(&own, None), (&own, lung), (&Whose::System, lung)] {
        assert_eq!(
            may_read(&both, &analysts(&members()), &subject(whose, pathways)),
            Ok(())
        );
    }
}

#[test]
fn a_refusal_says_what_to_ask_instead() {
    let viewer = identity(&[Role::Viewer], Some("R0A"), &[]);
    let other = organisations(&["RM3"]);
    let denied = may_read(&viewer, &analysts(&members()), &subject(&other, None)).unwrap_err();
    let said = denied.to_string();
    assert!(said.contains("tables of RM3"), "{said}");
    assert!(said.contains("org=system or org=R0A"), "{said}");
    let board = identity(&[Role::Board], None, &["lung"]);
    let with_pathways = DRAFT.replace(r#"{ by = ["band"] }"#, r#"{ by = ["pathway"] }"#);
    let with_pathways = Draft::parse(&with_pathways).unwrap();
    let with_pathways = with_pathways.compile(here::dictionary()).unwrap().0;
    let everything = Subject {
        whose: &Whose::System,
        pathways: pathways_promised(&with_pathways.series()[0]),
    };
    let denied = may_read(&board, &analysts(&members()), &everything).unwrap_err();
    let said = denied.to_string();
    assert!(said.contains("yours: where=pathway=lung"), "{said}");
    let denied = may_steward(&viewer).unwrap_err().to_string();
    assert!(denied.contains("viewer"), "{denied}");
}

#[test]
fn whoever_reads_the_system_reads_a_whole_release_without_pathways_in_it() {
    let viewer = identity(&[Role::Viewer], Some("R0A"), &[]);
    let agreement = agreement();
    let everything = Subject {
        whose: &Whose::System,
        pathways: pathways_promised(&agreement.series()[0]),
    };
    assert_eq!(
        may_read(&viewer, &analysts(&members()), &everything),
        Ok(())
    );
}

#[test]
fn the_pathways_that_are_listed_are_those_that_may_be_read_of_these_employers() {
    let members = members();
    let of = |identity: &Identity, whose: &Whose| pathways_of(identity, &analysts(&members), whose);
    let (system, own) = (Whose::System, organisations(&["R0A"]));
    let viewer = identity(&[Role::Viewer], Some("R0A"), &[]);
    assert_eq!(of(&viewer, &system), BTreeSet::new());
    assert!(of(&viewer, &own).contains("breast") && of(&viewer, &own).contains("skin"));
    let board = identity(&[Role::Board], Some("R0A"), &["breast"]);
    let read = of(&board, &system);
    assert!(
        read.contains("breast") && !read.contains("skin"),
        "{read:?}"
    );
    assert_eq!(of(&board, &own), BTreeSet::new());
    let analyst = identity(&[Role::Analyst], None, &[]);
    assert!(of(&analyst, &system).is_superset(&pathways_of_nobody()));
    assert!(of(&analyst, &system).contains("skin"));
}

#[test]
fn whoever_asks_for_groups_of_pathways_needs_each_pathway_in_them() {
    let draft = DRAFT.replace(
        "tables = [{ by = [\"staff_group\"] }, { by = [\"band\", \"gender\"] }]",
        "trees = [\"pathway\"]\ntables = [{ by = [\"pathway\", \"gender\"] }]",
    );
    let draft = Draft::parse(&draft).unwrap();
    let (agreement, _) = draft.compile(here::dictionary()).unwrap();
    let series = agreement.series_named("detail").unwrap();
    let in_table = |by: &[&str], filter: Option<&str>| {
        let query = Query {
            by: by.iter().map(|&code| code.to_owned()).collect(),
            filters: filter.iter().map(|text| text.parse().unwrap()).collect(),
        };
        pathways_in(&query.resolve(series).unwrap())
    };
    let all = pathways_promised(series).unwrap();
    let sites = in_table(&["gender"], Some("pathway:1=tumour_site")).unwrap();
    assert!(
        sites.contains("breast") && !sites.contains("not_cancer"),
        "{sites:?}"
    );
    assert_eq!((sites.len(), all.len()), (13, 18));
    assert_eq!(in_table(&["pathway:1"], None), Some(all));
    assert_eq!(
        in_table(&["pathway:1"], Some("pathway:1=tumour_site")),
        Some(sites.clone())
    );
    assert_eq!(
        in_table(&["pathway"], Some("pathway:1=tumour_site")),
        Some(sites)
    );
    let two = in_table(&["gender"], Some("pathway=breast,lung")).unwrap();
    assert_eq!(two, ["breast", "lung"].map(str::to_owned).into());
    assert_eq!(in_table(&["gender"], None), None);
}
