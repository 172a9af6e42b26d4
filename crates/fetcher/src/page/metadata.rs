//! What a page says about itself, each with where it says so.

use std::{borrow::Cow, sync::LazyLock};

use jiff::Timestamp;
use model::Language;
use regex::Regex;
use url::Url;

use super::{FieldSource, Found, Page, dateline::dateline_of, json_ld::JsonLd, survey::Survey};
use crate::feed::{html_to_line, parse_date, resolve_base, resolve_link};

/// Longest author line believed; longer ones are paragraphs.
const MAX_BYLINE_CHARS: usize = 160;

/// A date behind an author's name: `Ana Belo November 15, 2019`, `Ana Belo, 2 May 2026`.
static BYLINE_DATE: LazyLock<Regex> = LazyLock::new(|| {
    const MONTH: &str = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?";
    Regex::new(&format!(
        r"(?i-u)(?:[\s,;|-]|–|—)+(?:on\s+)?(?:{MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\.?\s+{MONTH},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})\b(?u:.)*$"
    ))
    .expect("the expression is fixed")
});

/// A date in an address: `/2019/11/20/`.
static URL_DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/(20\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?:[/_-]|$)")
        .expect("the expression is fixed")
});

const PUBLISHED: [&str; 25] = [
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "publish-date",
    "publishdate",
    "pub_date",
    "pubdate",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "datecreated",
    "cxenseparse:recs:publishtime",
    "rnews:datepublished",
    "article_date_original",
    "date",
];

const MODIFIED: [&str; 10] = [
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "article.updated",
];

/// Zones are at most so far from UTC: a time within this of a day may be of that day.
const SAME_DAY_HOURS: i64 = 14;

const AUTHOR: [&str; 12] = [
    "author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "byline",
    "citation_author",
    "article.author",
    "article:author",
    "og:article:author",
];

/// Fills everything of a page but its body.
pub(super) fn read_metadata(survey: &Survey, body: &str, url: &str) -> Page {
    let json_ld = JsonLd::read(&survey.json_ld);
    let own = Url::parse(url).ok();
    let base = resolve_base(own.as_ref(), survey.link("base").unwrap_or(url));
    let absolute = |link: Option<&str>| {
        let link = resolve_link(base.as_ref(), link?)?;
        (link.starts_with("http://") || link.starts_with("https://")).then_some(link)
    };
    let structured = |value: Option<String>| found(value, FieldSource::JsonLd);
    let declared = |names: &[&str], source| found(survey.meta(names).map(html_to_line), source);
    Page {
        body: String::new(),
        title: declared(&["og:title"], FieldSource::OpenGraph)
            .or_else(|| structured(json_ld.headline.clone()))
            .or_else(|| declared(&["twitter:title"], FieldSource::OpenGraph))
            .or_else(|| found(survey.first_heading.clone(), FieldSource::Markup))
            .or_else(|| found(survey.title.clone(), FieldSource::Meta)),
        byline: byline(survey, &json_ld, body),
        dateline: found(dateline_of(body).map(str::to_owned), FieldSource::Text),
        section: declared(
            &["article:section", "og:article:section"],
            FieldSource::OpenGraph,
        )
        .or_else(|| structured(json_ld.section.clone()))
        .or_else(|| {
            declared(
                &["section", "parsely-section", "dc.subject", "category"],
                FieldSource::Meta,
            )
        }),
        canonical_url: found(absolute(survey.link("canonical")), FieldSource::Meta)
            .or_else(|| found(absolute(survey.meta(&["og:url"])), FieldSource::OpenGraph))
            .or_else(|| structured(absolute(json_ld.url.as_deref()))),
        published: published(survey, &json_ld, url),
        modified: date(json_ld.modified.as_deref(), FieldSource::JsonLd)
            .or_else(|| date(survey.meta(&MODIFIED), FieldSource::OpenGraph)),
        language: language(survey, &json_ld),
        site_name: declared(&["og:site_name"], FieldSource::OpenGraph)
            .or_else(|| structured(json_ld.publisher.clone()))
            .or_else(|| {
                let names = [
                    "application-name",
                    "apple-mobile-web-app-title",
                    "dc.publisher",
                    "cre",
                ];
                declared(&names, FieldSource::Meta)
            })
            .or_else(|| site_of(own.as_ref())),
        lead_image: found(
            absolute(survey.meta(&["og:image", "og:image:url", "og:image:secure_url"])),
            FieldSource::OpenGraph,
        )
        .or_else(|| structured(absolute(json_ld.image.as_deref())))
        .or_else(|| {
            let names = ["twitter:image", "twitter:image:src"];
            found(absolute(survey.meta(&names)), FieldSource::OpenGraph)
        }),
    }
}

fn found(value: Option<String>, source: FieldSource) -> Option<Found<String>> {
    let value = value.filter(|value| !value.is_empty())?;
    Some(Found { value, source })
}

fn date(raw: Option<&str>, source: FieldSource) -> Option<Found<Timestamp>> {
    let value = parse_date(raw?)?;
    Some(Found { value, source })
}

/// A date without its time of day is made exact by another that the page states for that day.
fn published(survey: &Survey, json_ld: &JsonLd, url: &str) -> Option<Found<Timestamp>> {
    let dates = published_dates(survey, json_ld, url);
    let mut read = dates
        .iter()
        .filter_map(|(raw, source)| Some((raw.contains(':'), date(Some(raw), *source)?)));
    let (is_exact, first) = read.next()?;
    if is_exact {
        return Some(first);
    }
    // The page as an object of its own often has the time that the article in it lacks.
    let of_objects = json_ld.other_dates.iter();
    let of_objects = of_objects
        .filter_map(|raw| Some((raw.contains(':'), date(Some(raw), FieldSource::JsonLd)?)));
    let exact = of_objects.chain(read).find(|(is_exact, other)| {
        let apart = other.value.duration_since(first.value).as_hours();
        *is_exact && (-SAME_DAY_HOURS..=24 + SAME_DAY_HOURS).contains(&apart)
    });
    exact.map(|(_, exact)| exact).or(Some(first))
}

/// What the page states of its publication, the most trustworthy first.
fn published_dates<'s>(
    survey: &'s Survey,
    json_ld: &'s JsonLd,
    url: &str,
) -> Vec<(Cow<'s, str>, FieldSource)> {
    let mut dates: Vec<(Cow<'s, str>, FieldSource)> = Vec::new();
    let stated = json_ld.published.iter();
    dates.extend(stated.map(|raw| (raw.into(), FieldSource::JsonLd)));
    for name in PUBLISHED {
        let source = if name.contains(':') {
            FieldSource::OpenGraph
        } else {
            FieldSource::Meta
        };
        dates.extend(survey.meta(&[name]).map(|raw| (raw.into(), source)));
    }
    for wanted in [true, false] {
        let times = survey.times.iter();
        let times = times.filter(|(_, is_published)| *is_published == wanted);
        dates.extend(times.map(|(raw, _)| (raw.into(), FieldSource::Time)));
    }
    let line = survey.published_line.iter();
    dates.extend(line.map(|raw| (raw.into(), FieldSource::Text)));
    if let Some(found) = URL_DATE.captures(url) {
        let [year, month, day] = [1, 2, 3].map(|n| found.get(n).map_or("", |part| part.as_str()));
        dates.push((format!("{year}-{month}-{day}").into(), FieldSource::Url));
    }
    dates
}

fn byline(survey: &Survey, json_ld: &JsonLd, body: &str) -> Option<Found<String>> {
    let names: Vec<String> = json_ld
        .authors
        .iter()
        .filter_map(|name| clean_byline(name))
        .collect();
    if !names.is_empty() {
        return found(Some(names.join(", ")), FieldSource::JsonLd);
    }
    for name in AUTHOR {
        let many = survey.metas.iter().filter(|(known, _)| known == name);
        let mut stated: Vec<String> = Vec::new();
        for author in many
            .filter_map(|(_, content)| clean_byline(content))
            .take(10)
        {
            if !stated.contains(&author) {
                stated.push(author);
            }
        }
        if !stated.is_empty() {
            return found(Some(stated.join(", ")), FieldSource::Meta);
        }
    }
    let marked = survey.bylines.iter().find_map(|text| clean_byline(text));
    found(marked, FieldSource::Markup).or_else(|| {
        let first = body.split("\n\n").next()?;
        let named = first
            .strip_prefix("By ")
            .or_else(|| first.strip_prefix("BY "))?;
        let is_short = named.split_whitespace().count() <= 6 && !named.ends_with('.');
        found(clean_byline(named).filter(|_| is_short), FieldSource::Text)
    })
}

/// An author line without "By", address or date; `None` for a link or a paragraph.
fn clean_byline(text: &str) -> Option<String> {
    let line = html_to_line(text);
    let line = line.trim_matches(|c: char| c.is_whitespace() || ",;|·•-–—".contains(c));
    let lower = line.to_lowercase();
    let start = [
        "by ",
        "by: ",
        "written by ",
        "author: ",
        "von ",
        "par ",
        "por ",
        "posted by ",
    ]
    .iter()
    .find(|start| lower.starts_with(**start))
    .map_or(0, |start| start.len());
    let line = line.get(start..)?.split(['|', '•', '·']).next()?;
    let end = BYLINE_DATE
        .find(line)
        .map_or(line.len(), |date| date.start());
    let line = line.get(..end)?.trim();
    let is_name = !line.is_empty()
        && line.chars().count() <= MAX_BYLINE_CHARS
        && line.contains(char::is_alphabetic)
        && !line.starts_with("http")
        && !line.starts_with("www.")
        && !line.contains("://");
    is_name.then(|| line.to_owned())
}

fn language(survey: &Survey, json_ld: &JsonLd) -> Option<Found<Language>> {
    let parse = |tag: Option<&str>, source| {
        let value = tag?.split(',').next()?.parse().ok()?;
        Some(Found { value, source })
    };
    parse(survey.language.as_deref(), FieldSource::Meta)
        .or_else(|| parse(json_ld.language.as_deref(), FieldSource::JsonLd))
        .or_else(|| parse(survey.meta(&["og:locale"]), FieldSource::OpenGraph))
        .or_else(|| {
            let names = ["content-language", "language", "dc.language", "inlanguage"];
            parse(survey.meta(&names), FieldSource::Meta)
        })
}

fn site_of(url: Option<&Url>) -> Option<Found<String>> {
    let host = url?.host_str()?;
    found(
        Some(host.trim_start_matches("www.").to_owned()),
        FieldSource::Url,
    )
}
