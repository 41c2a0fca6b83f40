//! A small XML document as a tree, by local names.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An element: its local name, its attributes by local name, what it holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    /// Its own characters.
    pub(super) text: String,
}

/// Elements within elements; deeper ones are no document that somebody wrote.
const DEEPEST: usize = 200;

impl Element {
    /// Parses a document; nothing where it is not well formed.
    pub(super) fn parse(xml: &str) -> Option<Self> {
        let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) => {
                    open.push(Self::begin(&tag)?);
                    if open.len() > DEEPEST {
                        return None;
                    }
                }
                Event::Empty(tag) => {
                    let element = Self::begin(&tag)?;
                    open.last_mut()?.children.push(element);
                }
                Event::End(_) => {
                    let done = open.pop()?;
                    open.last_mut()?.children.push(done);
                }
                Event::Text(text) => {
                    let text = text.xml_content(XmlVersion::Implicit1_0);
                    open.last_mut()?.text.push_str(&text);
                }
                Event::CData(text) => {
                    let text = text.xml_content(XmlVersion::Implicit1_0);
                    open.last_mut()?.text.push_str(&text);
                }
                Event::GeneralRef(reference) => {
                    let named = match reference.as_ref() {
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "amp" => Some('&'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok()?,
                    };
                    open.last_mut()?.text.extend(named);
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => break,
            }
        }
        let root = open.pop().filter(|_| open.is_empty())?;
        root.children.into_iter().next()
    }

    fn begin(tag: &BytesStart<'_>) -> Option<Self> {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.ok()?;
            let name = attribute.key.local_name().as_ref().to_owned();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((name, value.into_owned()))
        });
        Some(Self {
            name: tag.local_name().as_ref().to_owned(),
            attributes: attributes.collect::<Option<_>>()?,
            ..Self::default()
        })
    }

    /// An attribute by its local name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut found = self.attributes.iter();
        found
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first child of a name.
    pub(super) fn first(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The `val` of the first child of a name.
    pub(super) fn value_of(&self, name: &str) -> Option<&str> {
        self.first(name)?.attribute("val")
    }

    /// Every element of a name below this one, in the order of the text.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.children.iter().flat_map(move |child| {
            let own = (child.name == name).then_some(child);
            own.into_iter().chain(child.all(name))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_formed_is_a_tree() {
        let tree = Element::parse("<?xml version=\"1.0\"?><a:b x:k=\"1 &lt; 2\"><c/>t &amp; &#x4e2d;<c val='v'><d/></c></a:b>")
            .expect("well formed");
        assert_eq!(tree.name, "b");
        assert_eq!(tree.attribute("k"), Some("1 < 2"));
        assert_eq!(tree.text, "t & 中");
        assert_eq!(tree.all("d").count(), 1);
        assert_eq!(tree.all("c").count(), 2);
        for broken in ["", "no", "<a>", "<a></b>", "<a", "</a>"] {
            assert_eq!(Element::parse(broken), None, "{broken}");
        }
        let deep = "<a>".repeat(300) + &"</a>".repeat(300);
        assert_eq!(Element::parse(&deep), None);
    }
}
