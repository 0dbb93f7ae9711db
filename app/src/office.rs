//! The office: desktop, dense, keyboard.

use domain::Role;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};
use texts::{Lang, say};
use uuid::Uuid;
use wire::people::DemoLogin;

#[cfg(feature = "ssr")]
use crate::call::server::env;
use crate::{
    call::CallError,
    context::{in_query, lang, may, person, visitor},
    pages::Page,
    today::Finder,
    ui::{
        Field, FieldKind, Icon, NavGroup, NavItem, NotFound, Notice, PageTitle, Preferences, RenewalForm, Tone,
        provide_renewal,
    },
};

/// The office with its routes.
#[component]
pub fn OfficeApp() -> impl IntoView {
    provide_meta_context();
    provide_renewal();
    let lang = lang();
    let nothing = move || {
        view! {
            <NotFound>
                <p>{say::page_not_found_lead(lang)}</p>
                <p><a href="/">{say::product(lang)}</a></p>
            </NotFound>
        }
    };
    view! {
        <Router>
            <a class="skip" href="#content">{say::nav_skip(lang)}</a>
            <Frame/>
            <main id="content" class="office">
                <FlatRoutes fallback=nothing>
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                    <Route path=path!("/customers") view=Page::CustomersPage ssr=SsrMode::Async/>
                    <Route path=path!("/customers/new") view=Page::CustomerNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/customers/:id") view=Page::CustomerPage ssr=SsrMode::Async/>
                    <Route path=path!("/customers/:id/edit") view=Page::CustomerEditPage ssr=SsrMode::Async/>
                    <Route path=path!("/customers/:id/accounts/new") view=Page::AccountNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/accounts/:id") view=Page::PassbookPage ssr=SsrMode::Async/>
                    <Route path=path!("/today") view=Page::TodayPage ssr=SsrMode::Async/>
                    <Route path=path!("/articles") view=Page::ArticlesPage ssr=SsrMode::Async/>
                    <Route path=path!("/contract-types") view=Page::ContractTypesPage ssr=SsrMode::Async/>
                    <Route path=path!("/contract-types/new") view=Page::ContractTypeNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/contract-types/:id") view=Page::ContractTypeEditPage ssr=SsrMode::Async/>
                    <Route path=path!("/contract-types/:id/apply") view=Page::ContractTypeApplyPage ssr=SsrMode::Async/>
                    <Route path=path!("/contracts") view=Page::ContractsPage ssr=SsrMode::Async/>
                    <Route path=path!("/contracts/new") view=Page::ContractNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/contracts/:id") view=Page::ContractPage ssr=SsrMode::Async/>
                    <Route path=path!("/contracts/:id/edit") view=Page::ContractEditPage ssr=SsrMode::Async/>
                    <Route path=path!("/billing") view=Page::BillingPage ssr=SsrMode::Async/>
                    <Route path=path!("/billing/runs") view=Page::RunsPage ssr=SsrMode::Async/>
                    <Route path=path!("/calendar") view=Page::CalendarPage ssr=SsrMode::Async/>
                    <Route path=path!("/to-dos") view=Page::ToDosPage ssr=SsrMode::Async/>
                    <Route path=path!("/deficits") view=Page::DeficitsPage ssr=SsrMode::Async/>
                    <Route path=path!("/open-items") view=Page::OpenItemsPage ssr=SsrMode::Async/>
                    <Route path=path!("/receipts/import") view=Page::ImportPage ssr=SsrMode::Async/>
                    <Route path=path!("/receipts/import/:id") view=Page::BankFilePage ssr=SsrMode::Async/>
                    <Route path=path!("/lapses") view=Page::LapsesPage ssr=SsrMode::Async/>
                    <Route path=path!("/billing/:id") view=Page::RunPage ssr=SsrMode::Async/>
                    <Route path=path!("/documents") view=Page::DocumentsPage ssr=SsrMode::Async/>
                    <Route path=path!("/documents/bulk") view=Page::DocumentsBulkPage ssr=SsrMode::Async/>
                    <Route path=path!("/documents/new") view=Page::DocumentNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/documents/:id") view=Page::DocumentPage ssr=SsrMode::Async/>
                    <Route path=path!("/documents/:id/edit") view=Page::DocumentEditPage ssr=SsrMode::Async/>
                    <Route path=path!("/bookings") view=Page::BookingsPage ssr=SsrMode::Async/>
                    <Route path=path!("/bookings/week") view=Page::WeekPage ssr=SsrMode::Async/>
                    <Route path=path!("/bookings/move") view=Page::BookingsMovePage ssr=SsrMode::Async/>
                    <Route path=path!("/bookings/:id") view=Page::BookingPage ssr=SsrMode::Async/>
                    <Route path=path!("/projects") view=Page::ProjectsPage ssr=SsrMode::Async/>
                    <Route path=path!("/projects/new") view=Page::ProjectNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/projects/templates") view=Page::ProjectTemplatesPage ssr=SsrMode::Async/>
                    <Route path=path!("/projects/templates/new") view=Page::ProjectTemplateNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/projects/templates/:id") view=Page::ProjectTemplatePage ssr=SsrMode::Async/>
                    <Route path=path!("/projects/:id") view=Page::ProjectPage ssr=SsrMode::Async/>
                    <Route path=path!("/projects/:id/edit") view=Page::ProjectEditPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=Page::SettingsPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings/mail") view=Page::MailSettingsPage ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
            <RenewalForm/>
        </Router>
    }
}

#[component]
fn Frame() -> impl IntoView {
    let lang = lang();
    let sees_customers = may(domain::Permission::SeeCustomers);
    let sees_contracts = may(domain::Permission::SeeContracts);
    let sees_times = person().is_some_and(|person| {
        [domain::Permission::BookTime, domain::Permission::SeeProjects].into_iter().any(|what| person.role.may(what))
    });
    let sees_projects = may(domain::Permission::SeeProjects);
    let edits_settings = may(domain::Permission::EditSettings);
    view! {
        <header class="frame">
            <a class="brand" href="/" rel="external"><Brand/><span>{say::product(lang)}</span></a>
            <nav aria-label=say::nav_main(lang)>
                <ul>
                    {sees_contracts.then(|| view! { <NavItem href="/today" icon="calendar-check" text=say::nav_today(lang)/> })}
                    {sees_customers.then(|| view! { <NavItem href="/customers" icon="users" text=say::nav_customers(lang)/> })}
                    {sees_projects.then(|| view! { <NavItem href="/projects" icon="waypoints" text=say::nav_projects(lang)/> })}
                    {sees_contracts.then(|| view! {
                        <NavItem href="/contracts" icon="file-text" text=say::nav_contracts(lang)/>
                        <NavItem href="/billing" icon="receipt" text=say::nav_billing(lang)/>
                        <NavItem href="/documents" icon="files" text=say::nav_documents(lang)/>
                        <NavGroup icon="list-checks" text=say::nav_lists(lang)>
                            <NavItem href="/open-items" icon="coins" text=say::nav_open_items(lang)/>
                            <NavItem href="/to-dos" icon="list-checks" text=say::nav_to_dos(lang)/>
                            <NavItem href="/deficits" icon="triangle-alert" text=say::nav_deficits(lang)/>
                            <NavItem href="/lapses" icon="hourglass" text=say::nav_lapses(lang)/>
                        </NavGroup>
                        <NavItem href="/articles" icon="package" text=say::nav_articles(lang)/>
                    })}
                    {sees_times.then(|| view! { <NavItem href="/bookings" icon="clock" text=say::nav_bookings(lang)/> })}
                    {sees_customers.then(|| view! {
                        <li><a class="nav-item" href="/phone" rel="external"><Icon name="smartphone"/><span>{say::nav_phone(lang)}</span></a></li>
                    })}
                    {edits_settings.then(|| view! { <NavItem href="/settings" icon="settings" text=say::settings(lang)/> })}
                </ul>
            </nav>
            {sees_customers.then(|| view! { <Finder/> })}
            <Preferences/>
        </header>
    }
}

/// The mark: a lot bar that is being drawn down.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <rect class="bar-used" x="2" y="4" width="20" height="4"></rect>
            <rect class="bar-used" x="2" y="10" width="9" height="4"></rect>
            <rect class="bar-left" x="11" y="10" width="11" height="4"></rect>
            <rect class="bar-left" x="2" y="16" width="20" height="4"></rect>
        </svg>
    }
}

/// The name of a role.
fn role_name(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::Admin => say::role_admin(lang),
        Role::Sales => say::role_sales(lang),
        Role::Accounting => say::role_accounting(lang),
        Role::ProjectManager => say::role_project_manager(lang),
        Role::Payments => say::role_payments(lang),
        Role::Staff => say::role_staff(lang),
        Role::Customer => say::role_customer(lang),
    }
}

/// The roles that may do that.
pub(crate) fn roles_that_may(lang: Lang, needs: domain::Permission) -> String {
    let able = Role::ALL.into_iter().filter(|role| role.may(needs));
    able.map(|role| role_name(lang, role)).collect::<Vec<_>>().join(", ")
}

/// Why nobody was signed in, by the name of the problem in the address. Of the rest of it nothing is repeated: anybody can
/// have written it.
fn why_not(lang: Lang, problem: &str, ticket: &str) -> Option<String> {
    match problem {
        "wrong_credentials" => Some(say::problem_wrong_credentials(lang).to_owned()),
        "too_many_attempts" => Some(say::problem_too_many_attempts(lang).to_owned()),
        "internal" => ticket.parse::<Uuid>().ok().map(|ticket| say::problem_internal(lang, ticket)),
        _ => None,
    }
}

/// Signing in: a plain form, so that a fresh page knows who is there.
#[component]
fn SignInPage() -> impl IntoView {
    let lang = lang();
    let query = use_location().search.get_untracked();
    let asked = |name: &str| in_query(&query, name).unwrap_or_default();
    let error = why_not(lang, &asked("error"), &asked("ticket"));
    let (next, login) = (asked("next"), asked("login"));
    let demo = visitor().demo_logins;
    let nothing_here = person().is_some();
    view! {
        <PageTitle text=say::sign_in(lang)/>
        <div class="sign-in">
            <section class="sheet">
                <h1>{say::sign_in_title(lang)}</h1>
                <p class="quiet">{say::sign_in_lead(lang)}</p>
                {nothing_here.then(|| view! { <Notice tone=Tone::Warn><p>{say::nothing_for_role(lang)}</p></Notice> })}
                {error.map(|error| view! { <Notice tone=Tone::Bad><p>{error}</p></Notice> })}
                <form method="post" action="/sign-in">
                    <input type="hidden" name="next" value=next.clone()/>
                    <Field label=say::login(lang) name="login" id="login" value=login autocomplete="username"/>
                    <Field label=say::password(lang) name="password" id="password" kind=FieldKind::Password value=String::new() autocomplete="current-password"/>
                    <button class="button" type="submit">{say::sign_in(lang)}</button>
                </form>
            </section>
            {(!demo.is_empty()).then(|| view! { <DemoLogins logins=demo next=next/> })}
        </div>
    }
}

#[component]
fn DemoLogins(logins: Vec<DemoLogin>, next: String) -> impl IntoView {
    let lang = lang();
    let rows = logins.into_iter().map(|demo| {
        view! {
        <li>
            <form method="post" action="/sign-in">
                <input type="hidden" name="next" value=next.clone()/>
                <input type="hidden" name="login" value=demo.login.clone()/>
                <input type="hidden" name="password" value=demo.password.clone()/>
                <button class="demo-login" type="submit">
                    <span>{role_name(lang, demo.role)}</span>
                    <span class="quiet">{demo.login}" / "{demo.password}</span>
                </button>
            </form>
        </li>
        }
    });
    view! {
        <section class="demo">
            <h2>{say::demo_title(lang)}</h2>
            <p class="quiet">{say::demo_lead(lang)}</p>
            <ul>{rows.collect_view()}</ul>
        </section>
    }
}

/// Renews a session that ended while a page was open. The new cookie comes with the answer.
#[server]
pub async fn sign_in_again(login: String, password: String) -> Result<(), CallError> {
    let door = expect_context::<usecases::people::SharedDoorkeeper>();
    let attempt = usecases::people::sign_in_at(&env(), door.as_ref(), &login, &password).await;
    let token = attempt.map_err(crate::call::server::refused)?;
    if let (Some(response), Some(session)) =
        (use_context::<leptos_axum::ResponseOptions>(), use_context::<crate::shell::SessionCookie>())
        && let Ok(value) = axum::http::HeaderValue::from_str(&(session.write)(&token))
    {
        response.append_header(axum::http::header::SET_COOKIE, value);
        if let Some(old) = session.current {
            usecases::people::sign_out(&env(), &old).await.map_err(crate::call::server::refused)?;
        }
    }
    Ok(())
}
