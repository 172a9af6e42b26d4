//! HTML to readable paragraphs.

/// The text of an HTML fragment: paragraphs parted by a blank line, no markup, entities resolved.
pub fn html_to_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((name, after)) = tag.split_once('>') else {
            rest = "";
            break;
        };
        let name = name.trim_start_matches('/').to_ascii_lowercase();
        if ["p", "div", "br", "li", "h", "tr", "blockquote"]
            .iter()
            .any(|block| name.starts_with(block))
        {
            text.push_str("\n\n");
        }
        rest = after;
    }
    text.push_str(rest);
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}
