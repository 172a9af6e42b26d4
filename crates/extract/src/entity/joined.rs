//! Parts of a name that the tagger leaves off or takes too much of: "Chan-o-cha", "Ismail bin
//! Rahman", "Battalion 368", "Ministry of Land Management, Urban Planning and Construction".

use model::EntityKind;

use super::{
    gazetteer::{
        DATE_WORD, DEMONYM, GIVEN_NAME, ORGANISATION, ORGANISATION_WORD, PLACE_BEGIN, PLACE_INSIDE,
        PLACE_WHOLE, SURNAME,
    },
    recognizer::Name,
    repair::Reading,
};
use crate::token::{Case, Gap, TokenKind};

/// Most words of a part of "Urban Planning and Construction" between commas.
const LONGEST_FIELD: usize = 3;

impl Reading<'_, '_> {
    fn kind_of(&self, at: usize) -> Option<TokenKind> {
        self.document.tokens.get(at).map(|token| token.kind)
    }

    fn is_glued(&self, at: usize) -> bool {
        let token = self.document.tokens.get(at);
        token.is_some_and(|token| token.gap == Gap::None)
    }

    fn is_spaced(&self, at: usize) -> bool {
        let token = self.document.tokens.get(at);
        token.is_some_and(|token| token.gap <= Gap::Space)
    }

    /// The name with what belongs to it on both sides.
    pub(super) fn joined(&self, mut name: Name) -> Name {
        match name.kind {
            EntityKind::Person => {
                self.join_person(&mut name);
                self.become_company(&mut name);
            }
            EntityKind::Organization => self.join_body(&mut name),
            EntityKind::Place => {
                self.become_company(&mut name);
                self.add_road_number(&mut name);
                if name.kind == EntityKind::Organization {
                    self.add_article(&mut name);
                }
            }
            EntityKind::Other => {}
        }
        name
    }

    fn join_person(&self, name: &mut Name) {
        let start = name.tokens.start;
        // "Le" + "Thi Bich Ngoc".
        if start > 0
            && self.heads.middle_names.contains(self.word(start))
            && self.case(start - 1) == Case::Title
            && self.lists(start - 1) & SURNAME != 0
            && self.is_spaced(start)
        {
            name.tokens.start -= 1;
        }
        // "U" + "Pannya": a monk of one name is always called so.
        if start > 0
            && name.tokens == (start..start + 1)
            && self.heads.short_honorifics.contains(self.word(start - 1))
            && self.is_spaced(start)
            && !self.is_given(start)
        {
            name.tokens.start -= 1;
        }
        loop {
            let end = name.tokens.end;
            let is_hyphen = self.word(end) == "-"
                && self.is_glued(end)
                && self.is_glued(end + 1)
                && self.kind_of(end + 1) == Some(TokenKind::Word)
                && self.word(end + 1).chars().count() < 9
                && !self.heads.ties.contains(self.word(end + 1))
                && self.lists(end + 1) & DEMONYM == 0;
            let particle = (end..end + 2)
                .take_while(|at| self.heads.particles.contains(self.word(*at)))
                .count();
            let is_particle = particle > 0
                && (end..=end + particle).all(|at| self.is_spaced(at))
                && self.case(end + particle) == Case::Title
                && self.kind_of(end + particle) == Some(TokenKind::Word);
            if is_hyphen {
                name.tokens.end += 2;
            } else if is_particle {
                name.tokens.end += particle + 1;
                while self.case(name.tokens.end) == Case::Title
                    && self.is_spaced(name.tokens.end)
                    && self.lists(name.tokens.end) & (GIVEN_NAME | SURNAME) != 0
                    && !self.opens_sentence(name.tokens.end)
                {
                    name.tokens.end += 1;
                }
            } else {
                break;
            }
        }
        let last = name.tokens.end;
        if matches!(self.word(last.saturating_sub(1)), "Jr" | "Sr")
            && self.word(last) == "."
            && self.is_glued(last)
        {
            name.tokens.end += 1;
        }
    }

    /// "Hak Meas" + "Sugar": a capitalised trade behind it makes a name that of a company.
    fn become_company(&self, name: &mut Name) {
        let end = name.tokens.end;
        let is_trade = self.case(end) == Case::Title
            && self.is_spaced(end)
            && self.lists(end) & ORGANISATION_WORD != 0
            && self.lists(end) & (GIVEN_NAME | SURNAME) == 0
            && !self.opens_sentence(end)
            && self.case(end + 1) != Case::Title
            && self.kind_of(end + 1).is_some();
        let last = end.saturating_sub(1);
        let ends_in_trade = name.tokens.len() > 1
            && self.lists(last) & ORGANISATION_WORD != 0
            && self.lists(last) & (GIVEN_NAME | SURNAME | PLACE_WHOLE | PLACE_INSIDE) == 0
            && !self.heads.place_ends.contains(self.lower(last))
            && !self.heads.facilities.contains(self.lower(last));
        if is_trade || ends_in_trade {
            name.tokens.end += usize::from(is_trade);
            name.kind = EntityKind::Organization;
        }
    }

    fn join_body(&self, name: &mut Name) {
        self.cut_adjective(name);
        self.add_article(name);
        self.cut_place(name);
        self.add_number(name);
        self.add_later_fields(name);
        self.add_earlier_field(name);
    }

    /// "National Road" + "78".
    fn add_road_number(&self, name: &mut Name) {
        let end = name.tokens.end;
        let is_road = self.heads.roads.contains(self.lower(end.saturating_sub(1)));
        if is_road && self.kind_of(end) == Some(TokenKind::Number) && self.is_spaced(end) {
            name.tokens.end += 1;
        }
    }

    /// "Embassy in Hanoi": the body ends before the place.
    fn cut_place(&self, name: &mut Name) {
        let head = |at: usize| self.heads.missions.contains(self.word(at));
        let inside = (name.tokens.start + 1..name.tokens.end.saturating_sub(1))
            .find(|at| self.word(*at) == "in" && head(at - 1));
        if let Some(at) = inside {
            name.tokens.end = at;
        }
    }

    /// "The" + "Harbour Daily", in mid-sentence.
    fn add_article(&self, name: &mut Name) {
        let before = name.tokens.start.wrapping_sub(1);
        if name.tokens.len() > 1
            && self.word(before) == "The"
            && !self.opens_sentence(before)
            && self.is_spaced(name.tokens.start)
        {
            name.tokens.start = before;
        }
    }

    /// "Opposition Move Forward Party": only the sentence begins there.
    fn cut_adjective(&self, name: &mut Name) {
        let start = name.tokens.start;
        if name.tokens.len() > 2
            && self.opens_sentence(start)
            && self.heads.sides.contains(self.word(start))
        {
            name.tokens.start += 1;
        }
    }

    /// "Light Infantry Battalion" + "368", "33rd" + "Light Infantry Division".
    fn add_number(&self, name: &mut Name) {
        let end = name.tokens.end;
        let last = self.lower(end.saturating_sub(1));
        let is_unit = self.heads.army_units.contains(last);
        if is_unit && self.kind_of(end) == Some(TokenKind::Number) && self.is_spaced(end) {
            name.tokens.end += 1;
        }
        // "33rd" + "Light Infantry Division".
        let before = name.tokens.start.wrapping_sub(1);
        let opens_in_digit = self.word(before).starts_with(|c: char| c.is_ascii_digit());
        if is_unit
            && opens_in_digit
            && self.word(before).ends_with(|c: char| c.is_alphabetic())
            && self.is_spaced(name.tokens.start)
        {
            name.tokens.start = before;
        }
    }

    /// "Ministry of Land Management" + ", Urban Planning and Construction".
    fn add_later_fields(&self, name: &mut Name) {
        let has_field = (name.tokens.start..name.tokens.end)
            .any(|at| self.heads.fields.contains(self.lower(at)) && self.word(at + 1) == "of");
        if !has_field || self.word(name.tokens.end) != "," {
            return;
        }
        let mut comma = name.tokens.end;
        loop {
            let words = self.field_words(comma + 1);
            if words == 0 {
                return;
            }
            let next = comma + 1 + words;
            let last = match self.word(next) {
                "," if self.word(next + 1) == "and" => next + 2,
                "and" | "&" => next + 1,
                "," => {
                    comma = next;
                    continue;
                }
                _ => return,
            };
            let words = self.field_words(last);
            if words > 0 {
                name.tokens.end = last + words;
            }
            return;
        }
    }

    /// "Labor and" + "Social Welfare Department".
    fn add_earlier_field(&self, name: &mut Name) {
        let (start, end) = (name.tokens.start, name.tokens.end);
        let last = self.lower(end.saturating_sub(1));
        let is_department = self.heads.departments.contains(last);
        if is_department
            && start > 2
            && self.word(start - 1) == "and"
            && self.field_words(start - 2) > 0
            && !self.opens_sentence(start - 2)
            && end - start > 1
        {
            let mut first = start - 2;
            while first > 0
                && start - first < 5
                && self.case(first - 1) == Case::Title
                && self.is_spaced(first)
                && self.lists(first - 1) & (ORGANISATION | GIVEN_NAME | DATE_WORD) == 0
            {
                first -= 1;
            }
            name.tokens.start = first;
        }
    }

    /// How many words from `at` name a field of work: capitalised, and no name by themselves.
    fn field_words(&self, at: usize) -> usize {
        let others = GIVEN_NAME | ORGANISATION | PLACE_WHOLE | PLACE_BEGIN | DATE_WORD | DEMONYM;
        let words = (at..=at + LONGEST_FIELD).take_while(|at| {
            self.case(*at) == Case::Title
                && self.kind_of(*at) == Some(TokenKind::Word)
                && self.is_spaced(*at)
                && self.lists(*at) & others == 0
                && !self.heads.fields.contains(self.lower(*at))
        });
        let count = words.count();
        if count > LONGEST_FIELD { 0 } else { count }
    }
}
