//! Reading `frontend/index.html`: finds the links that trunk's `data-trunk` attribute marks, so that one page serves both
//! `trunk serve` and the published build.

use anyhow::{Context, Result, bail};

/// A part of the page: text to keep as it is, or an asset to build.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text to keep.
    Text(&'a str),
    /// The place of an asset.
    Asset(Asset<'a>),
}

/// What a `data-trunk` link asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asset<'a> {
    /// The compiled application.
    Application,
    /// A style sheet.
    Css(&'a str),
    /// An icon, with its other attributes.
    Icon {
        /// The file.
        href: &'a str,
        /// The tag's other attributes, as written.
        attributes: Vec<(&'a str, &'a str)>,
    },
    /// A file to put into the page itself.
    Inline(&'a str),
    /// A file to copy, into a folder if there is one.
    CopyFile(&'a str, Option<&'a str>),
    /// A folder to copy, under another name if there is one.
    CopyDir(&'a str, Option<&'a str>),
}

/// Splits the page at its marked links. What this build does not know is an error, never left out.
pub fn parse(html: &str) -> Result<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = html;
    let mut kept = html;
    while let Some(at) = rest.find('<') {
        let tag_on = rest.get(at..).unwrap_or_default();
        if let Some(comment) = tag_on.strip_prefix("<!--") {
            // Tags in comments are not there.
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let end = tag_on.find('>').context("index.html: a tag is not closed")? + 1;
        let (tag, after) = tag_on.split_at(end);
        let attributes = attributes(tag);
        if attributes.iter().any(|(name, _)| *name == "data-trunk") {
            let before = kept.get(..kept.len() - tag_on.len()).unwrap_or_default();
            parts.push(Part::Text(before));
            parts.push(Part::Asset(asset(tag, attributes)?));
            kept = after;
        } else if tag.contains("data-trunk-") {
            bail!("index.html: `{tag}` is something that only trunk knows; this build does not");
        }
        rest = after;
    }
    parts.push(Part::Text(kept));
    Ok(parts)
}

fn asset<'a>(tag: &str, attributes: Vec<(&'a str, &'a str)>) -> Result<Asset<'a>> {
    let value = |wanted: &str| attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let href = || value("href").with_context(|| format!("index.html: `{tag}` has no href"));
    Ok(match value("rel") {
        Some("rust") => Asset::Application,
        Some("css") => Asset::Css(href()?),
        Some("inline") => Asset::Inline(href()?),
        Some("copy-file") => Asset::CopyFile(href()?, value("data-target-path")),
        Some("copy-dir") => Asset::CopyDir(href()?, value("data-target-path")),
        Some("icon") => {
            let href = href()?;
            let others =
                attributes.into_iter().filter(|(name, _)| *name != "href" && !name.starts_with("data-"));
            Asset::Icon { href, attributes: others.collect() }
        }
        _ => bail!("index.html: `{tag}` is none of rust, css, icon, inline, copy-file and copy-dir"),
    })
}

/// The attributes of a tag; one without a value has an empty one.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let mut rest = inner.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let end =
            rest.find(|character: char| character.is_whitespace() || character == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value_on) = after.strip_prefix('=').map(str::trim_start) else {
            found.push((name, ""));
            rest = after;
            continue;
        };
        let quote = value_on.chars().next().filter(|character| matches!(character, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => {
                value_on.get(1..).and_then(|text| text.split_once(quote)).unwrap_or((value_on, ""))
            }
            None => value_on.split_once(char::is_whitespace).unwrap_or((value_on, "")),
        };
        found.push((name, value));
        rest = after.trim_start();
    }
    found
}

/// A style sheet without its comments and indentation; strings stay as they are.
pub fn minify_css(css: &str) -> String {
    let mut without_comments = String::with_capacity(css.len());
    let mut characters = css.chars().peekable();
    let mut quote = None;
    while let Some(character) = characters.next() {
        match quote {
            Some(open) => {
                without_comments.push(character);
                if character == '\\' {
                    without_comments.extend(characters.next());
                } else if character == open {
                    quote = None;
                }
            }
            None if character == '/' && characters.peek() == Some(&'*') => {
                characters.next();
                let mut previous = ' ';
                for inner in characters.by_ref() {
                    if previous == '*' && inner == '/' {
                        break;
                    }
                    previous = inner;
                }
            }
            None => {
                quote = Some(character).filter(|character| matches!(character, '"' | '\''));
                without_comments.push(character);
            }
        }
    }
    let lines = without_comments.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_links_are_found_in_their_places() {
        let html = "<head><link data-trunk rel=\"rust\" data-bin=\"shop\" /><title>a</title>\n<link\n  data-trunk rel='css' href=a.css>\n</head>";
        let parts = parse(html).unwrap();
        let expected = [
            Part::Text("<head>"),
            Part::Asset(Asset::Application),
            Part::Text("<title>a</title>\n"),
            Part::Asset(Asset::Css("a.css")),
            Part::Text("\n</head>"),
        ];
        assert_eq!(parts, expected);
    }

    #[test]
    fn a_comment_is_kept_and_not_obeyed() {
        let html = "<!-- <link data-trunk rel=\"sass\" href=\"x\"> --><p>";
        assert_eq!(parse(html).unwrap(), [Part::Text(html)]);
    }

    #[test]
    fn an_icon_keeps_its_type() {
        let parts = parse("<link data-trunk rel=\"icon\" type=\"image/svg+xml\" href=\"i.svg\">").unwrap();
        let icon =
            Asset::Icon { href: "i.svg", attributes: vec![("rel", "icon"), ("type", "image/svg+xml")] };
        assert_eq!(parts.get(1), Some(&Part::Asset(icon)));
    }

    #[test]
    fn an_unknown_kind_is_refused_by_its_tag() {
        let error = parse("<link data-trunk rel=\"sass\" href=\"x.scss\">").unwrap_err();
        assert!(error.to_string().contains("x.scss"));
    }

    #[test]
    fn css_loses_comments_but_keeps_strings() {
        let css = "/* top */\na {\n  content: \"/* kept */\"; /* gone */\n}\n\n";
        assert_eq!(minify_css(css), "a {\ncontent: \"/* kept */\";\n}");
    }
}
