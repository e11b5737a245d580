use serde_json::json;

use super::*;

const NOW_S: i64 = 1_795_608_000;

fn issuer(more: &str) -> Issuer {
    let text = format!("issuer = \"https://login.example\"\naudience = \"api://vwis\"\n{more}");
    Issuer::new(toml::from_str(&text).unwrap()).unwrap()
}

/// The claims of an Entra ID access token, with `change` applied.
fn claims(change: &Value) -> Claims {
    let mut claims = json!({
        "aud": "api://vwis",
        "iss": "https://login.example",
        "iat": NOW_S - 300,
        "nbf": NOW_S - 300,
        "exp": NOW_S + 3600,
        "name": "Ada Analyst",
        "oid": "6f1c0d52-8a4e-4a55-9a3c-0d7c1f0b2a11",
        "preferred_username": "ada@trust.example",
        "roles": ["viewer"],
        "sub": "pairwise-and-different-per-application",
        "tid": "11111111-2222-3333-4444-555555555555",
        "ver": "2.0",
        "organisation": "R0A"
    });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    serde_json::from_value(claims).unwrap()
}

#[test]
fn an_entra_token_names_the_person_their_roles_and_their_organisation() {
    let identity = issuer("").identity(&claims(&json!({}))).unwrap();
    assert_eq!(identity.name, "ada@trust.example");
    assert_eq!(
        identity.via,
        Via::Oidc("6f1c0d52-8a4e-4a55-9a3c-0d7c1f0b2a11".to_owned())
    );
    assert_eq!(identity.roles, [Role::Viewer].into());
    assert_eq!(identity.organisation, Some("R0A".parse().unwrap()));
    assert!(identity.pathways.is_empty());
}

#[test]
fn claims_and_roles_are_read_as_configured() {
    let issuer = issuer(
        "roles_claim = \"groups\"\npathways_claim = \"boards\"\norganisation_claim = \"ods\"\n\
         [roles]\n\"VWIS.Board\" = \"board\"\n\"VWIS.Analyst\" = \"analyst\"\n",
    );
    let change = json!({
        "groups": ["VWIS.Board", "Everybody"], "boards": ["lung", "breast"], "ods": null
    });
    let identity = issuer.identity(&claims(&change)).unwrap();
    assert_eq!(identity.roles, [Role::Board].into());
    assert_eq!(identity.pathways, ["lung", "breast"]);
    assert_eq!(identity.organisation, None);
}

#[test]
fn a_token_without_a_role_is_told_which_there_are() {
    let issuer = issuer("");
    for roles in [json!([]), json!(["Everybody"]), json!(null)] {
        let refused = issuer.identity(&claims(&json!({ "roles": roles })));
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("viewer, board, analyst, steward"), "{said}");
    }
}

#[test]
fn claims_of_the_wrong_form_are_refused_by_name() {
    let issuer = issuer("");
    for (claim, value) in [
        ("roles", json!({"viewer": true})),
        ("roles", json!(["viewer", 7])),
        ("organisation", json!("not a code")),
        ("organisation", json!(["R0A"])),
        ("organisation", json!(["R0A", "RM3"])),
        ("organisation", json!(7)),
        ("organisation", json!({"code": "R0A"})),
        ("organisation", json!(true)),
        ("oid", json!("")),
        ("oid", json!(" ")),
        ("oid", json!(["6f1c"])),
        ("oid", json!("a\u{0}b")),
        ("oid", json!("a".repeat(256))),
        ("pathways", json!(7)),
    ] {
        let refused = issuer.identity(&claims(&json!({ claim: value })));
        assert!(
            matches!(&refused, Err(Refusal::Bearer(OidcError::Claim(name))) if name == claim),
            "{claim}: {refused:?}"
        );
    }
    for sub in [json!(null), json!(""), json!(7), json!(["a"])] {
        let nobody = issuer.identity(&claims(&json!({"oid": null, "sub": sub})));
        assert!(nobody.unwrap_err().to_string().contains("`sub`"));
    }
}

/// A text is one value: parts of it are no roles.
#[test]
fn a_role_is_a_whole_value_of_the_claim() {
    let issuer = issuer("");
    for text in [
        "not analyst",
        "viewer analyst",
        "analyst ",
        "analyst,viewer",
        "Analyst",
    ] {
        let refused = issuer.identity(&claims(&json!({ "roles": text })));
        assert!(matches!(refused, Err(Refusal::NoRole(_))), "{text}");
        let listed = issuer.identity(&claims(&json!({ "roles": [text] })));
        assert!(matches!(listed, Err(Refusal::NoRole(_))), "{text}");
    }
    let one = issuer.identity(&claims(&json!({ "roles": "analyst" })));
    assert_eq!(one.unwrap().roles, [Role::Analyst].into());
    let pathways = issuer.identity(&claims(&json!({ "pathways": "lung breast" })));
    assert_eq!(pathways.unwrap().pathways, ["lung breast"]);
}
