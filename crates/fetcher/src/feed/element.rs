//! Element names: which vocabulary they belong to, and what each stands for.

use super::node::Role;

/// What an element stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// `rss`, `RDF`, `feed`, CDF's `channel` and the like.
    Root,
    /// RSS's `channel`.
    Channel,
    /// An item or entry, or a sitemap's `url`.
    Item,
    /// A part with a title of its own.
    Part(&'static str),
    /// Human text, with the type it has unless stated.
    Text(&'static str, &'static str),
    /// Full text, with the type it has unless stated.
    Content(&'static str),
    /// RSS's description: the summary, or the full text where a summary came before.
    Description,
    /// A date.
    Date(&'static str),
    /// A person.
    Person(Role),
    /// A part of a person.
    Name,
    Email,
    Homepage,
    Link,
    Enclosure,
    Id,
    /// A category, by element.
    Category(CategoryStyle),
    Generator,
    GeneratorAgent,
    ItunesImage,
    /// `yes`, `clean` and the like.
    ItunesFlag,
    /// Elements that carry their matter in attributes and perhaps text.
    Attributed,
    Geometry(&'static str),
    Skip(SkipUnit),
    /// A value that is an address.
    AddressValue,
    License,
    /// Anything else: a value under its own name.
    Unknown,
}

/// How a category is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CategoryStyle {
    Plain,
    Media,
    Itunes,
    /// Several, separated by commas.
    List,
    ItunesList,
}

/// Hours or days of silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SkipUnit {
    Hour,
    Day,
}

const PLAIN: &str = "text/plain";
const HTML: &str = "text/html";
const XHTML: &str = "application/xhtml+xml";

/// The meaning of an element by its name in canonical form (`dc_creator`; see
/// [`canonical_prefix`]).
pub(crate) fn meaning(name: &str) -> Meaning {
    match name {
        "rss" | "rdf_rdf" | "feed" | "urlset" => Meaning::Root,
        "channel" => Meaning::Channel,
        "item" | "entry" => Meaning::Item,
        "source" => Meaning::Part("source"),
        "image" => Meaning::Part("image"),
        "textinput" => Meaning::Part("textinput"),
        "title" | "dc_title" | "media_title" | "itunes_title" | "news_title" => {
            Meaning::Text("title", PLAIN)
        }
        "subtitle" | "tagline" | "itunes_subtitle" => Meaning::Text("subtitle", PLAIN),
        "rights" | "copyright" | "dc_rights" | "dcterms_rights" | "media_copyright" => {
            Meaning::Text("rights", PLAIN)
        }
        "info" | "feedburner_browserfriendly" => Meaning::Text("info", PLAIN),
        "summary" | "itunes_summary" => Meaning::Text("summary", PLAIN),
        "media_description" => Meaning::Text("summary", HTML),
        "description" | "abstract" | "dc_description" => Meaning::Description,
        "content" => Meaning::Content(PLAIN),
        "content_encoded" | "fullitem" | "prodlink" => Meaning::Content(HTML),
        "body" | "xhtml_body" | "xhtml_div" => Meaning::Content(XHTML),
        "pubdate"
        | "published"
        | "issued"
        | "dcterms_issued"
        | "dcterms_available"
        | "news_publication_date" => Meaning::Date("published"),
        "updated"
        | "modified"
        | "dc_date"
        | "dcterms_modified"
        | "lastbuilddate"
        | "lastmod"
        | "dcterms_date"
        | "prism_modificationdate" => Meaning::Date("updated"),
        "created" | "dcterms_created" => Meaning::Date("created"),
        "expirationdate" | "dcterms_valid" => Meaning::Date("expired"),
        "author" | "managingeditor" | "dc_author" | "dc_creator" | "itunes_author" => {
            Meaning::Person(Role::Author)
        }
        "contributor" | "dc_contributor" => Meaning::Person(Role::Contributor),
        "publisher" | "dc_publisher" | "webmaster" | "itunes_owner" => {
            Meaning::Person(Role::Publisher)
        }
        "name" | "itunes_name" | "foaf_name" => Meaning::Name,
        "email" | "itunes_email" => Meaning::Email,
        "uri" | "url" | "homepage" => Meaning::Homepage,
        "link" | "atom10_link" => Meaning::Link,
        "enclosure" => Meaning::Enclosure,
        "id" | "guid" => Meaning::Id,
        "category" | "dc_subject" => Meaning::Category(CategoryStyle::Plain),
        "media_category" => Meaning::Category(CategoryStyle::Media),
        "itunes_category" => Meaning::Category(CategoryStyle::Itunes),
        "tags" | "news_keywords" => Meaning::Category(CategoryStyle::List),
        "itunes_keywords" => Meaning::Category(CategoryStyle::ItunesList),
        "generator" => Meaning::Generator,
        "admin_generatoragent" => Meaning::GeneratorAgent,
        "itunes_image" => Meaning::ItunesImage,
        "itunes_explicit" | "itunes_block" => Meaning::ItunesFlag,
        "media_content"
        | "media_thumbnail"
        | "media_credit"
        | "media_rating"
        | "media_restriction"
        | "media_license"
        | "media_player"
        | "media_text"
        | "cloud"
        | "psc_chapter"
        | "itunes_new_feed_url" => Meaning::Attributed,
        "georss_point" | "gml_point" => Meaning::Geometry("Point"),
        "georss_line" | "gml_linestring" => Meaning::Geometry("LineString"),
        "georss_polygon" | "gml_polygon" => Meaning::Geometry("Polygon"),
        "georss_box" | "gml_envelope" => Meaning::Geometry("Box"),
        "gml_pos" | "gml_poslist" | "gml_lowercorner" | "gml_uppercorner" => Meaning::Geometry(""),
        "hour" => Meaning::Skip(SkipUnit::Hour),
        "day" => Meaning::Skip(SkipUnit::Day),
        "comments" | "docs" | "icon" | "logo" | "wfw_comment" | "wfw_commentrss"
        | "newlocation" => Meaning::AddressValue,
        "cc_license" | "creativecommons_license" | "license" => Meaning::License,
        _ => Meaning::Unknown,
    }
}

/// The prefix that we know a vocabulary by; empty for the feed vocabularies themselves, which are
/// told apart by element names alone. `None` for a vocabulary that we do not know.
pub(crate) fn canonical_prefix(uri: &str) -> Option<&'static str> {
    let uri = uri.trim().to_ascii_lowercase();
    let bare = uri
        .strip_prefix("https://")
        .or_else(|| uri.strip_prefix("http://"));
    let bare = bare.unwrap_or(&uri).trim_end_matches(['/', '#']);
    let prefix = match bare {
        ""
        | "www.w3.org/2005/atom"
        | "purl.org/atom/ns"
        | "purl.org/atom"
        | "purl.org/rss/1.0"
        | "my.netscape.com/rdf/simple/0.9"
        | "channel.netscape.com/rdf/simple/0.9"
        | "backend.userland.com/rss"
        | "backend.userland.com/rss2"
        | "backend.userland.com/rss2.1"
        | "backend.userland.com/rss091"
        | "blogs.law.harvard.edu/tech/rss"
        | "cyber.law.harvard.edu/rss/rss.html"
        | "example.com/newformat"
        | "example.com/necho"
        | "purl.org/echo"
        | "uri/of/echo/namespace"
        | "purl.org/pie"
        | "purl.org/rss/1.0/modules/rss091"
        | "purl.org/net/rss1.1"
        | "www.sitemaps.org/schemas/sitemap/0.9"
        | "www.google.com/schemas/sitemap/0.9" => "",
        "webns.net/mvcb" => "admin",
        "purl.org/rss/1.0/modules/aggregation" => "ag",
        "search.yahoo.com/mrss" => "media",
        "web.resource.org/cc" | "creativecommons.org/ns" => "cc",
        "backend.userland.com/creativecommonsrssmodule" => "creativecommons",
        "purl.org/rss/1.0/modules/content" => "content",
        "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => "dc",
        "purl.org/dc/terms" => "dcterms",
        "rssnamespace.org/feedburner/ext/1.0" => "feedburner",
        "xmlns.com/foaf/0.1" => "foaf",
        "www.georss.org/georss" => "georss",
        "www.opengis.net/gml" => "gml",
        "www.w3.org/2003/01/geo/wgs84_pos" => "geo",
        "www.itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => "itunes",
        "www.google.com/schemas/sitemap-news/0.9" => "news",
        "www.google.com/schemas/sitemap-image/1.1" => "sitemapimage",
        "prismstandard.org/namespaces/1.2/basic" | "prismstandard.org/namespaces/basic/2.0" => {
            "prism"
        }
        "podlove.org/simple-chapters" => "psc",
        "podcastindex.org/namespace/1.0" => "podcast",
        "www.w3.org/1999/02/22-rdf-syntax-ns" => "rdf",
        "purl.org/rss/1.0/modules/slash" => "slash",
        "purl.org/rss/1.0/modules/syndication" => "sy",
        "www.w3.org/2000/svg" => "svg",
        "purl.org/syndication/thread/1.0" => "thr",
        "wellformedweb.org/commentapi" => "wfw",
        "www.w3.org/1999/xhtml" => "xhtml",
        "www.w3.org/1999/xlink" => "xlink",
        "www.w3.org/xml/1998/namespace" => "xml",
        other if other.starts_with("backend.userland.com/rss") => "",
        _ => return None,
    };
    Some(prefix)
}
