use serde_json::{Value, json};

use super::{keys::names_of_usable, *};

const NOW_S: i64 = 1_795_608_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW_S).unwrap()
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

/// Names with characters that a person cannot see, or that could be taken for another name.
const NOT_WHAT_THEY_LOOK_LIKE: [&str; 11] = [
    "",
    " ",
    " ada",
    "ada ",
    "ada  analyst",
    "ada\u{a0}analyst",
    "ada\u{200b}",
    "\u{202e}ada",
    "ada\u{2028}analyst",
    "ada\nroot",
    "a\u{301}da",
];

#[test]
fn a_name_is_the_first_that_is_what_it_looks_like() {
    let long = "a".repeat(121);
    for bad in NOT_WHAT_THEY_LOOK_LIKE.into_iter().chain([&*long]) {
        let said = claims(&json!({ "preferred_username": bad }));
        assert_eq!(said.name(), Some("Ada Analyst"), "{bad:?}");
        let said = claims(&json!({ "preferred_username": bad, "name": bad }));
        assert_eq!(said.name(), None, "{bad:?}");
    }
    let said = claims(&json!({ "preferred_username": "Zoë O’Brien 李" }));
    assert_eq!(said.name(), Some("Zoë O’Brien 李"));
}

#[test]
fn a_subject_that_is_not_what_it_looks_like_is_nobody() {
    for bad in NOT_WHAT_THEY_LOOK_LIKE {
        for (oid, sub) in [(json!(bad), json!("ada")), (json!(null), json!(bad))] {
            let said = claims(&json!({ "oid": oid, "sub": sub }));
            assert!(
                matches!(said.subject(), Err(OidcError::Claim(_))),
                "{bad:?}"
            );
        }
    }
}

#[test]
fn the_issuer_is_one_text() {
    let of = |iss: Value| claims(&json!({ "iss": iss })).are_of("https://login.example", None);
    assert_eq!(of(json!("https://login.example")), Ok(()));
    for other in [
        json!(["https://login.example", "https://evil.example"]),
        json!(["https://login.example"]),
        json!("https://login.example/"),
        json!(""),
        json!(null),
        json!(7),
    ] {
        assert_eq!(of(other.clone()), Err(OidcError::Issuer), "{other}");
    }
}

#[test]
fn what_must_be_understood_and_is_not_is_refused_and_so_is_another_kind_of_token() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let read = |more: Value, types: &[&str]| {
        let mut said = json!({"alg": "RS256"});
        for (name, value) in more.as_object().unwrap() {
            said[name] = value.clone();
        }
        let first = URL_SAFE_NO_PAD.encode(said.to_string());
        header(&format!("{first}.e30.AAAA"), types).map(drop)
    };
    for crit in [
        json!(["b64"]),
        json!(["exp"]),
        json!([]),
        json!(["http://a/b"]),
    ] {
        let refused = read(json!({ "crit": crit }), &ACCESS_TOKENS);
        assert_eq!(refused, Err(OidcError::Critical), "{crit}");
    }
    for good in [
        json!({}),
        json!({"typ": "JWT"}),
        json!({"typ": "application/jwt"}),
    ] {
        assert_eq!(read(good.clone(), &ACCESS_TOKENS), Ok(()), "{good}");
        assert_eq!(read(good.clone(), &ID_TOKENS), Ok(()), "{good}");
    }
    let access = json!({"typ": "at+jwt"});
    assert_eq!(read(access.clone(), &ACCESS_TOKENS), Ok(()));
    assert!(matches!(read(access, &ID_TOKENS), Err(OidcError::Type(_))));
    for other in [
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "token-introspection+jwt",
        "",
        "jwe",
    ] {
        let refused = read(json!({ "typ": other }), &ACCESS_TOKENS);
        assert_eq!(refused, Err(OidcError::Type(other.to_owned())));
    }
}

#[test]
fn only_the_named_tenant_is_let_in() {
    let tenant = Some("11111111-2222-3333-4444-555555555555");
    let of = |claims: &Claims| claims.are_of("https://login.example", tenant);
    assert_eq!(of(&claims(&json!({}))), Ok(()));
    for other in [json!("99999999-2222-3333-4444-555555555555"), json!(null)] {
        assert_eq!(
            of(&claims(&json!({ "tid": other }))),
            Err(OidcError::Tenant)
        );
    }
}

#[test]
fn times_hold_within_a_minute_of_skew() {
    let timely = |change: Value| claims(&change).are_timely(now());
    assert_eq!(timely(json!({})), Ok(()));
    assert_eq!(timely(json!({"exp": NOW_S - 59})), Ok(()));
    assert_eq!(timely(json!({"exp": NOW_S - 60})), Err(OidcError::Expired));
    assert_eq!(timely(json!({"nbf": NOW_S + 60})), Ok(()));
    assert_eq!(timely(json!({"nbf": NOW_S + 61})), Err(OidcError::NotYet));
    assert_eq!(timely(json!({"iat": NOW_S + 61})), Err(OidcError::NotYet));
    assert_eq!(timely(json!({"exp": 1_795_608_001.5})), Ok(()));
    assert_eq!(timely(json!({"exp": 1e300})), Ok(()));
    for bad in [json!(null), json!("tomorrow"), json!([])] {
        let refused = timely(json!({ "exp": bad }));
        assert_eq!(refused, Err(OidcError::Claim("exp".to_owned())));
    }
}

#[test]
fn only_signatures_by_public_keys_are_taken() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let token = |said: Value| {
        let first = URL_SAFE_NO_PAD.encode(said.to_string());
        format!("{first}.e30.AAAA")
    };
    for alg in ["RS256", "ES256", "EdDSA"] {
        assert!(
            header(&token(json!({"alg": alg})), &ACCESS_TOKENS).is_ok(),
            "{alg}"
        );
    }
    for alg in ["HS256", "HS384", "HS512", "PS256", "RS384", "ES384"] {
        let refused = header(&token(json!({"alg": alg})), &ACCESS_TOKENS);
        assert_eq!(refused.unwrap_err(), OidcError::Algorithm(alg.to_owned()));
    }
    for alg in ["none", "None", "NONE", ""] {
        let refused = header(&token(json!({"alg": alg})), &ACCESS_TOKENS);
        assert_eq!(refused.unwrap_err(), OidcError::Malformed, "{alg}");
    }
    for bad in ["", ".", "a.b.c", "e30.e30.", "e30"] {
        assert!(header(bad, &ACCESS_TOKENS).is_err(), "{bad}");
    }
}

#[test]
fn of_the_published_keys_only_those_that_sign_for_us_are_used() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let ed = |kid: &str, more: Value| {
        let mut key = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid});
        for (name, value) in more.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    };
    let published = json!({ "keys": [
        ed("plain", json!({})),
        ed("signs", json!({"use": "sig", "alg": "EdDSA"})),
        ed("encrypts", json!({"use": "enc"})),
        ed("other algorithm", json!({"alg": "ES384"})),
        {"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ", "kid": "secret", "alg": "HS256"},
        {"kty": "EC", "crv": "P-384", "x": x, "y": x, "kid": "another curve"},
        {"kty": "ML-DSA", "kid": "of the future"},
        "no key at all",
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "for RS512", "alg": "RS512"},
    ]});
    assert_eq!(names_of_usable(published), ["plain", "signs"]);
}

#[test]
fn an_id_token_answers_one_sign_in_of_one_client() {
    let nonce = json!({"nonce": "n", "azp": "vwis"});
    assert_eq!(claims(&nonce).answer("n", "vwis"), Ok(()));
    assert_eq!(claims(&json!({"nonce": "n"})).answer("n", "vwis"), Ok(()));
    for wrong in [
        json!({}),
        json!({"nonce": ""}),
        json!({"nonce": ["n"]}),
        json!({"nonce": "m"}),
    ] {
        assert_eq!(claims(&wrong).answer("n", "vwis"), Err(OidcError::Nonce));
    }
    assert_eq!(
        claims(&nonce).answer("n", "other"),
        Err(OidcError::Audience)
    );
    for (aud, azp, good) in [
        (json!(["vwis"]), json!(null), true),
        (json!(["vwis", "other"]), json!(null), false),
        (json!(["vwis", "other"]), json!("other"), false),
        (json!(["vwis", "other"]), json!("vwis"), true),
        (json!("vwis"), json!(["vwis"]), false),
        (json!("vwis"), json!(7), false),
    ] {
        let told = claims(&json!({"nonce": "n", "aud": aud, "azp": azp})).answer("n", "vwis");
        assert_eq!(told.is_ok(), good, "{aud} {azp}");
    }
}
