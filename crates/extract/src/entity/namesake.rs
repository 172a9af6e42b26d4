//! Persons of one surname: the wife and the husband, the father and the son.

use model::EntityKind;

use super::recognizer::Name;
use crate::{
    Document,
    pack::{Pack, Trait},
};

/// What an honorific or a given name says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Sex {
    Male,
    Female,
}

/// What stands right before a person's name: "Mrs." of "Mrs. Vell".
pub(super) fn called(document: &Document<'_>, name: &Name) -> Option<Sex> {
    let before = name.tokens.start.checked_sub(1)?;
    match document.word(before) {
        "Mr." | "Mr" if name.kind == EntityKind::Person => Some(Sex::Male),
        "Mrs." | "Mrs" | "Ms." | "Ms" if name.kind == EntityKind::Person => Some(Sex::Female),
        _ => None,
    }
}

/// What the given name of a full name says.
fn sex_of(full: &[String]) -> Option<Sex> {
    let traits = Pack::english().traits(full.first().filter(|_| full.len() > 1)?);
    match (traits.has(Trait::MaleNames), traits.has(Trait::FemaleNames)) {
        (true, false) => Some(Sex::Male),
        (false, true) => Some(Sex::Female),
        (_, _) => None,
    }
}

/// "Mrs. Vell" is not Tomas Vell; "Mr. Lan" may be Lan Chi, whose family name is first.
pub(super) fn may_be_called(short: &[String], called: Option<Sex>, full: &[String]) -> bool {
    called.is_none()
        || full.len() > 1 && full.first() == short.first()
        || sex_of(full).is_none_or(|sex| called == Some(sex))
}

/// The last word of a name: "reyl" of "tomas reyl jr".
pub(super) fn surname(form: &[String]) -> Option<&String> {
    match form {
        [_, .., before, last] if matches!(last.as_str(), "jr" | "sr" | "ii" | "iii" | "iv") => {
            Some(before)
        }
        _ => form.last(),
    }
}
