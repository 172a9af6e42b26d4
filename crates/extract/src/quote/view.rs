//! A sentence as attribution sees it: long quotations taken out, the rest tagged and parsed.

use std::ops::Range;

use model::Span;

use crate::{
    mark::Quotation,
    pack::Cue,
    sentence::Document,
    syntax::{Grammar, LONGEST_SENTENCE, Label, Node, Tag, Tagged, Word},
    token::{Case, TokenKind},
};

/// Quotations in one view; more are left to the next, so that the work stays linear in the text.
const MOST_QUOTES: usize = 50;

/// The words of one sentence outside its quotations, and where those stand.
#[derive(Debug)]
pub(crate) struct View<'d, 't> {
    pub(crate) document: &'d Document<'t>,
    /// Token positions.
    tokens: Vec<usize>,
    nodes: Vec<Node>,
    /// Whether a word stands in marks that are part of the sentence.
    marked: Vec<bool>,
    /// Quotations taken out: the word before which each stood, and its position in the list.
    pub(crate) quotes: Vec<(usize, usize)>,
}

impl<'d, 't> View<'d, 't> {
    /// The view of the tokens in `range`, with the quotations of `taken_out` removed and those of
    /// `kept` left in place. At most [`LONGEST_SENTENCE`] words are seen; returns also where the
    /// next view must start.
    pub(crate) fn new(
        document: &'d Document<'t>,
        range: Range<usize>,
        quotations: &[Quotation],
        in_range: Range<usize>,
        is_taken_out: &[bool],
    ) -> (Self, usize) {
        let mut view = Self {
            document,
            tokens: Vec::with_capacity(range.len().min(LONGEST_SENTENCE)),
            nodes: Vec::new(),
            marked: Vec::new(),
            quotes: Vec::new(),
        };
        let mut at = range.start;
        let mut nearest = in_range;
        while at < range.end
            && view.tokens.len() < LONGEST_SENTENCE
            && view.quotes.len() < MOST_QUOTES
        {
            while let Some(place) = nearest.clone().next()
                && quotations
                    .get(place)
                    .is_some_and(|quotation| quotation.close <= at)
            {
                nearest.next();
            }
            let here = nearest.clone().next();
            let quotation = here.and_then(|place| quotations.get(place)).copied();
            let holding = quotation.filter(|quotation| quotation.open <= at);
            let taken_out = here.is_some_and(|place| is_taken_out.get(place) == Some(&true));
            if let (Some(quotation), Some(place), true) = (holding, here, taken_out) {
                view.quotes.push((view.tokens.len(), place));
                at = quotation.close.max(at + 1);
                continue;
            }
            view.tokens.push(at);
            view.marked.push(holding.is_some());
            at += 1;
        }
        (view, at)
    }

    /// Tags the words, with the tokens that are known to be names; returns what [`Self::parse`]
    /// needs.
    pub(crate) fn tag_words(&mut self, grammar: &Grammar, is_name: &[bool]) -> Tagged {
        let words = self.tokens.iter().map(|token| {
            let is_name = is_name.get(*token) == Some(&true);
            Word::new(self.document.word(*token)).named(is_name)
        });
        let tagged = grammar.tag(words);
        self.nodes = grammar.nodes(&tagged);
        for place in 0..self.len() {
            if self.is_name_by_case(place)
                && let Some(node) = self.nodes.get_mut(place)
            {
                node.tag = Tag::Name;
            }
        }
        for place in 0..self.len() {
            if self.is_lost_noun(place)
                && let Some(node) = self.nodes.get_mut(place)
            {
                node.tag = Tag::Noun;
            }
            if self.is_plural_before_verb(place)
                && let Some(node) = self.nodes.get_mut(place)
            {
                node.tag = Tag::Nouns;
            }
        }
        tagged
    }

    /// Whether a word that the tagger made nothing of, or took for a comparative ("a teacher from"), is
    /// a noun.
    fn is_lost_noun(&self, place: usize) -> bool {
        let is_word = self.kind(place) == TokenKind::Word && self.case(place) == Case::Lower;
        let is_comparative = self.tag(place) == Tag::Comparative
            && self.word(place).ends_with("er")
            && place > 0
            && self.tag(place - 1) == Tag::Determiner
            && self.tag(place + 1) == Tag::Preposition
            && !self.is(place + 1, "than");
        let degrees = [
            "more", "most", "further", "less", "least", "much", "recent", "enough",
        ];
        let is_unknown = self.tag(place) == Tag::Other && !self.is_any(place, &degrees);
        is_word && (is_unknown || is_comparative)
    }

    /// Whether a word that the tagger took for a verb is a noun, since a verb follows that agrees with
    /// nothing else: "…, analysts said".
    fn is_plural_before_verb(&self, place: usize) -> bool {
        let is_lower = self.case(place) == Case::Lower && self.word(place).ends_with('s');
        let opens = place.checked_sub(1).is_none_or(|before| {
            self.is_comma(before)
                || matches!(
                    self.tag(before),
                    Tag::Adjective | Tag::Determiner | Tag::Possessive
                )
        });
        is_lower
            && opens
            && self.tag(place) == Tag::Present3
            && matches!(self.tag(place + 1), Tag::Past | Tag::Modal)
    }

    /// Gives the words their tree.
    pub(crate) fn parse(&mut self, grammar: &Grammar, tagged: &Tagged) {
        grammar.parse(tagged, &mut self.nodes);
    }

    /// Whether a word that the tagger took for something else is a name, since it is capitalised
    /// where nothing but a name would be ("…," Read said.).
    fn is_name_by_case(&self, place: usize) -> bool {
        if !matches!(self.case(place), Case::Title | Case::Mixed | Case::Upper) {
            return false;
        }
        let taken_for_another = matches!(
            self.tag(place),
            Tag::Base
                | Tag::Past
                | Tag::Present
                | Tag::Present3
                | Tag::Participle
                | Tag::Gerund
                | Tag::Adverb
                | Tag::Modal
                | Tag::Preposition
                | Tag::Noun
                | Tag::Nouns
                | Tag::Comparative
                | Tag::Interjection
                | Tag::Foreign
                | Tag::Other
        );
        let after_quote = place == 0 && self.quotes.first().is_some_and(|(at, _)| *at == 0);
        let is_inside = place > 0
            && self.kind(place - 1) == TokenKind::Word
            && self.quote_before(place).is_none()
            && !self.is_marked(place - 1);
        let opens_clause = place == 0
            && matches!(self.tag(1), Tag::Past | Tag::Present3 | Tag::Modal)
            && self.tag(0) != Tag::Adverb
            && self.tag(0) != Tag::Preposition;
        taken_for_another && (after_quote || is_inside || opens_clause)
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The word at `place`; empty outside.
    pub(crate) fn word(&self, place: usize) -> &'t str {
        let token = self.tokens.get(place);
        token.map_or("", |token| self.document.word(*token))
    }

    /// Whether the word at `place` is `word`, in any case.
    pub(crate) fn is(&self, place: usize, word: &str) -> bool {
        self.word(place).eq_ignore_ascii_case(word)
    }

    /// Whether the word at `place` is one of `words`, in any case.
    pub(crate) fn is_any(&self, place: usize, words: &[&str]) -> bool {
        let this = self.word(place);
        words.iter().any(|word| this.eq_ignore_ascii_case(word))
    }

    /// The cue that the word at `place` is a form of.
    pub(crate) fn cue(&self, place: usize) -> Option<&'static Cue> {
        self.document.cue(*self.tokens.get(place)?)
    }

    /// Whether the word at `place` may report without being a cue.
    pub(crate) fn can_report(&self, place: usize) -> bool {
        let token = self.tokens.get(place);
        let form = token.and_then(|token| self.document.vocabulary.form(*token));
        form.is_some_and(|form| form.can_report)
    }

    pub(crate) fn tag(&self, place: usize) -> Tag {
        self.nodes.get(place).map_or(Tag::Other, |node| node.tag)
    }

    pub(crate) fn label(&self, place: usize) -> Label {
        self.nodes
            .get(place)
            .map_or(Label::Other, |node| node.label)
    }

    pub(crate) fn head(&self, place: usize) -> Option<usize> {
        self.nodes.get(place).and_then(|node| node.head)
    }

    /// Whether the word stands in marks.
    pub(crate) fn is_marked(&self, place: usize) -> bool {
        self.marked.get(place) == Some(&true)
    }

    /// The quotation taken out just before the word at `place`.
    pub(crate) fn quote_before(&self, place: usize) -> Option<usize> {
        let found = self.quotes.iter().rev().find(|(at, _)| *at == place);
        found.map(|(_, quotation)| *quotation)
    }

    /// Whether a quotation was taken out between two places.
    pub(crate) fn has_quote_between(&self, start: usize, end: usize) -> bool {
        self.quotes.iter().any(|(at, _)| start < *at && *at <= end)
    }

    pub(crate) fn case(&self, place: usize) -> Case {
        let token = self
            .tokens
            .get(place)
            .and_then(|token| self.document.tokens.get(*token));
        token.map_or(Case::None, |token| token.case)
    }

    pub(crate) fn kind(&self, place: usize) -> TokenKind {
        let token = self
            .tokens
            .get(place)
            .and_then(|token| self.document.tokens.get(*token));
        token.map_or(TokenKind::Punctuation, |token| token.kind)
    }

    pub(crate) fn is_comma(&self, place: usize) -> bool {
        self.word(place) == ","
    }

    pub(crate) fn is_stop(&self, place: usize) -> bool {
        self.kind(place) == TokenKind::Stop
    }

    /// The bytes from the first to the last word of `range`, quotations between them included.
    pub(crate) fn span(&self, range: &Range<usize>) -> Option<Span> {
        let first = *self.tokens.get(range.start)?;
        let last = *self.tokens.get(range.end.checked_sub(1)?)?;
        self.document.span_of(&(first..last + 1))
    }

    /// One past the last word that is not a final stop or mark.
    pub(crate) fn end_of_words(&self) -> usize {
        let mut end = self.len();
        while end > 0
            && !self.is_marked(end - 1)
            && (self.is_stop(end - 1) || self.is_dash(end - 1))
        {
            end -= 1;
        }
        end
    }

    pub(crate) fn is_dash(&self, place: usize) -> bool {
        matches!(self.word(place), "—" | "–" | "―" | "--")
            || self.word(place) == "-" && self.is_set_apart(place)
    }

    /// Whether the sign has a space before it.
    fn is_set_apart(&self, place: usize) -> bool {
        let token = self
            .tokens
            .get(place)
            .and_then(|token| self.document.tokens.get(*token));
        token.is_some_and(|token| token.gap != crate::token::Gap::None)
    }
}
