//! Mounts the office on the page.

fn main() {
    leptos::mount::mount_to_body(office::App);
}
