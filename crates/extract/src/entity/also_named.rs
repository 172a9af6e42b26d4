//! A name of which the text says that it is another name of somebody: "also known as".

use model::EntityKind;

use super::recognizer::Name;
use crate::{Document, heads::Heads, pack::Pack, table::Map, token::TokenKind};

/// Most other names that are kept of one.
const MOST: usize = 8;

/// Most tokens between the two names.
const LONGEST: usize = 10;

/// The other names of each name, by the places of two that the text introduces to each other.
pub(super) fn also_named<'n>(
    document: &Document<'_>,
    names: &[Name],
    forms: &'n [Vec<String>],
) -> Map<(EntityKind, &'n [String]), Vec<&'n [String]>> {
    let heads = &Pack::english().heads;
    let mut others: Map<_, Vec<_>> = Map::default();
    for (pair, forms) in names.windows(2).zip(forms.windows(2)) {
        let ([name, other], [form, other_form]) = (pair, forms) else {
            continue;
        };
        if name.kind == other.kind && says_so(document, heads, name, other) {
            for (one, two) in [(form, other_form), (other_form, form)] {
                let known = others.entry((name.kind, one.as_slice())).or_default();
                if known.len() < MOST && !known.contains(&two.as_slice()) {
                    known.push(two.as_slice());
                }
            }
        }
    }
    others
}

/// Whether nothing but an introduction of another name stands between the two.
fn says_so(document: &Document<'_>, heads: &Heads, name: &Name, other: &Name) -> bool {
    let between = name.tokens.end..other.tokens.start;
    if between.is_empty() || between.len() > LONGEST {
        return false;
    }
    let mut is_said = false;
    for at in between {
        let Some(token) = document.tokens.get(at) else {
            return false;
        };
        if token.kind == TokenKind::Punctuation {
            continue;
        }
        let word = document.word(at).to_lowercase();
        let names = heads.naming.contains(word.as_str());
        let fits = names
            || heads.naming_fillers.contains(word.as_str())
            || heads.honorifics.contains(word.as_str());
        if !fits {
            return false;
        }
        is_said |= names;
    }
    is_said
}
