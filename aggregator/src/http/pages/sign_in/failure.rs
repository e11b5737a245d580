//! Pages that say what went wrong with a sign-in or sign-out, and what to do.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use vwis_web::{
    oidc::VerifyError,
    problem::Problem,
    sign_in::{self, IN},
};

use crate::{
    http::browser::Words,
    identity::{
        refusal::Refusal,
        session::SessionError,
        sign_in::{SignIn, SignInError},
    },
    store::StoreError,
};

/// Sign-out's form was made up by another site, or is an old one of ours.
pub(super) fn foreign_form() -> Words {
    Words::new(
        "You are still signed in",
        &["The request to sign out did not come from your account's own page, so nothing was done."],
    )
    .next("Go to your account to sign out", "/account")
}

/// The page to return to is none of ours.
pub(super) fn not_local() -> Words {
    Words::new(
        "This link leads elsewhere",
        &[
            "After sign-in you can return to pages of this server only. Whoever gave you the link \
           may have meant to lead you to another site.",
        ],
    )
    .next("Sign in and go to the overview", IN)
}

/// The page after signing out.
pub(super) fn signed_out() -> Words {
    Words::new(
        "You are signed out",
        &[
            "You are signed out here, and may still be signed in at your organisation's directory. \
           On a shared computer, sign out there, too, or close the browser.",
        ],
    )
    .next("Sign in again", IN)
}

pub(super) fn of(error: &SignInError, sign_in: &SignIn) -> Response {
    let again = |failure: Words| failure.next("Sign in again", sign_in.public_url().at(IN));
    match error {
        SignInError::Flow(error) => of_flow(error, again),
        SignInError::Refused(Refusal::NoRole(why)) => again(Words::new(
            "You have no role here",
            &[
                "Your directory knows you, and gives you no role for these pages.",
                "Ask whoever gives out access in your organisation for one of the roles viewer, \
                 board, analyst or steward, and tell them this:",
                why,
            ],
        ))
        .page(StatusCode::FORBIDDEN),
        SignInError::Refused(refusal) => again(refused(refusal)).page(StatusCode::FORBIDDEN),
        SignInError::Session(SessionError::Store(_) | SessionError::Randomness(_)) => {
            later(&again(no_store()), 30)
        }
    }
}

fn of_flow(error: &sign_in::SignInError, again: impl Fn(Words) -> Words) -> Response {
    use sign_in::SignInError;
    let said = error.to_string();
    match error {
        SignInError::NotLocal => not_local().page(StatusCode::BAD_REQUEST),
        SignInError::NotBegun => again(Words::new(
            "This sign-in cannot be finished",
            &[
                "This browser did not begin it, or began it more than ten minutes ago.",
                "Begin again, in the browser that you read with. If that does not help, allow \
                 cookies for this server.",
            ],
        ))
        .page(StatusCode::BAD_REQUEST),
        SignInError::Code => again(Words::new(
            "This sign-in cannot be finished",
            &["It was finished before, or took too long: your directory did not take it any more."],
        ))
        .page(StatusCode::BAD_REQUEST),
        SignInError::Denied(_) => {
            again(Words::new("You are not signed in", &[&said])).page(StatusCode::FORBIDDEN)
        }
        SignInError::IssuerUnavailable { retry_after_s }
        | SignInError::Verify(VerifyError::Unavailable { retry_after_s }) => {
            later(&again(unavailable()), *retry_after_s)
        }
        SignInError::NoEndpoints | SignInError::NoIdToken => {
            tracing::error!(%error, "nobody can sign in");
            again(Words::new("Sign-in is not set up well", &[&said]))
                .page(StatusCode::INTERNAL_SERVER_ERROR)
        }
        SignInError::Verify(VerifyError::Token(error)) => {
            again(refused(error)).page(StatusCode::FORBIDDEN)
        }
        SignInError::Randomness(_) => later(&again(no_store()), 30),
    }
}

/// What the issuer says of the person cannot be taken.
fn refused(why: impl std::fmt::Display) -> Words {
    let said = why.to_string();
    Words::new(
        "You are not signed in",
        &[
            "What your directory says of you cannot be taken here. Tell whoever runs this server:",
            &said,
        ],
    )
}

/// The page for when the store cannot be used; the reason is in the log.
pub(super) fn of_store(error: StoreError) -> Response {
    let _logged = Problem::from(error);
    later(&no_store(), 30)
}

fn unavailable() -> Words {
    Words::new(
        "Your directory does not answer now",
        &[
            "Sign-in goes through your organisation's directory, which cannot be reached from here. \
           Try again in a minute.",
        ],
    )
}

fn no_store() -> Words {
    Words::new(
        "This server cannot sign anybody in or out now",
        &["Whoever runs it finds why in its log. Try again in a minute."],
    )
}

fn later(failure: &Words, retry_after_s: u64) -> Response {
    let mut page = failure.page(StatusCode::SERVICE_UNAVAILABLE);
    let wait = HeaderValue::from(retry_after_s.max(1));
    page.headers_mut().insert(header::RETRY_AFTER, wait);
    page
}
