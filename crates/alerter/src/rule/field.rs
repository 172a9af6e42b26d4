//! The fields of the rule language.

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Field {
    Speaker,
    About,
    Mentions,
    Office,
    Organisation,
    Country,
    Language,
    Outlet,
    FeedCountry,
    Kind,
    Cue,
    Said,
    Title,
    Text,
}

impl Field {
    pub(super) const ALL: [Self; 14] = [
        Self::Speaker,
        Self::About,
        Self::Mentions,
        Self::Office,
        Self::Organisation,
        Self::Country,
        Self::Language,
        Self::Outlet,
        Self::FeedCountry,
        Self::Kind,
        Self::Cue,
        Self::Said,
        Self::Title,
        Self::Text,
    ];

    /// As it is written.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Speaker => "speaker",
            Self::About => "about",
            Self::Mentions => "mentions",
            Self::Office => "office",
            Self::Organisation => "organisation",
            Self::Country => "country",
            Self::Language => "language",
            Self::Outlet => "outlet",
            Self::FeedCountry => "feed-country",
            Self::Kind => "kind",
            Self::Cue => "cue",
            Self::Said => "said",
            Self::Title => "title",
            Self::Text => "text",
        }
    }

    /// The field of that name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}
