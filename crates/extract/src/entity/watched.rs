//! Ties the entities of a text to the watch-list.

use std::collections::HashMap;

use model::{
    Entity, EntityKind, EntityMention, Mention, MentionEvidence, MentionForm, Quote, Speaker,
    SpeakerKind,
};

/// Ties each mention of an official to the entity whose name it overlaps, and makes an entity of
/// the mentions that no entity covers: in languages without a model the watched are all that is
/// known.
pub(crate) fn link(entities: &mut Vec<Entity>, mentions: &mut [Mention], text: &str) {
    for mention in mentions.iter_mut().filter(|mention| !is_eponym(mention)) {
        let overlapping = entities.iter().position(|entity| {
            let is_person = entity.kind == EntityKind::Person;
            is_person
                && entity
                    .mentions
                    .iter()
                    .any(|m| m.span.overlaps(mention.span))
        });
        let same_official = entities
            .iter()
            .position(|entity| entity.official.as_ref() == Some(&mention.official));
        let name = mention.span.text(text).unwrap_or_default();
        let position = overlapping.or(same_official).unwrap_or_else(|| {
            entities.push(watched_person(mention, name));
            entities.len() - 1
        });
        mention.entity = Some(position);
        let Some(entity) = entities.get_mut(position) else {
            continue;
        };
        if entity.official.is_none() {
            entity.official = Some(mention.official.clone());
        }
        if !entity
            .mentions
            .iter()
            .any(|m| m.span.overlaps(mention.span))
        {
            entity.mentions.push(EntityMention {
                span: mention.span,
                form: MentionForm::Name,
            });
            entity.mentions.sort_by_key(|m| m.span);
        }
        if entity.name.len() < name.len() && overlapping.is_none() {
            name.clone_into(&mut entity.name);
        }
    }
}

/// Gives speakers that have no entity yet the one whose name stands in their words.
pub(crate) fn link_speakers(quotes: &mut [Quote], entities: &[Entity]) {
    // A pronoun's speaker is known by the name that an earlier quote of the same speaker had.
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for speaker in quotes.iter_mut().filter_map(|quote| quote.speaker.as_mut()) {
        let stands_at_name = || {
            entities.iter().position(|entity| {
                let mut names = entity.mentions.iter().map(|mention| mention.span);
                names.any(|name| speaker.spans.iter().any(|span| span.overlaps(name)))
            })
        };
        let position = speaker.entity.or_else(stands_at_name).or_else(|| {
            by_name
                .get(&speaker.name)
                .copied()
                .filter(|_| is_known_by_name(speaker))
        });
        let Some((position, entity)) = position.and_then(|at| Some((at, entities.get(at)?))) else {
            continue;
        };
        speaker.entity = Some(position);
        by_name.insert(speaker.name.clone(), position);
        if speaker.official.is_none() {
            speaker.official.clone_from(&entity.official);
        }
    }
}

/// Whether the speaker's name is that of a person rather than a description.
fn is_known_by_name(speaker: &Speaker) -> bool {
    matches!(speaker.kind, SpeakerKind::Named | SpeakerKind::Pronoun)
}

fn watched_person(mention: &Mention, name: &str) -> Entity {
    Entity {
        kind: EntityKind::Person,
        name: name.to_owned(),
        mentions: Vec::new(),
        titles: Vec::new(),
        official: Some(mention.official.clone()),
    }
}

fn is_eponym(mention: &Mention) -> bool {
    mention
        .evidence
        .iter()
        .any(|evidence| matches!(evidence, MentionEvidence::Eponym { .. }))
}
