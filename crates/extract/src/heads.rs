//! Words that go with names: what stands before, behind and inside them.

use serde::Deserialize;

use crate::table::Set;

/// Words that say what a name is the name of, by where they stand in it or beside it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heads {
    /// Units of a country, behind their names in lower case.
    pub(crate) units: Set<String>,
    /// Outlets that name their services by language: "VOA Khmer", "BBC Burmese".
    pub(crate) outlets: Set<String>,
    /// Heads of bodies that are named after their field: "Ministry of …".
    pub(crate) fields: Set<String>,
    /// Words before persons' names, and nothing else's.
    pub(crate) honorifics: Set<String>,
    /// First words of the names of outlets: "Radio".
    pub(crate) outlet_openers: Set<String>,
    /// "King": stands before persons' names, and in the names of places.
    pub(crate) royals: Set<String>,
    /// What a name is tied to by a hyphen: "aligned" in "U.S.-aligned".
    pub(crate) ties: Set<String>,
    /// Nouns before "of" and the name of where people live: "residents".
    pub(crate) dwellers: Set<String>,
    /// Last words that make the capitalised words before them the name of a body.
    pub(crate) bodies: Set<String>,
    /// Last words of the names of bodies; some end other names too.
    pub(crate) body_ends: Set<String>,
    /// Words that begin the names of many bodies, and stand for none alone.
    pub(crate) generic: Set<String>,
    /// Last words of the names of places.
    pub(crate) place_ends: Set<String>,
    /// Last words of the names of laws, treaties and events.
    pub(crate) other_ends: Set<String>,
    /// Words that open a line of credits.
    pub(crate) credit_openers: Set<String>,
    /// Small words inside persons' names: "bin", "dela".
    pub(crate) particles: Set<String>,
    /// How words for peoples end.
    pub(crate) people_ends: Vec<String>,
    /// Bodies that are places as well: what the tagger calls them stands.
    pub(crate) facilities: Set<String>,
    /// Heads that several fields joined by "and" stand before: "Labor and Welfare Department".
    pub(crate) departments: Set<String>,
    /// Units of an army, which have a number.
    pub(crate) army_units: Set<String>,
    /// Roads, which have a number.
    pub(crate) roads: Set<String>,
    /// Heads that "in" and a place follow without being part of the name: "Embassy in Hanoi".
    pub(crate) missions: Set<String>,
    /// Adjectives that open a sentence before the name of a body: "Opposition".
    pub(crate) sides: Set<String>,
    /// Parts of persons' names that a family name stands before: "Thi".
    pub(crate) middle_names: Set<String>,
    /// Honorifics that are names as well, before a given name: "U", "Daw".
    pub(crate) short_honorifics: Set<String>,
    /// Honorifics of two words, the first and the second: "Tan Sri".
    pub(crate) paired_honorifics: [Set<String>; 2],
    /// How words end that are no names by themselves.
    pub(crate) derived_ends: Vec<String>,
    /// Nouns for anybody of a gender: "the man".
    pub(crate) anybody: Set<String>,
    /// Nouns for what is no person and yet tells something.
    pub(crate) things: Set<String>,
    /// Last letters of such nouns.
    pub(crate) thing_ends: Vec<String>,
    /// Nouns that say of a name beside them that it is a body's: "the developer …".
    pub(crate) body_nouns: Set<String>,
    /// Between such a noun and the name: "called".
    pub(crate) callings: Set<String>,
    /// What may stand behind such a noun and the name.
    pub(crate) body_verbs: Set<String>,
    /// Where the noun phrase of an apposition ends: "of", "which".
    pub(crate) noun_stops: Set<String>,
    /// What stands behind the noun of an apposition that is not part of a longer one.
    pub(crate) noun_followers: Set<String>,
    /// First words of the names of clubs: "Dynamo".
    pub(crate) club_openers: Set<String>,
    /// Posts and people that go with places: "… governor".
    pub(crate) local_posts: Set<String>,
    /// Whom persons act for, rather than bodies: "lawyer for …".
    pub(crate) agents: Set<String>,
    /// Bodies known by letters that are no initials of their English name: the letters, the name.
    pub(crate) other_letters: Vec<[String; 2]>,
    /// Relatives.
    pub(crate) kin: Set<String>,
    /// What a country has, and no person: "…'s parliament".
    pub(crate) powers: Set<String>,
    /// Words before a month.
    pub(crate) date_openers: Set<String>,
    /// "The group", and the words of a group's name.
    pub(crate) group_nouns: Set<String>,
    pub(crate) group_ends: Set<String>,
    /// "The firm", and the words of names that no firm has.
    pub(crate) firm_nouns: Set<String>,
    pub(crate) office_ends: Set<String>,
    /// What tells one minister, president or secretary from another: "prime", "interior".
    pub(crate) post_kinds: Set<String>,
    /// Titles of several persons.
    pub(crate) plural_titles: Set<String>,
    /// What says that the name behind it is another name of the one before: "alias".
    pub(crate) naming: Set<String>,
    /// What may stand beside such a word: "also".
    pub(crate) naming_fillers: Set<String>,
}
