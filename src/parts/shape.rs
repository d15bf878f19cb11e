use crate::words::Shape;
use leptos::prelude::*;

/// The shape that says the result without colour.
#[inline(never)]
pub fn shape_icon(shape: Shape) -> AnyView {
    let (outline, mark) = match shape {
        Shape::Approved => ("M24 3a21 21 0 1 0 0 42a21 21 0 1 0 0-42z", "M14 25l7 7 14-15"),
        Shape::Declined => ("M16 3h16l13 13v16l-13 13h-16l-13-13v-16z", "M16 16l16 16M32 16l-16 16"),
        Shape::Filtered => ("M24 3l18 6v14c0 11-8 18-18 22c-10-4-18-11-18-22v-14z", "M15 23h18"),
        Shape::Error => ("M24 4l21 39h-42z", "M24 18v11M24 36v1"),
        Shape::NotKnown => ("M24 2l22 22-22 22-22-22z", "M19 19c0-7 11-7 11 0c0 4-6 4-6 9M24 34v1"),
        Shape::Cancelled => ("M24 4a20 20 0 1 0 0 40a20 20 0 1 0 0-40z", "M14 24h20"),
        Shape::Returned => ("M24 4a20 20 0 1 0 0 40a20 20 0 1 0 0-40z", "M34 24h-20M21 17l-7 7 7 7"),
    };
    let svg = format!(
        r#"<svg viewBox="0 0 48 48"><path class="outline" d="{outline}"/><path class="mark" d="{mark}"/></svg>"#
    );
    let icon = leptos::html::span().class("shape").attr("aria-hidden", "true");
    icon.inner_html(svg).into_any()
}
