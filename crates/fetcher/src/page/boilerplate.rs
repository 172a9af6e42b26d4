//! Paragraphs that stand inside an article and are none of it.

use std::sync::LazyLock;

use regex::Regex;

/// Longer paragraphs are text whatever they begin with.
const MAX_WORDS: usize = 45;

/// How boxes, credits and calls to action begin, in small letters, from the first word on.
///
/// Classes and boundaries are ASCII, and nothing that may be any letter is counted: Unicode's
/// classes with a count cost each thread megabytes of state.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)^(
            (read|see|watch|listen|more)\s+(more|also|next|related|live|here)\b
            | also\s+(read|see|on|watch)\b | related(\s+(articles?|stories|news|topics?|content|links?|posts?|coverage))?\s*(:|$) | recommended(\s+\w+)?\s*(:|$)
            | more\s+(from|on|stories|news|information|info)\b | more\s*: | you\s+may\s+also | you\s+might\s+(also|like)
            | advert(isement|s)?\s*$ | advertisement\b | ad\s*$ | sponsored\b | story\s+continues\b | article\s+continues\b | continue\s+reading\b
            | (click|tap)\s+(here|below|through)\b | share\s+(this|on|via|your)\b | share\s*$ | follow\s+(us|him|her|them|me|@|\w+\s+on)\b
            | like\s+this\s+(story|article|post) | (sign|signing)\s+up\b | subscribe\b | get\s+(the\s+(latest|best|day)|our|breaking|more\s+stories|all\s+the|updates)\b
            | get\s+[0-9a-z_\s]{3,40}\s+delivered\b | if\s+you\s+enjoyed\s+this\b | something\s+to\s+consider\s*$ | you\s+can\s+view\s+our\b | how\s+to\s+listen\b
            | have\s+a\s+(tip|story|news) | got\s+a\s+(tip|story|news) | do\s+you\s+have\s+a\s+(story|tip) | tell\s+us\s+what | join\s+(us|the\s+conversation|our)\b | let\s+our\s+news\b
            | stay\s+(up\s+to\s+date|informed|connected|tuned|in\s+touch) | don('|’)t\s+miss\b | download\s+(the|our)\b | support\s+(our|us)\b | donate\b
            | (photo|image|picture|video|credit|photograph|illustration|graphic|source|caption)s?(\s+(credit|by|courtesy|source|caption)s?)?\s*([:/|]|©) | (photo|image|picture|photograph)s?\s+(by|courtesy)\b
            | reported\s+by\b | reporting\s+(and\s+\w+\s+)?by\b | (additional|further)\s+reporting\b | edited\s+by\b | editing\s+by\b | writing\s+by\b | written\s+by\b | translated\s+(by|from)\b
            | this\s+(slideshow|video|site|page)\s+requires | (please\s+)?enable\s+javascript | your\s+browser\b | loading\b | view\s+(all\s+)?(comments|gallery|slideshow|photos)\b
            | (leave|post|add)\s+a\s+(comment|reply)\b | comments?(\s+\(?\d+\)?)?\s*$ | copyright\b | all\s+rights\s+reserved | filed\s+under\b | tags?\s*: | topics?\s*: | categor(y|ies)\s*:
            | (last\s+)?updated?\s*(at|on)?\s*:?\s*((mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?,?\s+[a-z]{3,9}\.?\s+)?\d | (order|print)\s+(reprints?|article|page)\s*$ | write\s+to\s+(?u:[^@])+@ | listen\s+to\s+(?u:.)+\s+live\b | published\s*(at|on)?\s*:?\s*\d | posted\s+(at|on|by|in)\b | first\s+published\b
            | skip\s+(to|past|ad)\b | back\s+to\s+top | play\s+video | watch\s*: | video\s*: | listen\s*: | photos?\s*: | in\s+pictures\b | gallery\s*:
            | image\s+copyright\b | media\s+caption\b | image\s+caption\b | getty\s+images\b | file\s+photo\b
        )",
    )
    .expect("the expression is fixed")
});

/// What people did whom a credit thanks.
static HELPED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)\s(contributed|helped)\s(reporting|research|to\s+this\s+(report|story|article))\b",
    )
    .expect("the expression is fixed")
});

/// Headings of lists of other articles, in small letters, between their first and last word.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)^(you (may|might) also (like|be interested in)|related( (articles?|stories|news|content|links?|posts?|coverage))?|more (from|on|stories|news)( (?u:.)+)?|(most|also) (read|popular|viewed)|read (more|next|also)|recommended( (?u:.)+)?|see also|trending( now)?|latest( news| stories)?|don('|’)t miss)$",
    )
    .expect("the expression is fixed")
});

/// Longest heading of a list of other articles, in characters.
const MAX_HEADING_CHARS: usize = 60;

/// How credits end.
static CREDIT_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)(
            (\(|/|—|–|-|\||\.|Credit:?|Photo:?|Image:?|[Cc]ourtesy)\s*(AP|AFP|EPA|Reuters|REUTERS|Getty(\s+Images)?|Shutterstock|Alamy|PA)(\s+(Photo|Images?|file|Wire|News))*(/(?u:[\p{L}\ .'’-])+)?\)?\.?$
            | \(\s*(Photo|Image|Picture|Credit|Source)s?\s*(by|:|courtesy)(?u:[^)])*\)\s*$
        )",
    )
    .expect("the expression is fixed")
});

/// Agencies behind a stroke, near the end of a caption.
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)[/|]\s*(Getty\s+Images|Shutterstock|AFP|Reuters)\b")
        .expect("the expression is fixed")
});

/// Whether a paragraph is a box, a credit, a caption with its credit, or a call to action.
pub(super) fn is_boilerplate(paragraph: &str) -> bool {
    if paragraph.split_whitespace().nth(MAX_WORDS).is_some() {
        return false;
    }
    let speaks = paragraph.contains(['“', '”', '"', '«', '„', '「']);
    (!speaks && (opens_as_a_box(paragraph) || thanks_helpers(paragraph) || is_a_link(paragraph)))
        || CREDIT_END.is_match(paragraph)
        || names_its_source(paragraph)
        || paragraph.starts_with("[button")
}

fn opens_as_a_box(paragraph: &str) -> bool {
    let text = from_first_word(paragraph);
    let marks = paragraph.strip_suffix(text).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    marks.contains('©')
        || (marks.ends_with('[') && text.starts_with("button"))
        || OPENING.is_match(&words.join(" ").to_ascii_lowercase())
}

/// `Ana Belo contributed reporting from Port Vell.`
fn thanks_helpers(paragraph: &str) -> bool {
    let text = from_first_word(paragraph);
    let is_name = text.starts_with(char::is_uppercase);
    is_name
        && HELPED.find(text).is_some_and(|helped| {
            let before = text.get(..helped.start()).unwrap_or_default();
            let after = text.get(helped.end()..).unwrap_or_default();
            (3..=121).contains(&before.chars().count()) && after.chars().count() <= 80
        })
}

/// `Download: https://vell.example/615`
fn is_a_link(paragraph: &str) -> bool {
    let text = from_first_word(paragraph);
    let link = text.find("http://").or_else(|| text.find("https://"));
    let Some((label, link)) = link.map(|start| text.split_at(start)) else {
        return false;
    };
    let label = label.trim_end();
    let label = label.strip_suffix(':').unwrap_or(label);
    let is_label = label.chars().all(|c| c.is_alphabetic() || c == ' ');
    is_label && label.chars().count() <= 30 && !link.contains(char::is_whitespace)
}

/// `… Credit: Ana Belo`, `… | AFP photo`
fn names_its_source(paragraph: &str) -> bool {
    let credit = paragraph.rfind("Credit:").is_some_and(|start| {
        let source = paragraph.get(start + "Credit:".len()..).unwrap_or_default();
        let source = source.trim_start();
        source.starts_with(char::is_alphabetic) && source.chars().count() <= 61
    });
    credit
        || AGENCY.find_iter(paragraph).last().is_some_and(|agency| {
            let after = paragraph.get(agency.end()..).unwrap_or_default();
            after.chars().count() <= 30
        })
}

fn from_first_word(paragraph: &str) -> &str {
    paragraph.trim_start_matches(|c: char| !is_of_word(c))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a paragraph heads a list of other articles.
pub(super) fn heads_other_articles(paragraph: &str) -> bool {
    let text = from_first_word(paragraph).trim_end_matches(|c: char| !is_of_word(c));
    text.chars().count() <= MAX_HEADING_CHARS && OTHERS.is_match(&text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_boilerplate;

    #[test]
    fn boxes_credits_and_calls_are_known() {
        for text in [
            "Read more: Harbour talks resume",
            "Advertisement",
            "Reported by Ana Belo in Port Vell. Edited by Jo Tan.",
            "Reporting by Ana Belo; Editing by Jo Tan",
            "The minister arrives at the harbour. (AP Photo/Ana Belo)",
            "The minister at the harbour, May 2. Credit: Ana Belo",
            "Ana Belo contributed reporting from Port Vell.",
            "Jo Tan and Li Moss in Ilmen contributed to this report.",
            "Updated: Tue., Nov. 19, 2030",
            "Write to Ana Belo at ana.belo@vell.example",
            "Download: https://vell.example/615",
            "Listen to Harbour Radio live at noon.",
            "Print article",
            "Like this story? Share it with a friend!",
            "Get the latest updates right in your inbox.",
        ] {
            assert!(is_boilerplate(text), "{text}");
        }
    }

    #[test]
    fn article_text_stays() {
        for text in [
            "“Read more books,” the minister said.",
            "More than 40 people were hurt, police said.",
            "Reuters could not reach the ministry.",
            "The report, seen by AFP, names three officials.",
            "The ministry contributed 40 million to the fund for the harbour.",
            "Writing to the council in May, the mayor asked for more time.",
            "Prints of the map were sold out on Monday.",
            "Reports of the fire reached the capital at noon.",
            "Subscribers of the state railway will get a refund, the ministry told AP.",
        ] {
            assert!(!is_boilerplate(text), "{text}");
        }
    }
}
