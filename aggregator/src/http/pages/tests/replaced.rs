//! Pages of a release that was replaced.

use http::{Request, header};

use crate::{
    access::PATHWAY,
    credentials::Grant,
    http::testing::{TestServer, replaced},
    identity::Role,
};
use vwis_pages::{Choices, View};

async fn page(app: &TestServer, token: &str, path: &str) -> (u16, String) {
    let request = Request::get(path)
        .header(header::ACCEPT, "text/html")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = app.send(request).await;
    let body = String::from_utf8(answer.body).unwrap();
    (answer.status.as_u16(), body)
}

async fn reader(app: &TestServer) -> String {
    let grant = Grant {
        name: "board".to_owned(),
        roles: [Role::Viewer, Role::Board].into(),
        organisation: None,
        pathways: vec!["breast".to_owned()],
    };
    app.token(&grant).await
}

/// Every page and pack that this reader may see.
fn paths() -> Vec<String> {
    let views = [
        View::Overview,
        View::Localities,
        View::named("locality", "e08000001").unwrap(),
        View::StaffGroups,
        View::named("staff_group", "students").unwrap(),
        View::Equality,
        View::Pathways([].into()),
        View::named(PATHWAY, "breast").unwrap(),
        View::Coverage,
        View::Privacy,
        View::Method,
        View::Releases(Choices::default()),
        View::Accessibility,
    ];
    let packs = ["/localities/e08000001/pack", "/pathways/breast/pack"];
    let packs = packs.map(str::to_owned);
    views.iter().map(View::path).chain(packs).collect()
}

#[tokio::test]
async fn every_page_of_a_replaced_release_is_gone_and_leads_to_the_page_of_its_replacement() {
    let app = TestServer::new().await;
    let [old, unpublished, new] = replaced(&app).await.map(|release| release.id);
    let token = reader(&app).await;
    for path in paths() {
        let (status, html) = page(&app, &token, &format!("{path}?release={old}")).await;
        assert_eq!(status, 410, "{path}: {html}");
        let heading = "<h1>This was replaced by a later release</h1>";
        assert!(html.contains(heading), "{path}: {html}");
        let later = format!("{path}?release={new}");
        assert!(
            html.contains(&format!("href=\"{later}\"")),
            "{path}: {html}"
        );
        let (status, html) = page(&app, &token, &later).await;
        assert!(status == 200 || status == 404, "{later}: {html}");
        assert!(!html.contains("replaced"), "{later}: {html}");
    }
    let (status, html) = page(&app, &token, &format!("/?release={unpublished}")).await;
    assert_eq!(status, 404);
    assert!(
        html.contains("<h1>This is not published yet</h1>"),
        "{html}"
    );
    let chosen = format!("/localities/e08000001?period=2026-09&release={old}");
    let (_, html) = page(&app, &token, &chosen).await;
    let later = format!("/localities/e08000001?period=2026-09&#38;release={new}");
    assert!(html.contains(&later), "{html}");
}
