//! What went wrong with a sign-in, in plain words, and what to do.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::IN;
use crate::{
    api::problem::Problem,
    identity::{
        door::Refusal,
        session::SessionError,
        sign_in::{SignIn, SignInError},
    },
    store::StoreError,
    web::headers,
};
use vwis_pages::ui::layout::{Section, Shell};

/// A page of a few words.
#[derive(Template)]
#[template(path = "sign_in/failure.html")]
pub(crate) struct Failure {
    shell: Shell,
    says: Vec<String>,
    /// Words and address.
    next: Option<(&'static str, String)>,
}

/// The shell of a page that stands nowhere in the navigation.
pub(super) fn shell(heading: &str) -> Shell {
    Shell {
        section: None,
        ..Shell::new("", Section::Overview, heading)
    }
}

// === impl Failure ===

impl Failure {
    fn new(heading: &str, says: &[&str]) -> Self {
        Self {
            shell: shell(heading),
            says: says.iter().map(|&says| says.to_owned()).collect(),
            next: None,
        }
    }

    fn next(self, words: &'static str, href: impl Into<String>) -> Self {
        Self {
            next: Some((words, href.into())),
            ..self
        }
    }

    /// Credentials are needed, and a browser cannot get any.
    pub(crate) fn no_sign_in() -> Self {
        Self::new(
            "Nobody can sign in here",
            &[
                "These pages are for people who are known, and sign-in with a browser is not set up \
                 on this server.",
                "Whoever runs it sets [oidc] client_id in aggregator.toml. Programs send an API token.",
            ],
        )
    }

    /// A form that another site made up, or an old one of ours.
    pub(super) fn foreign_form() -> Self {
        Self::new(
            "You are still signed in",
            &["The request to sign out did not come from your account's own page, so nothing was done."],
        )
        .next("Go to your account to sign out", "/account")
    }

    /// A page to return to that is no page of ours.
    pub(super) fn not_local() -> Self {
        Self::new(
            "This link leads elsewhere",
            &["After sign-in you can return to pages of this server only. Whoever gave you the link \
               may have meant to lead you to another site."],
        )
        .next("Sign in and go to the overview", IN)
    }

    /// It is done.
    pub(super) fn signed_out() -> Self {
        Self::new(
            "You are signed out",
            &["You are signed out here, and may still be signed in at your organisation's directory. \
               On a shared computer, sign out there, too, or close the browser."],
        )
        .next("Sign in again", IN)
    }

    /// The answer.
    pub(crate) fn page(&self, status: StatusCode) -> Response {
        let html = self
            .render()
            .expect("a page writes texts into a String, which takes them");
        headers::of_a_page_for_one((status, Html(html)).into_response())
    }
}

/// The page about an error.
pub(super) fn of(error: &SignInError, sign_in: &SignIn) -> Response {
    let said = error.to_string();
    let again = |failure: Failure| failure.next("Sign in again", sign_in.public_url().at(IN));
    match error {
        SignInError::NotLocal => Failure::not_local().page(StatusCode::BAD_REQUEST),
        SignInError::NotBegun => again(Failure::new(
            "This sign-in cannot be finished",
            &[
                "This browser did not begin it, or began it more than ten minutes ago.",
                "Begin again, in the browser that you read with. If that does not help, allow \
                 cookies for this server.",
            ],
        ))
        .page(StatusCode::BAD_REQUEST),
        SignInError::Code => again(Failure::new(
            "This sign-in cannot be finished",
            &["It was finished before, or took too long: your directory did not take it any more."],
        ))
        .page(StatusCode::BAD_REQUEST),
        SignInError::Denied(_) => again(Failure::new("You are not signed in", &[&said]))
            .page(StatusCode::FORBIDDEN),
        SignInError::Refused(Refusal::NoRole(why)) => again(Failure::new(
            "You have no role here",
            &[
                "Your directory knows you, and gives you no role for these pages.",
                "Ask whoever gives out access in your organisation for one of the roles viewer, \
                 board, analyst or steward, and tell them this:",
                why,
            ],
        ))
        .page(StatusCode::FORBIDDEN),
        SignInError::IssuerUnavailable { retry_after_s }
        | SignInError::Refused(Refusal::IssuerUnavailable { retry_after_s }) => {
            later(&again(unavailable()), *retry_after_s)
        }
        SignInError::NoEndpoints | SignInError::NoIdToken => {
            tracing::error!(%error, "nobody can sign in");
            again(Failure::new("Sign-in is not set up well", &[&said]))
                .page(StatusCode::INTERNAL_SERVER_ERROR)
        }
        SignInError::Refused(_) => again(Failure::new(
            "You are not signed in",
            &["What your directory says of you cannot be taken here. Tell whoever runs this server:", &said],
        ))
        .page(StatusCode::FORBIDDEN),
        SignInError::Session(SessionError::Store(_)) => later(&again(no_store()), 30),
        SignInError::Session(SessionError::Randomness(_)) | SignInError::Randomness(_) => {
            later(&again(no_store()), 30)
        }
    }
}

/// The page about a store that cannot be used; why is in the log.
pub(super) fn of_store(error: StoreError) -> Response {
    let _logged = Problem::from(error);
    later(&no_store(), 30)
}

fn unavailable() -> Failure {
    Failure::new(
        "Your directory does not answer now",
        &[
            "Sign-in goes through your organisation's directory, which cannot be reached from here. \
           Try again in a minute.",
        ],
    )
}

fn no_store() -> Failure {
    Failure::new(
        "This server cannot sign anybody in or out now",
        &["Whoever runs it finds why in its log. Try again in a minute."],
    )
}

fn later(failure: &Failure, retry_after_s: u64) -> Response {
    let mut page = failure.page(StatusCode::SERVICE_UNAVAILABLE);
    let wait = HeaderValue::from(retry_after_s.max(1));
    page.headers_mut().insert(header::RETRY_AFTER, wait);
    page
}
