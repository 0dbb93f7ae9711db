//! The portal: customers look after their own accounts. Each of its few pages is loaded as a whole, so it needs no router.

use domain::AccountId;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use texts::say;
use wire::accounts::{OwnAccounts, PassbookView};

use crate::{
    accounts::{At, Passbook, Slots},
    call::CallError,
    context::{Address, in_query, lang, visitor},
    office::Brand,
    ui::{Balance, Icon, NotFound, Notice, PageHead, Preferences, Tone},
};
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, session},
    context::person,
};

/// A page of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where the own accounts stand.
    Accounts,
    /// The passbook of one of them.
    Passbook,
    /// There is no page.
    Nothing,
}

impl Place {
    /// The page at that path.
    pub fn of(path: &str) -> Place {
        match path.trim_end_matches('/').strip_prefix("/portal") {
            Some("") => Place::Accounts,
            Some(below) if below.strip_prefix("/accounts/").is_some_and(|id| !id.contains('/')) => Place::Passbook,
            _ => Place::Nothing,
        }
    }

    /// The page; a browser fetches the code of a passbook first.
    #[cfg(feature = "ssr")]
    pub(crate) fn page(self) -> fn() -> AnyView {
        match self {
            Place::Accounts => accounts,
            Place::Passbook => passbook,
            Place::Nothing => nothing,
        }
    }
}

/// The portal around one of its pages.
#[component]
pub fn PortalApp(page: fn() -> AnyView) -> impl IntoView {
    provide_meta_context();
    let lang = lang();
    view! {
        <a class="skip" href="#content">{say::nav_skip(lang)}</a>
        <header class="frame">
            <a class="brand" href="/portal"><Brand/><span>{visitor().company}</span></a>
            <nav aria-label=say::nav_main(lang)>
                <ul>
                    // Every page lies below the accounts.
                    <li><a class="nav-item" href="/portal" aria-current="page"><Icon name="coins"/><span>{say::nav_accounts(lang)}</span></a></li>
                </ul>
            </nav>
            <Preferences/>
        </header>
        <main id="content" class="portal">{page()}</main>
    }
}

/// Why there is nothing to show. A session that has ended is not renewed in place: nothing is typed here, and the next page
/// leads to the sign-in.
fn refusal(why: String) -> AnyView {
    view! { <Notice tone=Tone::Bad><p>{why}</p></Notice> }.into_any()
}

/// There is no such page.
pub fn nothing() -> AnyView {
    view! { <NotFound><p><a href="/portal">{say::portal_title(lang())}</a></p></NotFound> }.into_any()
}

/// The passbook of an account of the own company.
pub fn passbook() -> AnyView {
    let above = |view: &PassbookView| {
        let customer = view.customer_name.clone();
        view! { <a href="/portal">{customer}</a> }.into_any()
    };
    let Address { path, query } = expect_context::<Address>();
    let account = path.trim_end_matches('/').rsplit('/').next().and_then(|id| id.parse::<AccountId>().ok());
    let at = At::new(move || account, move |name| in_query(&query, name));
    let refused = |error: CallError| refusal(error.text(lang()));
    let slots = Slots { above, desk: None, actions: |_, _, _| None, open: None, refused };
    view! { <Passbook slots=slots at=at/> }.into_any()
}

/// The own accounts, or why they are not told. No server function: they come with the page, and the next one brings them
/// anew.
#[cfg(feature = "ssr")]
async fn own_accounts() -> Result<OwnAccounts, String> {
    let lang = lang();
    let why = move |error: CallError| error.text(lang);
    let (env, call) = session().map_err(why)?;
    let own = person().and_then(|person| person.customer).ok_or_else(|| why(CallError::not_found()))?;
    let customer = usecases::customers::get(&env, &call, own).await.map_err(|error| why(refused(error)))?;
    Ok(OwnAccounts { customer: customer.card.name, accounts: customer.accounts })
}

/// In the browser nobody awaits it: what the server has sent is there already.
#[cfg(not(feature = "ssr"))]
async fn own_accounts() -> Result<OwnAccounts, String> {
    std::future::pending().await
}

/// Where the own accounts stand.
pub fn accounts() -> AnyView {
    let lang = lang();
    let own = Resource::new(|| (), |()| own_accounts());
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match own.await {
                    Err(why) => refusal(why),
                    Ok(own) => {
                        let sheets = own.accounts.into_iter().map(|account| view! {
                            <li class="sheet">
                                <h2>{account.name}</h2>
                                <Balance unit=account.unit standing=account.standing held=account.held large=true/>
                                <p><a href=format!("/portal/accounts/{}", account.id)>{say::portal_open(lang)}</a></p>
                            </li>
                        });
                        view! {
                            <PageHead title=say::portal_title(lang) above=view! { {own.customer} }.into_any()/>
                            <p class="quiet">{say::portal_lead(lang)}</p>
                            <ul class="account-sheets">{sheets.collect_view()}</ul>
                        }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Place;

    /// Red when: an address leads to another page in the browser than on the server, which has a route for each.
    #[test]
    fn every_page_is_found_by_its_address() {
        for (path, place) in [
            ("/portal", Place::Accounts),
            ("/portal/", Place::Accounts),
            ("/portal/accounts/0198f2f0-0000-7000-8000-00000000000a", Place::Passbook),
            ("/portal/accounts/unsinn", Place::Passbook),
            ("/portal/accounts", Place::Nothing),
            ("/portal/accounts/", Place::Nothing),
            ("/portal/accounts/x/y", Place::Nothing),
            ("/portal/nothing", Place::Nothing),
            ("/portals", Place::Nothing),
            ("/", Place::Nothing),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
