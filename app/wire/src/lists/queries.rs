//! Queries that stand in an address.

use chrono::NaiveDate;
use domain::{
    contracts::{ContractState, Delivery},
    documents::{DocumentKind, DocumentState},
};

use super::{Address, Export};
use crate::{
    billing::{RunQuery, RunSort, RunState},
    contracts::{CONTRACTS_PER_PAGE, ContractQuery, ContractSort},
    customers::{CUSTOMERS_PER_PAGE, CustomerQuery, CustomerSort},
    documents::{DOCUMENTS_PER_PAGE, DocumentQuery, DocumentSort},
};

/// The most rows that an export writes: a workbook of them still opens. More is refused and has to be narrowed.
pub const MOST_EXPORTED: u32 = 100_000;

/// The most pages to which a list is turned: what lies behind them is found by narrowing the list.
pub const MOST_PAGES: u32 = 10_000;

/// What a list shows: filters, order and page. It stands in the address of its page.
pub trait ListQuery: Clone + Default + PartialEq + Send + Sync + 'static {
    /// Where the page is.
    const PATH: &'static str;
    /// The beginning of the names of exported files, and what the command line calls it.
    const NAME: &'static str;
    /// How many rows a page shows.
    const PER_PAGE: u32;
    /// The columns by which it can be sorted.
    type Sort: Copy + PartialEq + Send + Sync + 'static;
    /// Their names in addresses; the first is the order without one.
    const SORTS: &'static [(&'static str, Self::Sort)];

    /// Reads the filters. Everything unknown is as if it were not there.
    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self;
    /// Writes the filters.
    fn write(&self, address: Address) -> Address;
    /// The column, whether from the end, and the page from 1.
    fn order(&self) -> (Self::Sort, bool, u32);
    /// The same in another order.
    #[must_use]
    fn ordered(self, sort: Self::Sort, desc: bool, page: u32) -> Self;

    /// Reads the whole query from an address.
    fn from_address(get: impl Fn(&str) -> Option<String>) -> Self {
        let named = get("sort").and_then(|name| Self::SORTS.iter().find(|(known, _)| *known == name));
        let sort = named.or(Self::SORTS.first()).map(|(_, sort)| *sort);
        let page = get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, MOST_PAGES);
        let read = Self::read(&get);
        let sort = sort.unwrap_or_else(|| read.order().0);
        read.ordered(sort, get("desc").is_some(), page)
    }

    /// The name of its order; none of the usual one.
    fn sort_name(&self) -> Option<&'static str> {
        let (sort, ..) = self.order();
        Self::SORTS.iter().skip(1).find(|(_, known)| *known == sort).map(|(name, _)| *name)
    }

    /// Filters and order, without the page.
    fn all(&self, path: String) -> Address {
        let (_, desc, _) = self.order();
        self.write(Address::new(path)).word("sort", self.sort_name()).flag("desc", desc)
    }

    /// The whole address, without what is the default anyway.
    fn to_address(&self) -> String {
        self.all(Self::PATH.to_owned()).page(self.order().2)
    }

    /// The address of another page of the same list.
    fn at_page(&self, page: u32) -> String {
        self.all(Self::PATH.to_owned()).page(page)
    }

    /// The address of the same rows, sorted by that column; by the column of now, the other way round.
    fn sorted_by(&self, sort: Self::Sort) -> String {
        let (now, desc, _) = self.order();
        self.clone().ordered(sort, now == sort && !desc, 1).to_address()
    }

    /// The address at which all of these rows can be taken away.
    fn export(&self, form: Export) -> String {
        self.all(format!("{}/export.{}", Self::PATH, form.name())).whole()
    }

    /// Whether any filter is set.
    fn filtered(&self) -> bool {
        !self.write(Address::new("")).is_plain()
    }
}

/// Words that somebody typed.
pub(super) fn typed(get: &dyn Fn(&str) -> Option<String>, name: &str) -> String {
    let words: String = get(name).unwrap_or_default().chars().filter(|c| !c.is_control()).take(80).collect();
    words.trim().to_owned()
}

pub(super) fn id<T: std::str::FromStr>(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<T> {
    get(name)?.parse().ok()
}

/// A day for which books exist.
pub(super) fn day(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<NaiveDate> {
    let day = texts::read_date(&get(name)?).ok()?;
    domain::quota::check_date(day).ok().map(|()| day)
}

pub(super) fn yes_or_no(get: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<bool> {
    match get(name)?.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

pub(super) fn said(answer: Option<bool>) -> Option<&'static str> {
    answer.map(|yes| if yes { "yes" } else { "no" })
}

/// The order of a query whose fields have the usual names.
macro_rules! usual_order {
    () => {
        fn order(&self) -> (Self::Sort, bool, u32) {
            (self.sort, self.desc, self.page.clamp(1, $crate::lists::MOST_PAGES))
        }

        fn ordered(self, sort: Self::Sort, desc: bool, page: u32) -> Self {
            Self { sort, desc, page, ..self }
        }
    };
}
pub(super) use usual_order;

impl ListQuery for CustomerQuery {
    const PATH: &'static str = "/customers";
    const NAME: &'static str = "customers";
    const PER_PAGE: u32 = CUSTOMERS_PER_PAGE;
    type Sort = CustomerSort;
    const SORTS: &'static [(&'static str, CustomerSort)] =
        &[("name", CustomerSort::Name), ("number", CustomerSort::Number), ("city", CustomerSort::City)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        CustomerQuery { q: typed(get, "q"), ..CustomerQuery::default() }
    }

    fn write(&self, address: Address) -> Address {
        address.text("q", &self.q)
    }

    usual_order!();
}

impl ListQuery for ContractQuery {
    const PATH: &'static str = "/contracts";
    const NAME: &'static str = "contracts";
    const PER_PAGE: u32 = CONTRACTS_PER_PAGE;
    type Sort = ContractSort;
    const SORTS: &'static [(&'static str, ContractSort)] = &[
        ("number", ContractSort::Number),
        ("customer", ContractSort::Customer),
        ("start", ContractSort::Start),
        ("end", ContractSort::End),
        ("due", ContractSort::Due),
    ];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        ContractQuery {
            q: typed(get, "q"),
            customer: id(get, "customer"),
            contract_type: id(get, "type"),
            state: get("state").and_then(|name| ContractState::from_name(&name)),
            quota: yes_or_no(get, "quota"),
            due_until: day(get, "due"),
            ends_until: day(get, "ends"),
            ..ContractQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).word("customer", self.customer).word("type", self.contract_type);
        let address = address.word("state", self.state.map(ContractState::name)).word("quota", said(self.quota));
        address.word("due", self.due_until).word("ends", self.ends_until)
    }

    usual_order!();
}

impl ListQuery for DocumentQuery {
    const PATH: &'static str = "/documents";
    const NAME: &'static str = "documents";
    const PER_PAGE: u32 = DOCUMENTS_PER_PAGE;
    type Sort = DocumentSort;
    const SORTS: &'static [(&'static str, DocumentSort)] =
        &[("date", DocumentSort::Date), ("number", DocumentSort::Number), ("customer", DocumentSort::Customer)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let state = get("state").and_then(|name| DocumentState::from_name(&name));
        DocumentQuery {
            q: typed(get, "q"),
            customer: id(get, "customer"),
            kind: get("kind").and_then(|name| DocumentKind::from_name(&name)),
            // Links of before say it so.
            state: state.or(get("drafts").map(|_| DocumentState::Draft)),
            delivery: get("delivery").and_then(|name| Delivery::from_name(&name)),
            from: day(get, "from"),
            until: day(get, "until"),
            open: get("open").is_some_and(|open| open == "1"),
            ..DocumentQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).word("customer", self.customer);
        let address = address.word("kind", self.kind.map(DocumentKind::name));
        let address = address.word("state", self.state.map(DocumentState::name));
        let address = address.word("delivery", self.delivery.map(Delivery::name));
        address.word("from", self.from).word("until", self.until).flag("open", self.open)
    }

    usual_order!();
}

impl ListQuery for RunQuery {
    const PATH: &'static str = "/billing/runs";
    const NAME: &'static str = "billing-runs";
    const PER_PAGE: u32 = 50;
    type Sort = RunSort;
    const SORTS: &'static [(&'static str, RunSort)] = &[("started", RunSort::Started), ("as_of", RunSort::AsOf)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        RunQuery {
            state: get("state").and_then(|name| RunState::from_name(&name)),
            from: day(get, "from"),
            until: day(get, "until"),
            ..RunQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.word("state", self.state.map(RunState::name));
        address.word("from", self.from).word("until", self.until)
    }

    usual_order!();
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::lists::{DeficitQuery, LapseQuery, OpenItemQuery, ToDoQuery};

    fn read<Q: ListQuery>(address: &str) -> Q {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let pairs: HashMap<&str, String> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, value.replace("%20", " ").replace("%26", "&").replace("%C3%BC", "ü")))
            .collect();
        Q::from_address(|name| pairs.get(name).cloned())
    }

    /// Red when: a filter is written under another name than it is read.
    #[test]
    fn an_address_says_everything_and_is_read_back_the_same() {
        let customers = CustomerQuery { q: "Müller & Co".to_owned(), sort: CustomerSort::City, desc: true, page: 3 };
        assert_eq!(customers.to_address(), "/customers?q=M%C3%BCller%20%26%20Co&sort=city&desc=1&page=3");
        assert_eq!(read::<CustomerQuery>(&customers.to_address()), customers);
        let long = "/contracts?q=V&customer=0198f2f0-0000-7000-8000-00000000000a&type=0198f2f0-0000-7000-8000-00000000000b\
                    &state=cancelled&quota=no&due=2026-05-01&ends=2026-12-31&sort=end&desc=1&page=2";
        assert_eq!(read::<ContractQuery>(long).to_address(), long);
        let long = "/documents?customer=0198f2f0-0000-7000-8000-00000000000a&kind=invoice&state=issued&delivery=print\
                    &from=2026-01-01&until=2026-12-31&open=1&sort=number";
        assert_eq!(read::<DocumentQuery>(long).to_address(), long);
        let long = "/billing/runs?state=failed&from=2026-01-01&until=2026-12-31&sort=as_of&desc=1";
        assert_eq!(read::<RunQuery>(long).to_address(), long);
        let long = "/to-dos?q=a&whose=b&automatic=no&time=overdue&kind=fee&sort=customer&page=4";
        assert_eq!(read::<ToDoQuery>(long).to_address(), long);
        let long = "/deficits?q=a&contract=V1&unit=time&from=2026-01-01&until=2026-12-31&sort=amount&desc=1";
        assert_eq!(read::<DeficitQuery>(long).to_address(), long);
        let long = "/lapses?q=a&contract=V1&unit=money&from=2026-01-01&until=2026-12-31&cause=over_cap&sort=amount";
        assert_eq!(read::<LapseQuery>(long).to_address(), long);
        let long = "/open-items?q=a&customer=0198f2f0-0000-7000-8000-00000000000a&kind=overdue&sort=open&desc=1&page=2";
        assert_eq!(read::<OpenItemQuery>(long).to_address(), long);
        assert_eq!(read::<DocumentQuery>("/documents?drafts=1").to_address(), "/documents?state=draft");
    }

    #[test]
    fn an_export_takes_filters_and_order_and_no_page() {
        let ask = read::<ContractQuery>("/contracts?q=V&sort=due&page=7");
        assert_eq!(ask.export(Export::Csv), "/contracts/export.csv?q=V&sort=due");
        assert_eq!(ContractQuery::default().export(Export::Xlsx), "/contracts/export.xlsx");
    }

    #[test]
    fn a_heading_sorts_and_once_more_turns_round() {
        let ask = read::<ContractQuery>("/contracts?q=V&page=7");
        assert_eq!(ask.sorted_by(ContractSort::Due), "/contracts?q=V&sort=due");
        assert_eq!(ask.sorted_by(ContractSort::Number), "/contracts?q=V&desc=1");
    }

    #[test]
    fn nonsense_in_an_address_is_as_if_it_were_not_there() {
        for nonsense in ["", "-7", "99999999999999999999", "constructor", "%00", "0000-00-00", "99999-01-01"] {
            let get = |_: &str| Some(nonsense.to_owned());
            assert!(!ContractQuery { q: String::new(), ..ContractQuery::from_address(get) }.filtered(), "{nonsense}");
            assert_eq!(ContractQuery::from_address(get).sort, ContractSort::Number);
            assert_eq!(RunQuery::from_address(get).from, None, "{nonsense}");
            assert_eq!(LapseQuery::from_address(get).cause, None, "{nonsense}");
            assert!((1..=MOST_PAGES).contains(&ToDoQuery::from_address(get).page), "{nonsense}");
        }
    }
}
