//! Which reader the till uses: found by itself, chosen by a click, bound by its serial number.

use super::{Desk, Reader};
use crate::device::search::{self, Candidate, Plugged, Watch};
use crate::{browser, device::Closed};
use leptos::prelude::set_timeout;
use leptos::task::spawn_local;
use reader::{Family, Identity};
use std::rc::Rc;
use std::time::Duration;

/// After a reader was unplugged, another one is looked for, or the same that was only disturbed.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// Where the serial number of the till's own reader is kept.
const BOUND: &str = "mpos-terminal.reader";

impl Desk {
    /// Uses a reader that may be used without asking, once the proxy has said which families may take cards, and
    /// whenever one is plugged in.
    pub(super) fn watch_readers(self) {
        let watch = Watch::new(move |plugged: Plugged| self.plugged(&plugged));
        self.own().borrow_mut().watch = Some(watch);
        self.reader.set(Reader::Connecting);
    }

    fn plugged(self, plugged: &Plugged) {
        if plugged.came {
            return self.look_for_reader();
        }
        let ours = self.own().borrow().candidate.as_ref().is_some_and(|candidate| plugged.is(candidate));
        if ours {
            self.link_closed(Closed::Unplugged);
        }
    }

    fn look_for_reader(self) {
        spawn_local(async move { self.take_reader(search::granted().await) });
    }

    /// Takes the first that may take cards of the readers that were granted, unless one is in use already.
    pub(super) fn take_reader(self, granted: Vec<Candidate>) {
        if self.own().borrow().device.is_some() {
            return;
        }
        match granted.into_iter().find(|candidate| self.may_take_cards(candidate.family)) {
            Some(first) => self.use_reader(first),
            None if self.reader.get_untracked() == Reader::Connecting => self.reader.set(Reader::None),
            None => {}
        }
    }

    /// Another reader may be the till's own: takes the one behind this one, if there is one.
    fn look_for_reader_behind(self) {
        spawn_local(async move {
            let granted = search::granted().await;
            let tried = self.own().borrow().candidate.clone();
            let mut behind =
                granted.into_iter().skip_while(|candidate| Some(candidate) != tried.as_ref()).skip(1);
            if let Some(next) = behind.find(|candidate| self.may_take_cards(candidate.family)) {
                self.use_reader(next);
            }
        });
    }

    /// Whether the proxy takes payments from readers of this family.
    #[must_use]
    pub fn may_take_cards(self, family: &Family) -> bool {
        self.terminal.with(|terminal| {
            terminal.as_ref().is_some_and(|terminal| terminal.readers.iter().any(|name| name == family.name))
        })
    }

    /// Asks the user for a reader of this family.
    pub fn choose_reader(self, family: &'static Family) {
        spawn_local(async move {
            if let Some(candidate) = search::choose(family).await {
                self.use_reader(candidate);
            }
        });
    }

    fn use_reader(self, candidate: Candidate) {
        let device = candidate.device(Default::default(), Rc::new(move || self.pump()));
        {
            let own = self.own();
            let mut own = own.borrow_mut();
            own.candidate = Some(candidate);
            own.device = Some(device);
        }
        self.reader.set(Reader::Connecting);
        self.pump();
    }

    /// The link is gone, and with it whatever card was in work.
    pub(super) fn link_closed(self, why: Closed) {
        if why == Closed::Unplugged {
            // Dropped, so that the port is free for whoever plugs it in again.
            self.own().borrow_mut().device = None;
        }
        self.reader_lost(match why {
            Closed::Unplugged => Reader::Unplugged,
            Closed::InUse => Reader::InUse,
            Closed::Damaged => Reader::Lost,
        });
        if why == Closed::Unplugged {
            // Not at once: for a moment the browser still lists what is gone.
            let look = move || {
                if self.reader.get_untracked() == Reader::Unplugged {
                    self.look_for_reader();
                }
            };
            set_timeout(look, LOOK_AGAIN);
        }
    }

    /// A reader has said who it is: it is the till's own, becomes it, or is another.
    pub(super) fn identified(self, identity: Identity) {
        let percent = identity.battery.map(|battery| battery.percent);
        let found = identity.serial.clone();
        self.identity.set(Some(identity));
        self.link.update(|log| log.ready_at = Some(browser::now()));
        let emulated = self.with_device(|device, _| device.is_emulated());
        match browser::remembered(BOUND).filter(|_| !emulated) {
            Some(expected) if expected != found => {
                self.reader.set(Reader::Different { expected, found });
                self.own().borrow_mut().device = None;
                self.look_for_reader_behind();
            }
            _ => {
                if !emulated {
                    browser::remember(BOUND, &found);
                }
                self.reader.set(Reader::Ready(percent));
            }
        }
    }

    /// Opens the page for support, unless a payment or a customer is at the screen.
    pub fn open_reader_page(self) {
        if self.current.with_untracked(Option::is_none) && !self.is_self_service() {
            self.reader_open.set(true);
        }
    }

    /// Shows a text on the reader, and watches whether it answers.
    pub fn test_reader(self) {
        let shown = self.with_device(|device, now| device.driver.display(now, "Test prompt").is_ok());
        if shown {
            self.link.update(|log| log.test = Some((browser::now(), None)));
            self.pump();
        }
    }

    /// The reader that was found becomes the till's own.
    pub fn bind_reader(self) {
        if let Reader::Different { found, .. } = self.reader.get_untracked() {
            browser::remember(BOUND, &found);
            let candidate = self.own().borrow().candidate.clone();
            if let Some(candidate) = candidate {
                self.use_reader(candidate);
            }
        }
    }
}
