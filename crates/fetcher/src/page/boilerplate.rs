//! Paragraphs that stand inside an article and are none of it.

use std::sync::LazyLock;

use regex::Regex;

/// Longer paragraphs are text whatever they begin with.
const MAX_WORDS: usize = 45;

/// How boxes, credits and calls to action begin.
///
/// Word boundaries and words are ASCII, as the phrases are: with Unicode boundaries a paragraph
/// with one curly quote in it would go through the slow engine, whose state takes 27 MB here.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(
            (read|see|watch|listen|more)\s+(more|also|next|related|live|here)(?-u:\b)
            | also\s+(read|see|on|watch)(?-u:\b) | related(\s+(articles?|stories|news|topics?|content|links?|posts?|coverage))?\s*(:|$) | recommended(\s+(?-u:\w)+)?\s*(:|$)
            | more\s+(from|on|stories|news|information|info)(?-u:\b) | more\s*: | you\s+may\s+also | you\s+might\s+(also|like)
            | advert(isement|s)?\s*$ | advertisement(?-u:\b) | ad\s*$ | sponsored(?-u:\b) | story\s+continues(?-u:\b) | article\s+continues(?-u:\b) | continue\s+reading(?-u:\b)
            | (click|tap)\s+(here|below|through)(?-u:\b) | share\s+(this|on|via|your)(?-u:\b) | share\s*$ | follow\s+(us|him|her|them|me|@|(?-u:\w)+\s+on)(?-u:\b)
            | like\s+this\s+(story|article|post) | (sign|signing)\s+up(?-u:\b) | subscribe(?-u:\b) | get\s+(the\s+(latest|best|day)|our|breaking|more\s+stories|all\s+the|updates)(?-u:\b)
            | get\s+[0-9A-Za-z_\s]{3,40}\s+delivered(?-u:\b) | if\s+you\s+enjoyed\s+this(?-u:\b) | something\s+to\s+consider\s*$ | you\s+can\s+view\s+our(?-u:\b) | how\s+to\s+listen(?-u:\b)
            | have\s+a\s+(tip|story|news) | got\s+a\s+(tip|story|news) | do\s+you\s+have\s+a\s+(story|tip) | tell\s+us\s+what | join\s+(us|the\s+conversation|our)(?-u:\b) | let\s+our\s+news(?-u:\b)
            | stay\s+(up\s+to\s+date|informed|connected|tuned|in\s+touch) | don['’]t\s+miss(?-u:\b) | download\s+(the|our)(?-u:\b) | support\s+(our|us)(?-u:\b) | donate(?-u:\b)
            | (photo|image|picture|video|credit|photograph|illustration|graphic|source|caption)s?(\s+(credit|by|courtesy|source|caption)s?)?\s*[:/|©] | (photo|image|picture|photograph)s?\s+(by|courtesy)(?-u:\b)
            | reported\s+by(?-u:\b) | reporting\s+(and\s+(?-u:\w)+\s+)?by(?-u:\b) | (additional|further)\s+reporting(?-u:\b) | edited\s+by(?-u:\b) | editing\s+by(?-u:\b) | writing\s+by(?-u:\b) | written\s+by(?-u:\b) | translated\s+(by|from)(?-u:\b)
            | this\s+(slideshow|video|site|page)\s+requires | (please\s+)?enable\s+javascript | your\s+browser(?-u:\b) | loading(?-u:\b) | view\s+(all\s+)?(comments|gallery|slideshow|photos)(?-u:\b)
            | (leave|post|add)\s+a\s+(comment|reply)(?-u:\b) | comments?(\s+\(?\d+\)?)?\s*$ | copyright(?-u:\b) | ©\s* | all\s+rights\s+reserved | filed\s+under(?-u:\b) | tags?\s*: | topics?\s*: | categor(y|ies)\s*:
            | (last\s+)?updated?\s*(at|on)?\s*:?\s*((mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?,?\s+[a-z]{3,9}\.?\s+)?\d | (order|print)\s+(reprints?|article|page)\s*$ | write\s+to\s+.{2,60}@ | listen\s+to\s+.{2,40}\s+live(?-u:\b) | published\s*(at|on)?\s*:?\s*\d | posted\s+(at|on|by|in)(?-u:\b) | first\s+published(?-u:\b)
            | skip\s+(to|past|ad)(?-u:\b) | back\s+to\s+top | play\s+video | watch\s*: | video\s*: | listen\s*: | photos?\s*: | in\s+pictures(?-u:\b) | gallery\s*:
            | \[button(?-u:\b) | image\s+copyright(?-u:\b) | media\s+caption(?-u:\b) | image\s+caption(?-u:\b) | getty\s+images(?-u:\b) | file\s+photo(?-u:\b)
        )",
    )
    .expect("the expression is fixed")
});

/// Paragraphs that are a credit or a bare link as a whole.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^\W*(
            \p{Lu}.{2,120}\s(contributed|helped)\s+(reporting|research|to\s+this\s+(report|story|article))(?-u:\b).{0,80}
            | [\p{L}\ ]{0,30}:?\s*https?://\S+
        )$",
    )
    .expect("the expression is fixed")
});

/// Headings of lists of other articles.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(you (may|might) also (like|be interested in)|related( (articles?|stories|news|content|links?|posts?|coverage))?|more (from|on|stories|news)( .{1,40})?|(most|also) (read|popular|viewed)|read (more|next|also)|recommended( .{1,30})?|see also|trending( now)?|latest( news| stories)?|don['’]t miss)\W*$",
    )
    .expect("the expression is fixed")
});

/// How credits end, and captions that carry one.
static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)(
            (\(|/|—|–|-|\||\.|Credit:?|Photo:?|Image:?|[Cc]ourtesy)\s*(AP|AFP|EPA|Reuters|REUTERS|Getty(\s+Images)?|Shutterstock|Alamy|PA)(\s+(Photo|Images?|file|Wire|News))*(/[\p{L}\ .'’-]+)?\)?\.?$
            | Credit:\s*[\p{L}].{0,60}$ | \(\s*(Photo|Image|Picture|Credit|Source)s?\s*(by|:|courtesy)[^)]{0,80}\)\s*$
            | (/|\|)\s*(Getty\s+Images|Shutterstock|AFP|Reuters)(?-u:\b).{0,30}$
        )",
    )
    .expect("the expression is fixed")
});

/// Whether a paragraph is a box, a credit, a caption with its credit, or a call to action.
pub(super) fn is_boilerplate(paragraph: &str) -> bool {
    if paragraph.split_whitespace().nth(MAX_WORDS).is_some() {
        return false;
    }
    let speaks = paragraph.contains(['“', '”', '"', '«', '„', '「']);
    ((OPENING.is_match(paragraph) || WHOLE.is_match(paragraph)) && !speaks)
        || CREDIT.is_match(paragraph)
        || paragraph.starts_with("[button")
}

/// Whether a paragraph heads a list of other articles.
pub(super) fn heads_other_articles(paragraph: &str) -> bool {
    OTHERS.is_match(paragraph)
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
