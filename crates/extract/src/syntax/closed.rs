//! Parts of speech whose words are all known: no name is a modal, however it ends.

use super::{Tag, tagger::TagId, word::Word};

/// The words of each closed class of English, contracted forms as the tokens have them.
const CLASSES: [(Tag, &[&str]); 9] = [
    (
        Tag::Modal,
        &[
            "can", "ca", "could", "may", "might", "must", "shall", "should", "will", "wo", "would",
            "ought", "need", "dare", "'ll", "'d", "ll", "d", "cannot", "gon",
        ],
    ),
    (
        Tag::Pronoun,
        &[
            "i",
            "me",
            "myself",
            "you",
            "ya",
            "yourself",
            "yourselves",
            "he",
            "him",
            "himself",
            "she",
            "her",
            "herself",
            "it",
            "itself",
            "we",
            "us",
            "'s",
            "ourselves",
            "they",
            "them",
            "'em",
            "themselves",
            "themself",
            "one",
            "oneself",
            "mine",
            "yours",
            "his",
            "hers",
            "ours",
            "theirs",
            "u",
            "y'",
        ],
    ),
    (
        Tag::Possessive,
        &[
            "my", "your", "his", "her", "its", "our", "their", "one's", "whose", "thy",
        ],
    ),
    (
        Tag::WhPronoun,
        &[
            "who",
            "whom",
            "what",
            "whoever",
            "whomever",
            "whatever",
            "whatsoever",
            "which",
        ],
    ),
    (Tag::WhPossessive, &["whose"]),
    (
        Tag::WhDeterminer,
        &["which", "that", "what", "whatever", "whichever"],
    ),
    (
        Tag::Conjunction,
        &[
            "and", "or", "but", "nor", "yet", "so", "&", "plus", "minus", "either", "neither",
            "both", "not", "as", "n'", "'n'", "versus", "vs", "vs.", "/", "et", "times", "only",
            "rather", "well", "for", "than",
        ],
    ),
    (Tag::Existential, &["there"]),
    (Tag::To, &["to", "na", "ta", "2"]),
];

/// Which tags are closed, and to which words they are open.
#[derive(Debug)]
pub(crate) struct ClosedTags {
    /// By tag, the forms that can have it, sorted; `None` where any word can.
    forms: Vec<Option<Vec<u32>>>,
}

impl ClosedTags {
    /// Those of a model with these tags.
    pub(crate) fn of(tags: &[Tag]) -> Self {
        let forms = tags.iter().map(|tag| {
            let (_, words) = CLASSES.iter().find(|(closed, _)| closed == tag)?;
            let mut forms: Vec<u32> = words.iter().map(|word| Word::new(word).form).collect();
            forms.sort_unstable();
            Some(forms)
        });
        Self {
            forms: forms.collect(),
        }
    }

    /// Whether a word of this form can have `tag`.
    pub(crate) fn allow(&self, tag: TagId, form: u32) -> bool {
        let forms = self.forms.get(usize::from(tag)).and_then(Option::as_ref);
        forms.is_none_or(|forms| forms.binary_search(&form).is_ok())
    }
}
