//! The words of the pipeline and its wire contract.
//!
//! Every topic carries one of these types as JSON. A type here is what the field calls it:
//! feed, article, quote (content, cue, speaker), entity, mention, official, alert, dead letter.
//! Within a major version fields are only added; `golden/` holds one document of each type, and
//! old ones decode for ever.

mod alert;
mod article;
mod enriched;
mod entity;
mod feed;
mod feed_cursor;
mod feed_health;
mod findings;
mod found;
mod id;
mod language;
mod mention;
mod notification;
mod official;
mod quote;
mod quote_words;
mod record;
mod rejected;
mod routed;
mod routing_state;
mod silence;
mod span;
mod story;

pub use alert::{Alert, AlertEvidence, AlertTrigger, AlertedQuote, Severity};
pub use article::{Article, BodySource, Origin};
pub use enriched::{Enriched, Extraction};
pub use entity::{Entity, EntityKind, EntityMention, MentionForm, Title};
pub use feed::{Feed, PagePolicy, ParseFeedUrlError, RobotsPolicy};
pub use feed_cursor::{
    DayVolume, FeedCursor, FeedFault, FeedHealth, FeedHub, FeedState, HubSubscription, ItemKey,
    MovedFeed, PollWishes, Renewal, Revisit, Rhythm, SeenItem,
};
pub use feed_health::{FeedHealthRecord, FeedVolume};
pub use findings::{EntityView, Findings, MentionView, QuoteView, View};
pub use found::{FieldSource, FieldSources, Found};
pub use id::{
    AlertId, ArticleId, EntityId, FeedId, MentionId, NotificationId, OfficialId, QuoteId, SilenceId,
};
pub use language::{Language, ParseLanguageError};
pub use mention::{Mention, MentionEvidence};
pub use notification::{Delivery, DeliveryOutcome, Notification, NotificationKind};
pub use official::{Office, Official};
pub use quote::{Quote, QuoteKind, Speaker, SpeakerKind, SpeechAct};
pub use quote_words::{QuoteSubject, QuoteWords};
pub use record::Record;
pub use rejected::{Rejected, SourcePosition};
pub use routed::{ArticleRef, EntityRecord, MentionRecord, QuoteRecord};
pub use routing_state::{
    AlertGroup, AlertStory, Inhibitor, NextOffset, RoutedState, RoutingState, TargetState,
};
pub use silence::Silence;
pub use span::Span;
pub use story::{ParseStoryKeyError, StoryKey};
