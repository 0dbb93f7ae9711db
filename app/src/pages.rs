//! The pages of the office. The server has the code of all of them; a browser fetches that of a page when somebody goes
//! there, so that what it loads first does not grow with the number of pages.

use std::{future::Future, pin::Pin};

use leptos::prelude::*;
use leptos_router::ChooseView;

/// Hands all pages to a macro, by the file in which a browser finds their code. Who works with one page of a file most
/// often goes on to another one of it. What several files need lies in further ones, one for each set of files that share
/// it: few files of pages make few of these.
#[macro_export]
macro_rules! office_pages {
    ($with:ident) => {
        $with! {
            today { today::TodayPage, }
            customers {
                customers::CustomersPage,
                customers::CustomerNewPage,
                customers::CustomerPage,
                customers::CustomerEditPage,
                accounts::AccountNewPage,
                accounts::PassbookPage,
                articles::ArticlesPage,
                settings::SettingsPage,
                mails::MailSettingsPage,
            }
            contracts {
                contracts::ContractsPage,
                contracts::ContractNewPage,
                contracts::ContractPage,
                contracts::ContractEditPage,
                contracts::ContractTypesPage,
                contracts::ContractTypeNewPage,
                contracts::ContractTypeEditPage,
                contracts::ContractTypeApplyPage,
                billing::BillingPage,
                billing::RunPage,
                lists::RunsPage,
                lists::ToDosPage,
                lists::DeficitsPage,
                lists::LapsesPage,
                calendar::CalendarPage,
                receipts::OpenItemsPage,
                receipts::ImportPage,
                receipts::BankFilePage,
            }
            documents {
                documents::DocumentsPage,
                documents::DocumentsBulkPage,
                documents::DocumentNewPage,
                documents::DocumentPage,
                documents::DocumentEditPage,
            }
            projects {
                projects::ProjectsPage,
                projects::ProjectNewPage,
                projects::ProjectPage,
                projects::ProjectEditPage,
                projects::ProjectTemplatesPage,
                projects::ProjectTemplateNewPage,
                projects::ProjectTemplatePage,
                bookings::BookingsPage,
                bookings::WeekPage,
                bookings::BookingsMovePage,
                bookings::BookingPage,
            }
        }
    };
}

macro_rules! pages {
    ($($file:ident { $($slice:ident::$page:ident,)+ })+) => {
        /// A page of the office.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Page { $($($page,)+)+ }

        impl Page {
            #[cfg(feature = "ssr")]
            fn whole(self) -> AnyView {
                match self { $($(Page::$page => $crate::$slice::$page().into_any(),)+)+ }
            }
        }
    };
}
office_pages!(pages);

/// A page that is on its way; none when its code cannot be fetched.
pub type Fetched = Pin<Box<dyn Future<Output = Option<AnyView>>>>;

/// How a browser gets a page with its code; `P` names the pages of a front.
#[derive(Clone, Copy)]
pub struct Fetch<P: 'static>(pub fn(P) -> Fetched);

impl ChooseView for Page {
    #[cfg(feature = "ssr")]
    async fn choose(self) -> AnyView {
        self.whole()
    }

    #[cfg(not(feature = "ssr"))]
    async fn choose(self) -> AnyView {
        fetched(self).await
    }

    async fn preload(&self) {}
}

/// The page with its code, in a browser.
#[cfg(not(feature = "ssr"))]
async fn fetched(page: Page) -> AnyView {
    let to = address();
    match (expect_context::<Fetch<Page>>().0)(page).await {
        Some(page) => page,
        None => without_code(&to).await,
    }
}

/// Where the page is that somebody wants: the browser shows its address once it is there.
#[cfg(not(feature = "ssr"))]
fn address() -> String {
    let location = leptos_router::hooks::use_location();
    let query = location.search.get_untracked();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{query}", location.pathname.get_untracked())
}

/// The server has a newer version, or is away: the browser loads the page as a whole. One that stands there already is
/// left alone: it works as the server has sent it.
#[cfg(not(feature = "ssr"))]
async fn without_code(to: &str) -> AnyView {
    let location = window().location();
    let here = format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    if here != to {
        // What keeps the browser from going there, it says itself.
        let _ = location.assign(to);
    }
    std::future::pending().await
}
