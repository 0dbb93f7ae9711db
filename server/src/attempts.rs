//! How often somebody may try to sign in: by the form, and by renewing a session in place.
//!
//! Three counts stand before an attempt. One address may try so many times, whichever logins. All addresses together
//! may try one login so many times, or they would guess without end; and one of them a part of that, so that nobody
//! uses it up alone. Many could still shut somebody out who knows the password: so an address from which that login has
//! signed in before is not counted among them.

use std::{
    collections::HashSet,
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{extract::ConnectInfo, http::request::Parts};
use governor::{DefaultKeyedRateLimiter, Quota};
use usecases::people::{Doorkeeper, SharedDoorkeeper};

use crate::{config::Config, proxies::Proxies};

/// From so many addresses or logins on, those whose attempts are long over are forgotten.
const MANY: usize = 10_000;

/// All addresses together may try one login so many times as often as one of them.
const ALL: u32 = 3;

/// A login from an address. Of the login it is a hash that nobody can foretell: as short as that is what is kept of it,
/// however much somebody types.
type Pair = (u64, IpAddr);

/// What has been tried, in the memory of this process. Cheap to clone.
#[derive(Clone)]
pub struct Attempts(Arc<Counts>);

struct Counts {
    proxies: Proxies,
    hasher: RandomState,
    by_address: Count<IpAddr>,
    by_pair: Count<Pair>,
    by_login: Count<u64>,
    signed_in: Mutex<HashSet<Pair>>,
}

/// So many attempts at once, and as many more per minute, of each key.
struct Count<K: Clone + Eq + Hash>(DefaultKeyedRateLimiter<K>);

impl<K: Clone + Eq + Hash> Count<K> {
    fn per_minute(attempts: u32) -> Count<K> {
        let attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        Count(DefaultKeyedRateLimiter::keyed(Quota::per_minute(attempts)))
    }

    /// Whether there may be one more now; counts it then.
    fn one_more(&self, key: &K) -> bool {
        if self.0.len() > MANY {
            self.0.retain_recent();
        }
        self.0.check_key(key).is_ok()
    }
}

impl Attempts {
    /// As it is configured, and nothing tried yet.
    pub fn new(config: &Config) -> Attempts {
        Attempts::counting(config.sign_ins_per_minute, config.sign_ins_per_login, config.proxies.clone())
    }

    fn counting(per_address: u32, per_login: u32, proxies: Proxies) -> Attempts {
        Attempts(Arc::new(Counts {
            proxies,
            hasher: RandomState::new(),
            by_address: Count::per_minute(per_address),
            by_pair: Count::per_minute(per_login),
            by_login: Count::per_minute(per_login.saturating_mul(ALL)),
            signed_in: Mutex::default(),
        }))
    }

    /// The doorkeeper for that request.
    pub fn door(&self, request: &Parts) -> SharedDoorkeeper {
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let address = one(self.0.proxies.client(peer, &request.headers));
        Arc::new(Door { counts: self.0.clone(), address })
    }
}

/// What counts as one address: of IPv6 the first 64 bits, because whoever has one of those addresses has all of them.
fn one(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Whoever comes from that address.
struct Door {
    counts: Arc<Counts>,
    address: IpAddr,
}

impl Door {
    fn pair(&self, login: &str) -> Pair {
        (self.counts.hasher.hash_one(login), self.address)
    }

    fn signed_in(&self) -> MutexGuard<'_, HashSet<Pair>> {
        self.counts.signed_in.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doorkeeper for Door {
    fn lets_try(&self, login: &str) -> bool {
        let (counts, pair) = (&self.counts, self.pair(login));
        // One after the other: what one of them refuses uses up nothing of the next.
        counts.by_address.one_more(&self.address)
            && counts.by_pair.one_more(&pair)
            && (self.signed_in().contains(&pair) || counts.by_login.one_more(&pair.0))
    }

    fn has_let_in(&self, login: &str) {
        let mut signed_in = self.signed_in();
        if signed_in.len() >= MANY {
            signed_in.clear();
        }
        signed_in.insert(self.pair(login));
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{extract::ConnectInfo, http::Request};
    use usecases::people::SharedDoorkeeper;

    use super::{Attempts, MANY};
    use crate::proxies::Proxies;

    fn door(attempts: &Attempts, address: &str) -> SharedDoorkeeper {
        let address = address.parse().expect("an address");
        let mut request = Request::new(());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 50_000)));
        attempts.door(&request.into_parts().0)
    }

    /// How often that login can be tried from there, one try after the other.
    fn tries(attempts: &Attempts, address: &str, login: &str) -> usize {
        let door = door(attempts, address);
        (0..100).take_while(|_| door.lets_try(login)).count()
    }

    /// Red when: somebody with one line to the internet is as many as he has addresses.
    #[test]
    fn a_64_of_ipv6_is_one_address_and_ipv4_is_the_same_however_it_is_written() {
        let attempts = Attempts::counting(2, 100, Proxies::default());
        let tries = |address: &str, login: &str| tries(&attempts, address, login);
        assert_eq!((tries("2001:db8:0:1::1", "a"), tries("2001:db8:0:1:ffff::9", "b")), (2, 0));
        assert_eq!(tries("2001:db8:0:2::1", "c"), 2);
        assert_eq!((tries("192.0.2.1", "d"), tries("::ffff:192.0.2.1", "e"), tries("192.0.2.2", "f")), (2, 0, 2));
    }

    /// Red when: one address uses up what all have, or many addresses try one login without end.
    #[test]
    fn one_login_is_tried_so_often_by_one_address_and_so_often_by_all() {
        let attempts = Attempts::counting(100, 2, Proxies::default());
        let tries = |address: &str, login: &str| tries(&attempts, address, login);
        assert_eq!((tries("192.0.2.1", "anna"), tries("192.0.2.1", "anna")), (2, 0));
        assert_eq!((tries("192.0.2.2", "anna"), tries("192.0.2.3", "anna"), tries("192.0.2.4", "anna")), (2, 2, 0));
        assert_eq!((tries("192.0.2.1", "ben"), tries("192.0.2.4", "ben")), (2, 2));
    }

    /// Red when: whoever tries a login from many addresses shuts out the person whose it is.
    #[test]
    fn where_somebody_has_signed_in_others_do_not_use_up_the_attempts() {
        let attempts = Attempts::counting(100, 2, Proxies::default());
        let tries = |address: &str, login: &str| tries(&attempts, address, login);
        door(&attempts, "192.0.2.1").has_let_in("anna");
        assert_eq!(["2", "3", "4", "5"].map(|last| tries(&format!("192.0.2.{last}"), "anna")), [2, 2, 2, 0]);
        assert_eq!(tries("192.0.2.1", "anna"), 2, "as often as one address may, and no more");
        // Neither another login there nor that login elsewhere.
        assert_eq!(["2", "3", "4"].map(|last| tries(&format!("192.0.2.{last}"), "ben")), [2, 2, 2]);
        assert_eq!((tries("192.0.2.1", "ben"), tries("192.0.2.6", "anna")), (0, 0));
    }

    /// Red when: more and more is remembered.
    #[test]
    fn it_is_not_remembered_for_ever_where_people_have_signed_in() {
        let attempts = Attempts::counting(100, 1, Proxies::default());
        let door = door(&attempts, "192.0.2.1");
        for number in 0..=MANY {
            door.has_let_in(&number.to_string());
        }
        assert_eq!(attempts.0.signed_in.lock().expect("it is not poisoned").len(), 1);
    }
}
