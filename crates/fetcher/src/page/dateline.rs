//! The place that an article opens with: `PORT VELL (Agency) —`.

/// Words of the longest place believed.
const MAX_WORDS: usize = 5;
/// Letters of an agency's name.
const AGENCY_CHARS: std::ops::RangeInclusive<usize> = 2..=40;
const DASHES: [&str; 4] = ["—", "–", "--", "-"];

/// The dateline of a text: a place in capitals, perhaps with region and agency, before a dash and
/// a space.
pub(super) fn dateline_of(body: &str) -> Option<&str> {
    let line = body.split("\n\n").next()?;
    let mut ends = line.char_indices().filter_map(|(at, _)| {
        let (head, rest) = line.split_at_checked(at)?;
        let dash = DASHES.into_iter().find(|dash| rest.starts_with(dash))?;
        let after = rest.strip_prefix(dash)?;
        after
            .starts_with(char::is_whitespace)
            .then(|| head.trim_end())
    });
    ends.next().filter(|head| is_dateline(head))
}

fn is_dateline(head: &str) -> bool {
    let place = match head.strip_suffix(')').and_then(|head| head.split_once('(')) {
        Some((place, agency)) => {
            let is_name = agency
                .chars()
                .all(|c| c.is_alphabetic() || " .&/-".contains(c));
            if !is_name || !AGENCY_CHARS.contains(&agency.chars().count()) {
                return false;
            }
            place.trim_end()
        }
        None => head,
    };
    let mut words = place.split([' ', ',']).filter(|word| !word.is_empty());
    words.next().is_some_and(is_in_capitals)
        && words.clone().count() < MAX_WORDS
        && words.all(|word| is_in_capitals(word) || is_capitalised(word))
}

fn is_in_capitals(word: &str) -> bool {
    let is_capital = |c: char| c.is_uppercase() || ".'’-".contains(c);
    word.starts_with(char::is_uppercase) && word.chars().all(is_capital) && has_two(word)
}

fn is_capitalised(word: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic() || c == '.';
    word.starts_with(char::is_uppercase) && word.chars().all(is_letter) && has_two(word)
}

fn has_two(word: &str) -> bool {
    word.chars().nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::dateline_of;

    #[test]
    fn a_place_in_capitals_before_a_dash_is_one() {
        for (body, place) in [
            ("PORT VELL — The harbour opened.", "PORT VELL"),
            (
                "ILMEN, Kestria (AP) -- The harbour opened.",
                "ILMEN, Kestria (AP)",
            ),
            (
                "ST.-VELL, North Isle (Isle News) – A storm came.",
                "ST.-VELL, North Isle (Isle News)",
            ),
            ("ÖSTVELL - Rain fell.", "ÖSTVELL"),
        ] {
            assert_eq!(dateline_of(body), Some(place));
        }
    }

    #[test]
    fn other_openings_are_none() {
        for body in [
            "The harbour — long closed — opened.",
            "Port Vell — the harbour opened.",
            "A — so he said.",
            "THE HARBOUR OF THE ISLES OPENED TODAY — at last.",
            "PORT VELL-ILMEN opened.",
            "PORT VELL (12 May) — The harbour opened.",
            "",
        ] {
            assert_eq!(dateline_of(body), None, "{body}");
        }
    }
}
