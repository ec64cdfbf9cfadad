//! How many uploads a client may begin. Each process counts for itself: behind a function with many processes this is no limit of the whole,
//! which the API's own throttling is.

use std::num::NonZero;

use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};

use crate::problem::Problem;

/// Whoever asks, as an address: uploads are counted for each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client(pub String);

/// When this many clients are known, those are forgotten who could begin as many uploads as a new one.
const MANY: usize = 10_000;

#[derive(Debug)]
pub(crate) struct Rate(Option<DefaultKeyedRateLimiter<Client>>);

impl Rate {
    /// 0 for any number.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self(NonZero::new(per_minute).map(|number| DefaultKeyedRateLimiter::keyed(Quota::per_minute(number))))
    }

    /// Counts an upload.
    pub(crate) fn count(&self, client: Option<&Client>) -> Result<(), Problem> {
        let (Some(limiter), Some(client)) = (&self.0, client) else { return Ok(()) };
        if limiter.len() > MANY {
            limiter.retain_recent();
        }
        limiter.check_key(client).map_err(|until| Problem::TooMany(until.wait_time_from(DefaultClock::default().now())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_number() {
        let (rate, one, other) = (Rate::new(3), Client("192.0.2.1".into()), Client("192.0.2.2".into()));
        for _ in 0..3 {
            rate.count(Some(&one)).unwrap();
        }
        assert!(
            matches!(rate.count(Some(&one)), Err(Problem::TooMany(wait)) if !wait.is_zero() && wait.as_secs() < 60)
        );
        rate.count(Some(&other)).unwrap();
        assert!((0..1000).all(|_| Rate::new(0).count(Some(&one)).is_ok()));
    }
}
