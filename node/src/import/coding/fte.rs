//! Full-time equivalents.

use vwis_model::text::plain;

use super::rejection::Rejection;
use crate::import::{field::Field, reason::Reason};

/// Reads the FTE of one assignment, in hundredths, rounded to the nearest. At most 1.5 is accepted: 12
/// programmed activities of a consultant come to 1.2.
pub(super) fn read(raw: &[u8]) -> Result<u8, Rejection<'_>> {
    hundredths(raw).ok_or_else(|| Rejection::new(Reason::BadFte, Field::Fte, raw, expected(raw)))
}

fn hundredths(raw: &[u8]) -> Option<u8> {
    let fte: f64 = plain(std::str::from_utf8(raw).ok()?).parse().ok()?;
    if !(0.0..=1.5).contains(&fte) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 150 after the check above"
    )]
    let hundredths = (fte * 100.0).round() as u8;
    Some(hundredths)
}

fn expected(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let with_point = text.replace(',', ".");
    let hint = match with_point.parse::<f64>() {
        Ok(fte) if fte > 1.5 => {
            "; these look like hours: map the column of contracted FTE".to_owned()
        }
        Ok(_) if with_point != text => format!("; a decimal point, as in {with_point}"),
        _ => String::new(),
    };
    format!("0 to 1.5, such as 0.6{hint}")
}
