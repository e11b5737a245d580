//! A real OpenID Connect provider, its tokens and its rotation of keys.

use vwis_tests::{federation::Federation, oidc_provider::OidcProvider};

use super::asking::get;
use crate::BINARY;

#[tokio::test]
async fn tokens_of_a_certified_provider_hold_through_a_rotation_of_its_keys() {
    let Some(mut provider) = OidcProvider::start().await else {
        return;
    };
    let configuration = provider.configuration();
    let federation = Federation::configured(BINARY, |text| text.push_str(&configuration)).await;
    let path = "/api/v1/organisations";
    let mut before = Vec::new();
    for client in ["analyst", "viewer", "board"] {
        let token = provider.token(client).await;
        get(&federation, path, Some(&token)).await.done();
        before.push(token);
    }
    let nobody = provider.token("nobody").await;
    get(&federation, path, Some(&nobody))
        .await
        .problem(403, "forbidden");

    provider.rotate().await;
    for client in ["analyst", "board"] {
        let token = provider.token(client).await;
        get(&federation, path, Some(&token)).await.done();
    }
    for token in before {
        let withdrawn = get(&federation, path, Some(&token)).await;
        withdrawn.problem(401, "unauthorised");
    }
    federation.stop().await;
}
