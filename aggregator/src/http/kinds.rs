//! Kinds of problems that this server has beside those of any.

use http::StatusCode;
use vwis_web::problem::Kind;

macro_rules! kinds {
    ($($(#[$about:meta])+ $name:ident = $status:ident, $slug:literal, $title:literal;)+) => {
        $(
            $(#[$about])+
            pub(crate) const $name: Kind = Kind {
                slug: $slug,
                title: $title,
                status: StatusCode::$status,
            };
        )+
        pub(crate) const ALL: &[Kind] = &[$($name),+];
    };
}

kinds! {
    /// No such release.
    UNKNOWN_RELEASE = NOT_FOUND, "unknown-release", "There is no such release";
    /// No such agreement.
    UNKNOWN_AGREEMENT = NOT_FOUND, "unknown-agreement", "There is no such agreement";
    /// No such series in the agreement.
    UNKNOWN_SERIES = NOT_FOUND, "unknown-series", "There is no such series";
    /// Nothing is released for the period.
    UNKNOWN_PERIOD = NOT_FOUND, "unknown-period", "Nothing is released for this period";
    /// No such organisation in the release, or in any.
    UNKNOWN_ORGANISATION = NOT_FOUND, "unknown-organisation", "There is no such organisation here";
    /// Promised by the agreement, and nothing of it is released.
    NOT_RELEASED = NOT_FOUND, "not-released", "Nothing of this is released yet";
    /// Released, and not published to readers below analyst.
    NOT_PUBLISHED = NOT_FOUND, "not-published", "This is not published yet";
    /// Published once, and replaced.
    REPLACED = GONE, "replaced", "This was replaced by a later release";
    /// Neither a table of the agreement nor got by summing one.
    NOT_PROMISED = NOT_FOUND, "not-promised", "The agreement promises no such table";
    /// No such attribute in the data set.
    UNKNOWN_ATTRIBUTE = BAD_REQUEST, "unknown-attribute", "There is no such attribute";
    /// No such category of the attribute.
    UNKNOWN_CATEGORY = BAD_REQUEST, "unknown-category", "There is no such category";
    /// No such indicator.
    UNKNOWN_INDICATOR = NOT_FOUND, "unknown-indicator", "There is no such indicator";
    /// An indicator that is deliberately not computed.
    INDICATOR_REFUSED = UNPROCESSABLE_ENTITY, "indicator-refused", "This indicator is not computed";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_an_error_status() {
        let all = || Kind::ALL.iter().chain(ALL);
        let slugs: std::collections::BTreeSet<_> = all().map(|kind| kind.slug).collect();
        assert_eq!(slugs.len(), all().count());
        for kind in all() {
            assert!(kind.status.is_client_error() || kind.status.is_server_error());
        }
    }
}
