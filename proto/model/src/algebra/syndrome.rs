//! What a measurement says about its own noise, whoever was counted.
//!
//! The entries of a residual, w·ΞX + Z, are more than what they tell of people: along each of its axes the
//! entries of siblings add up to zero before the noise. What is left when the part that people can make is
//! taken away, (I − P)y, is (I − P)Z: noise alone, in ∏N_ℓ − ∏(N_ℓ − N_{ℓ−1}) dimensions, with N_ℓ the nodes of
//! the axis' level. Its squared length over γ² is χ² with as many degrees of freedom. So whoever receives a
//! measurement can see noise of another scale, clamped or missing noise, and entries in another order, and
//! learns nothing about people by looking. The word is that of error-correcting codes, where the syndrome
//! depends on the error and not on the message.

use super::{Levels, Strategy, residual::project};

/// The part of a residual's entries that nobody's presence can change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Syndrome {
    /// The residual.
    pub residual: Levels,
    /// Its squared length, in γ².
    pub squares: f64,
    /// Its dimensions: of an honest measurement `squares` is χ² with as many degrees of freedom.
    pub degrees: u64,
}

impl Strategy {
    /// The syndromes of a measurement, of each residual that has one; `None` where `y` is not as long as the
    /// strategy says.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond 2^53 the loss is 2^-53 of an entry, far below γ"
    )]
    pub fn syndromes(&self, y: &[i64]) -> Option<Vec<Syndrome>> {
        if y.len() != self.entries() {
            return None;
        }
        let gamma = self.gamma() as f64;
        let mut all = Vec::new();
        for span in self.layout() {
            let axes = self.domain().axes(span.residual);
            let told: usize = (axes.iter())
                .map(|level| level.size() - level.groups())
                .product();
            if told == span.len {
                continue;
            }
            let entries: Vec<f64> = (y[span.offset..][..span.len].iter())
                .map(|&entry| entry as f64)
                .collect();
            let mut of_people = entries.clone();
            project(&mut of_people, &axes).expect("the span has the residual's shape");
            let squares = entries.iter().zip(&of_people);
            let squares: f64 = squares.map(|(y, x)| ((y - x) / gamma).powi(2)).sum();
            all.push(Syndrome {
                residual: span.residual,
                squares,
                degrees: (span.len - told) as u64,
            });
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests;
