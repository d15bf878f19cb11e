//! Mounts the office on the page.

fn main() {
    mpos_terminal::speech::start(|| leptos::mount::mount_to_body(office::App));
}
