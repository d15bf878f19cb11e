//! The languages that people are spoken to in: whoever asks in the one that the request's `Accept-Language` wants most, and staff
//! in the shop's ([`crate::desk::Desk`]).

use axum::extract::Request;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::middleware::Next;
use axum::response::Response;
use language::Language;
use payment::money::Amount;

tokio::task_local! {
    static ASKED: Language;
}

/// Lets a request be answered in its language.
pub(crate) async fn asked(request: Request, next: Next) -> Response {
    let headers = request.headers().get_all(ACCEPT_LANGUAGE).iter();
    let wanted: Vec<_> = headers.filter_map(|header| header.to_str().ok()).collect();
    ASKED.scope(first(&wanted.join(",")), next.run(request)).await
}

/// What is said to whoever asks; in English where that is not known.
pub(crate) fn say() -> language::Proxy {
    language::Proxy::speaking(ASKED.try_with(|language| *language).unwrap_or(Language::English))
}

/// An amount as this language writes it.
pub(crate) fn amount(amount: Amount, say: &language::Proxy) -> String {
    say.language().amount(&amount.to_major(), amount.currency.code())
}

/// The language of ours with the highest quality, and of equals the first (RFC 9110, 12.5.4). Others want none of ours, or any:
/// that is English.
fn first(header: &str) -> Language {
    let wanted = header.split(',').filter_map(|wanted| {
        let (tag, quality) = wanted.split_once(';').unwrap_or((wanted, "q=1"));
        let quality = thousandths(quality.trim().strip_prefix("q=")?)?;
        Some((quality, Language::from_code(tag.trim())?))
    });
    let better = |best: (u32, Language), other: (u32, Language)| if other.0 > best.0 { other } else { best };
    wanted.fold((0, Language::English), better).1
}

/// A quality, as `0.8`.
fn thousandths(quality: &str) -> Option<u32> {
    let (whole, rest) = quality.split_once('.').unwrap_or((quality, ""));
    let is_quality = matches!(whole, "0" | "1") && rest.len() <= 3;
    if is_quality { format!("{whole}{rest:0<3}").parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_ours_is_found() {
        for (header, expected) in [
            ("", Language::English),
            ("de", Language::German),
            ("de-AT, en;q=0.5", Language::German),
            ("fr-CH, fr;q=0.9, ru;q=0.8, de;q=0.7, *;q=0.5", Language::Russian),
            ("en;q=0.3,es;q=0.30,ar;q=0.301", Language::Arabic),
            ("es , de", Language::Spanish),
            ("ru;q=0, fr", Language::English),
            ("fr, *", Language::English),
            ("de;q=2, es;q=0.1", Language::Spanish),
            ("de;q=+1, es;q=0.1", Language::Spanish),
            ("de;q=0.8888, ru;level=1, es;q=x,;;=,,", Language::English),
            ("AR-eg; q=1.000", Language::Arabic),
        ] {
            assert_eq!(first(header), expected, "{header}");
        }
    }
}
