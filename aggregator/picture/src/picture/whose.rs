//! Whose numbers are asked for.

use vwis_model::ods::{InvalidOdsCode, OdsCode};

use super::SYSTEM;

/// How `org` asks for every organisation's own numbers, side by side.
pub const EACH: &str = "each";

/// Whose numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The sum over all contributors.
    System,
    /// The sum over these.
    Organisations(Vec<OdsCode>),
}

/// What `org` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One sum.
    Sum(Whose),
    /// Every organisation's own, side by side.
    Each,
}

/// What `org` does not ask for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhoseError {
    /// Not an ODS code.
    #[error(transparent)]
    Code(#[from] InvalidOdsCode),
    /// `system` or `each` beside something else.
    #[error("`{SYSTEM}` and `{EACH}` stand alone: name one of them, or organisations")]
    Mixed,
    /// `all`, which is taken for a whole release alone.
    #[error("`all` is no employer: `{EACH}` is each of them side by side, `{SYSTEM}` their sum")]
    All,
}

// === impl Whose ===

impl Whose {
    /// From the organisations asked for; none means the system.
    #[must_use]
    pub fn of(organisations: Vec<OdsCode>) -> Self {
        if organisations.is_empty() {
            Self::System
        } else {
            Self::Organisations(organisations)
        }
    }

    /// `system`, or ODS codes joined by `+`.
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
    /// From the parts of `org` as people write them: in any order and case, some of them twice. None
    /// means the system.
    ///
    /// # Errors
    /// [`WhoseError`] says what there is.
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

    /// As `org` is written in an address; none for the system, which is what it is if not said.
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
