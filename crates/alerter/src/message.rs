//! A notification in words, by template.

use minijinja::{Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use model::{Alert, AlertEvidence, AlertTrigger, MentionEvidence, Notification, NotificationKind};
use serde::Serialize;

/// The message where a target has no template of its own.
const DEFAULT_TEMPLATE: &str = include_str!("message.txt");
/// Template that the message is made by.
const BODY: &str = "message";
/// Outlets named before the rest is only counted.
const NAMED_OUTLETS: usize = 8;

/// Turns notifications into text.
#[derive(Debug)]
pub struct Messages {
    environment: Environment<'static>,
}

/// What a template sees.
#[derive(Serialize)]
struct NotificationView<'a> {
    notification: &'a Notification,
    kind: &'static str,
    severity: &'static str,
    title: String,
    alerts: Vec<AlertView<'a>>,
    /// Alerts that are only counted.
    more: u32,
    also_in: String,
    silence: String,
}

/// What a template sees of one alert, besides the alert itself.
#[derive(Serialize)]
struct AlertView<'a> {
    #[serde(flatten)]
    alert: &'a Alert,
    headline: String,
    why: String,
    /// To the second; the alert has them whole.
    published: Option<String>,
    fetched: String,
}

impl Messages {
    /// Messages by the default template, or by one of the user's in Jinja's language.
    ///
    /// # Errors
    /// Where the template cannot be parsed: in words, with its line.
    pub fn new(template: Option<String>) -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        environment.set_syntax(syntax.map_err(|error| error.to_string())?);
        let template = template.unwrap_or_else(|| DEFAULT_TEMPLATE.to_owned());
        environment
            .add_template_owned(BODY, template)
            .map_err(|error| error.to_string())?;
        Ok(Self { environment })
    }

    /// The whole message.
    ///
    /// # Errors
    /// Where the template asks for something that is not there.
    pub fn text(&self, notification: &Notification) -> Result<String, String> {
        let alerts: Vec<AlertView<'_>> = notification.alerts.iter().map(view).collect();
        let shown = u32::try_from(alerts.len()).unwrap_or(u32::MAX);
        let template = self.environment.get_template(BODY);
        let template = template.map_err(|error| error.to_string())?;
        let rendered = template.render(Serde(NotificationView {
            notification,
            kind: notification.kind.as_str(),
            severity: notification.severity.as_str(),
            title: title(notification),
            more: notification.alert_count.saturating_sub(shown),
            alerts,
            also_in: also_in(notification),
            silence: silence_command(notification),
        }));
        let text = rendered.map_err(|error| error.to_string())?;
        Ok(text.trim_end().to_owned())
    }

    /// The message for a service that takes texts of a length: with fewer alerts and shorter
    /// quotes where the whole is too long, so that links, reasons and the way to silence it stay.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub(crate) fn text_within(
        &self,
        notification: &Notification,
        longest: usize,
        length: impl Fn(&str) -> usize,
    ) -> Result<String, String> {
        let mut text = self.text(notification)?;
        for size in SMALLER {
            if length(&text) <= longest {
                return Ok(text);
            }
            text = self.text(&size.cut(notification))?;
        }
        // A template of the user's may hold anything. No character is longer than two units.
        loop {
            let over = length(&text).saturating_sub(longest);
            if over == 0 {
                return Ok(text);
            }
            for _ in 0..over.div_ceil(2) {
                text.pop();
            }
        }
    }
}

/// How much of a notification a message shows.
struct Size {
    alerts: usize,
    quotes: usize,
    /// Of each quote.
    characters: usize,
}

/// What is shown where the whole is too long, in the order tried.
const SMALLER: [Size; 4] = [
    Size::of(10, 4, 600),
    Size::of(10, 2, 300),
    Size::of(4, 2, 200),
    Size::of(1, 1, 200),
];

impl Size {
    const fn of(alerts: usize, quotes: usize, characters: usize) -> Self {
        Self {
            alerts,
            quotes,
            characters,
        }
    }

    /// The notification with no more than that; alerts left out are counted still.
    fn cut(&self, notification: &Notification) -> Notification {
        let mut cut = notification.clone();
        cut.alerts.truncate(self.alerts);
        for alert in &mut cut.alerts {
            alert.quotes.truncate(self.quotes);
            for quote in &mut alert.quotes {
                shorten(&mut quote.text, self.characters);
            }
        }
        cut
    }
}

/// Cuts a text behind so many characters and says so.
pub(crate) fn shorten(text: &mut String, characters: usize) {
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
        text.push('…');
    }
}

/// The notification in a line: subjects of mail, titles of cards.
pub fn title(notification: &Notification) -> String {
    let mark = match notification.kind {
        NotificationKind::New => String::new(),
        NotificationKind::Update => "Update: ".to_owned(),
        NotificationKind::Reminder => "Reminder: ".to_owned(),
        NotificationKind::Digest => {
            return format!("{} alerts in a digest", notification.alert_count);
        }
    };
    let headline = notification
        .alerts
        .first()
        .map(headline)
        .unwrap_or_default();
    format!("{mark}{headline}")
}

/// The command that silences the group.
pub fn silence_command(notification: &Notification) -> String {
    let labels = notification
        .labels
        .iter()
        .filter(|(_, value)| !value.is_empty());
    let matchers: Vec<String> = labels.map(|(label, value)| matcher(label, value)).collect();
    let matchers = if matchers.is_empty() {
        let rule = notification.alerts.first().map(|alert| alert.rule.as_str());
        matcher("rule", rule.unwrap_or_default())
    } else {
        matchers.join(" ")
    };
    format!("onrecord alerts silence add '{matchers}' --for 24h --reason WHY")
}

fn matcher(label: &str, value: &str) -> String {
    if value.contains([' ', ',']) {
        format!("{label}=\"{value}\"")
    } else {
        format!("{label}={value}")
    }
}

fn view(alert: &Alert) -> AlertView<'_> {
    AlertView {
        alert,
        headline: headline(alert),
        why: why(alert),
        published: alert.article.published.map(|time| format!("{time:.0}")),
        fetched: format!("{:.0}", alert.article.fetched),
    }
}

/// Who did what, where.
pub(crate) fn headline(alert: &Alert) -> String {
    let article = &alert.article;
    let name = &alert.official_name;
    let what = match alert.trigger {
        AlertTrigger::Speaks => format!("{name} is quoted by"),
        AlertTrigger::About => format!("{name} is spoken about in"),
        AlertTrigger::Mentioned => format!("{name} is mentioned by"),
        AlertTrigger::Article => "In".to_owned(),
    };
    format!(
        "{what} {} [{}]: {}",
        article.outlet, article.language, article.title
    )
}

/// Rule, clauses, aliases and their evidence.
pub(crate) fn why(alert: &Alert) -> String {
    let rule = if alert.clauses.is_empty() {
        format!("rule {}", alert.rule)
    } else {
        format!("rule {} ({})", alert.rule, alert.clauses.join(", "))
    };
    let known = alert.evidence.iter().map(known_as);
    let parts: Vec<String> = std::iter::once(rule).chain(known).collect();
    parts.join("; ")
}

fn known_as(evidence: &AlertEvidence) -> String {
    let reasons: Vec<String> = evidence.evidence.iter().map(reason).collect();
    format!(
        "known as \u{201c}{}\u{201d} by {} ({:.0} %)",
        evidence.alias,
        reasons.join(" and "),
        evidence.score * 100.0
    )
}

/// In words; kinds that later releases add are named as they stand on the wire.
fn reason(evidence: &MentionEvidence) -> String {
    match evidence {
        MentionEvidence::FullAlias => "full name".to_owned(),
        MentionEvidence::FullNameElsewhere => "full name elsewhere".to_owned(),
        MentionEvidence::Context { word } => format!("\u{201c}{word}\u{201d} near by"),
        other => {
            let value = serde_json::to_value(other).unwrap_or_default();
            let kind = value.get("kind").and_then(|kind| kind.as_str());
            kind.unwrap_or("evidence").replace('_', " ")
        }
    }
}

/// The outlets besides the first.
fn also_in(notification: &Notification) -> String {
    let first = notification
        .alerts
        .first()
        .map(|alert| alert.article.outlet.as_str());
    let others: Vec<&str> = notification
        .outlets
        .iter()
        .map(String::as_str)
        .filter(|outlet| Some(*outlet) != first)
        .collect();
    let named: Vec<&str> = others.iter().copied().take(NAMED_OUTLETS).collect();
    match (others.len(), others.len().saturating_sub(NAMED_OUTLETS)) {
        (0, _) => String::new(),
        (1, _) => format!("1 more outlet: {}", named.join(", ")),
        (count, 0) => format!("{count} more outlets: {}", named.join(", ")),
        (count, rest) => format!(
            "{count} more outlets: {} and {rest} others",
            named.join(", ")
        ),
    }
}
