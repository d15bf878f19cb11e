//! Posts a form signed by somebody else's OAuth 1.0a client and prints the answer.
//!
//! `stranger URL LOGIN KEY NAME=VALUE...` prints the HTTP status on the first line and the body after it.
#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use oauth1_request::signature_method::HmacSha1;
use oauth1_request::{Builder, Credentials, ParameterList, to_form};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or(format!("{what} is missing"));
    let (url, login, key) = (next("URL")?, next("LOGIN")?, next("KEY")?);
    let fields = arguments
        .map(|field| {
            let (name, value) = field.split_once('=').ok_or("a field is NAME=VALUE")?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let fields = ParameterList::new(fields);
    let credentials = Credentials::new(login.as_str(), key.as_str());
    let authorization = Builder::<_, &str>::new(credentials, HmacSha1::new()).post(url.as_str(), &fields);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent
        .post(&url)
        .header("Authorization", authorization)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .send(to_form(&fields))?;
    println!("{}\n{}", answer.status().as_u16(), answer.body_mut().read_to_string()?);
    Ok(())
}
