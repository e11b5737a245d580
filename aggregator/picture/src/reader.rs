//! Who reads: roles, and whoever has them. How it is known who somebody is, is not known here.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use vwis_model::ods::OdsCode;

/// What somebody may read; [`crate::access`] says what each means.
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

/// Not one of the roles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role: there are viewer, board, analyst and steward")]
pub struct InvalidRole(String);

/// Who asks, once it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// For people: a token's name, or what the directory calls them.
    pub name: String,
    /// At least one.
    pub roles: BTreeSet<Role>,
    /// Whose people they are, if anybody's.
    pub organisation: Option<OdsCode>,
    /// Categories of the attribute `pathway` that are theirs.
    pub pathways: Vec<String>,
    /// How it is known.
    pub via: Via,
}

/// How an identity is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// A caller on this machine, while nobody can be told apart.
    Loopback,
    /// An API token, by its number.
    Token(i64),
    /// A bearer token of the issuer, or a session after signing in there, by its subject.
    Oidc(String),
}

// === impl Role ===

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Board, Self::Analyst, Self::Steward];

    /// As files, tokens and commands spell it.
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
    /// Whoever calls from this machine while nobody can be told apart, as an analyst.
    #[must_use]
    pub fn loopback() -> Self {
        Self::on_this_machine(Role::Analyst)
    }

    /// Whoever calls from this machine while nobody can be told apart, as `[http] anonymous` says.
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

    /// Whether they have this role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

// === impl Via ===

/// `loopback`, `token 7`, `oidc 6f1c…`: as the access log writes it.
impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("loopback"),
            Self::Token(id) => write!(f, "token {id}"),
            Self::Oidc(subject) => write!(f, "oidc {subject}"),
        }
    }
}
