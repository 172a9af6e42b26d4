//! What a thing is called: "called the plan a disaster".

use super::{
    phrase::{opens_phrase, phrase_after},
    verb::Verb,
    view::View,
};
use crate::syntax::{Label, Tag};

/// Whether something is said of the thing at `from`: "the plan a disaster", "the ruling unfair".
/// "Called an ambulance", "called him Mike" and "a cell called a tuft cell" say nothing of it.
pub(super) fn is_predicated(view: &View<'_, '_>, verb: &Verb<'_>, from: usize) -> bool {
    let thing = phrase_after(view, from);
    let has_thing = thing.is_some() && !view.is_marked(from);
    let thing = thing.unwrap_or(from..from + 1);
    let mut said = thing.end;
    // "her vote in favor of the war a mistake".
    while matches!(view.tag(said), Tag::Preposition | Tag::Conjunction)
        && let Some(more) = phrase_after(view, said + 1)
    {
        said = more.end;
    }
    let is_plain = thing.len() == 1
        && view.tag(from) == Tag::Pronoun
        && matches!(view.tag(said), Tag::Noun | Tag::Nouns);
    let is_described = is_plain
        || opens_phrase(view.tag(said))
        || view.is_marked(said)
        || view.is_any(said, &["as", "out", "'", "‘", "\"", "“"])
        || matches!(
            view.tag(said),
            Tag::Adjective | Tag::Comparative | Tag::Superlative | Tag::Adverb
        )
        || view.tag(said - 1) == Tag::Adjective;
    // "a group called the “Open Hands”": a name, which may stand in marks.
    let is_name_of = verb.group.len() == 1
        && matches!(view.tag(verb.at), Tag::Participle | Tag::Past)
        && view.label(verb.at) == Label::AdnominalClause;
    if is_described || is_name_of {
        return is_described && (has_thing || !is_name_of);
    }
    // "what he called the regret of his life", "called out his rival".
    let mut before = verb.group.start.saturating_sub(LONGEST_SUBJECT)..verb.group.start;
    before.any(|place| view.is_any(place, &["what", "which", "whom"]))
        || (from..view.end_of_words()).any(|place| view.is_marked(place))
        || view.is(verb.at + 1, "out")
}

/// Words of a subject between "what" and "called".
const LONGEST_SUBJECT: usize = 8;
