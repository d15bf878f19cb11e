/// What the page's own script does for it (`public/shell.js`).
const SHELL: &str = "globalThis.shell = {
    version: () => '0.1.0+test',
    language: () => 'en',
    updateWaits: () => false,
    entitle: () => {},
    keepAwake: () => {},
    figures: (major, digits) => new Intl.NumberFormat('en-GB', {
        minimumFractionDigits: digits, maximumFractionDigits: digits }).format(major),
    moment: (at, date, time) => new Intl.DateTimeFormat('en-GB', {
        dateStyle: date || undefined, timeStyle: time || undefined }).format(at),
}";

/// Puts it where the page looks for it.
pub(crate) fn put_in_place() {
    js_sys::eval(SHELL).unwrap();
}
