//! The organisations whose numbers are asked for.

use vwis_model::ods::{InvalidOdsCode, OdsCode};

use super::SYSTEM;

/// The value of `org` for every organisation's own numbers, side by side.
pub const EACH: &str = "each";

/// The organisations over which a sum is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The sum over all contributors.
    System,
    /// The sum over these organisations.
    Organisations(Vec<OdsCode>),
}

/// The meaning of a request's `org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A single sum.
    Sum(Whose),
    /// Every organisation's own numbers, side by side.
    Each,
}

/// Why a value of `org` is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhoseError {
    /// A part is not an ODS code.
    #[error(transparent)]
    Code(#[from] InvalidOdsCode),
    /// `system` or `each` stands beside something else.
    #[error("`{SYSTEM}` and `{EACH}` stand alone: name one of them, or organisations")]
    Mixed,
    /// `all` was asked for, which means something only for a whole release.
    #[error("`all` is no employer: `{EACH}` is each of them side by side, `{SYSTEM}` their sum")]
    All,
}

// === impl Whose ===

impl Whose {
    /// The sum over these organisations; over the system if there are none.
    #[must_use]
    pub fn of(organisations: Vec<OdsCode>) -> Self {
        if organisations.is_empty() {
            Self::System
        } else {
            Self::Organisations(organisations)
        }
    }

    /// The name in files: `system`, or ODS codes joined by `+`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::System => SYSTEM.to_owned(),
            Self::Organisations(codes) => {
                let codes: Vec<_> = codes.iter().map(OdsCode::as_str).collect();
                codes.join("+")
            }
        }
    }
}

// === impl Wanted ===

impl Wanted {
    /// Parses the parts of `org` as people write them: in any order and case, repeated or not. No parts mean
    /// the system.
    ///
    /// # Errors
    /// [`WhoseError`] says what is accepted.
    pub fn parse<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<Self, WhoseError> {
        let mut codes: Vec<OdsCode> = Vec::new();
        let (mut system, mut each) = (false, false);
        for part in parts {
            match part.trim() {
                "" => {}
                word if word.eq_ignore_ascii_case(SYSTEM) => system = true,
                word if word.eq_ignore_ascii_case(EACH) => each = true,
                word if word.eq_ignore_ascii_case("all") => return Err(WhoseError::All),
                code => codes.push(code.to_ascii_uppercase().parse()?),
            }
        }
        if usize::from(system) + usize::from(each) + usize::from(!codes.is_empty()) > 1 {
            return Err(WhoseError::Mixed);
        }
        codes.sort_unstable();
        codes.dedup();
        Ok(if each {
            Self::Each
        } else {
            Self::Sum(Whose::of(codes))
        })
    }

    /// The value of `org` in an address; `None` for the system, which is the default.
    #[must_use]
    pub fn parameter(&self) -> Option<String> {
        match self {
            Self::Each => Some(EACH.to_owned()),
            Self::Sum(Whose::System) => None,
            Self::Sum(Whose::Organisations(codes)) => {
                let codes: Vec<_> = codes.iter().map(OdsCode::as_str).collect();
                Some(codes.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisations_are_the_same_in_any_order_and_case() {
        let wanted = Wanted::parse(["rm3", " R0A", "", "RM3"]).unwrap();
        assert_eq!(wanted, Wanted::parse(["R0A", "RM3"]).unwrap());
        assert_eq!(wanted.parameter().as_deref(), Some("R0A,RM3"));
        for nobody in [&[][..], &[""], &["system"], &["SYSTEM", "system"]] {
            let system = Wanted::parse(nobody.iter().copied());
            assert_eq!(system, Ok(Wanted::Sum(Whose::System)), "{nobody:?}");
        }
        assert_eq!(Wanted::parse(["Each"]), Ok(Wanted::Each));
    }

    #[test]
    fn system_and_each_stand_alone() {
        for mixed in [["system", "R0A"], ["each", "R0A"], ["each", "system"]] {
            assert_eq!(Wanted::parse(mixed), Err(WhoseError::Mixed), "{mixed:?}");
        }
        assert_eq!(Wanted::parse(["ALL"]), Err(WhoseError::All));
        let said = Wanted::parse(["R-A"]).unwrap_err().to_string();
        assert!(said.contains("R-A"), "{said}");
    }
}
