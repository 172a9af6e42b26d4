//! Puts quotes together: marked words, their attribution, and what has no marks.

use std::ops::Range;

use model::{Language, Quote, QuoteKind, Span, Speaker, SpeakerKind, SpeechAct};

use super::{
    attribution::{Attribution, Attributor},
    hits::Hits,
    indirect::reported_clause,
    known::Known,
    marks::{Marked, Marks, marked},
    pack::Pack,
    sentences::paragraphs,
    subject::SubjectFinder,
};

/// How much text before a quotation is looked at for its attribution, in bytes.
const LONGEST_CONTEXT: usize = 2_000;
/// Fewer letters than this without a cue are a term in marks, not speech.
const SHORTEST_UNCUED: usize = 20;
/// How far before a pronoun the person it means is looked for, in bytes: some paragraphs.
const LONGEST_MEMORY: usize = 3_000;
/// Confidence at most where the speaker is only that of the quotation before.
const CARRIED: f32 = 0.4;

/// Quotes of `text`, in order; finds what marks, cues and word order give away.
pub(crate) fn quotes(text: &str, language: &Language) -> Vec<Quote> {
    let pack = Pack::of(language);
    let hits = pack.search(text);
    let mut reader = Reader {
        text,
        pack,
        hits: &hits,
        quotes: Vec::new(),
        paragraph_before: None,
        last_named: None,
        known: Known::of(text, pack, &hits),
    };
    let paragraphs = paragraphs(text);
    for paragraph in &paragraphs {
        reader.read(paragraph);
    }
    reader.quotes
}

struct Reader<'t> {
    text: &'t str,
    pack: &'t Pack,
    hits: &'t Hits,
    quotes: Vec<Quote>,
    /// The paragraph before the one being read.
    paragraph_before: Option<Range<usize>>,
    /// The last speaker with a name, whom a pronoun points to.
    last_named: Option<Named>,
    /// The persons whom titles name.
    known: Known,
}

/// A speaker with a name.
struct Named {
    name: String,
    /// The honorific that the phrase starts with, where it is a pronoun too.
    honorific: String,
    at: usize,
}

impl Reader<'_> {
    fn read(&mut self, paragraph: &Range<usize>) {
        let marked = marked(self.text, paragraph);
        let mut free_from = paragraph.start;
        for (place, quotation) in marked.iter().enumerate() {
            let next = marked
                .get(place + 1)
                .map_or(paragraph.end, |next| next.outer.start);
            let before = free_from..quotation.outer.start;
            let Some(attribution) = self.judge(quotation, &before, &(quotation.outer.end..next))
            else {
                continue;
            };
            self.read_unmarked(&before);
            self.read_marked(quotation, &before, attribution);
            free_from = quotation.outer.end;
        }
        self.read_unmarked(&(free_from..paragraph.end));
        self.paragraph_before = Some(paragraph.clone());
    }

    /// The attribution of marked words; `None` where they are a term rather than a quotation.
    fn judge(
        &self,
        quotation: &Marked,
        before: &Range<usize>,
        behind: &Range<usize>,
    ) -> Option<Attribution> {
        let content = self.slice(quotation.inner.clone());
        let letters = content
            .chars()
            .filter(|c| c.is_alphanumeric())
            .take(SHORTEST_UNCUED)
            .count();
        if letters == 0 {
            return None;
        }
        let context_start = before.start.max(before.end.saturating_sub(LONGEST_CONTEXT));
        let context = self.text.ceil_char_boundary(context_start).min(before.end)..before.end;
        let attributor = Attributor {
            text: self.text,
            pack: self.pack,
            hits: self.hits,
        };
        let found =
            attributor.attribute(quotation, &context, behind, self.paragraph_before.as_ref());
        let is_strong = found.as_ref().is_some_and(|found| found.is_strong);
        let has_cue = found.as_ref().is_some_and(|found| found.cue.is_some());
        let is_term = letters < SHORTEST_UNCUED && !is_strong;
        let is_stray = quotation.marks == Marks::CloseOnly && !has_cue;
        (!is_term && !is_stray).then(|| found.unwrap_or_default())
    }

    fn read_marked(&mut self, quotation: &Marked, before: &Range<usize>, attribution: Attribution) {
        let content = self.trimmed(&quotation.inner);
        if self.goes_on(quotation, before, &attribution) {
            let span = Span::of(self.text, content);
            if let Some(last) = self.quotes.last_mut() {
                last.content.extend(span);
            }
            return;
        }
        let rule = match quotation.marks {
            Marks::Full => "marked: full",
            Marks::OpenOnly | Marks::CloseOnly => "marked: half",
        };
        let carried = self.carried(quotation, &attribution);
        self.push(&content, QuoteKind::Direct, attribution, rule);
        if let Some(quote) = self.quotes.last_mut()
            && let Some(speaker) = carried
        {
            quote.confidence = quote.confidence.min(CARRIED);
            quote.speaker = Some(speaker);
            quote.rules.push("turn goes on".to_owned());
        }
    }

    /// The speaker of the quotation before, where this one has no attribution of its own and
    /// stands in the same paragraph, or is the paragraph right behind it.
    fn carried(&self, quotation: &Marked, attribution: &Attribution) -> Option<Speaker> {
        if attribution.cue.is_some() || attribution.subject.is_some() {
            return None;
        }
        let last = self.quotes.last()?;
        let speaker = last.speaker.as_ref()?;
        let from = last.content.last()?.end();
        let between = self.slice(from..quotation.outer.start);
        let is_next = between.chars().all(|c| !c.is_alphanumeric());
        let is_near = is_next || !between.contains('\n');
        (last.kind == QuoteKind::Direct && is_near).then(|| Speaker {
            spans: Vec::new(),
            confidence: speaker.confidence.min(CARRIED),
            ..speaker.clone()
        })
    }

    /// Whether the quotation goes on with the one before: `“A,” he said, “b.”`
    fn goes_on(
        &self,
        quotation: &Marked,
        before: &Range<usize>,
        attribution: &Attribution,
    ) -> bool {
        let Some(last) = self.quotes.last() else {
            return false;
        };
        let between = self.slice(before.clone());
        let ends = &self.pack.sentence_ends;
        let same_sentence = between.len() < 160
            && !between.contains('\n')
            && !between.trim_end().ends_with([':', '：', '៖'])
            && !between
                .trim()
                .trim_end_matches(['—', '–', '-', ' '])
                .ends_with(|c| ends.contains(&c));
        let last_end = last.content.last().map_or(0, |span| span.end());
        let adjacent =
            last_end <= before.start && before.start - last_end <= 8 && !before.is_empty();
        let shares_cue = last.cue.last().map(|cue| cue.range()) == attribution.cue;
        quotation.marks == Marks::Full
            && adjacent
            && same_sentence
            && shares_cue
            && attribution.cue.is_some()
    }

    /// Reported clauses without marks between two marked quotations.
    fn read_unmarked(&mut self, region: &Range<usize>) {
        let used_cue = self
            .quotes
            .last()
            .and_then(|last| last.cue.last())
            .map(|cue| cue.range());
        let clauses = reported_clause(self.text, self.pack, self.hits, region, used_cue.as_ref());
        for (content, kind, attribution) in clauses {
            let rule = match kind {
                QuoteKind::Direct => "marked: none",
                QuoteKind::Mixed | QuoteKind::Indirect => "reported clause",
            };
            self.push(&content, kind, attribution, rule);
        }
    }

    fn push(
        &mut self,
        content: &Range<usize>,
        kind: QuoteKind,
        attribution: Attribution,
        rule: &str,
    ) {
        let Some(content) = Span::of(self.text, content.clone()) else {
            return;
        };
        let speaker = self.speaker(&attribution, content);
        let mut rules = vec![rule.to_owned()];
        rules.extend(attribution.rules);
        let cue = attribution.cue.and_then(|cue| Span::of(self.text, cue));
        let confidence = confidence(kind, cue.is_some(), attribution.is_strong, speaker.as_ref());
        self.quotes.push(Quote {
            kind,
            act: SpeechAct::Statement,
            content: vec![content],
            cue: cue.into_iter().collect(),
            speaker,
            addressee: None,
            medium: None,
            date: None,
            translated: false,
            about: Vec::new(),
            confidence,
            rules,
        });
    }

    fn speaker(&mut self, attribution: &Attribution, content: Span) -> Option<Speaker> {
        let Some(subject) = &attribution.subject else {
            return self.unnamed(attribution);
        };
        let span = Span::of(self.text, subject.span.clone())?;
        let words = span.text(self.text)?;
        let full = self.known.fullest(words, subject.span.start);
        // What no title shows to be a name is one where somebody known has it.
        let kind = match subject.kind {
            SpeakerKind::Titled if full != words => SpeakerKind::Named,
            kind => kind,
        };
        let name = match kind {
            SpeakerKind::Pronoun => self
                .meant_by(words, subject.span.start, content)
                .unwrap_or_else(|| words.to_owned()),
            SpeakerKind::Named => full.to_owned(),
            _ => words.to_owned(),
        };
        if kind == SpeakerKind::Named {
            self.last_named = Some(Named {
                name: name.clone(),
                honorific: self.finder().honorific_of(subject).to_owned(),
                at: subject.span.start,
            });
            self.known.add(&name, subject.span.start);
        }
        Some(Speaker {
            spans: vec![span],
            kind,
            name,
            entity: None,
            official: None,
            confidence: speaker_confidence(subject.rule),
        })
    }

    /// The last speaker, where the language needs no subject and a verb has none.
    fn unnamed(&self, attribution: &Attribution) -> Option<Speaker> {
        let last = self.last_named.as_ref()?;
        let is_meant = self.pack.drops_subject && attribution.cue.is_some();
        is_meant.then(|| Speaker {
            spans: Vec::new(),
            kind: SpeakerKind::Pronoun,
            name: last.name.clone(),
            entity: None,
            official: None,
            confidence: CARRIED,
        })
    }

    /// Whom a pronoun at `at` means: the last speaker, or somebody named behind them.
    fn meant_by(&self, pronoun: &str, at: usize, content: Span) -> Option<String> {
        let start = self
            .text
            .ceil_char_boundary(at.saturating_sub(LONGEST_MEMORY));
        let finder = self.finder();
        let ends = &self.pack.sentence_ends;
        let is_said = |at: usize| {
            let mut spans = self
                .quotes
                .iter()
                .rev()
                .take(8)
                .flat_map(|quote| &quote.content)
                .chain([&content]);
            spans.any(|span| span.start() <= at && at < span.end())
        };
        let found = finder
            .antecedent(&(start..at), pronoun, ends)
            .filter(|found| !is_said(found.span.start));
        let Some(last) = &self.last_named else {
            return found
                .and_then(|found| self.text.get(found.span))
                .map(str::to_owned);
        };
        let is_other = !last.honorific.is_empty() && last.honorific != pronoun;
        let found = found.filter(|found| {
            found.span.start > last.at || is_other && finder.honorific_of(found) == pronoun
        });
        let Some(name) = found.and_then(|found| self.text.get(found.span)) else {
            return Some(last.name.clone());
        };
        // A verb may have run into a name of a script without capitals.
        let known = name.starts_with(&last.name).then(|| last.name.clone());
        Some(known.unwrap_or_else(|| name.to_owned()))
    }

    const fn finder(&self) -> SubjectFinder<'_> {
        SubjectFinder {
            text: self.text,
            hits: self.hits,
            pack: self.pack,
        }
    }

    fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.slice(range.clone());
        let start = range.start + text.len() - text.trim_start().len();
        let end = range.end - (text.len() - text.trim_end().len());
        start.min(end)..end.max(start)
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}

/// How likely content and speaker are right; rough, by what gave them away.
fn confidence(kind: QuoteKind, has_cue: bool, is_strong: bool, speaker: Option<&Speaker>) -> f32 {
    let content: f32 = match (kind, has_cue, is_strong) {
        (QuoteKind::Direct, true, true) => 0.95,
        (QuoteKind::Direct, _, true) => 0.8,
        (QuoteKind::Direct, true, false) => 0.7,
        (QuoteKind::Direct, false, false) => 0.4,
        (QuoteKind::Mixed | QuoteKind::Indirect, _, _) => 0.6,
    };
    content * speaker.map_or(0.7, |speaker| speaker.confidence)
}

fn speaker_confidence(rule: &str) -> f32 {
    match rule {
        "title" | "title behind" | "honorific" => 0.9,
        "capitals" | "particle" | "pronoun" => 0.8,
        "title alone" => 0.7,
        _ => 0.5,
    }
}
