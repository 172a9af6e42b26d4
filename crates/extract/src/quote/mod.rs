//! Who said what: attributions within sentences, and turns over several.

mod circumstance;
mod content;
mod sentence;
mod subject;
mod turn;
mod verb;
mod view;

use model::{QuoteKind, Span, SpeechAct};

pub(crate) use self::circumstance::Circumstances;
use crate::{mark::quotations, pack::Pack, sentence::Document, syntax::Grammar};

/// A quote with its speaker as the text names it, before anybody is resolved.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) content: Vec<Span>,
    pub(crate) kind: QuoteKind,
    pub(crate) act: SpeechAct,
    pub(crate) cue: Option<Span>,
    pub(crate) speaker: Option<Span>,
    /// What a relative pronoun stands for.
    pub(crate) antecedent: Option<Span>,
    pub(crate) addressee: Option<Span>,
    pub(crate) circumstances: Circumstances,
    pub(crate) rules: Vec<&'static str>,
}

/// The quotes of an English text, in text order.
pub(crate) fn find(document: &Document<'_>) -> Vec<Found> {
    let pack = Pack::english();
    let quotations = quotations(document, pack);
    let attributed = sentence::attributions(document, pack, Grammar::english(), &quotations);
    turn::join(document, &quotations, attributed)
}
