//! A target as the router sees it: what it wants, and when it can be told.

use jiff::{Timestamp, tz::TimeZone};
use model::{Severity, TargetState};

use super::{
    error::RouteError,
    policy::TargetPolicy,
    quiet::{QuietHours, quiet_until},
};

/// What a target wants.
#[derive(Clone, Debug)]
pub(super) struct Target {
    policy: TargetPolicy,
    quiet: Vec<(QuietHours, TimeZone)>,
}

impl Target {
    pub(super) fn new(policy: TargetPolicy) -> Result<Self, RouteError> {
        let refuse = |reason| RouteError::Policy {
            target: policy.target.clone(),
            reason,
        };
        if policy
            .rate
            .as_ref()
            .is_some_and(|rate| rate.count == 0 || rate.per.is_zero())
        {
            return Err(refuse("rate lets nothing through"));
        }
        if policy.quiet.iter().any(|hours| hours.from == hours.to) {
            return Err(refuse("quiet hours that begin and end at the same minute"));
        }
        let zoned = policy.quiet.iter().map(|hours| {
            let zone = hours.time_zone().map_err(|source| RouteError::Zone {
                target: policy.target.clone(),
                zone: hours.zone.clone(),
                source,
            })?;
            Ok((hours.clone(), zone))
        });
        let quiet = zoned.collect::<Result<_, RouteError>>()?;
        Ok(Self { policy, quiet })
    }

    /// Whether alerts of this severity are told at all.
    pub(super) fn wants(&self, severity: Severity) -> bool {
        severity >= self.policy.min_severity
    }

    /// Whether quiet hours and digests do not count.
    pub(super) fn is_urgent(&self, severity: Severity) -> bool {
        severity >= self.policy.urgent
    }

    /// Whether what it is told is counted.
    pub(super) fn has_rate(&self) -> bool {
        self.policy.rate.is_some()
    }

    /// When the quiet hours that hold now end.
    pub(super) fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        quiet_until(&self.quiet, now)
    }

    /// Until when digest or rate hold a group back, and why.
    pub(super) fn holds(
        &self,
        state: &mut TargetState,
        is_urgent: bool,
        now: Timestamp,
    ) -> Option<(Timestamp, String)> {
        match (&self.policy.digest, &self.policy.rate) {
            (Some(every), _) if !is_urgent => Some((now + *every, "digest".to_owned())),
            (_, Some(rate)) => {
                state.sent.retain(|sent| *sent + rate.per > now);
                let is_spent = state.sent.len() >= rate.count;
                let free = state.sent.first().map_or(now, |first| *first + rate.per);
                is_spent.then(|| (free, format!("more than {} notifications", rate.count)))
            }
            _ => None,
        }
    }
}
