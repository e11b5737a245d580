//! Employee numbers that a spreadsheet has shortened.

/// What would be accepted in place of a shortened number.
pub(super) const IN_FULL: &str = "the number in full: a spreadsheet has shortened it, so that many people \
     share it. Export it again, and format the column as Text before a spreadsheet saves it";

/// Whether a spreadsheet has written the number in powers of ten, such as `2.00062E+07`. The digits it
/// rounded away told people apart.
pub(super) fn is_shortened(number: &[u8]) -> bool {
    let Some(at) = memchr::memchr2(b'E', b'e', number) else {
        return false;
    };
    let (mantissa, exponent) = (&number[..at], &number[at + 1..]);
    // The exponent needs a sign, because `2E7` may be somebody's number.
    let Some(exponent) = exponent
        .strip_prefix(b"+")
        .or_else(|| mantissa.contains(&b'.').then_some(exponent))
    else {
        return false;
    };
    let is_decimal = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    mantissa.first().is_some_and(u8::is_ascii_digit)
        && mantissa.iter().all(is_decimal)
        && !exponent.is_empty()
        && exponent.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_powers_of_ten_is_told_from_numbers_with_letters() {
        for number in [
            "2.00062E+07",
            "2,00062e+07",
            "2E+07",
            "1.5E+7",
            "2.00062E7",
            "2.000062e07",
        ] {
            assert!(is_shortened(number.as_bytes()), "{number}");
        }
        for number in [
            "20006212",
            "E0000007",
            "20E07",
            "E+07",
            "2E+",
            "7+7",
            "A2E+07",
            "+",
            "",
            "2E7",
            "E0.7",
            "2.5",
            "2.E",
            "2.0E0007B",
        ] {
            assert!(!is_shortened(number.as_bytes()), "{number}");
        }
    }
}
