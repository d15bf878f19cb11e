//! A browser in customers' reach, under the policy that `mpos-proxy kiosk-policy --lockdown` prints: it knows every name in
//! it, shows the page, and has no way out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

/// As the readers' tests: they need root, for the policy, and the machine for themselves.
mod readers {
    use e2e::testbed::lockdown_policy;
    use e2e::{Habits, Shop, Testbed, Till, release_page, scenario, until};
    use serde_json::{Value, json};
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(20);
    const BLOCKED: &str = "net::ERR_BLOCKED_BY_ADMINISTRATOR";
    const DEVTOOLS: &str = "DeveloperToolsAvailability";

    /// Every policy that the browser has read, in the words of its own page.
    const READ: &str = "
        const found = [], look = root => root.querySelectorAll('*').forEach(element => {
            if (element.policy?.source) found.push(element.policy);
            if (element.shadowRoot) look(element.shadowRoot);
        });
        look(document);
        return found;";

    /// Whether a page that nobody has touched may be heard.
    const HEARD: &str = "
        const context = new AudioContext();
        await Promise.race([context.resume(), new Promise(done => setTimeout(done, 5000))]);
        return context.state;";

    async fn go(till: &Till, address: &str) -> Value {
        till.command("Page.navigate", &json!({ "url": address })).await["errorText"].take()
    }

    #[tokio::test]
    async fn a_locked_browser_knows_every_policy_and_has_no_way_out() {
        let habits = Habits { attended: false, ..Habits::default() };
        let shop = Shop::open_page("lockdown", &release_page(), habits).await;
        let (till_page, folder) = (&shop.proxy.address, scenario("lockdown-browser"));
        let whole: Value = serde_json::from_str(&lockdown_policy(till_page)).unwrap();

        // Nobody drives a browser that has the whole policy, so this one lacks that line, and may show what it has read.
        let mut open = whole.clone();
        open.as_object_mut().unwrap().remove(DEVTOOLS).unwrap();
        open["URLAllowlist"].as_array_mut().unwrap().push(json!("chrome://policy"));
        let testbed = Testbed::carry(&folder, &open.to_string(), &[]).await;
        let till = Till::start(&folder, Some(&testbed), None).await;
        assert_eq!(go(&till, "chrome://policy").await, Value::Null);
        let known = until(LIMIT, async || {
            let read = till.evaluate(READ, vec![]).await;
            (read.as_array()?.len() >= open.as_object()?.len()).then_some(read)
        });
        for policy in known.await.expect("the browser lists its policies").as_array().unwrap() {
            assert_eq!(policy["error"], Value::Null, "{policy}");
            assert_eq!(policy["value"], open[policy["name"].as_str().unwrap()], "{policy}");
        }

        for way_out in [
            "https://example.com/",
            "http://127.0.0.1:1/",
            "file:///etc/passwd",
            "data:text/html,out",
            "mailto:out@example.com",
            "chrome://settings/",
            "chrome://version/",
            "chrome://flags/",
            "chrome://downloads/",
            "chrome://extensions/",
            "chrome://print/",
            "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html",
            "devtools://devtools/bundled/inspector.html",
            &format!("view-source:{till_page}/"),
        ] {
            assert_eq!(go(&till, way_out).await, BLOCKED, "{way_out}");
        }
        for ours in ["/office/", "/customer/", "/"] {
            assert_eq!(go(&till, &format!("{till_page}{ours}")).await, Value::Null, "{ours}");
        }
        till.see(&["Pay"]).await;
        assert_eq!(till.evaluate(HEARD, vec![]).await, "running");
        // A new tab is the till once more, which keeps off.
        till.open_second_tab("chrome://newtab").await;
        assert_eq!(till.evaluate("return location.origin", vec![]).await, **till_page);
        drop((till, testbed));

        let testbed = Testbed::carry(&folder, &whole.to_string(), &[]).await;
        assert!(
            Till::try_start(&folder, Some(&testbed), None).await.is_err(),
            "the locked browser is driven"
        );
    }
}
