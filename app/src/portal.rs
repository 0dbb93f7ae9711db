//! The portal: customers look after their own accounts.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    ChooseView, SsrMode,
    components::{A, FlatRoutes, Route, Router},
    path,
};
use texts::say;
use wire::accounts::PassbookView;

use crate::{
    accounts::{Passbook, Slots},
    call::CallError,
    context::{lang, person, visitor},
    customers::load_customer,
    office::Brand,
    ui::{Balance, Failure, NavItem, NotFound, PageHead, Preferences},
};

/// The portal with its routes.
#[component]
pub fn PortalApp() -> impl IntoView {
    provide_meta_context();
    let lang = lang();
    let nothing = move || view! { <NotFound><p><A href="/portal">{say::portal_title(lang)}</A></p></NotFound> };
    view! {
        <Router>
            <a class="skip" href="#content">{say::nav_skip(lang)}</a>
            <header class="frame">
                <a class="brand" href="/portal"><Brand/><span>{visitor().company}</span></a>
                <nav aria-label=say::nav_main(lang)>
                    <ul><NavItem href="/portal" icon="coins" text=say::nav_accounts(lang)/></ul>
                </nav>
                <Preferences/>
            </header>
            <main id="content" class="portal">
                <FlatRoutes fallback=nothing>
                    <Route path=path!("/portal") view=AccountsPage ssr=SsrMode::Async/>
                    <Route path=path!("/portal/accounts/:id") view=Passbooks ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
        </Router>
    }
}

/// The passbook's page, whose code is fetched when somebody goes there: whoever only looks at where the accounts stand
/// does not wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passbooks;

impl ChooseView for Passbooks {
    #[cfg(feature = "ssr")]
    async fn choose(self) -> AnyView {
        PassbookPage().into_any()
    }

    #[cfg(not(feature = "ssr"))]
    async fn choose(self) -> AnyView {
        crate::pages::fetched(self).await
    }

    async fn preload(&self) {}
}

/// The passbook of an account of the own company.
#[component]
pub fn PassbookPage() -> impl IntoView {
    let above = |view: &PassbookView| {
        let customer = view.customer_name.clone();
        view! { <A href="/portal">{customer}</A> }.into_any()
    };
    view! { <Passbook slots=Slots { above, desk: None, actions: |_, _| None, open: None }/> }
}

#[component]
fn AccountsPage() -> impl IntoView {
    let lang = lang();
    let own = person().and_then(|person| person.customer);
    let customer =
        Resource::new(move || own, |own| async move { load_customer(own.ok_or_else(CallError::not_found)?).await });
    view! {
        <Suspense fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match customer.await {
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                    Ok(customer) => {
                        let sheets = customer.accounts.into_iter().map(|account| view! {
                            <li class="sheet">
                                <h2>{account.name}</h2>
                                <Balance unit=account.unit standing=account.standing held=account.held large=true/>
                                <p><A href=format!("/portal/accounts/{}", account.id)>{say::portal_open(lang)}</A></p>
                            </li>
                        });
                        view! {
                            <PageHead title=say::portal_title(lang) above=view! { {customer.card.name} }.into_any()/>
                            <p class="quiet">{say::portal_lead(lang)}</p>
                            <ul class="account-sheets">{sheets.collect_view()}</ul>
                        }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}
