//! The bench's articles: invented news with as much to find in it as real news has.
//!
//! Sixty real pages had on average 6.2 KB of text, 9 quotes and 30 places where something is
//! named; so has each of these.

use model::{Article, ArticleId, BodySource, FeedId, Language, Origin};

const MINISTERS: [&str; 8] = [
    "Ilsa Marrow",
    "Tomas Brenn",
    "Sorana Vell",
    "Odile Karst",
    "Henrik Vaal",
    "Mirela Sand",
    "Pavo Lindgren",
    "Aster Quill",
];
const CRITICS: [&str; 7] = [
    "Jorun Pell",
    "Nadia Orvo",
    "Caspian Rook",
    "Idris Kanto",
    "Lena Thorsby",
    "Marek Dune",
    "Ruta Hollin",
];
const TOWNS: [&str; 9] = [
    "Port Velm",
    "Karnholm",
    "Ostrava Bay",
    "Merrow Point",
    "Tolver City",
    "Saint Ambry",
    "Halden Cross",
    "Lower Quay",
    "Brackwater",
];
const BODIES: [&str; 5] = [
    "the Tide Alliance",
    "the Harbour Union",
    "the Velmora Port Authority",
    "the Fishers' Council",
    "the Ministry of Ports",
];
const FILLER: [&str; 4] = [
    "The plan has been argued over for the better part of ten years, through three budgets and two \
     changes of government, and few in the islands expected to see it come to a vote before the end \
     of the winter session. Engineers have measured the sea bed twice, and the cost has nearly \
     doubled between the first report and the last one.",
    "Fees for berths have risen by a fifth since the last dredging, and owners of small boats have \
     begun to land their catch elsewhere. Freight has grown all the same, mostly grain and timber \
     in summer and coal before the cold months, so that the two remaining cranes work through the \
     night from early autumn on.",
    "Under the proposal the northern basin would be closed for eleven months while its walls are \
     raised. Ferries would be moved to the old mole, where there is no shelter from the east wind \
     and no road wide enough for lorries, and the market would lose its cold store until a new one \
     is built farther up the hill.",
    "A study paid for by the islands' chamber of trade put the loss to shops on the waterfront at \
     four million crowns. Its authors warned that the figure rests on a survey of ninety owners, of \
     whom a third did not answer, and that a mild winter could halve it.",
];

/// What one article is about, by its number.
struct Subject {
    minister: &'static str,
    critic: &'static str,
    town: &'static str,
    other_town: &'static str,
    body: &'static str,
    other_body: &'static str,
    number: usize,
}

/// The headline of an article.
pub(super) fn title(number: usize) -> String {
    let Subject { town, body, .. } = subject(number);
    format!("Convoy {number} to reach {town} as {body} weighs the fee")
}

/// The paragraphs of an article.
pub(super) fn paragraphs(number: usize) -> Vec<String> {
    let subject = subject(number);
    let mut filler = FILLER.iter().cycle().skip(number % FILLER.len());
    let mut paragraphs = Vec::new();
    for spoken in speech(&subject) {
        paragraphs.push(spoken);
        paragraphs.extend(filler.by_ref().take(2).map(|text| (*text).to_owned()));
    }
    paragraphs
}

/// The article as the fetcher would write it.
pub(super) fn article(number: usize) -> Article {
    let url = format!("https://courier.example/2031/{number}");
    let time = jiff::Timestamp::UNIX_EPOCH;
    Article {
        id: ArticleId::from_canonical_url(&url),
        version: 1,
        feed: FeedId::from_url(&format!("https://courier.example/{}/rss", number % 100)),
        outlet: "Velmora Courier".to_owned(),
        country: None,
        url: Some(url),
        title: title(number),
        body: paragraphs(number).join("\n\n"),
        body_source: BodySource::Feed,
        language: "en".parse().unwrap_or_else(|_| Language::undetermined()),
        byline: None,
        story: None,
        section: None,
        dateline: None,
        lead_image: None,
        site_name: None,
        modified: None,
        sources: model::FieldSources::default(),
        published: Some(time),
        fetched: time,
        ingested: time,
        origin: Origin::Backfill,
    }
}

/// The paragraphs in which somebody is heard: nine quotes in eight paragraphs.
fn speech(subject: &Subject) -> [String; 8] {
    let Subject {
        minister,
        critic,
        town,
        other_town,
        body,
        other_body,
        number,
    } = subject;
    let minister_name = last_name(minister);
    let critic_name = last_name(critic);
    [
        format!(
            "{} \u{2014} Convoy {number} will reach {town} before the first of the month, \
             harbour minister {minister} said on Tuesday.",
            town.to_uppercase()
        ),
        format!(
            "\u{201c}We will not ask the islands to pay for a wall that the mainland needs as \
             much as they do,\u{201d} {minister_name} told reporters in {other_town}. \
             \u{201c}That was the promise, and it stands.\u{201d}"
        ),
        format!(
            "{critic}, who leads {body} in the assembly, said that the minister had counted the \
             same money twice."
        ),
        format!(
            "\u{201c}There is nothing in this paper about who pays in the second year,\u{201d} \
             {critic_name} said. \u{201c}Ask the people of {town}.\u{201d}"
        ),
        format!(
            "According to {other_body}, the first stones could be laid in spring, and {other_town} \
             would see no ferry before June."
        ),
        format!(
            "A spokesperson for {body} declined to comment on the costs. {minister_name} is to \
             meet the owners of the yard at {town} on Friday, and {critic_name} will travel to \
             Velmora City the day after."
        ),
        format!(
            "\u{201c}It is a small harbour,\u{201d} said {critic_name}, \u{201c}but it is the \
             only one that {other_town} has.\u{201d}"
        ),
        format!(
            "{minister_name} said she would put the figures before {other_body} and the assembly \
             of the Northern Isles within the week."
        ),
    ]
}

fn subject(number: usize) -> Subject {
    Subject {
        minister: pick(&MINISTERS, number),
        critic: pick(&CRITICS, number),
        town: pick(&TOWNS, number),
        other_town: pick(&TOWNS, number / 2 + 4),
        body: pick(&BODIES, number),
        other_body: pick(&BODIES, number + 2),
        number,
    }
}

fn pick<const N: usize>(list: &[&'static str; N], number: usize) -> &'static str {
    list.get(number % N).copied().unwrap_or_default()
}

fn last_name(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}
