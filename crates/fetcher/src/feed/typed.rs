//! What feed-rs reads of a feed: its typed media objects, and a second opinion on dates.
//!
//! feed-rs is given clean XML that is written from what was read, without the long texts: it
//! never sees a fault, an address line or a number that it fails on, and it costs little on feeds
//! whose weight is text. See docs/decisions/0005-feed-reader.md. Should it fail all the same, the poll
//! goes on without.

use std::{panic::AssertUnwindSafe, time::Duration};

use feed_rs::model as raw;
use jiff::Timestamp;

use super::{
    FeedDocument,
    character_reference::push_escaped_value,
    node::{Node, Pairs},
};

/// A recording, film or picture that belongs to an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Where it is.
    pub url: Option<String>,
    /// MIME type as stated.
    pub media_type: Option<String>,
    /// Size in bytes as stated.
    pub length_bytes: Option<u64>,
    /// How long it plays.
    pub duration: Option<Duration>,
    /// Its title.
    pub title: Option<String>,
    /// A picture that stands for it.
    pub thumbnail: Option<String>,
    /// Who made it.
    pub credits: Vec<String>,
}

/// What feed-rs says of one item.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    pub(crate) published: Option<Timestamp>,
    pub(crate) media: Vec<Media>,
}

/// Media elements of one item beyond this are left out.
const MAX_MEDIA: usize = 50;

/// Reads every item's typed part, in order; empty where feed-rs fails.
pub(crate) fn read_typed(document: &FeedDocument) -> Vec<Typed> {
    let clean = write_clean(document);
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .build();
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| parser.parse(clean.as_bytes())));
    match outcome {
        Ok(Ok(feed)) if feed.entries.len() == document.entries.len() => {
            feed.entries.into_iter().map(read_entry).collect()
        }
        Ok(Ok(_) | Err(_)) | Err(_) => Vec::new(),
    }
}

fn read_entry(entry: raw::Entry) -> Typed {
    Typed {
        published: entry
            .published
            .and_then(|date| Timestamp::from_second(date.timestamp()).ok()),
        media: entry.media.into_iter().flat_map(read_media).collect(),
    }
}

fn read_media(media: raw::MediaObject) -> Vec<Media> {
    let shared = Media {
        title: media.title.map(|title| title.content),
        duration: media.duration,
        thumbnail: media.thumbnails.into_iter().next().map(|one| one.image.uri),
        credits: media
            .credits
            .into_iter()
            .map(|credit| credit.entity)
            .collect(),
        ..Media::default()
    };
    if media.content.is_empty() {
        return vec![shared];
    }
    let contents = media.content.into_iter().map(|content| Media {
        url: content.url.map(Into::into),
        media_type: content.content_type.map(|kind| kind.to_string()),
        length_bytes: content.size,
        duration: content.duration.or(shared.duration),
        ..shared.clone()
    });
    contents.collect()
}

/// The document's short parts as RSS that feed-rs reads without fault.
fn write_clean(document: &FeedDocument) -> String {
    let mut xml = String::with_capacity(256 * document.entries.len() + 256);
    xml.push_str(
        "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\" \
         xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel>",
    );
    for entry in &document.entries {
        write_item(entry, &mut xml);
    }
    xml.push_str("</channel></rss>");
    xml
}

fn write_item(entry: &Node, xml: &mut String) {
    xml.push_str("<item>");
    if let Some(date) = entry.date("published") {
        write_element("pubDate", &date.raw, xml);
    }
    for link in entry
        .links
        .iter()
        .filter(|link| link.rel == "enclosure")
        .take(MAX_MEDIA)
    {
        xml.push_str("<enclosure");
        write_attribute("url", &link.href, xml);
        for (name, value) in &link.other {
            match name.as_str() {
                "type" if is_media_type(value) => write_attribute("type", value, xml),
                "length" if is_number(value) => write_attribute("length", value, xml),
                _ => {}
            }
        }
        xml.push_str("/>");
    }
    if let Some(duration) = entry
        .value("itunes_duration")
        .filter(|text| is_duration(text))
    {
        write_element("itunes:duration", duration, xml);
    }
    for (name, pairs) in entry.attributed.iter().take(MAX_MEDIA) {
        if let Some(element) = name.strip_prefix("media_") {
            write_media(element, pairs, xml);
        }
    }
    xml.push_str("</item>");
}

fn write_media(element: &str, pairs: &Pairs, xml: &mut String) {
    if !matches!(element, "content" | "thumbnail" | "credit") {
        return;
    }
    xml.extend(["<media:", element]);
    let mut text = "";
    for (name, value) in pairs {
        match name.as_str() {
            "url" | "medium" | "role" => write_attribute(name, value, xml),
            "type" if is_media_type(value) => write_attribute(name, value, xml),
            "filesize" => write_attribute_if(is_number(value), "fileSize", value, xml),
            "width" | "height" => write_attribute_if(is_number(value), name, value, xml),
            "duration" => write_attribute_if(is_duration(value), name, value, xml),
            "content" => text = value,
            _ => {}
        }
    }
    xml.push('>');
    push_escaped_value(text, xml);
    xml.extend(["</media:", element, ">"]);
}

fn write_element(name: &str, text: &str, xml: &mut String) {
    xml.extend(["<", name, ">"]);
    push_escaped_value(text, xml);
    xml.extend(["</", name, ">"]);
}

fn write_attribute(name: &str, value: &str, xml: &mut String) {
    xml.extend([" ", name, "=\""]);
    push_escaped_value(value, xml);
    xml.push('"');
}

fn write_attribute_if(fits: bool, name: &str, value: &str, xml: &mut String) {
    if fits {
        write_attribute(name, value, xml);
    }
}

fn is_media_type(value: &str) -> bool {
    value.contains('/') && value.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_number(value: &str) -> bool {
    (1..=9).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Long numbers overflow in feed-rs.
fn is_duration(value: &str) -> bool {
    (1..=9).contains(&value.len())
        && value.starts_with(|c: char| c.is_ascii_digit())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.')
}
