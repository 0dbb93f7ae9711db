//! Addresses to which mail can be sent.

use lettre::Address;
use wire::mails::Undelivered;

use crate::clean::line;

/// The address as it is sent: the name of a host with letters beyond ASCII is written as name servers know it.
///
/// Errors when there is no such address, and names it.
pub(crate) fn address(text: &str) -> Result<Address, Undelivered> {
    sendable(text.trim()).ok_or_else(|| Undelivered::Address(line(text)))
}

/// Letters beyond ASCII before the @, and quoted names there, are taken by few servers: mail to them gets lost.
fn sendable(text: &str) -> Option<Address> {
    let (user, host) = text.rsplit_once('@')?;
    let host = idna::domain_to_ascii(host).ok()?;
    let plain = |part: &str| part.chars().all(|letter| letter.is_ascii_graphic() && letter != '"');
    if plain(user) && plain(&host) { Address::new(user, host).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_written_as_name_servers_know_them() {
        for (typed, sent) in [
            (" rechnung@nordlicht.example ", "rechnung@nordlicht.example"),
            ("info@Müller.example", "info@xn--mller-kva.example"),
            ("o'neil+a.b@localhost", "o'neil+a.b@localhost"),
        ] {
            assert_eq!(address(typed).expect("an address").to_string(), sent);
        }
    }

    /// Red when something gets through that a server or a mail program reads as more than one address.
    #[test]
    fn what_is_no_address_is_named() {
        for typed in [
            "",
            "niemand",
            "@b.example",
            "a@",
            "a b@c.example",
            "a@b.example, c@d.example",
            "a@b.example>\r\nRCPT TO:<c@d.example",
            "\"a>b\"@c.example",
            "A <a@b.example>",
            "jürgen@b.example",
            "a@b..example",
        ] {
            assert_eq!(address(typed), Err(Undelivered::Address(line(typed))), "{typed:?}");
        }
    }
}
