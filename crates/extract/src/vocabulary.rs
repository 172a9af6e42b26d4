//! The forms of a document's words: what lists say of one is asked once, and not at each of its
//! uses, of which an article has two or three, and which several stages ask about.

use std::borrow::Cow;

use crate::{
    pack::{Cue, Pack, Trait, Traits},
    table::Map,
    token::Token,
};

/// The forms of one document, and which of them each of its tokens is.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary<'t> {
    forms: Vec<Form<'t>>,
    /// By token, the place of its form.
    places: Vec<u32>,
    /// By token, the place of its form with straight apostrophes: equal where two uses of a name
    /// are written alike.
    keys: Vec<u32>,
}

/// A word as it is written, with what English lists say of it.
#[derive(Debug)]
pub(crate) struct Form<'t> {
    /// In lower case.
    pub(crate) lower: Cow<'t, str>,
    pub(crate) traits: Traits,
    pub(crate) cue: Option<&'static Cue>,
    /// Whether it may report without being a cue: "claim", "declined".
    pub(crate) can_report: bool,
    /// Whether it names a post or a calling, be it abbreviated.
    pub(crate) is_post: bool,
}

/// Some of the forms of a document.
#[derive(Debug)]
pub(crate) struct FormSet {
    holds: Vec<bool>,
}

impl<'t> Vocabulary<'t> {
    /// The forms of `tokens`; each is looked up once.
    pub(crate) fn new(text: &'t str, tokens: &[Token]) -> Self {
        let mut vocabulary = Self {
            forms: Vec::with_capacity(tokens.len() / 2),
            places: Vec::with_capacity(tokens.len()),
            keys: Vec::with_capacity(tokens.len()),
        };
        let mut known =
            Map::with_capacity_and_hasher(tokens.len() / 2, foldhash::fast::RandomState::default());
        for token in tokens {
            let word = token.text(text);
            let (place, key) = match known.get(word) {
                Some(found) => *found,
                None => vocabulary.add(word, &mut known),
            };
            vocabulary.places.push(place);
            vocabulary.keys.push(key);
        }
        vocabulary
    }

    /// A form that is not known yet, and the one that is the same but for its apostrophes.
    fn add(&mut self, word: &'t str, known: &mut Map<Cow<'t, str>, (u32, u32)>) -> (u32, u32) {
        let place = self.push(Cow::Borrowed(word));
        let key = if !word.is_ascii() && word.contains('’') {
            let plain = word.replace('’', "'");
            let found = known.get(plain.as_str()).map(|found| found.0);
            found.unwrap_or_else(|| {
                let place = self.push(Cow::Owned(plain.clone()));
                known.insert(Cow::Owned(plain), (place, place));
                place
            })
        } else {
            place
        };
        known.insert(Cow::Borrowed(word), (place, key));
        (place, key)
    }

    fn push(&mut self, word: Cow<'t, str>) -> u32 {
        let place = u32::try_from(self.forms.len()).unwrap_or(u32::MAX);
        self.forms.push(Form::new(word));
        place
    }

    /// How many forms there are.
    pub(crate) fn len(&self) -> usize {
        self.forms.len()
    }

    /// What is known of the token at `position`; `None` past the end.
    pub(crate) fn form(&self, position: usize) -> Option<&Form<'t>> {
        self.forms.get(self.place(position)?)
    }

    /// The place of the form of the token at `position`, below [`Self::len`].
    pub(crate) fn place(&self, position: usize) -> Option<usize> {
        Some(*self.places.get(position)? as usize)
    }

    /// The places of the forms of all tokens.
    pub(crate) fn places(&self) -> &[u32] {
        &self.places
    }

    /// What is equal for tokens that are written alike, but for the kind of their apostrophes.
    pub(crate) fn keys(&self) -> &[u32] {
        &self.keys
    }

    /// The forms of the tokens at `positions`.
    pub(crate) fn set(&self, positions: impl Iterator<Item = usize>) -> FormSet {
        let mut holds = vec![false; self.len()];
        for place in positions.filter_map(|position| self.place(position)) {
            if let Some(slot) = holds.get_mut(place) {
                *slot = true;
            }
        }
        FormSet { holds }
    }

    /// Whether the form of the token at `position` is in `set`.
    pub(crate) fn is_in(&self, set: &FormSet, position: usize) -> bool {
        self.place(position)
            .is_some_and(|place| set.holds.get(place) == Some(&true))
    }
}

impl<'t> Form<'t> {
    fn new(word: Cow<'t, str>) -> Self {
        let pack = Pack::english();
        let fact = pack.fact(&word);
        let is_plain = word.is_ascii() && !word.ends_with('.');
        let is_lower = word.is_ascii() && !word.bytes().any(|byte| byte.is_ascii_uppercase());
        let lower = if is_lower {
            word
        } else {
            Cow::Owned(word.to_lowercase())
        };
        let full = if is_plain {
            fact.traits
        } else {
            pack.traits(lower.trim_end_matches('.'))
        };
        Self {
            lower,
            traits: fact.traits,
            cue: pack.cue_of(fact),
            can_report: fact.opens,
            is_post: full.has(Trait::Posts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize;

    #[test]
    fn a_form_is_one_wherever_it_stands() {
        let text = "The guard's captain said the Guard’s captain said no";
        let vocabulary = Vocabulary::new(text, &tokenize(text));
        let place = |position| vocabulary.place(position);
        assert_eq!(place(3), place(8));
        assert_ne!(place(1), place(6));
        assert_ne!(place(2), place(7));
        assert_eq!(vocabulary.keys().get(2), vocabulary.keys().get(7));
        let lower = |position| vocabulary.form(position).map(|form| form.lower.as_ref());
        assert_eq!(
            (lower(0), lower(6), lower(99)),
            (Some("the"), Some("guard"), None)
        );
        assert!(vocabulary.form(4).is_some_and(|form| form.cue.is_some()));
    }

    #[test]
    fn a_set_holds_all_uses_of_its_forms() {
        let text = "Morrow left. Then Morrow and Reyl left";
        let vocabulary = Vocabulary::new(text, &tokenize(text));
        let set = vocabulary.set([0].into_iter());
        assert!(vocabulary.is_in(&set, 4));
        assert!(!vocabulary.is_in(&set, 6));
        assert!(!vocabulary.is_in(&set, 99));
    }
}
