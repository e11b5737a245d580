//! A question and its canonical address mean the same.

use proptest::prelude::*;

use super::*;

/// Parts of addresses after the path, by endpoint. Each list begins with what is said most often.
const ORGS: [&str; 6] = [
    "",
    "org=R0A",
    "org=rm3,R0A",
    "org=each",
    "org=system",
    "org=RW6&org=R0A",
];
const WHENS: [&str; 4] = ["", "period=2026-09", "up_to=2026-06", "period="];
const BASES: [&str; 5] = [
    "",
    "agreement=5d41402a",
    "release=0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10",
    "agreement=5d41402a&release=0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10",
    "release=whatever+somebody%20wrote",
];
const TABLES: [&str; 8] = [
    "",
    "by=staff_group",
    "by=staff_group,%20band&by=gender",
    "where=band=afc_5",
    "where=locality%3DBolton+%26+Bury&where=band%3D%20afc_6,afc_5",
    "measure=fte&totals=true",
    "measure=HEADCOUNT&totals=false",
    "series=detail&by=",
];
const BREAKDOWNS: [&str; 5] = [
    "",
    "by=",
    "by=staff_group",
    "by=gender,band&where=band=afc_5",
    "by=band",
];
const PAGES: [&str; 9] = [
    "/",
    "/localities",
    "/pathways",
    "/pathways/breast",
    "/pathways/breast/pack",
    "/staff-groups/students",
    "/coverage",
    "/method",
    "/compare",
];

fn address(path: &str, parts: &[&str]) -> String {
    let parts: Vec<_> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect();
    format!("{path}?{}", parts.join("&"))
}

fn any_address() -> impl Strategy<Value = String> {
    let of = |all: &'static [&'static str]| prop::sample::select(all);
    let whole = || (of(&ORGS), of(&WHENS), of(&BASES));
    let tables = (of(&TABLES), whole()).prop_map(|(own, (org, when, basis))| {
        address("/api/v1/tables", &[own, org, when, basis, "format=csv"])
    });
    let names: Vec<_> = indicator::ALL
        .iter()
        .map(|one| one.definition.name)
        .collect();
    let indicators = (
        prop::sample::select(names),
        of(&BREAKDOWNS),
        any::<bool>(),
        whole(),
    );
    let indicators = indicators.prop_map(|(name, own, is_chosen, (org, when, basis))| {
        let definition = &indicator::named(name).unwrap().definition;
        let chosen: Vec<_> = (definition.options.iter().rev())
            .filter(|_| is_chosen)
            .map(|option| format!("{}=a%26b", option.name))
            .collect();
        let path = format!("/api/v1/indicators/{name}");
        address(&path, &[own, &chosen.join("&"), org, when, basis])
    });
    let others = (of(&WHENS[..2]), of(&BASES))
        .prop_map(|(when, basis)| address("/api/v1/spending", &[when, basis]));
    let coverage = (of(&WHENS[..2]), of(&BASES[..2]))
        .prop_map(|(when, basis)| address("/api/v1/coverage", &[when, basis]));
    let cells = of(&["", "org=all", "org=System", "org=r0a"]).prop_map(|org| {
        address(
            "/api/v1/releases/0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10/picture.csv",
            &[org],
        )
    });
    let pages = (
        of(&PAGES),
        of(&["", "org=R0A", "org=rm3,R0A"]),
        of(&WHENS),
        of(&BASES),
    )
        .prop_map(|(path, org, when, basis)| address(path, &[org, when, basis, "utm_source=mail"]));
    prop_oneof![tables, indicators, others, coverage, cells, pages]
}

proptest! {
    #[test]
    fn a_question_reads_back_from_its_address_and_has_one(text in any_address()) {
        let asked: Asked = text.parse().unwrap();
        let own = asked.to_string();
        let again: Asked = own.parse().unwrap();
        prop_assert_eq!(&again, &asked, "{}", own);
        prop_assert_eq!(again.to_string(), own);
    }
}

#[test]
fn questions_that_ask_the_same_have_one_address() {
    let address = |text: &str| text.parse::<Asked>().unwrap().to_string();
    let same = [
        "/api/v1/tables?where=gender=female&where=band=afc_5&org=rm3,R0A",
        "/api/v1/tables?org=R0A&org=RM3&where=band%3D%20afc_5&where=gender=female&totals=false&by=",
    ];
    assert_eq!(address(same[0]), address(same[1]));
    let other = "/api/v1/tables?org=RM3&where=band=afc_5&where=gender=female";
    assert_ne!(address(same[0]), address(other));
}

#[test]
fn what_is_no_question_is_refused_whatever_it_is_put_to() {
    for (text, kind) in [
        ("/api/v1/tables?period=september", Kind::BAD_QUERY),
        (
            "/api/v1/tables?period=2026-09&up_to=2026-09",
            Kind::BAD_QUERY,
        ),
        ("/api/v1/tables?where=band", Kind::BAD_QUERY),
        ("/api/v1/tables?measure=money", Kind::BAD_QUERY),
        ("/api/v1/tables?perod=2026-09", Kind::UNKNOWN_PARAMETER),
        (
            "/api/v1/indicators/composition?measure=fte",
            Kind::UNKNOWN_PARAMETER,
        ),
        (
            "/api/v1/indicators/nothing",
            crate::http::kinds::UNKNOWN_INDICATOR,
        ),
        ("/api/v1/coverage?org=R0A", Kind::UNKNOWN_PARAMETER),
        ("/localities/e08000001?by=band", Kind::UNKNOWN_PARAMETER),
        ("/?org=each", Kind::BAD_QUERY),
        ("/compare?between=trusts", Kind::BAD_QUERY),
        ("/staff-groups/students/pack", Kind::NOT_FOUND),
        ("/api/v1/dictionary", Kind::NOT_FOUND),
    ] {
        let refused = text.parse::<Asked>().unwrap_err();
        assert_eq!(refused.kind(), kind, "{text}: {refused:?}");
    }
}
