//! Quotations that no cue took.

use std::ops::Range;

use model::SpeechAct;

use super::{
    circumstance::Circumstances,
    phrase::phrase_after,
    sentence::{Attribution, Sentence},
    subject::{first_subject, main_subject},
};
use crate::{
    pack::holds,
    syntax::Tag,
    token::{Case, TokenKind},
};

impl Sentence<'_, '_, '_> {
    /// Quotations that no cue took.
    pub(super) fn leftovers(
        &self,
        owners: &[Option<usize>],
        first: usize,
        all: &mut Vec<Attribution>,
    ) {
        let view = self.view;
        let taken: Vec<usize> = all
            .iter()
            .skip(first)
            .flat_map(|found| found.quotations.clone())
            .collect();
        for ((at, quotation), owner) in view.quotes.iter().zip(owners) {
            if owner.is_some() || taken.contains(quotation) || self.is_title(*quotation) {
                continue;
            }
            let (subject, cue, rule) = self.without_verb(*at);
            let said_before = all
                .iter()
                .skip(first)
                .rev()
                .find(|other| other.subject.is_some());
            let is_introduced = *at > 1 && view.word(*at - 1) == ":" && subject.is_none();
            if let (true, Some(before)) = (is_introduced, said_before.cloned()) {
                all.push(Attribution {
                    quotations: vec![*quotation],
                    clauses: Vec::new(),
                    has_marks: true,
                    act: SpeechAct::Statement,
                    cue: view.span(&(*at - 1..*at)),
                    rules: vec!["colon behind a clause"],
                    ..before
                });
                continue;
            }
            // "Morrow was blunt: “…”", but not "When he died, Morrow said this: “…”".
            let leading = (is_introduced && !self.is_fronted())
                .then(|| main_subject(view))
                .flatten()
                .filter(|speaker| speaker.end < *at);
            let (subject, cue, rule) = match leading {
                Some(speaker) => (Some(speaker), Some(*at - 1..*at), "subject before a colon"),
                None => (subject, cue, rule),
            };
            all.push(Attribution {
                quotations: vec![*quotation],
                clauses: Vec::new(),
                has_marks: true,
                act: SpeechAct::Statement,
                cue: cue.and_then(|range| view.span(&range)),
                subject: subject.and_then(|range| view.span(&range)),
                antecedent: None,
                addressee: None,
                circumstances: Circumstances::default(),
                rules: vec![rule],
                sentence: self.range.clone(),
            });
        }
    }

    /// Whether a quotation is a name of something rather than speech: a few words, all capitalised.
    fn is_title(&self, quotation: usize) -> bool {
        let document = self.view.document;
        let Some(quotation) = self.quotations.get(quotation) else {
            return false;
        };
        let words = (quotation.first..quotation.end)
            .filter_map(|at| document.tokens.get(at))
            .filter(|token| token.kind == TokenKind::Word);
        let mut count = 0;
        for token in words {
            count += 1;
            if token.case == Case::Lower && token.span.len() > 3 || count > 6 {
                return false;
            }
        }
        count > 1
    }

    /// `Smith: "…"` and `"…" — Smith`.
    fn without_verb(
        &self,
        at: usize,
    ) -> (Option<Range<usize>>, Option<Range<usize>>, &'static str) {
        let view = self.view;
        if at > 1 && view.word(at - 1) == ":" && at < 10 {
            let phrase = phrase_after(view, 0).filter(|phrase| phrase.end == at - 1);
            if phrase.is_some() {
                return (phrase, Some(at - 1..at), "colon");
            }
        }
        // "The ministry issued the following statement: “…”".
        let has_medium = || {
            let mut before = 0..at;
            before.any(|place| holds(&self.pack.occasions.media, view.word(place)))
        };
        if at > 1 && view.word(at - 1) == ":" && has_medium() {
            let subject = first_subject(view).filter(|subject| subject.end < at);
            if subject.is_some() {
                return (subject, Some(at - 1..at), "colon");
            }
        }
        if view.is_dash(at) {
            let phrase = phrase_after(view, at + 1)
                .filter(|phrase| phrase.end >= view.end_of_words().min(phrase.start + 8));
            if phrase.is_some() {
                return (phrase, Some(at..at + 1), "dash");
            }
        }
        if let Some((subject, cue)) = self.any_verb(at) {
            return (Some(subject), Some(cue), "verb beside marks");
        }
        (None, None, "marks without a cue")
    }

    /// `“They are forced to,” he fretted.`: any verb will do behind a comma in marks.
    fn any_verb(&self, at: usize) -> Option<(Range<usize>, Range<usize>)> {
        let view = self.view;
        let before = self
            .view
            .quotes
            .iter()
            .find(|(place, _)| *place == at)
            .and_then(|(_, quotation)| self.quotations.get(*quotation))
            .and_then(|quotation| quotation.end.checked_sub(1))?;
        let is_open = matches!(view.document.word(before), "," | "?" | "!");
        let subject = phrase_after(view, at).filter(|_| is_open)?;
        let is_person = subject.len() == 1 && view.is_any(at, &["he", "she", "they"])
            || view.tag(subject.end - 1) == Tag::Name && subject.len() < 6;
        let verb = subject.end;
        let closes = view.is_stop(verb + 1) || view.is_comma(verb + 1) || verb + 1 >= view.len();
        let is_verb = matches!(view.tag(verb), Tag::Past | Tag::Participle | Tag::Present3);
        (is_person && closes && is_verb).then_some((subject, verb..verb + 1))
    }
}
