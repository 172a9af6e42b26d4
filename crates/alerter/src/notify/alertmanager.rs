//! Prometheus' Alertmanager, by its API v2.

use std::{collections::BTreeMap, time::Duration};

use address::AddressGuard;
use jiff::Timestamp;
use model::{Alert, Notification};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use stream::{CancellationToken, EffectError};
use url::Url;

use super::{
    Channel,
    http::{Http, TIMEOUT},
};
use crate::{TargetConfig, message::silence_command};

/// Hands alerts to an Alertmanager, which groups and routes them by its own rules.
#[derive(Debug)]
pub(super) struct Alertmanager {
    http: Http,
    url: Url,
    firing: Duration,
}

impl Alertmanager {
    pub(super) fn new(config: &TargetConfig, guard: AddressGuard) -> Result<Self, String> {
        let TargetConfig::Alertmanager { name, url, firing } = config else {
            return Err("no alertmanager target".to_owned());
        };
        let mut url = url.clone();
        let path = format!("{}/api/v2/alerts", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Self {
            http: Http::new(name, guard, TIMEOUT)?,
            url,
            firing: *firing,
        })
    }

    fn alert(&self, alert: &Alert, notification: &Notification) -> Value {
        let article = &alert.article;
        let official = alert
            .official
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let mut labels = notification.labels.clone();
        labels.extend(
            [
                ("alertname", "onrecord"),
                ("rule", &alert.rule),
                ("severity", alert.severity.as_str()),
                ("official", &official),
                ("outlet", &article.outlet),
                ("language", article.language.as_str()),
                ("trigger", alert.trigger.as_str()),
                ("article", article.id.as_str()),
            ]
            .map(|(label, value)| (label.to_owned(), value.to_owned())),
        );
        // Alertmanager drops labels without a value, and refuses an alert that has no others.
        labels.retain(|_, value| !value.is_empty());
        let quotes: Vec<&str> = alert
            .quotes
            .iter()
            .map(|quote| quote.text.as_str())
            .collect();
        let annotations = BTreeMap::from([
            ("summary", crate::message::headline(alert)),
            ("description", quotes.join("\n")),
            ("why", crate::message::why(alert)),
            ("silence", silence_command(notification)),
            ("outlets", notification.outlets.join(", ")),
        ]);
        let starts: Timestamp = notification.created;
        let ends = starts.checked_add(self.firing).unwrap_or(Timestamp::MAX);
        let mut body = json!({
            "labels": labels,
            "annotations": annotations,
            "startsAt": starts.to_string(),
            "endsAt": ends.to_string(),
        });
        if let (Some(url), Some(fields)) = (&article.url, body.as_object_mut()) {
            fields.insert("generatorURL".to_owned(), json!(url));
        }
        body
    }
}

impl Channel for Alertmanager {
    fn body(&self, notification: &Notification) -> Result<String, String> {
        let alerts = notification.alerts.iter();
        let alerts: Vec<Value> = alerts
            .map(|alert| self.alert(alert, notification))
            .collect();
        Ok(Value::from(alerts).to_string())
    }

    fn send(
        &mut self,
        notification: &Notification,
        stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        let body = self.body(notification).map_err(EffectError::Reject)?;
        self.http.deliver(&self.url, HeaderMap::new(), body, stop)
    }
}
