//! Why an issuer's token is not taken.

/// Why an issuer's token does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It is not three parts of base64 with JSON in them, or names an unknown algorithm.
    #[error("it cannot be read as a signed JSON Web Token")]
    Malformed,
    /// It is signed by an algorithm that is not taken, or not at all.
    #[error("it is signed by {0}, and only RS256, ES256 and EdDSA are taken")]
    Algorithm(String),
    /// Its header lists extensions that must be understood (`crit`).
    #[error("its header has `crit`, and nothing that it could list is understood here")]
    Critical,
    /// Its `typ` is another one, such as that of a logout token.
    #[error("its header's `typ` is `{0}`, which is no token for this")]
    Type(String),
    /// No key of the issuer's has that name and kind.
    #[error("the issuer has no key of its `kid`")]
    UnknownKey,
    /// It was changed, or somebody else signed it.
    #[error("its signature is not the issuer's")]
    Signature,
    /// Another issuer made it.
    #[error("its issuer (`iss`) is not the one configured here")]
    Issuer,
    /// It was made for another server.
    #[error("it is for another audience (`aud`) than this API")]
    Audience,
    /// It is of another directory of the issuer's.
    #[error("it is of another tenant (`tid`) than the one configured here")]
    Tenant,
    /// Its time is over.
    #[error("it expired")]
    Expired,
    /// It is not valid yet, or was issued in the future.
    #[error("it is not valid yet: the issuer's clock and this machine's differ by over a minute")]
    NotYet,
    /// It is an id token of another sign-in.
    #[error("its `nonce` is not the one that this browser's sign-in sent")]
    Nonce,
    /// A claim is missing, or of another form.
    #[error("its claim `{0}` is missing or is not what it should be")]
    Claim(String),
}

/// Why a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It does not hold.
    #[error(transparent)]
    Token(#[from] OidcError),
    /// The issuer's keys cannot be had now, so it cannot be checked.
    #[error("the issuer's keys cannot be had now, so its tokens cannot be checked")]
    Unavailable {
        /// Seconds until the issuer is asked again.
        retry_after_s: u64,
    },
}
