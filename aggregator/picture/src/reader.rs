//! Readers: their roles and identities. How an identity is found out is not known here.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use vwis_model::ods::OdsCode;

/// A reader's role; [`crate::access`] says what each role may read.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The system, and their own organisation
    Viewer,
    /// The system, and of cancer pathways their own
    Board,
    /// Everything
    Analyst,
    /// Agreements and nodes, and what a viewer reads
    Steward,
}

/// A text that is not a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role: there are viewer, board, analyst and steward")]
pub struct InvalidRole(String);

/// A reader whose identity is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name that people read: that of a token, or of the person in the directory.
    pub name: String,
    /// The reader's roles, at least one.
    pub roles: BTreeSet<Role>,
    /// The organisation that the reader belongs to, if any.
    pub organisation: Option<OdsCode>,
    /// The categories of the attribute `pathway` on whose boards the reader sits.
    pub pathways: Vec<String>,
    /// How the identity is known.
    pub via: Via,
}

/// How an identity is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// The caller is on this machine, and no sign-in is set up that could tell callers apart.
    Loopback,
    /// The caller showed an API token with this number.
    Token(i64),
    /// The caller showed the issuer's bearer token, or a session after signing in there; holds the subject.
    Oidc(String),
}

// === impl Role ===

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Board, Self::Analyst, Self::Steward];

    /// The role's name in files, tokens and commands.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Board => "board",
            Self::Analyst => "analyst",
            Self::Steward => "steward",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        let known = Self::ALL.into_iter().find(|role| role.code() == text);
        known.ok_or_else(|| InvalidRole(text.chars().take(40).collect()))
    }
}

// === impl Identity ===

impl Identity {
    /// An analyst on this machine, where no sign-in tells callers apart.
    #[must_use]
    pub fn loopback() -> Self {
        Self::on_this_machine(Role::Analyst)
    }

    /// A caller on this machine with the role that `[http] anonymous` gives, where no sign-in tells callers
    /// apart.
    #[must_use]
    pub fn on_this_machine(role: Role) -> Self {
        Self {
            name: "this machine".to_owned(),
            roles: BTreeSet::from([role]),
            organisation: None,
            pathways: Vec::new(),
            via: Via::Loopback,
        }
    }

    /// Whether the reader has this role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

// === impl Via ===

/// The spelling of the access log: `loopback`, `token 7`, `oidc 6f1c…`.
impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("loopback"),
            Self::Token(id) => write!(f, "token {id}"),
            Self::Oidc(subject) => write!(f, "oidc {subject}"),
        }
    }
}
