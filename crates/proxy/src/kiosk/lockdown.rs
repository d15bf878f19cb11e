//! What a browser in customers' reach may not do. Each name is in the Chrome Enterprise policy list or, where Edge has its
//! own, in Microsoft's; a browser ignores a policy that it does not know, and says so at `chrome://policy`.

use super::Browser;
use crate::guard::Origin;
use serde_json::{Value, json};

/// The policies that leave a browser nothing but the pages at these origins, of which the first is the till's.
pub(super) fn settings(origins: &[Origin], browser: Browser) -> Vec<(&'static str, Value)> {
    let or_edge = |chrome, edge| if browser == Browser::Edge { edge } else { chrome };
    let home = json!(origins.first());
    let mut settings = vec![
        // Since version 147 `*` leaves out the browser's own pages, and it never stopped those of its extensions.
        ("URLBlocklist", json!(["*", or_edge("chrome://*", "edge://*"), "chrome-extension://*"])),
        ("URLAllowlist", json!(origins)),
        // Nor may another program on the machine drive the page.
        ("DeveloperToolsAvailability", json!(2)),
        (or_edge("IncognitoModeAvailability", "InPrivateModeAvailability"), json!(1)),
        ("BrowserGuestModeEnabled", json!(false)),
        (or_edge("BrowserAddPersonEnabled", "BrowserAddProfileEnabled"), json!(false)),
        ("BrowserSignin", json!(0)),
        ("SyncDisabled", json!(true)),
        ("ExtensionInstallBlocklist", json!(["*"])),
        ("TaskManagerEndProcessEnabled", json!(false)),
        ("UserFeedbackAllowed", json!(false)),
        ("DefaultSearchProviderEnabled", json!(false)),
        ("DefaultPopupsSetting", json!(2)),
        // Where a new tab leads, if a keyboard opens one.
        ("NewTabPageLocation", home.clone()),
        ("HomepageLocation", home),
        // The ways to the machine's files.
        ("AllowFileSelectionDialogs", json!(false)),
        ("DownloadRestrictions", json!(3)),
        // Its dialog lists the shop's printers. Receipts go to an ESC/POS printer, past it.
        ("PrintingEnabled", json!(false)),
        // Questions that the page never asks, and that nobody is there to answer.
        ("AudioCaptureAllowed", json!(false)),
        ("VideoCaptureAllowed", json!(false)),
        ("ScreenCaptureAllowed", json!(false)),
        ("DefaultGeolocationSetting", json!(2)),
        ("DefaultNotificationsSetting", json!(2)),
        ("DefaultBrowserSettingEnabled", json!(false)),
        ("TranslateEnabled", json!(false)),
        // What one customer keys is not offered to the next. Newer browsers call the first two deprecated, and obey them.
        ("AutofillAddressEnabled", json!(false)),
        ("AutofillCreditCardEnabled", json!(false)),
        ("PasswordManagerEnabled", json!(false)),
        (or_edge("BookmarkBarEnabled", "FavoritesBarEnabled"), json!(false)),
        (or_edge("EditBookmarksEnabled", "EditFavoritesEnabled"), json!(false)),
        // The till is heard before anybody has touched it.
        ("AutoplayAllowlist", json!(origins)),
        // The browser ends with its window, so that it is started again.
        ("BackgroundModeEnabled", json!(false)),
        // The watchdog looks for the page's calls on TCP.
        ("QuicAllowed", json!(false)),
    ];
    if browser != Browser::Edge {
        // An installed page has a window of its own, which would cover the till. Edge has no such policy.
        settings.push(("WebAppInstallByUserEnabled", json!(false)));
    }
    settings
}
