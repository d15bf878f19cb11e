//! The people in a store in memory.

use super::memory::Memory;
use payment::api::Deed;
use proxy::staff::Tries;
use proxy::store::Reply;
use proxy::store::operators::{Digest, Operator, Operators};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct People {
    operators: BTreeMap<String, Operator>,
    tries: BTreeMap<String, Tries>,
    /// Whose, and when last used.
    sessions: BTreeMap<Digest, (String, u64)>,
    deeds: Vec<Deed>,
}

impl Operators for Memory {
    fn operators(&self) -> Reply<'_, Vec<(Operator, Tries)>> {
        self.with(|content| {
            let people = &content.people;
            let tries = |name: &String| people.tries.get(name).copied().unwrap_or_default();
            people.operators.iter().map(|(name, operator)| (operator.clone(), tries(name))).collect()
        })
    }

    fn keep_operator<'a>(&'a self, operator: &'a Operator, deed: &'a Deed) -> Reply<'a, ()> {
        self.with(move |content| {
            let people = &mut content.people;
            people.operators.insert(operator.name.clone(), operator.clone());
            people.sessions.retain(|_, (name, _)| *name != operator.name);
            people.deeds.push(deed.clone());
        })
    }

    fn tries<'a>(&'a self, name: &'a str) -> Reply<'a, Tries> {
        self.with(move |content| content.people.tries.get(name).copied().unwrap_or_default())
    }

    fn keep_tries<'a>(&'a self, name: &'a str, tries: Tries, deed: Option<&'a Deed>) -> Reply<'a, ()> {
        self.with(move |content| {
            content.people.tries.insert(name.to_owned(), tries);
            content.people.deeds.extend(deed.cloned());
        })
    }

    fn sign_in<'a>(
        &'a self,
        session: &'a Digest,
        name: &'a str,
        stale: u64,
        deed: &'a Deed,
    ) -> Reply<'a, ()> {
        self.with(move |content| {
            let people = &mut content.people;
            people.sessions.retain(|_, (_, last_used)| *last_used >= stale);
            people.sessions.insert(*session, (name.to_owned(), deed.at));
            people.tries.remove(name);
            if let Some(operator) = people.operators.get_mut(name) {
                operator.last_seen = Some(deed.at);
            }
            people.deeds.push(deed.clone());
        })
    }

    fn signed_in<'a>(&'a self, session: &'a Digest) -> Reply<'a, Option<(Operator, u64)>> {
        self.with(move |content| {
            let (name, last_used) = content.people.sessions.get(session)?;
            let operator = content.people.operators.get(name).filter(|operator| !operator.disabled)?;
            Some((operator.clone(), *last_used))
        })
    }

    fn use_session<'a>(&'a self, session: &'a Digest, now: u64) -> Reply<'a, ()> {
        self.with(move |content| {
            if let Some((_, last_used)) = content.people.sessions.get_mut(session) {
                *last_used = now;
            }
        })
    }

    fn sign_out<'a>(&'a self, session: &'a Digest, deed: &'a Deed) -> Reply<'a, ()> {
        self.with(move |content| {
            content.people.sessions.remove(session);
            content.people.deeds.push(deed.clone());
        })
    }

    fn deeds(&self, limit: u32) -> Reply<'_, Vec<Deed>> {
        self.with(move |content| content.people.deeds.iter().rev().take(limit as usize).cloned().collect())
    }
}
