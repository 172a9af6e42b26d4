//! What quotes say of the article's entities: whom they are about, and where speakers are
//! referred to without a name.

use std::collections::BTreeMap;

use model::{Entity, EntityMention, MentionForm, Quote, Span, SpeakerKind};

/// Gives every quote the entities that are named in its content.
pub(crate) fn fill_about(quotes: &mut [Quote], entities: &[Entity]) {
    let mut names: Vec<(Span, usize)> = entities
        .iter()
        .enumerate()
        .flat_map(|(place, entity)| {
            let mentions = entity.mentions.iter();
            let named = mentions.filter(|mention| mention.form == MentionForm::Name);
            named.map(move |mention| (mention.span, place))
        })
        .collect();
    names.sort_unstable();
    for quote in quotes {
        for content in &quote.content {
            let first = names.partition_point(|(span, _)| span.start() < content.start());
            let inside = names
                .iter()
                .skip(first)
                .take_while(|(span, _)| span.start() < content.end())
                .filter(|(span, _)| content.contains(*span));
            quote.about.extend(inside.map(|(_, place)| *place));
        }
        quote.about.sort_unstable();
        quote.about.dedup();
    }
}

/// Adds "he" and "the minister" to the mentions of the entity that they were found to stand for, as
/// speakers; other pronouns and descriptions are not looked into.
pub(crate) fn add_references(entities: &mut [Entity], quotes: &[Quote]) {
    let mut added: BTreeMap<usize, Vec<EntityMention>> = BTreeMap::new();
    for speaker in quotes.iter().filter_map(|quote| quote.speaker.as_ref()) {
        let form = match speaker.kind {
            SpeakerKind::Pronoun => MentionForm::Pronoun,
            SpeakerKind::Titled => MentionForm::Nominal,
            SpeakerKind::Named
            | SpeakerKind::Organization
            | SpeakerKind::Plural
            | SpeakerKind::Unnamed => continue,
        };
        let Some((place, entity)) = speaker
            .entity
            .and_then(|place| Some((place, entities.get(place)?)))
        else {
            continue;
        };
        for span in &speaker.spans {
            let at = entity
                .mentions
                .partition_point(|mention| mention.span < *span);
            let near = entity
                .mentions
                .get(at.saturating_sub(1)..)
                .unwrap_or_default();
            let is_known = near
                .iter()
                .take(2)
                .any(|mention| mention.span.overlaps(*span));
            if !is_known {
                let mention = EntityMention { span: *span, form };
                added.entry(place).or_default().push(mention);
            }
        }
    }
    for (place, mentions) in added {
        if let Some(entity) = entities.get_mut(place) {
            entity.mentions.extend(mentions);
            entity.mentions.sort_unstable_by_key(|mention| mention.span);
            entity.mentions.dedup_by_key(|mention| mention.span);
        }
    }
}
