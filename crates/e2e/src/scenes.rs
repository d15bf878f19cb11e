//! Scenes that are played beside each other, as an ordinary test program plays its tests.

use std::sync::Mutex;
use std::thread;

/// How many are played at a time.
const AT_A_TIME: usize = 2;

/// Plays each scene on a thread and a runtime of its own; `ended` hears what it answered, nothing of one that failed. One that
/// fails has said why, and the others are played all the same. Answers how many failed.
pub fn play<S, T, F>(
    scenes: impl IntoIterator<Item = S, IntoIter: Send>,
    scene: impl Fn(S) -> F + Sync,
    ended: impl Fn(S, Option<T>) + Sync,
) -> u32
where
    S: Copy + Send,
    T: Send,
    F: Future<Output = T>,
{
    let (queue, failed) = (Mutex::new(scenes.into_iter()), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(next) = queue.lock().expect("no scene holds it").next() else { break };
                    let scene = &scene;
                    let answer =
                        thread::scope(|scope| scope.spawn(move || block_on(scene(next))).join()).ok();
                    *failed.lock().expect("no scene holds it") += u32::from(answer.is_none());
                    ended(next, answer);
                }
            });
        }
    });
    failed.into_inner().expect("no scene holds it")
}

/// Does the work on a runtime of this thread.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("this machine has threads and timers").block_on(work)
}
