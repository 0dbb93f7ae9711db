//! Where one is: it stands behind the `#` of the address, so that the shell is one page also without a network.

use chrono::NaiveDate;
use domain::BookingId;
use leptos::prelude::*;

/// A page of the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What was booked today, and the timer.
    Today,
    /// The timer.
    Timer,
    /// A new booking.
    New,
    /// A booking of that day.
    Booking(NaiveDate, BookingId),
    /// The week of a day; of today where none is named.
    Week(Option<NaiveDate>),
    /// What is left for customers.
    Customers,
}

impl Place {
    /// From what stands behind the `#`. What is no place is today.
    pub(super) fn read(hash: &str) -> Place {
        let mut parts = hash.trim_start_matches(['#', '/']).split('/');
        let (name, first, second) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let day = first.and_then(|day| day.parse::<NaiveDate>().ok());
        match (name, day, second.and_then(|id| id.parse::<BookingId>().ok())) {
            ("timer", ..) => Place::Timer,
            ("new", ..) => Place::New,
            ("booking", Some(day), Some(booking)) => Place::Booking(day, booking),
            ("week", day, _) => Place::Week(day),
            ("customers", ..) => Place::Customers,
            _ => Place::Today,
        }
    }

    /// The address of it.
    pub(super) fn address(self) -> String {
        match self {
            Place::Today => "#/".to_owned(),
            Place::Timer => "#/timer".to_owned(),
            Place::New => "#/new".to_owned(),
            Place::Booking(day, booking) => format!("#/booking/{day}/{booking}"),
            Place::Week(None) => "#/week".to_owned(),
            Place::Week(Some(day)) => format!("#/week/{day}"),
            Place::Customers => "#/customers".to_owned(),
        }
    }
}

/// Where the address says that one is.
pub(super) fn here() -> Place {
    Place::read(&window().location().hash().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: an address that was kept leads elsewhere.
    #[test]
    fn every_place_is_found_by_its_address() {
        let day = "2026-04-10".parse::<NaiveDate>().expect("a day");
        let booking = BookingId::new(uuid::Uuid::from_u128(7));
        let places = [
            Place::Today,
            Place::Timer,
            Place::New,
            Place::Booking(day, booking),
            Place::Week(None),
            Place::Week(Some(day)),
            Place::Customers,
        ];
        for place in places {
            assert_eq!(Place::read(&place.address()), place);
        }
        for lost in ["", "#", "#/booking/2026-04-10/x", "#/gibt-es-nicht", "#/booking"] {
            assert_eq!(Place::read(lost), Place::Today, "{lost}");
        }
    }
}
