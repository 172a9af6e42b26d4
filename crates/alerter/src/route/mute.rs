//! What is told to nobody: silenced by people, or inhibited by other alerts.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use model::{Alert, Inhibitor, Silence, SilenceId};

use super::{
    config::InhibitConfig,
    label::{Label, Matchers, MatchersError, labels},
};

/// Silences and inhibitions.
#[derive(Clone, Debug)]
pub(super) struct Mutes {
    inhibitions: Vec<Inhibition>,
    silences: BTreeMap<SilenceId, (Matchers, Silence)>,
}

#[derive(Clone, Debug)]
struct Inhibition {
    source: Matchers,
    target: Matchers,
    equal: Vec<Label>,
    lasts: Duration,
}

impl Mutes {
    pub(super) fn new(inhibitions: &[InhibitConfig]) -> Result<Self, MatchersError> {
        let inhibitions = inhibitions.iter().map(|inhibit| {
            Ok(Inhibition {
                source: Matchers::parse(&inhibit.source)?,
                target: Matchers::parse(&inhibit.target)?,
                equal: inhibit.equal.clone(),
                lasts: inhibit.lasts,
            })
        });
        Ok(Self {
            inhibitions: inhibitions.collect::<Result<_, _>>()?,
            silences: BTreeMap::new(),
        })
    }

    /// Heeds a silence, or a change of one.
    pub(super) fn heed(&mut self, silence: Silence) -> Result<(), MatchersError> {
        let matchers = Matchers::parse(&silence.matchers)?;
        self.silences
            .insert(silence.id.clone(), (matchers, silence));
        Ok(())
    }

    /// The inhibitors that an alert brings.
    pub(super) fn inhibitors_of(
        &self,
        alert: &Alert,
        story: &str,
        now: Timestamp,
    ) -> Vec<Inhibitor> {
        let begun = self.inhibitions.iter();
        let begun = begun.filter(|inhibition| inhibition.source.fit(alert, story));
        begun
            .map(|inhibition| Inhibitor {
                inhibition: inhibition.id(inhibition.target.fit(alert, story)),
                labels: labels(&inhibition.equal, alert, story),
                until: now + inhibition.lasts,
            })
            .collect()
    }

    /// Whether nobody is to hear of an alert now.
    pub(super) fn mute(
        &self,
        alert: &Alert,
        story: &str,
        inhibitors: &BTreeMap<String, Inhibitor>,
        now: Timestamp,
    ) -> bool {
        let is_silenced = self.silences.values().any(|(matchers, silence)| {
            silence.starts <= now && now < silence.ends && matchers.fit(alert, story)
        });
        let is_inhibited = || {
            self.inhibitions.iter().any(|inhibition| {
                if !inhibition.target.fit(alert, story) {
                    return false;
                }
                // As Alertmanager has it: what fits both sides is not inhibited by what fits both
                // sides too, itself among them.
                let fits_both = inhibition.source.fit(alert, story);
                let one_sided = inhibition.id(false);
                let two_sided = inhibition.id(true);
                let equal = labels(&inhibition.equal, alert, story);
                inhibitors.values().any(|inhibitor| {
                    let is_source = inhibitor.inhibition == one_sided
                        || (!fits_both && inhibitor.inhibition == two_sided);
                    is_source && inhibitor.labels == equal && now < inhibitor.until
                })
            })
        };
        is_silenced || is_inhibited()
    }

    /// Forgets silences that are over.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.silences.retain(|_, (_, silence)| silence.ends > now);
    }
}

impl Inhibition {
    /// What tells it from others in the router's memory, and sources that fit the target's side
    /// as well from those that do not.
    fn id(&self, is_two_sided: bool) -> String {
        let sides = if is_two_sided { " both sides" } else { "" };
        format!("{:?}{sides}", self.source)
    }
}
