//! The lists of projects and bookings in addresses.

use super::{
    Address, ListQuery,
    queries::{day, id, said, typed, usual_order, yes_or_no},
};
use crate::{
    bookings::{BOOKINGS_PER_PAGE, BookingQuery, BookingSort},
    projects::{PROJECTS_PER_PAGE, ProjectQuery, ProjectSort, ProjectState},
};

impl ListQuery for ProjectQuery {
    const PATH: &'static str = "/projects";
    const NAME: &'static str = "projects";
    const PER_PAGE: u32 = PROJECTS_PER_PAGE;
    type Sort = ProjectSort;
    const SORTS: &'static [(&'static str, ProjectSort)] =
        &[("number", ProjectSort::Number), ("name", ProjectSort::Name)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        ProjectQuery {
            q: typed(get, "q"),
            customer: id(get, "customer"),
            state: get("state").and_then(|name| ProjectState::from_name(&name)),
            ..ProjectQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).word("customer", self.customer);
        address.word("state", self.state.map(ProjectState::name))
    }

    usual_order!();
}

impl ListQuery for BookingQuery {
    const PATH: &'static str = "/bookings";
    const NAME: &'static str = "bookings";
    const PER_PAGE: u32 = BOOKINGS_PER_PAGE;
    type Sort = BookingSort;
    const SORTS: &'static [(&'static str, BookingSort)] = &[
        ("date", BookingSort::Date),
        ("person", BookingSort::Person),
        ("project", BookingSort::Project),
        ("time", BookingSort::Time),
    ];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        BookingQuery {
            q: typed(get, "q"),
            project: id(get, "project"),
            task: id(get, "task"),
            customer: id(get, "customer"),
            person: id(get, "person"),
            from: day(get, "from"),
            until: day(get, "until"),
            billable: yes_or_no(get, "billable"),
            unassigned: get("unassigned").is_some_and(|unassigned| unassigned == "1"),
            ..BookingQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).word("project", self.project).word("task", self.task);
        let address = address.word("customer", self.customer).word("person", self.person);
        let address = address.word("from", self.from).word("until", self.until);
        address.word("billable", said(self.billable)).flag("unassigned", self.unassigned)
    }

    usual_order!();
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read<Q: ListQuery>(address: &str) -> Q {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let pairs: HashMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Q::from_address(|name| pairs.get(name).map(|value| (*value).to_owned()))
    }

    /// Red when: a filter is written under another name than it is read.
    #[test]
    fn addresses_of_projects_and_bookings_say_everything() {
        let id = "0198f2f0-0000-7000-8000-00000000000a";
        let long = format!("/projects?q=a&customer={id}&state=closed&sort=name&desc=1&page=2");
        assert_eq!(read::<ProjectQuery>(&long).to_address(), long);
        let long = format!(
            "/bookings?q=a&project={id}&task={id}&customer={id}&person={id}&from=2026-04-01&until=2026-04-30\
             &billable=no&unassigned=1&sort=time&desc=1&page=3"
        );
        assert_eq!(read::<BookingQuery>(&long).to_address(), long);
        for nonsense in ["", "-7", "%00", "99999-01-01"] {
            let get = |_: &str| Some(nonsense.to_owned());
            assert!(!BookingQuery { q: String::new(), ..BookingQuery::from_address(get) }.filtered(), "{nonsense}");
        }
    }
}
