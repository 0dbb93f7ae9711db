//! The articles page: groups with their switch, articles; what is edited stands in the address.

use domain::{Permission, Price};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};
use texts::{Lang, decimal, say, unit_name};
use wire::{
    articles::{ArticleForm, ArticleRow, Catalogue, GroupForm, GroupRow},
    contracts::typed_price,
    history::Versioned,
};

use super::{
    billing::{BillingFields, billing_words},
    calls::{SaveArticle, SaveGroup, load_catalogue},
    words::{switch_name, switch_options, unit_options},
};
use crate::{
    call::{CallError, forget_when_typed},
    context::{lang, may, new_id, page_query},
    ui::{Dialog, Failure, Field, FieldKind, Icon, NotSaved, PageHead, Select, Stored, came_back, overtaken},
};

const HERE: &str = "/articles";

/// The page.
#[component]
pub fn ArticlesPage() -> impl IntoView {
    let lang = lang();
    let catalogue = Resource::new(|| (), |()| load_catalogue());
    let may_edit = may(Permission::EditContracts);
    view! {
        <PageHead title=say::nav_articles(lang)>
            {may_edit.then(|| view! {
                <A href="/articles?group=new" attr:class="button-quiet" scroll=false><Icon name="plus"/>{say::group_new(lang)}</A>
                <A href="/articles?article=new" attr:class="button" scroll=false><Icon name="plus"/>{say::article_new(lang)}</A>
            })}
        </PageHead>
        <p class="quiet page-lead">{say::articles_lead(lang)}</p>
        <Transition fallback=move || view! { <p class="quiet">{say::loading(lang)}</p> }>
            {move || Suspend::new(async move {
                match catalogue.await {
                    Ok(found) => view! { <Shown catalogue=found may_edit=may_edit renew=Callback::new(move |()| catalogue.refetch())/> }.into_any(),
                    Err(error) => view! { <Failure error=error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(catalogue: Catalogue, may_edit: bool, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let groups = catalogue.groups.iter().flat_map(|group| group_rows(lang, group, may_edit)).collect_view();
    let no_groups = catalogue.groups.is_empty().then(|| view! { <p class="empty">{say::groups_empty(lang)}</p> });
    let articles = catalogue.articles.iter().map(|article| article_row(lang, &catalogue, article, may_edit));
    let no_articles = catalogue.articles.is_empty().then(|| view! { <p class="empty">{say::articles_empty(lang)}</p> });
    let articles = articles.collect_view();
    let catalogue = StoredValue::new(catalogue);
    let query = page_query();
    let asked = move |name: &'static str| query.with(|query| query.get(name)).filter(|_| may_edit);
    let group = Memo::new(move |_| asked("group").and_then(|id| catalogue.with_value(|all| group_form(all, &id))));
    let article =
        Memo::new(move |_| asked("article").and_then(|id| catalogue.with_value(|all| article_form(lang, all, &id))));
    view! {
        <div class="catalogue">
            <section>
                <h2>{say::groups(lang)}</h2>
                <table class="list plain">
                    <thead><tr><th scope="col">{say::group_name(lang)}</th><th scope="col">{say::group_quota(lang)}</th></tr></thead>
                    <tbody>{groups}</tbody>
                </table>
                {no_groups}
            </section>
            <section>
                <h2>{say::nav_articles(lang)}</h2>
                <table class="list plain">
                    <thead><tr>
                        <th scope="col">{say::article_number(lang)}</th>
                        <th scope="col">{say::article_name(lang)}</th>
                        <th scope="col">{say::group(lang)}</th>
                        <th scope="col" class="right">{say::item_price(lang)}</th>
                        <th scope="col" class="right">{say::item_vat(lang)}</th>
                    </tr></thead>
                    <tbody>{articles}</tbody>
                </table>
                {no_articles}
            </section>
        </div>
        {move || group.get().map(|first| view! { <GroupDialog first=first catalogue=catalogue renew=renew/> })}
        {move || article.get().map(|first| view! { <ArticleDialog first=first catalogue=catalogue renew=renew/> })}
    }
}

fn group_rows(lang: Lang, group: &GroupRow, may_edit: bool) -> Vec<AnyView> {
    let name = |id: String, name: &str| {
        let name = name.to_owned();
        if may_edit {
            view! { <A href=format!("{HERE}?group={id}") scroll=false>{name}</A> }.into_any()
        } else {
            name.into_any()
        }
    };
    let mut rows = vec![
        view! { <tr><th scope="row">{name(group.id.to_string(), &group.name)}</th><td>{switch_name(lang, group.quota)}</td></tr> }
            .into_any(),
    ];
    rows.extend(group.sub_groups.iter().map(|sub_group| {
        let name = name(sub_group.id.to_string(), &sub_group.name);
        view! { <tr class="row-sub"><th scope="row">{name}</th><td>{switch_name(lang, sub_group.quota)}</td></tr> }
            .into_any()
    }));
    rows
}

/// A price with its decimals.
pub(crate) fn price(lang: Lang, price: Price) -> String {
    typed_price(lang, price)
}

fn article_row(lang: Lang, catalogue: &Catalogue, article: &ArticleRow, may_edit: bool) -> impl IntoView + use<> {
    let card = &article.card;
    let group = catalogue.groups.iter().find(|group| Some(group.id) == article.group);
    let sub_group = group.and_then(|group| group.sub_groups.iter().find(|sub| Some(sub.id) == article.sub_group));
    let group = [group.map(|group| group.name.clone()), sub_group.map(|sub| sub.name.clone())];
    let group = group.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let name = card.name.clone();
    let name = if may_edit {
        view! { <A href=format!("{HERE}?article={}", article.id) scroll=false>{name}</A> }.into_any()
    } else {
        name.into_any()
    };
    let unit = unit_name(lang, card.unit);
    let billing = card.billing.as_ref().map(|billing| billing_words(lang, billing));
    view! {
        <tr>
            <td class="figure quiet">{card.number.clone()}</td>
            <th scope="row">{name}{billing.map(|words| view! { <span class="quiet row-note">{words}</span> })}</th>
            <td class="quiet">{group}</td>
            <td class="figure right">{price(lang, card.price)}" "<span class="quiet">{unit}</span></td>
            <td class="figure right">{decimal(lang, card.vat.percent())}</td>
        </tr>
    }
}

fn group_form(catalogue: &Catalogue, id: &str) -> Option<GroupForm> {
    if id == "new" {
        return Some(GroupForm { id: new_id(), quota: "inherit".to_owned(), ..GroupForm::default() });
    }
    let groups = catalogue.groups.iter().map(|group| GroupForm {
        id: group.id.to_string(),
        version: group.version,
        parent: String::new(),
        name: group.name.clone(),
        quota: group.quota.name().to_owned(),
    });
    let sub_groups = catalogue.groups.iter().flat_map(|group| {
        group.sub_groups.iter().map(|sub| GroupForm {
            id: sub.id.to_string(),
            version: sub.version,
            parent: group.id.to_string(),
            name: sub.name.clone(),
            quota: sub.quota.name().to_owned(),
        })
    });
    groups.chain(sub_groups).find(|form| form.id == id)
}

fn article_form(lang: Lang, catalogue: &Catalogue, id: &str) -> Option<ArticleForm> {
    if id == "new" {
        let vat = catalogue.vat_rates.first().map(|rate| decimal(lang, rate.percent())).unwrap_or_default();
        let mut form = ArticleForm { id: new_id(), unit: "hour".to_owned(), vat, ..ArticleForm::default() };
        form.show_billing(None, lang);
        return Some(form);
    }
    let found = catalogue.articles.iter().find(|article| article.id.to_string() == id)?;
    let group = found.sub_group.map(|id| id.to_string()).or(found.group.map(|id| id.to_string()));
    let mut form = ArticleForm {
        id: found.id.to_string(),
        version: found.version,
        number: found.card.number.clone(),
        name: found.card.name.clone(),
        group: group.unwrap_or_default(),
        unit: found.card.unit.name().to_owned(),
        price: typed_price(lang, found.card.price),
        vat: decimal(lang, found.card.vat.percent()),
        ..ArticleForm::default()
    };
    form.show_billing(found.card.billing, lang);
    Some(form)
}

/// What is stored of what the dialog edits now; `form` finds it.
async fn stored<T: Versioned>(form: impl Fn(&Catalogue) -> Option<T>) -> Result<Stored, CallError> {
    let catalogue = load_catalogue().await?;
    let form = form(&catalogue).ok_or_else(CallError::not_found)?;
    Ok(Stored { version: form.version(), last: None })
}

/// Closes the dialog once its action went through.
fn close_when_done<I, O>(action: Action<I, Result<O, CallError>>, renew: Callback<()>)
where
    I: Send + Sync + 'static,
    O: Clone + Send + Sync + 'static,
{
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get() {
            renew.run(());
            let options = leptos_router::NavigateOptions { scroll: false, replace: true, ..Default::default() };
            navigate(HERE, options);
        }
    });
}

#[component]
fn GroupDialog(first: GroupForm, catalogue: StoredValue<Catalogue>, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveGroup>::new();
    let (id, at_first) = (first.id.clone(), Stored { version: first.version, last: None });
    let new = first.version == 0;
    let title = if new { say::group_new(lang).to_owned() } else { say::group_edit(lang, &first.name) };
    let form = RwSignal::new(came_back(*action, first.version).unwrap_or(first));
    let overtaken = overtaken(*action, form, at_first, move || {
        let id = id.clone();
        stored(move |all| group_form(all, &id))
    });
    forget_when_typed(*action, form);
    close_when_done(*action, renew);
    let refused = move || action.value().get().and_then(Result::err);
    let problem = move |field: &'static str| Signal::derive(move || refused().and_then(|error| error.at(field)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveGroup { form: form.get_untracked() });
    };
    let parents = catalogue.with_value(|all| {
        let none = (Oco::from(""), Oco::from(say::group_parent_none(lang)));
        let groups = all.groups.iter().map(|group| (Oco::from(group.id.to_string()), Oco::from(group.name.clone())));
        std::iter::once(none).chain(groups).collect::<Vec<_>>()
    });
    let action_url = <SaveGroup as server_fn::ServerFn>::url();
    view! {
        <Dialog title=title closed=HERE>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[id]" value=form.get_untracked().id/>
                <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()
                    prop:value=move || form.with(|form| form.version.to_string())/>
                {(!new).then(|| view! { <input type="hidden" name="form[parent]" value=form.get_untracked().parent/> })}
                <Field label=say::group_name(lang) name="form[name]" id="group-name" required=true
                    value=Signal::derive(move || form.with(|form| form.name.clone()))
                    set=move |value| form.update(|form| form.name = value) problem=problem("name")/>
                {new.then(|| view! {
                    <Select label=say::group_parent(lang) name="form[parent]" id="group-parent" options=parents
                        value=Signal::derive(move || form.with(|form| form.parent.clone()))
                        set=move |value| form.update(|form| form.parent = value) problem=problem("parent")/>
                })}
                <Select label=say::group_quota(lang) name="form[quota]" id="group-quota" options=switch_options(lang)
                    value=Signal::derive(move || form.with(|form| form.quota.clone()))
                    set=move |value| form.update(|form| form.quota = value) problem=problem("quota")/>
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
            </form>
            <NotSaved refused=Signal::derive(move || refused().filter(CallError::at_no_field)) overtaken=overtaken/>
        </Dialog>
    }
}

#[component]
fn ArticleDialog(first: ArticleForm, catalogue: StoredValue<Catalogue>, renew: Callback<()>) -> impl IntoView {
    let lang = lang();
    let action = ServerAction::<SaveArticle>::new();
    let (id, at_first) = (first.id.clone(), Stored { version: first.version, last: None });
    let title =
        if first.version == 0 { say::article_new(lang).to_owned() } else { say::article_edit(lang, &first.number) };
    let form = RwSignal::new(came_back(*action, first.version).unwrap_or(first));
    let overtaken = overtaken(*action, form, at_first, move || {
        let id = id.clone();
        stored(move |all| article_form(lang, all, &id))
    });
    forget_when_typed(*action, form);
    close_when_done(*action, renew);
    let refused = move || action.value().get().and_then(Result::err);
    let problem = move |field: &'static str| Signal::derive(move || refused().and_then(|error| error.at(field)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        action.dispatch(SaveArticle { form: form.get_untracked() });
    };
    let groups = catalogue.with_value(|all| {
        let mut options = vec![(Oco::from(""), Oco::from(say::group_none(lang)))];
        for group in &all.groups {
            options.push((group.id.to_string().into(), group.name.clone().into()));
            let sub = |sub: &wire::articles::SubGroupRow| {
                (Oco::from(sub.id.to_string()), Oco::from(format!("{} · {}", group.name, sub.name)))
            };
            options.extend(group.sub_groups.iter().map(sub));
        }
        options
    });
    let rates = catalogue.with_value(|all| {
        all.vat_rates
            .iter()
            .map(|rate| decimal(lang, rate.percent()))
            .map(|rate| (rate.clone().into(), rate.into()))
            .collect::<Vec<_>>()
    });
    macro_rules! field {
        ($field:ident, $label:expr, $($rest:tt)*) => {
            view! {
                <Field label=$label name=concat!("form[", stringify!($field), "]") id=concat!("article-", stringify!($field))
                    value=Signal::derive(move || form.with(|form| form.$field.clone()))
                    set=move |value| form.update(|form| form.$field = value)
                    problem=problem(stringify!($field)) $($rest)* />
            }
        };
    }
    let action_url = <SaveArticle as server_fn::ServerFn>::url();
    view! {
        <Dialog title=title closed=HERE>
            <form method="post" action=action_url on:submit=submit novalidate>
                <input type="hidden" name="form[id]" value=form.get_untracked().id/>
                <input type="hidden" name="form[version]" value=form.get_untracked().version.to_string()
                    prop:value=move || form.with(|form| form.version.to_string())/>
                {field!(number, say::article_number(lang), required=true)}
                {field!(name, say::article_name(lang), required=true)}
                <Select label=say::group(lang) name="form[group]" id="article-group" options=groups
                    value=Signal::derive(move || form.with(|form| form.group.clone()))
                    set=move |value| form.update(|form| form.group = value) problem=problem("group")/>
                <Select label=say::item_unit(lang) name="form[unit]" id="article-unit" options=unit_options(lang)
                    value=Signal::derive(move || form.with(|form| form.unit.clone()))
                    set=move |value| form.update(|form| form.unit = value) problem=problem("unit")/>
                {field!(price, say::item_price(lang), kind=FieldKind::Amount required=true)}
                <Select label=say::item_vat(lang) name="form[vat]" id="article-vat" options=rates
                    value=Signal::derive(move || form.with(|form| form.vat.clone()))
                    set=move |value| form.update(|form| form.vat = value) problem=problem("vat")/>
                <BillingFields form=form refused=Signal::derive(refused)/>
                <button class="button" type="submit" disabled=action.pending()>{say::save(lang)}</button>
            </form>
            <NotSaved refused=Signal::derive(move || refused().filter(CallError::at_no_field)) overtaken=overtaken/>
        </Dialog>
    }
}
