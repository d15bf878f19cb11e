//! Waiting for a condition, with a limit.

use std::time::{Duration, Instant};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(40);

/// Looks until there is something, and answers it; `None` once the limit is over.
pub async fn until<T>(limit: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return Some(found);
        }
        if begun.elapsed() >= limit {
            return None;
        }
        tokio::time::sleep(LOOK).await;
    }
}
