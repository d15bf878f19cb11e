use super::Text;
use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::attr::custom::custom_attribute;
use leptos::ev::{self, Custom};
use leptos::html;
use leptos::prelude::*;
use leptos::tachys::html::event::on;
use leptos::tachys::html::property::prop;

/// An element in the making.
///
/// leptos' own elements are a type a tag and a type an attribute, each of which the compiler makes anew: they were a
/// tenth of what the page downloads. Here the tag and the attribute are names.
pub struct Element {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element of this tag.
#[must_use]
pub fn element(tag: &'static str) -> Element {
    Element { tag, attributes: Vec::new(), children: Vec::new() }
}

impl Element {
    /// With this class.
    #[must_use]
    pub fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    /// With this attribute.
    #[must_use]
    #[inline(never)]
    pub fn attr(mut self, name: &'static str, value: &'static str) -> Self {
        self.attributes.push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// With an attribute that changes.
    #[must_use]
    #[inline(never)]
    pub fn live_attr(mut self, name: &'static str, value: Text) -> Self {
        self.attributes.push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// With a property of the page's that changes, as a field's value.
    #[must_use]
    #[inline(never)]
    pub fn prop(mut self, name: &'static str, value: Box<dyn FnMut() -> bool + Send>) -> Self {
        self.attributes.push(prop(name, value).into_any_attr());
        self
    }

    /// With something that happens at an event of this name.
    #[must_use]
    pub fn on(self, event: &'static str, action: impl FnMut(ev::Event) + 'static) -> Self {
        self.on_event(event, Box::new(action))
    }

    #[inline(never)]
    fn on_event(mut self, event: &'static str, action: Box<dyn FnMut(ev::Event)>) -> Self {
        self.attributes.push(on(Custom::<ev::Event>::new(event), action).into_any_attr());
        self
    }

    /// With a child behind those before.
    #[must_use]
    #[inline(never)]
    pub fn child(mut self, child: AnyView) -> Self {
        self.children.push(child);
        self
    }

    /// With children behind those before.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = AnyView>) -> Self {
        self.children.extend(children);
        self
    }

    /// With a text behind the children before.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.child(text.into().into_any())
    }

    /// With a text that changes behind the children before.
    #[must_use]
    pub fn live_text(self, text: Text) -> Self {
        self.child(text.into_any())
    }

    /// Done.
    #[must_use]
    #[inline(never)]
    pub fn view(self) -> AnyView {
        html::custom(self.tag).child(self.children).add_any_attr(self.attributes).into_any()
    }
}
