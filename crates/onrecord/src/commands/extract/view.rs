//! The readable view: the text with marks, who said what, and who was named.

use std::fmt::Write;

use anstyle::Style;
use model::{Entity, Extraction, MentionForm, Quote, Span, Speaker};

use crate::terminal;

/// Longest quote in the table; the whole stands in the text above it.
const TABLE_CHARS: usize = 240;

/// What a stretch of text is, from the least to the most telling: the last one gives the style.
const LAYERS: [Style; 5] = [
    terminal::SPEECH,
    terminal::NAME,
    terminal::CUE,
    terminal::WATCHED,
    terminal::SPEAKER,
];
const SPEECH_LAYER: usize = 0;
const NAME_LAYER: usize = 1;
const CUE_LAYER: usize = 2;
const WATCHED_LAYER: usize = 3;
const SPEAKER_LAYER: usize = 4;

/// The view of a text and what was found in it.
pub(super) fn render(text: &str, extraction: &Extraction) -> String {
    let mut view = marked_text(text, extraction);
    if !view.ends_with('\n') {
        view.push('\n');
    }
    view.push_str(&heading("Who said what"));
    if extraction.quotes.is_empty() {
        view.push_str("no quotes found\n");
    } else {
        view.push_str(&quote_table(text, &extraction.quotes));
    }
    if !extraction.entities.is_empty() {
        view.push_str(&heading("Who and what is named"));
        view.push_str(&entity_table(&extraction.entities));
    }
    if !extraction.mentions.is_empty() {
        view.push_str(&heading("Watched officials"));
        view.push_str(&mention_table(text, extraction));
    }
    view.push('\n');
    view
}

fn heading(text: &str) -> String {
    let style = terminal::HEADING;
    format!("\n{style}{text}{style:#}\n")
}

/// Something that happens at a position of the text.
enum Event {
    Begin(usize),
    End(usize),
    QuoteNumber(usize),
}

fn marked_text(text: &str, extraction: &Extraction) -> String {
    let mut view = String::with_capacity(text.len() * 2);
    let mut depths = [0_usize; LAYERS.len()];
    let mut done = 0;
    for (position, event) in events(extraction) {
        if let Some(stretch) = text.get(done..position) {
            push_styled(&mut view, stretch, style_of(&depths));
            done = position;
        }
        match event {
            Event::Begin(layer) => change(&mut depths, layer, |depth| depth + 1),
            Event::End(layer) => change(&mut depths, layer, |depth| depth - 1),
            Event::QuoteNumber(number) => {
                push_styled(&mut view, &format!("[{number}]"), Some(terminal::FAINT));
            }
        }
    }
    push_styled(&mut view, text.get(done..).unwrap_or_default(), None);
    view
}

fn events(extraction: &Extraction) -> Vec<(usize, Event)> {
    let mut events = Vec::new();
    let mut add = |spans: &mut dyn Iterator<Item = Span>, layer| {
        for span in spans {
            events.push((span.start(), Event::Begin(layer)));
            events.push((span.end(), Event::End(layer)));
        }
    };
    for quote in &extraction.quotes {
        add(&mut quote.content.iter().copied(), SPEECH_LAYER);
        add(&mut quote.cue.iter().copied(), CUE_LAYER);
        let speaker = quote.speaker.iter();
        add(
            &mut speaker.flat_map(|speaker| speaker.spans.iter().copied()),
            SPEAKER_LAYER,
        );
    }
    for entity in &extraction.entities {
        let names = entity.mentions.iter();
        let names = names.filter(|mention| mention.form == MentionForm::Name);
        add(&mut names.map(|mention| mention.span), NAME_LAYER);
    }
    add(
        &mut extraction.mentions.iter().map(|mention| mention.span),
        WATCHED_LAYER,
    );
    for (place, quote) in extraction.quotes.iter().enumerate() {
        for span in &quote.content {
            events.push((span.end(), Event::QuoteNumber(place + 1)));
        }
    }
    // What ends comes before what begins, so that neighbours do not run together.
    events.sort_by_key(|(position, event)| (*position, rank(event)));
    events
}

fn rank(event: &Event) -> u8 {
    match event {
        Event::End(_) => 0,
        Event::QuoteNumber(_) => 1,
        Event::Begin(_) => 2,
    }
}

fn change(depths: &mut [usize; LAYERS.len()], layer: usize, by: impl Fn(usize) -> usize) {
    if let Some(depth) = depths.get_mut(layer) {
        *depth = by(*depth);
    }
}

fn style_of(depths: &[usize; LAYERS.len()]) -> Option<Style> {
    let layers = depths.iter().zip(LAYERS);
    layers
        .rev()
        .find(|(depth, _)| **depth > 0)
        .map(|(_, style)| style)
}

fn push_styled(view: &mut String, text: &str, style: Option<Style>) {
    match style {
        None => view.push_str(text),
        // Writing to a string cannot fail.
        Some(style) => write!(view, "{style}{text}{style:#}").unwrap_or_default(),
    }
}

fn quote_table(text: &str, quotes: &[Quote]) -> String {
    let mut table = terminal::table(["#", "speaker", "cue", "said", "kind", "sure"]);
    for (place, quote) in quotes.iter().enumerate() {
        table.add_row([
            (place + 1).to_string(),
            quote
                .speaker
                .as_ref()
                .map_or("unknown".to_owned(), |speaker| speaker_cell(text, speaker)),
            shortened(&words(text, &quote.cue)),
            shortened(&words(text, &quote.content)),
            quote.kind.as_str().to_owned(),
            percent(quote.confidence),
        ]);
    }
    format!("{table}\n")
}

/// The resolved name, with the words of the text where they are others.
fn speaker_cell(text: &str, speaker: &Speaker) -> String {
    let surface = words(text, &speaker.spans);
    if surface.is_empty() || surface == speaker.name {
        speaker.name.clone()
    } else {
        format!("{} ({surface})", speaker.name)
    }
}

fn entity_table(entities: &[Entity]) -> String {
    let mut table = terminal::table(["name", "kind", "title", "times", "official"]);
    for entity in entities {
        let titles: Vec<&str> = entity
            .titles
            .iter()
            .map(|title| title.text.as_str())
            .collect();
        table.add_row([
            entity.name.clone(),
            entity.kind.as_str().to_owned(),
            titles.join("; "),
            entity.mentions.len().to_string(),
            entity
                .official
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ]);
    }
    format!("{table}\n")
}

fn mention_table(text: &str, extraction: &Extraction) -> String {
    let mut table = terminal::table(["official", "as", "alias", "sure"]);
    for mention in &extraction.mentions {
        table.add_row([
            mention.official.to_string(),
            mention.span.text(text).unwrap_or_default().to_owned(),
            mention.alias.clone(),
            percent(mention.score),
        ]);
    }
    format!("{table}\n")
}

fn words(text: &str, spans: &[Span]) -> String {
    let parts: Vec<&str> = spans.iter().filter_map(|span| span.text(text)).collect();
    parts.join(" … ")
}

fn shortened(text: &str) -> String {
    let mut shortened: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = shortened.char_indices().nth(TABLE_CHARS) {
        shortened.truncate(end);
        shortened.push('…');
    }
    shortened
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use model::{QuoteKind, SpeakerKind, SpeechAct};

    use super::*;

    #[test]
    fn overlapping_marks_leave_the_text_whole() {
        let text = "Ona Velt said: “We sign today.”";
        let speech = Span::new(18, 32);
        let extraction = Extraction {
            quotes: vec![Quote {
                kind: QuoteKind::Direct,
                act: SpeechAct::Statement,
                content: vec![speech],
                cue: vec![Span::new(9, 13)],
                speaker: Some(Speaker {
                    spans: vec![Span::new(0, 8)],
                    kind: SpeakerKind::Named,
                    name: "Ona Velt".into(),
                    entity: None,
                    official: None,
                    confidence: 0.9,
                }),
                addressee: None,
                medium: None,
                date: None,
                translated: false,
                about: Vec::new(),
                confidence: 0.9,
                rules: Vec::new(),
            }],
            ..Extraction::default()
        };
        let plain = anstream::adapter::strip_str(&marked_text(text, &extraction)).to_string();
        assert_eq!(plain, "Ona Velt said: “We sign today.[1]”");
    }
}
