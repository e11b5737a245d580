//! Where links of pages lead.

use std::collections::{BTreeSet, VecDeque};

use vwis_model::here;

use super::{super::OF_GROUPS, page};
use crate::{
    config::HttpConfig,
    credentials::Grant,
    http::testing::{TestServer, released, replaced_and_corrected_beside_another},
    identity::Role,
};
use vwis_pages::View;

fn links(html: &str) -> impl Iterator<Item = String> {
    let links = html.split("href=\"/").skip(1);
    let links = links.filter_map(|rest| rest.split(['"', '#']).next());
    links.map(|link| format!("/{}", link.replace("&#38;", "&")))
}

#[tokio::test]
async fn no_link_of_a_page_is_dead_whatever_is_not_released_yet() {
    let app = TestServer::new().await;
    let made = released(&app).await;
    let pinned = made
        .iter()
        .map(|release| format!("?release={}", release.id));
    let queries: Vec<_> = pinned
        .chain([String::new(), "?org=R0A".to_owned()])
        .collect();
    let mut waiting: VecDeque<String> = queries.iter().map(|query| format!("/{query}")).collect();
    for view in [View::locality("e08000001"), View::pathway("breast")] {
        let path = view.unwrap().path();
        waiting.extend(queries.iter().map(|query| format!("{path}{query}")));
    }
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut dead = Vec::new();
    while let Some(path) = waiting.pop_front() {
        let answer = app.get(&path).await;
        if !answer.status.is_success() && !answer.status.is_redirection() {
            dead.push((path, answer.status));
            continue;
        }
        let body = String::from_utf8_lossy(&answer.body);
        if body.starts_with("<!DOCTYPE html>") && !path.starts_with("/api/") {
            for link in links(&body) {
                if seen.insert(link.clone()) {
                    waiting.push_back(link);
                }
            }
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
    assert!(dead.is_empty(), "{dead:#?}");
    let (status, html) = page(&app, &format!("/equality?release={}", made[0].id)).await;
    assert_eq!(status, 200);
    assert!(html.contains("Not here yet"), "{html}");
}

/// The links that answer 4xx to a reader, of all pages that `from` leads to.
async fn dead(app: &TestServer, token: &str, from: &[String]) -> Vec<(String, String, u16)> {
    let mut waiting: VecDeque<(String, String)> = from
        .iter()
        .map(|path| (String::new(), path.clone()))
        .collect();
    let mut seen: BTreeSet<String> = from.iter().cloned().collect();
    let mut dead = Vec::new();
    while let Some((on, path)) = waiting.pop_front() {
        let answer = app.get_by(token, &path).await;
        if answer.status.is_client_error() {
            dead.push((on, path, answer.status.as_u16()));
            continue;
        }
        let body = String::from_utf8_lossy(&answer.body);
        if body.starts_with("<!DOCTYPE html>") && !path.starts_with("/api/") {
            let new: Vec<_> = links(&body)
                .filter(|link| seen.insert(link.clone()))
                .collect();
            waiting.extend(new.into_iter().map(|link| (path.clone(), link)));
        }
    }
    assert!(seen.len() > 30, "{seen:?}");
    dead
}

#[tokio::test]
async fn no_link_of_a_page_is_dead_for_its_reader_whatever_was_replaced_corrected_or_stands_beside_it()
 {
    let config = HttpConfig {
        requests_per_minute: std::num::NonZero::new(1_000_000).unwrap(),
        ..HttpConfig::default()
    };
    let app = TestServer::with(&config).await;
    let ([_, _, new], beside) = replaced_and_corrected_beside_another(&app).await;
    let from = ["/", "/releases", "/method", "/coverage", "/privacy"];
    let mut from: Vec<_> = from.map(str::to_owned).into();
    from.push(format!("/releases?release={}", new.id));
    for page in ["", "releases", "method", "coverage", "privacy"] {
        from.push(format!("/{page}?agreement={}", beside.agreement));
        from.push(format!("/{page}?release={}", beside.id));
    }
    for (roles, organisation, pathways) in [
        (vec![Role::Viewer], None, vec![]),
        (vec![Role::Viewer], Some("R0A"), vec![]),
        (
            vec![Role::Viewer, Role::Board],
            None,
            vec!["breast".to_owned()],
        ),
        (vec![Role::Analyst], None, vec![]),
    ] {
        let grant = Grant {
            name: "a reader".to_owned(),
            roles: roles.into_iter().collect(),
            organisation: organisation.map(|code| code.parse().unwrap()),
            pathways,
        };
        let token = app.token(&grant).await;
        let dead = dead(&app, &token, &from).await;
        assert!(dead.is_empty(), "{:?}: {dead:#?}", grant.roles);
    }
}

#[tokio::test]
async fn numbers_that_the_method_page_links_to_are_of_the_agreement_and_release_of_its_address() {
    let app = TestServer::new().await;
    let [_, release] = released(&app).await;
    let hash = release.agreement.to_string();
    for pinned in [
        format!("agreement={hash}"),
        format!("release={}", release.id),
    ] {
        let (_, html) = page(&app, &format!("/method?{pinned}")).await;
        let csv: Vec<_> = links(&html)
            .filter(|link| link.starts_with("/api/v1/indicators/"))
            .collect();
        assert!(!csv.is_empty(), "{html}");
        for link in csv {
            assert!(link.contains(&pinned), "{link}");
        }
    }
}

#[tokio::test]
async fn who_is_in_no_release_has_no_page() {
    let app = TestServer::new().await;
    released(&app).await;
    let (status, _) = page(&app, "/equality?org=RXX").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_page_is_found_by_a_name_a_code_in_capitals_and_with_a_slash_too_much() {
    let app = TestServer::new().await;
    released(&app).await;
    for (asked, status, leads_to) in [
        (
            "/localities/E08000001?period=2026-09",
            303,
            "/localities/e08000001?period=2026-09",
        ),
        ("/localities/bolton", 303, "/localities/e08000001"),
        ("/staff-groups/Students", 303, "/staff-groups/students"),
        ("/pathways/", 308, "/pathways"),
        (
            "/localities/e08000001/?org=R0A",
            308,
            "/localities/e08000001?org=R0A",
        ),
    ] {
        let answer = app.get(asked).await;
        assert_eq!(answer.status, status, "{asked}");
        assert_eq!(answer.headers[http::header::LOCATION], leads_to, "{asked}");
    }
    for nowhere in ["//example.org/", "/nothing", "/api/v1/tables/"] {
        let answer = app.get(nowhere).await;
        assert!(
            !answer.headers.contains_key(http::header::LOCATION),
            "{nowhere}"
        );
    }
}

#[tokio::test]
async fn what_mail_programs_hang_on_to_a_link_is_ignored_on_pages_and_refused_by_the_interface() {
    let app = TestServer::new().await;
    released(&app).await;
    for path in [
        "/",
        "/localities/e08000001",
        "/compare",
        "/releases",
        "/pathways",
        "/method",
    ] {
        let plain = app.get(path).await;
        let tracked = app
            .get(&format!("{path}?utm_source=teams&fbclid=%00"))
            .await;
        assert_eq!(tracked.status, plain.status, "{path}");
        assert!(tracked.body == plain.body, "{path}");
    }
    let refused = app.get("/api/v1/tables?by=band&utm_source=teams").await;
    refused.problem(400, "unknown-parameter");
}

#[tokio::test]
async fn a_page_that_would_show_something_else_than_was_asked_for_is_refused() {
    let app = TestServer::new().await;
    released(&app).await;
    for path in [
        "/",
        "/localities/e08000001",
        "/compare",
        "/releases",
        "/method",
    ] {
        for asked in [
            "periode=2026-09",
            "Period=2026-09",
            "ORG=R0A",
            "orgs=R0A",
            "where=band%3Dafc_5",
            "by=role",
        ] {
            let answer = app.get(&format!("{path}?{asked}")).await;
            answer.problem(400, "unknown-parameter");
        }
        for hung_on in [
            "ref=mail",
            "source=newsletter",
            "gclid=1",
            "si=2",
            "mc_cid=3",
            "t=4",
        ] {
            let answer = app.get(&format!("{path}?{hung_on}")).await;
            assert!(!answer.status.is_client_error(), "{path}?{hung_on}");
        }
    }
}

#[tokio::test]
async fn what_says_nothing_of_anybody_is_there_before_the_first_release() {
    let app = TestServer::new().await;
    for path in ["/method", "/accessibility"] {
        let (status, html) = page(&app, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("<h1>"), "{html}");
    }
    for (path, media_type) in [
        ("/favicon.ico", "image/svg+xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers[http::header::CONTENT_TYPE], media_type);
    }
    let (_, html) = page(&app, "/account").await;
    let title = html
        .split("<title>")
        .nth(1)
        .unwrap()
        .split("</title>")
        .next()
        .unwrap();
    assert!(!title.ends_with(','), "{title}");
}

/// Every group, in every spelling that means it, at every address that has one in it.
#[tokio::test]
async fn whatever_means_a_group_leads_to_its_own_address() {
    let app = TestServer::new().await;
    released(&app).await;
    for of_groups in &OF_GROUPS {
        let attribute = here::dictionary().attribute(of_groups.attribute).unwrap();
        for category in attribute.categories() {
            let (code, label) = (category.code(), category.label());
            let own = of_groups.route.replace("{code}", code);
            for spelt in [
                code.to_uppercase(),
                code.replace('_', "-"),
                label.to_owned(),
                label.to_lowercase().replace(' ', "-"),
            ] {
                let escaped: String = form_urlencoded::byte_serialize(spelt.as_bytes()).collect();
                let escaped = escaped.replace('+', "%20");
                let asked = of_groups.route.replace("{code}", &escaped);
                if spelt == code {
                    continue;
                }
                let answer = app.get(&format!("{asked}?org=R0A&period=2026-09")).await;
                assert_eq!(answer.status, 303, "{asked}");
                let location = answer.headers[http::header::LOCATION].to_str().unwrap();
                assert_eq!(location, format!("{own}?org=R0A&period=2026-09"), "{asked}");
            }
        }
        let nowhere = of_groups.route.replace("{code}", "atlantis");
        assert_eq!(app.get(&nowhere).await.status, 404, "{nowhere}");
    }
}
