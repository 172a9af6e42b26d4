//! OPML: what nearly all feed readers export and import.
//!
//! Folders are outlines without an address around outlines with one; a feed's folder is their
//! names, joined by `/`. What OPML has no attribute for is written in a namespace of our own.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::{
    FeedEntry, Import, ImportError,
    entry::folder_path,
    tag::{Tag, TagKind, Tags},
};

/// Names the attributes that OPML lacks.
const NAMESPACE: &str = "https://github.com/onrecord/onrecord";

/// Reads an OPML document; outlines that cannot be taken are named by line.
pub(super) fn read_opml(text: &str) -> Result<Import, ImportError> {
    let mut import = Import::default();
    let mut folders: Vec<Folder> = Vec::new();
    let mut has_outline = false;
    for tag in Tags::new(text) {
        if !tag.name.eq_ignore_ascii_case("outline") {
            has_outline |= tag.name.eq_ignore_ascii_case("opml");
            continue;
        }
        has_outline = true;
        match tag.kind {
            TagKind::Close => {
                if let Some(folder) = folders.pop() {
                    folder.close(&mut import);
                }
            }
            TagKind::Broken => {
                let reason =
                    "the outline does not end: a quote is missing, or `<` stands in a value";
                import.refuse(tag.line, reason);
            }
            TagKind::Open | TagKind::Empty => {
                read_outline(&tag, &mut folders, &mut import);
            }
        }
    }
    if has_outline {
        Ok(import)
    } else {
        Err(ImportError::NoOutline)
    }
}

/// An outline that is open.
struct Folder {
    line: u64,
    /// Absent where the outline is a feed itself.
    name: Option<String>,
    /// Whether it says that it is a feed, though it has no address.
    claims_feed: bool,
    has_children: bool,
}

impl Folder {
    fn close(self, import: &mut Import) {
        if self.claims_feed && !self.has_children {
            let name = self.name.unwrap_or_default();
            import.refuse(self.line, without_address(&name));
        }
    }
}

fn read_outline(tag: &Tag<'_>, folders: &mut Vec<Folder>, import: &mut Import) {
    if let Some(parent) = folders.last_mut() {
        parent.has_children = true;
    }
    let attributes = tag.attributes();
    let find = |names: &[&str]| {
        let found = names.iter().find_map(|name| {
            let mut attributes = attributes.iter();
            attributes.find(|(known, value)| known == name && !value.trim().is_empty())
        });
        found.map(|(_, value)| value.trim().to_owned())
    };
    let name = find(&["text", "title"]);
    let url = find(&["xmlurl"]);
    if let Some(url) = &url {
        let own = folders.iter().filter_map(|folder| folder.name.as_deref());
        let own = own.collect::<Vec<_>>().join("/");
        let folder = Some(own).filter(|own| !own.is_empty()).or_else(|| {
            let category = find(&["folder", "category"])?;
            let first = category.split(',').next().unwrap_or_default();
            Some(first.trim().trim_matches('/').to_owned())
        });
        // An outline must have a text: where a feed has no name, its outlet or address stands there.
        let outlet = find(&["outlet"]);
        let own_name = name.clone().filter(|name| {
            let stands_in = |other: &str| same_text(name, other);
            !stands_in(url) && !outlet.as_deref().is_some_and(stands_in)
        });
        let mut fields = vec![
            ("name", own_name.unwrap_or_default()),
            ("folder", folder.unwrap_or_default()),
        ];
        for key in [
            "outlet",
            "language",
            "country",
            "interval",
            "pages",
            "robots",
            "user_agent",
        ] {
            fields.push((key, find(&[key]).unwrap_or_default()));
        }
        import.take(tag.line, url, &fields);
    }
    let kind = find(&["type"]).unwrap_or_default().to_ascii_lowercase();
    let claims_feed = url.is_none() && matches!(kind.as_str(), "rss" | "atom" | "feed");
    if tag.kind == TagKind::Open {
        folders.push(Folder {
            line: tag.line,
            name: name.filter(|_| url.is_none()),
            claims_feed,
            has_children: false,
        });
    } else if url.is_none() {
        import.refuse(tag.line, without_address(&name.unwrap_or_default()));
    }
}

/// Whether two texts are the same but for white space.
fn same_text(one: &str, two: &str) -> bool {
    one.split_whitespace().eq(two.split_whitespace())
}

fn without_address(name: &str) -> String {
    format!("the outline {name:?} has no xmlUrl")
}

/// Writes feeds as OPML 2.0, in folders as they have them.
pub fn write_opml(feeds: &[FeedEntry]) -> String {
    let mut opml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" \
         xmlns:onrecord=\"{NAMESPACE}\">\n<head><title>Feeds</title></head>\n<body>\n"
    );
    // Sorted by folder, so that each is opened once; within one the order stays.
    let mut sorted: Vec<(Vec<&str>, &FeedEntry)> = feeds
        .iter()
        .map(|feed| {
            (
                folder_path(feed.folder.as_deref().unwrap_or_default()),
                feed,
            )
        })
        .collect();
    sorted.sort_by(|(one, _), (two, _)| one.cmp(two));
    let mut open: Vec<&str> = Vec::new();
    for (path, feed) in sorted {
        let shared = open.iter().zip(&path).take_while(|(a, b)| a == b).count();
        for depth in (shared..open.len()).rev() {
            push_line(&mut opml, depth, "</outline>");
        }
        for (depth, name) in path.iter().enumerate().skip(shared) {
            let line = format!("<outline{}>", attribute("text", name));
            push_line(&mut opml, depth, &line);
        }
        open.clone_from(&path);
        push_line(&mut opml, open.len(), &feed_outline(feed));
    }
    for depth in (0..open.len()).rev() {
        push_line(&mut opml, depth, "</outline>");
    }
    opml.push_str("</body>\n</opml>\n");
    opml
}

fn feed_outline(feed: &FeedEntry) -> String {
    let name = feed.name.as_deref().or(feed.outlet.as_deref());
    let mut outline = format!(
        "<outline type=\"rss\"{}",
        attribute("text", name.unwrap_or(&feed.url))
    );
    for (key, text) in feed.fields() {
        let name = match key {
            "url" => "xmlUrl".to_owned(),
            "name" => "title".to_owned(),
            "language" => key.to_owned(),
            // The outlines around it say so.
            "folder" => continue,
            _ => format!("onrecord:{key}"),
        };
        outline.push_str(&attribute(&name, &text));
    }
    outline.push_str("/>");
    outline
}

fn attribute(name: &str, value: &str) -> String {
    // XML 1.0 knows no control characters, not even as references.
    let clean: String = value.chars().filter(|c| !c.is_control()).collect();
    let mut text = String::new();
    write!(text, " {name}=\"{}\"", escape(clean.as_str())).ok();
    text
}

fn push_line(opml: &mut String, depth: usize, line: &str) {
    opml.push_str(&"  ".repeat(depth + 1));
    opml.push_str(line);
    opml.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::{RowFault, read_import};

    #[test]
    fn folders_become_paths_and_bad_outlines_are_named_by_line() {
        let opml = r#"<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
<outline text="Asia">
  <outline text="Vell" title="Vell">
    <outline type="rss" text="The Vell Post" xmlUrl="https://vell.example/rss?a=1&b=2" language="km"/>
    <outline type="rss" text="No address" htmlUrl="https://vell.example/"/>
  </outline>
  <outline type="rss" text="Korv" xmlUrl="ftp://korv.example/rss"/>
  <outline type="rss" text="broken xmlUrl="https://broken.example/rss"/>
</outline>
<outline type="rss" text="Top" xmlUrl="https://top.example/rss" category="/News/Wires,/x" language="?"></outline>
<outline type="rss" text="Hollow"></outline>
</body></opml>"#;
        let import = read_import(opml.as_bytes()).unwrap();
        let feeds: Vec<(u64, &str, Option<&str>)> = import
            .feeds
            .iter()
            .map(|feed| {
                (
                    feed.line,
                    feed.entry.url.as_str(),
                    feed.entry.folder.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            feeds,
            [
                (4, "https://vell.example/rss?a=1&b=2", Some("Asia/Vell")),
                (10, "https://top.example/rss", Some("News/Wires")),
            ]
        );
        let lines: Vec<u64> = import.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [5, 7, 8, 11], "{:?}", import.faults);
        assert_eq!(import.notes.len(), 1, "the language of Top");
    }

    #[test]
    fn two_hundred_with_three_bad_ones_give_the_rest() {
        let mut opml = "<opml version=\"1.0\"><body>\n".to_owned();
        for number in 0..200 {
            let line = match number {
                20 => "<outline type=\"rss\" text=\"none\"/>\n".to_owned(),
                90 => "<outline type=\"rss\" text=\"x\" xmlUrl=\"not an address\"/>\n".to_owned(),
                150 => {
                    "<outline type=\"rss\" text=\"x xmlUrl=\"https://q.example/\"/>\n".to_owned()
                }
                _ => format!(
                    "<outline type=\"rss\" text=\"F\" xmlUrl=\"https://f{number}.example/rss\"/>\n"
                ),
            };
            opml.push_str(&line);
        }
        opml.push_str("</body></opml>");
        let import = read_import(opml.as_bytes()).unwrap();
        assert_eq!(import.feeds.len(), 197);
        let lines: Vec<u64> = import.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [22, 92, 152]);
    }

    #[test]
    fn what_is_exported_is_imported_again() {
        let feeds = [
            FeedEntry {
                name: Some("A & B <news>".into()),
                outlet: Some("The \"A\"".into()),
                language: "km".parse().ok(),
                country: Some("KH".into()),
                folder: Some("Asia/Cambodia".into()),
                interval: Some(std::time::Duration::from_mins(5)),
                user_agent: Some("x/1".into()),
                ..FeedEntry::from_url("https://a.example/rss?x=1&y=2")
            },
            FeedEntry {
                name: Some("B".into()),
                folder: Some("Asia".into()),
                ..FeedEntry::from_url("https://b.example/rss")
            },
        ];
        let import = read_import(write_opml(&feeds).as_bytes()).unwrap();
        assert_eq!((import.faults, import.notes), (vec![], vec![]));
        let mut again: Vec<FeedEntry> = import.feeds.into_iter().map(|feed| feed.entry).collect();
        again.sort_by(|one, two| one.url.cmp(&two.url));
        assert_eq!(again, feeds);
    }

    #[test]
    fn what_no_list_can_hold_is_left_out_and_the_rest_comes_back_the_same() {
        let csv = "url,name,outlet,folder\nhttps://a.example/r\0ss,A\u{1} b,,/Asia//X/\n\
                   https://b.example/rss,,,\nhttps://c.example/rss,,The  C,\n";
        let feeds = |import: Import| -> Vec<FeedEntry> {
            import.feeds.into_iter().map(|feed| feed.entry).collect()
        };
        let mut first = feeds(read_import(csv.as_bytes()).unwrap());
        assert_eq!(first[0].url, "https://a.example/rss");
        assert_eq!(first[0].name.as_deref(), Some("A b"));
        assert_eq!(first[0].folder.as_deref(), Some("Asia/X"));
        let again = feeds(read_import(write_opml(&first).as_bytes()).unwrap());
        // Feeds without a folder come first.
        first.rotate_left(1);
        assert_eq!(again, first);
    }

    #[test]
    fn a_document_that_breaks_off_keeps_what_came_before() {
        let opml =
            "<opml><body><outline xmlUrl='https://a.example/rss'/>\n<outline xmlUrl='https://b";
        let import = read_import(opml.as_bytes()).unwrap();
        assert_eq!(import.feeds.len(), 1);
        assert_eq!(
            import.faults.first().map(|fault: &RowFault| fault.line),
            Some(2)
        );
    }

    #[test]
    fn other_xml_is_refused() {
        assert_eq!(
            read_import(b"<rss><channel/></rss>"),
            Err(ImportError::NoOutline)
        );
        assert_eq!(read_import(b" \n"), Err(ImportError::Empty));
    }
}
