//! Asking, as programs do.

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use vwis_tests::federation::Federation;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

/// GET, with a token where there is one.
pub(crate) async fn get(federation: &Federation, path: &str, token: Option<&str>) -> Answer {
    let mut request = reqwest::Client::new().get(format!("{}{path}", federation.http()));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Answer::of(request.send().await.unwrap()).await
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            body,
        }
    }

    /// Itself, once it is sure that it was answered.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }

    /// The detail of a problem of this kind.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["type"], format!("/problems/{slug}"), "{self:?}");
        self.body["detail"].as_str().unwrap().to_owned()
    }
}
