//! The mechanism of the product: one OpenDP measurement (design §3.5).
//!
//! OpenDP builds the measurement and maps its privacy loss; its proof covers any `Sample` that adds an
//! independent draw. The draw is ours, because OpenDP's own generator, without OpenSSL, is by its own
//! documentation not secure. `make_noise` clones the `Sample`, so all clones share one stream of bytes and
//! never copy it; `hedge` says where the stream comes from.

use std::sync::{Arc, Mutex};

use dashu::{
    integer::{IBig, UBig},
    rational::RBig,
};
use opendp::{
    core::PrivacyMap,
    domains::{AtomDomain, VectorDomain},
    err,
    error::Fallible,
    fallible,
    measurements::{MakeNoise, NoisePrivacyMap, Sample, ZExpFamily},
    measures::ZeroConcentratedDivergence,
    metrics::L2Distance,
};
use vwis_model::{algebra::Strategy, measurement::Payload};
use zeroize::Zeroizing;

use crate::{
    DiscreteGaussianSampler, Drawing, KernelRandomness, Mechanism, MechanismError, NoiseStream,
};

/// How far OpenDP's floating-point ρ may lie above the exact rational.
const MAP_TOLERANCE: f64 = 1e-9;

/// Adds one draw of the exact discrete Gaussian to every residual entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiscreteGaussian;

/// The sampler in the form that OpenDP calls.
#[derive(Clone)]
struct KernelGaussian {
    gamma: u64,
    sampler: Arc<Mutex<DiscreteGaussianSampler>>,
}

// === impl DiscreteGaussian ===

impl Mechanism for DiscreteGaussian {
    fn draw(
        &self,
        drawing: &Drawing<'_>,
        strategy: &Strategy,
        exact: &[i64],
    ) -> Result<Payload, MechanismError> {
        let fresh = Zeroizing::new(KernelRandomness::new().take()?);
        draw(drawing, &fresh, strategy, exact)
    }
}

/// Draws with these fresh kernel bytes.
fn draw(
    drawing: &Drawing<'_>,
    fresh: &[u8; 32],
    strategy: &Strategy,
    exact: &[i64],
) -> Result<Payload, MechanismError> {
    if exact.len() != strategy.entries() {
        return Err(MechanismError::CountsDoNotMatch);
    }
    let stream = NoiseStream::of(&drawing.seed(fresh, exact))?;
    let sampler = DiscreteGaussianSampler::of(strategy.gamma(), stream)?;
    let gaussian = KernelGaussian {
        gamma: strategy.gamma(),
        sampler: Arc::new(Mutex::new(sampler)),
    };
    // The measurement is neither Send nor Sync, so it is built, mapped, invoked and dropped within this call.
    let measurement = gaussian
        .make_noise((
            VectorDomain::new(AtomDomain::<IBig>::default()),
            L2Distance::<RBig>::default(),
        ))
        .map_err(|_| MechanismError::OpenDp)?;
    let mapped = measurement
        .map(&sensitivity(&strategy.sensitivity_squared()))
        .map_err(|_| MechanismError::OpenDp)?;
    confirm(mapped, &strategy.rho())?;

    let exact: Vec<IBig> = exact.iter().copied().map(IBig::from).collect();
    let noisy = measurement
        .invoke(&exact)
        .map_err(|_| MechanismError::OpenDp)?;
    if noisy.len() != strategy.entries() {
        return Err(MechanismError::Shape);
    }
    let entries = noisy
        .into_iter()
        .map(|entry| i64::try_from(entry).map_err(|_| MechanismError::Shape))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Payload::from_entries(&entries))
}

/// A rational that is at least √d² and above it by less than 2⁻³¹: (isqrt(d²·2⁶⁴) + 1) / 2³².
fn sensitivity(squared: &UBig) -> RBig {
    use dashu::base::SquareRoot;
    let scaled_root = (squared.clone() << 64_usize).sqrt() + UBig::ONE;
    RBig::from_parts(IBig::from(scaled_root), UBig::ONE << 32_usize)
}

/// Checks OpenDP's ρ against the exact loss. Below it the charge would be too small; far above it something
/// else is wrong.
fn confirm(mapped: f64, exact: &RBig) -> Result<(), MechanismError> {
    let mapped = RBig::try_from(mapped).map_err(|_| MechanismError::MapDisagrees)?;
    let tolerance =
        RBig::try_from(MAP_TOLERANCE).expect("a finite float is a rational") * relative_to(exact);
    if mapped >= *exact && mapped <= exact + tolerance {
        Ok(())
    } else {
        Err(MechanismError::MapDisagrees)
    }
}

/// The unit of the tolerance: 1 up to ρ = 1, and ρ above.
fn relative_to(exact: &RBig) -> RBig {
    if *exact > RBig::ONE {
        exact.clone()
    } else {
        RBig::ONE
    }
}

// === impl KernelGaussian ===

impl Sample for KernelGaussian {
    fn sample(&self, shift: &IBig) -> Fallible<IBig> {
        // A panic while the lock was held may have left the buffer half-changed, so nothing is drawn.
        let Ok(mut sampler) = self.sampler.lock() else {
            return fallible!(FailedFunction, "the sampler is poisoned");
        };
        match sampler.draw() {
            Ok(noise) => Ok(shift + IBig::from(noise)),
            Err(error) => fallible!(FailedFunction, "{error}"),
        }
    }
}

impl NoisePrivacyMap<L2Distance<RBig>, ZeroConcentratedDivergence> for KernelGaussian {
    fn noise_privacy_map(
        &self,
        input_metric: &L2Distance<RBig>,
        output_measure: &ZeroConcentratedDivergence,
    ) -> Fallible<PrivacyMap<L2Distance<RBig>, ZeroConcentratedDivergence>> {
        ZExpFamily::<2> {
            scale: RBig::from(self.gamma),
        }
        .noise_privacy_map(input_metric, output_measure)
    }
}

#[cfg(test)]
mod tests;
