//! Ties the entities of a text to the watch-list.

use std::collections::BTreeMap;

use crate::table::Map;
use model::{
    Entity, EntityKind, EntityMention, Mention, MentionEvidence, MentionForm, OfficialId, Quote,
    Span, Speaker, SpeakerKind,
};

/// Ties each mention of an official to the entity whose name it overlaps, and makes an entity of
/// the mentions that no entity covers: in languages without a model the watched are all that is
/// known.
pub(crate) fn link(entities: &mut Vec<Entity>, mentions: &mut [Mention], text: &str) {
    let mut persons = Places::of(entities, |entity| entity.kind == EntityKind::Person);
    let mut by_official: Map<OfficialId, usize> = Map::default();
    for mention in mentions.iter_mut().filter(|mention| !is_eponym(mention)) {
        let overlapping = persons.at(mention.span);
        let same_official = by_official.get(&mention.official).copied();
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
            by_official
                .entry(mention.official.clone())
                .and_modify(|first| *first = position.min(*first))
                .or_insert(position);
        }
        if overlapping.is_none() {
            entity.mentions.push(EntityMention {
                span: mention.span,
                form: MentionForm::Name,
            });
            persons.add(mention.span, position);
            if entity.name.len() < name.len() {
                name.clone_into(&mut entity.name);
            }
        }
    }
    for entity in entities.iter_mut().filter(|e| e.official.is_some()) {
        entity.mentions.sort_by_key(|mention| mention.span);
    }
}

/// Which entity is mentioned where, to be asked by place.
#[derive(Debug, Default)]
struct Places {
    /// By start: end, and position of the entity.
    mentions: BTreeMap<usize, (usize, usize)>,
}

/// Mentions before the end of a span that are asked whether they reach into it.
const NEAR: usize = 8;

impl Places {
    /// The mentions of those entities that `counts`.
    fn of(entities: &[Entity], counts: impl Fn(&Entity) -> bool) -> Self {
        let mut places = Self::default();
        for (position, entity) in entities.iter().enumerate().rev() {
            if counts(entity) {
                for mention in &entity.mentions {
                    places.add(mention.span, position);
                }
            }
        }
        places
    }

    fn add(&mut self, span: Span, entity: usize) {
        self.mentions.insert(span.start(), (span.end(), entity));
    }

    /// The first entity that is mentioned in `span`.
    fn at(&self, span: Span) -> Option<usize> {
        let before = self.mentions.range(..span.end()).rev().take(NEAR);
        before
            .filter(|(_, (end, _))| *end > span.start())
            .map(|(_, (_, entity))| *entity)
            .min()
    }
}

/// Gives speakers that have no entity yet the one whose name stands in their words.
pub(crate) fn link_speakers(quotes: &mut [Quote], entities: &[Entity]) {
    // A pronoun's speaker is known by the name that an earlier quote of the same speaker had.
    let mut by_name: Map<String, usize> = Map::default();
    let places = Places::of(entities, |_| true);
    for speaker in quotes.iter_mut().filter_map(|quote| quote.speaker.as_mut()) {
        let stands_at_name = || {
            let spans = speaker.spans.iter();
            spans.filter_map(|span| places.at(*span)).min()
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
