//! Who said what: attributions within sentences, and turns over several.

mod aside;
mod boundary;
mod circumstance;
mod clause_end;
mod clauses;
mod complement;
mod complementizer;
mod content;
mod interview;
mod inverted;
mod leftover;
mod noun;
mod occasion;
mod participle;
mod phrase;
mod predicate;
mod refusal;
mod relative;
mod sentence;
mod source;
mod subject;
mod tail;
mod trailing;
mod turn;
mod verb;
mod view;

use model::{Entity, EntityKind, MentionForm, QuoteKind, Span, SpeechAct};

pub(crate) use self::circumstance::Circumstances;
use crate::{Done, mark::quotations, pack::Pack, sentence::Document, syntax::Grammar, token::Case};

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

/// The quotes of an English text in which these entities are named, in text order; `done` is told
/// of each stage that ends.
pub(crate) fn find(document: &Document<'_>, entities: &[Entity], done: Done<'_>) -> Vec<Found> {
    let pack = Pack::english();
    let quotations = quotations(document, pack);
    done("marks");
    let attributed = sentence::attributions(
        document,
        pack,
        Grammar::english(),
        &quotations,
        &words_of_persons(document, entities),
        done,
    );
    let joined = turn::join(document, &quotations, attributed);
    let found = interview::with_turns(document, pack, joined);
    done("turns");
    found
}

/// Which tokens are part of a person's name: a tagger takes "Mord" at the start of a sentence for
/// anything, where its other mentions leave no doubt.
fn words_of_persons(document: &Document<'_>, entities: &[Entity]) -> Vec<bool> {
    let mut is_name = vec![false; document.tokens.len()];
    let persons = entities
        .iter()
        .filter(|entity| entity.kind == EntityKind::Person);
    let names = persons
        .flat_map(|person| &person.mentions)
        .filter(|mention| mention.form == MentionForm::Name);
    for name in names {
        let first = document
            .tokens
            .partition_point(|token| token.span.start() < name.span.start());
        let inside = document.tokens.iter().skip(first);
        let inside = inside.take_while(|token| token.span.end() <= name.span.end());
        for (token, is_name) in inside.zip(is_name.iter_mut().skip(first)) {
            *is_name = matches!(token.case, Case::Title | Case::Mixed | Case::Upper);
        }
    }
    is_name
}
