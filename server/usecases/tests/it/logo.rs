//! The logo on the letterhead: kept with the version of the settings, told in the history, never on what was issued
//! before.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{DocumentId, Permission, Role};
use usecases::{
    Env,
    papers::{self, Setter},
    settings::{self, LogoChecker},
    testing::{World, as_role, problem},
};
use wire::{
    Problem,
    paper::{Input, Logo, LogoFormat},
    settings::{LogoDraft, LogoFault, Settings, SettingsView},
};

use crate::{
    office::admin,
    receipts::invoice,
    support::{assert_sound, books},
};

/// The head of a PNG of one pixel, with a mark.
fn png(mark: u8) -> Logo {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01";
    Logo { format: LogoFormat::Png, bytes: [head.as_slice(), &[mark]].concat() }
}

fn svg() -> Logo {
    Logo { format: LogoFormat::Svg, bytes: b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec() }
}

/// Takes every picture.
fn content() -> LogoChecker {
    Arc::new(|_: &Logo| Ok(()))
}

async fn page(env: &Env) -> SettingsView {
    settings::page(env, &admin()).await.expect("a page")
}

async fn save(env: &Env, version: i64, logo: Option<Logo>) -> Result<SettingsView, Problem> {
    settings::save_logo(env, &admin(), LogoDraft { version, logo }, &content()).await.map_err(problem)
}

/// The logo as it is looked at.
async fn shown(env: &Env) -> Option<Logo> {
    settings::logo(env, &admin()).await.ok()
}

/// The latest change: what the logo was and is.
fn told(view: &SettingsView) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let newest = view.history.first().expect("a change");
    newest.fields.iter().map(|f| (f.field.as_str(), f.before.as_deref(), f.after.as_deref())).collect()
}

/// Red when: the logo is no change of the settings like any other, its bytes stand in the history, or saving something
/// else loses it.
async fn a_logo_is_a_version_of_the_settings(world: World) {
    assert_eq!((page(&world).await.logo, shown(&world).await), (None, None));
    let view = save(&world, 0, Some(png(1))).await.expect("it is saved");
    assert_eq!((view.settings.version, view.logo), (1, Some(png(1).info())));
    assert_eq!(told(&view), [("logo", None, Some("png 25"))]);
    assert_eq!((view.history[0].by.as_str(), shown(&world).await), ("The admin", Some(png(1))));
    assert_eq!(page(&world).await, view);

    let before = books(&world).await;
    assert_eq!(save(&world, 0, Some(png(1))).await, Ok(view), "the same again changes nothing");
    for (version, other) in [(0, Some(svg())), (2, Some(png(2))), (0, None)] {
        assert_eq!(save(&world, version, other).await.map(drop), Err(Problem::Changed));
    }
    assert_eq!(books(&world).await, before);

    let view = save(&world, 1, Some(svg())).await.expect("another one");
    assert_eq!((told(&view), shown(&world).await), (vec![("logo", Some("png 25"), Some("svg 41"))], Some(svg())));
    let draft = Settings { city: "Köln".to_owned(), ..view.settings };
    let view = settings::save(&world, &admin(), draft).await.expect("it is saved");
    assert_eq!((view.settings.version, view.logo, shown(&world).await), (3, Some(svg().info()), Some(svg())));
    let view = save(&world, 3, None).await.expect("it is taken away");
    assert_eq!((told(&view), view.logo, shown(&world).await), (vec![("logo", Some("svg 41"), None)], None, None));
    assert_eq!((view.settings.version, view.settings.city.as_str()), (4, "Köln"));
    let before = books(&world).await;
    assert_eq!(save(&world, 0, None).await, Ok(view), "there is none");
    assert_eq!(books(&world).await, before);
}

/// Red when: a form that is older than what somebody else has saved counts as one of now because the logo is the same, or
/// one in which nothing is older does not.
async fn only_the_logo_makes_no_form_older(world: World) {
    let view = save(&world, 0, Some(png(1))).await.expect("it is saved");
    assert!(view.only_logo_since(0) && view.only_logo_since(1));
    let again = save(&world, 0, Some(png(1))).await.expect("an answer was lost");
    assert!(again.only_logo_since(0));

    let draft = Settings { city: "Ulm".to_owned(), ..view.settings };
    settings::save(&world, &admin(), draft).await.expect("it is saved");
    let view = save(&world, 1, Some(png(1))).await.expect("it is there already");
    assert_eq!(view.settings.version, 2);
    assert!(!view.only_logo_since(0) && !view.only_logo_since(1), "the city is another one");
    assert!(view.only_logo_since(2));
    let view = save(&world, 2, None).await.expect("it is taken away");
    assert!(view.only_logo_since(2) && !view.only_logo_since(1));
    assert!(!view.only_logo_since(4), "there is no such version yet");
}

/// Red when: the version is read without a lock.
async fn of_two_who_choose_a_logo_at_once_one_is_told(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    for round in 0..4_u8 {
        let (here, there) = (Some(png(2 * round)), Some(png(2 * round + 1)));
        let version = i64::from(round);
        let (here, there) = tokio::join!(save(&world, version, here), save(&other, version, there));
        let version = |view: SettingsView| view.settings.version;
        match (here.map(version), there.map(version)) {
            (Ok(saved), Err(refused)) | (Err(refused), Ok(saved)) => {
                assert_eq!((saved, refused), (i64::from(round) + 1, Problem::Changed));
            }
            both => panic!("one is saved and one refused: {both:?}"),
        }
    }
}

/// Red when: somebody changes or sees the logo who may not change the settings.
async fn every_role(world: World) {
    save(&world, 0, Some(svg())).await.expect("it is saved");
    for role in Role::ALL {
        let (call, version) = (as_role(role), page(&world).await.settings.version);
        let mark = u8::try_from(version).expect("few versions");
        let before = books(&world).await;
        let draft = LogoDraft { version, logo: Some(png(mark)) };
        let saved = settings::save_logo(&world, &call, draft, &content()).await.map(drop).map_err(problem);
        let seen = settings::logo(&world, &call).await.map(drop).map_err(problem);
        if role.may(Permission::EditSettings) {
            assert_eq!((saved, seen), (Ok(()), Ok(())), "{role:?}");
        } else {
            let forbidden = || Err(Problem::Forbidden { needs: Permission::EditSettings });
            assert_eq!((saved, seen), (forbidden(), forbidden()), "{role:?}");
            assert_eq!(books(&world).await, before, "{role:?} changed something");
        }
    }
}

/// Red when: a file is kept that is too large, no picture or cannot be printed, or the printer is asked before the file is
/// looked at.
async fn what_cannot_be_printed_is_refused_at_its_field(world: World) {
    let asked = Arc::new(AtomicUsize::new(0));
    let own = asked.clone();
    let checker: LogoChecker = Arc::new(move |_: &Logo| {
        own.fetch_add(1, Ordering::SeqCst);
        Err("no ink".to_owned())
    });
    let of = |format, bytes: &[u8]| Logo { format, bytes: bytes.to_vec() };
    let large = vec![b' '; Logo::MOST_BYTES + 1];
    let too_large = LogoFault::TooLarge { most: Logo::MOST_BYTES, found: Logo::MOST_BYTES + 1 };
    let before = books(&world).await;
    for (logo, fault, times) in [
        (of(LogoFormat::Svg, b""), LogoFault::Empty, 0),
        (of(LogoFormat::Svg, &large), too_large, 0),
        (of(LogoFormat::Png, b"GIF89a"), LogoFault::NotAPicture, 0),
        (of(LogoFormat::Svg, &png(1).bytes), LogoFault::NotAPicture, 0),
        (png(1), LogoFault::Broken, 1),
    ] {
        let draft = LogoDraft { version: 0, logo: Some(logo) };
        let refused = settings::save_logo(&world, &admin(), draft, &checker).await.map(drop).map_err(problem);
        assert_eq!(refused, Err(fault.problem()));
        assert_eq!(asked.load(Ordering::SeqCst), times, "{fault:?}");
    }
    assert_eq!(books(&world).await, before);
    // What is taken away is not printed.
    settings::save_logo(&world, &admin(), LogoDraft { version: 0, logo: None }, &checker).await.expect("there is none");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// The logo on the paper of a document, and the city of its sender.
async fn on_paper(world: &World, id: DocumentId) -> (Option<Logo>, Vec<String>) {
    let setter: Setter = Arc::new(|input: &Input| serde_json::to_vec(input).map_err(|error| error.to_string()));
    let found = papers::pdf(world, &admin(), id, &setter).await.expect("a paper");
    let input: Input = serde_json::from_slice(&found.bytes).expect("its input");
    (input.letterhead.logo, input.letterhead.address)
}

/// Red when: a logo reaches what was issued before, or a change of anything else loses the logo of what was issued.
async fn what_was_issued_keeps_its_logo(world: World) {
    let before = invoice(&world, "Alpha GmbH").await.id;
    save(&world, 0, Some(png(1))).await.expect("it is saved");
    let (first, unseen) = (invoice(&world, "Beta GmbH").await.id, invoice(&world, "Gamma GmbH").await.id);
    let nowhere: Vec<String> = Vec::new();
    assert_eq!(on_paper(&world, first).await, (Some(png(1)), nowhere.clone()));
    save(&world, 1, Some(svg())).await.expect("another one");
    let second = invoice(&world, "Delta GmbH").await.id;
    let city = Settings { city: "Ulm".to_owned(), ..page(&world).await.settings };
    settings::save(&world, &admin(), city).await.expect("it is saved");
    let third = invoice(&world, "Epsilon GmbH").await.id;
    save(&world, 3, None).await.expect("it is taken away");
    let last = invoice(&world, "Zeta GmbH").await.id;
    let ulm = vec!["Ulm".to_owned()];
    for (id, logo, address) in [
        (before, None, &nowhere),
        (first, Some(png(1)), &nowhere),
        (unseen, Some(png(1)), &nowhere),
        (second, Some(svg()), &nowhere),
        (third, Some(svg()), &ulm),
        (last, None, &ulm),
    ] {
        assert_eq!(on_paper(&world, id).await, (logo, address.clone()));
    }
    assert_sound(&world).await;
}

on_both!(
    a_logo_is_a_version_of_the_settings,
    only_the_logo_makes_no_form_older,
    of_two_who_choose_a_logo_at_once_one_is_told,
    every_role,
    what_cannot_be_printed_is_refused_at_its_field,
    what_was_issued_keeps_its_logo,
);
