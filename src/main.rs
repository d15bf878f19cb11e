//! Mounts the terminal on the page.

fn main() {
    leptos::mount::mount_to_body(mpos_terminal::App);
}
