//! The page that tells people who they are to this server.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::HeaderMap;
use vwis_web::{headers, sign_in::OUT};

use super::{TOKEN_FIELD, failure};
use crate::{
    export::canonical::Canonical,
    http::{
        app::{App, Caller},
        browser,
    },
    identity::{Identity, Role, Via, session::Session},
};
use vwis_pages::ui::layout::Shell;

#[derive(Template)]
#[template(path = "sign_in/account.html")]
struct Account {
    shell: Shell,
    /// Rows of a label and a value.
    facts: Vec<(&'static str, String)>,
    /// The code of their organisation, and the address of its numbers.
    own: Option<(String, String)>,
    /// Whether they were let in without credentials.
    is_anonymous: bool,
    /// Sign-out's form: the path that it is posted to, and its field's name and value.
    form: Option<(&'static str, &'static str, String)>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Caller(identity): Caller,
    headers: HeaderMap,
) -> Response {
    let session = match app.sign_in() {
        Some(sign_in) => sign_in.sessions().find(&headers, app.clock.now()).await,
        None => Ok(None),
    };
    let session = match session {
        // If a bearer token came as well, its holder is who was let in, and the session may be somebody
        // else's.
        Ok(session) => session.filter(|session| session.record.identity == identity),
        Err(error) => return failure::of_store(error),
    };
    let page = Account {
        shell: browser::shell("Your account"),
        facts: facts(&identity, session.as_ref()),
        own: identity.organisation.as_ref().map(|code| {
            let address = Canonical::new("/".to_owned(), vec![("org", code.to_string())]);
            (code.to_string(), address.as_str().to_owned())
        }),
        is_anonymous: identity.via == Via::Loopback,
        form: session.map(|session| (OUT, TOKEN_FIELD, session.secret.form_token())),
    };
    let html = page
        .render()
        .expect("a page writes texts into a String, which takes them");
    headers::of_a_page_for_one(Html(html).into_response())
}

fn facts(identity: &Identity, session: Option<&Session>) -> Vec<(&'static str, String)> {
    let roles = identity.roles.iter().map(|&role| in_words(role));
    let mut facts = vec![
        ("Name", identity.name.clone()),
        ("Roles", roles.collect::<Vec<_>>().join("; ")),
    ];
    let organisation = identity.organisation.as_ref().map(ToString::to_string);
    let none = || "none".to_owned();
    facts.push(("Organisation", organisation.unwrap_or_else(none)));
    let pathways = Some(identity.pathways.join(", ")).filter(|pathways| !pathways.is_empty());
    facts.push(("Cancer pathways", pathways.unwrap_or_else(none)));
    let known = match (&identity.via, session) {
        (Via::Loopback, _) => "by nothing: you are on the machine that serves this page",
        (Via::Token(_), _) => "by an API token",
        (Via::Oidc(_), Some(_)) => "you signed in",
        (Via::Oidc(_), None) => "by a token of the issuer",
    };
    facts.push(("How it is known", known.to_owned()));
    if let Some(session) = session {
        let (ends, most) = (session.record.ends_at(), session.record.ends_at_most());
        let at = |time: jiff::Timestamp| time.strftime("%H:%M on %-d %B %Y, UTC").to_string();
        facts.push((
            "Signed in until",
            if ends < most {
                format!(
                    "{}; if you go on reading, until {} at most",
                    at(ends),
                    at(most)
                )
            } else {
                at(ends)
            },
        ));
    }
    facts
}

/// What a role reads, in words. [`crate::access`] decides it.
fn in_words(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer, who reads the system and their own organisation",
        Role::Board => "board, which reads the system and of cancer pathways its own",
        Role::Analyst => "analyst, who reads everything",
        Role::Steward => "steward, who reads agreements and nodes, and what a viewer reads",
    }
}
