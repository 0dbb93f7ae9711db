//! What stands around every page: title, heading, language and look.

use leptos::prelude::*;
use leptos_meta::Title;
use texts::{Lang, say};
use wire::people::Theme;

use super::Icon;
use crate::context::{lang, visitor};

/// The title of the browser tab. leptos_meta does not escape it on the server, so it is cleaned here.
#[component]
pub fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    view! { <Title text=clean_title(&text)/> }
}

/// Drops what could end the title element.
pub(crate) fn clean_title(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '<' | '>' | '&') && !c.is_control()).collect()
}

/// The head of a page: what stands above, the heading, and what can be done here.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(into, optional)] above: Option<AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <PageTitle text=title.clone()/>
        <header class="page-head">
            <div>
                {above.map(|above| view! { <p class="page-above">{above}</p> })}
                <h1>{title}</h1>
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
}

/// A link of the navigation, marked when it leads to where we are.
#[component]
pub fn NavItem(href: &'static str, icon: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <li><leptos_router::components::A href=href attr:class="nav-item"><Icon name=icon/><span>{text}</span></leptos_router::components::A></li>
    }
}

/// Several links of the navigation behind one word. Without JavaScript it opens too; a link that was followed closes it.
#[component]
pub fn NavGroup(icon: &'static str, text: &'static str, children: Children) -> impl IntoView {
    let group = NodeRef::<leptos::html::Details>::new();
    let close = move |_| {
        if let Some(group) = group.get() {
            group.set_open(false);
        }
    };
    view! {
        <li class="nav-group">
            <details node_ref=group>
                <summary class="nav-item"><Icon name=icon/><span>{text}</span><Icon name="chevron-down"/></summary>
                <ul on:click=close>{children()}</ul>
            </details>
        </li>
    }
}

/// Language, look and signing out: plain forms that work without JavaScript.
#[component]
pub fn Preferences() -> impl IntoView {
    let lang = lang();
    let visitor = visitor();
    let other = match lang {
        Lang::De => Lang::En,
        Lang::En => Lang::De,
    };
    let (next, icon, text) = match visitor.theme {
        Theme::Auto => (Theme::Dark, "moon", say::theme_dark(lang)),
        Theme::Dark => (Theme::Light, "sun", say::theme_light(lang)),
        Theme::Light => (Theme::Auto, "monitor", say::theme_auto(lang)),
    };
    view! {
        <div class="preferences">
            <form method="post" action="/preferences">
                <button class="button-quiet" name="lang" value=other.tag() lang=other.tag()>
                    <Icon name="languages"/><span>{say::language_other(lang)}</span>
                </button>
                <button class="button-quiet" name="theme" value=next.name()><Icon name=icon/><span>{text}</span></button>
            </form>
            {visitor.person.map(|person| view! {
                <form method="post" action="/sign-out">
                    <span class="quiet person">{person.name}</span>
                    <button class="button-quiet" type="submit"><Icon name="log-out"/><span>{say::sign_out(lang)}</span></button>
                </form>
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::clean_title;

    #[test]
    fn a_title_cannot_end_its_element() {
        assert_eq!(clean_title("</title><script>alert(1)</script>"), "/titlescriptalert(1)/script");
        assert_eq!(clean_title("Müller & Söhne"), "Müller  Söhne");
    }
}
