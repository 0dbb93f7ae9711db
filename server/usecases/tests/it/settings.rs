//! The settings of the company: what holds without any, who changed what, and what takes effect where.

use domain::{
    Role, Seconds,
    quota::{QuotaError, Unit},
};
use usecases::{
    Env, Refused, settings,
    testing::{HOUR, PREPAID, World, as_role, day, problem},
};
use wire::{
    FieldReason, Problem,
    settings::{Letters, Settings, SettingsView},
};

use crate::support::{assert_sound, books};

async fn page(env: &Env) -> SettingsView {
    settings::page(env, &as_role(Role::Admin)).await.expect("a page")
}

async fn save(env: &Env, draft: &Settings) -> Result<SettingsView, Refused> {
    settings::save(env, &as_role(Role::Admin), draft.clone()).await
}

async fn without_any_settings_the_usual_ones_hold(world: World) {
    let SettingsView { settings, zones, logo, history } = page(&world).await;
    let rates: Vec<String> = settings.vat_rates.iter().map(ToString::to_string).collect();
    assert_eq!((settings.version, settings.company.as_str(), rates.join(" ").as_str()), (0, "Drawdown", "19 7 0"));
    assert_eq!((settings.hours_per_day, settings.books_closed_until), (Seconds(8 * HOUR), None));
    assert_eq!(settings.time_zone, "Europe/Berlin");
    assert!(zones.contains(&"Europe/Berlin".to_owned()) && zones.contains(&"Asia/Tokyo".to_owned()));
    assert_eq!((logo, history), (None, Vec::new()));
}

/// Red when: a field is not kept or read under another name.
async fn what_is_saved_is_read_back(world: World) {
    let text = str::to_owned;
    let draft = Settings {
        version: 0,
        company: text("Müller & Söhne"),
        street: text("Am Markt 1"),
        postcode: text("50667"),
        city: text("Köln"),
        vat_id: text("DE123456789"),
        vat_rates: ["20", "7.5", "0"].map(|rate| rate.parse().expect("a rate")).to_vec(),
        hours_per_day: Seconds(7 * HOUR + 2_520),
        books_closed_until: Some(day("2026-04-01")),
        time_zone: text("Europe/Vienna"),
        contract_numbers: "C/{n}".parse().expect("a pattern"),
        invoice_numbers: "{year}-{n:4}".parse().expect("a pattern"),
        delivery_note_numbers: "L{n:6}".parse().expect("a pattern"),
        cancellation_numbers: "S{n:6}".parse().expect("a pattern"),
        project_numbers: "X{n}".parse().expect("a pattern"),
        splitting: false,
        letters: Letters {
            tax_id: text("1"),
            phone: text("2"),
            email: text("3@x"),
            web: text("4"),
            legal: text("5"),
            bank: text("6"),
            iban: text("DE89370400440532013000"),
            bic: text("COBADEFF"),
            accent: text("#123456"),
            zero_rate_reason: text("7"),
            closing: text("8"),
        },
    };
    let saved = save(&world, &draft).await.expect("it is saved");
    assert_eq!(saved.settings, Settings { version: 1, ..draft });
    assert_eq!(page(&world).await, saved);
}

/// Red when: unchanged fields are listed, or times are told in another zone than the company's.
async fn the_history_tells_who_changed_what_from_what_and_when(world: World) {
    let before = page(&world).await.settings;
    let draft = Settings { city: "Köln".to_owned(), books_closed_until: Some(day("2026-04-01")), ..before };
    save(&world, &draft).await.expect("it is saved");
    let later = world.when("2026-12-24T23:30:00Z");
    let draft = Settings { version: 1, city: "Bonn".to_owned(), books_closed_until: None, ..draft };
    let call = as_role(Role::Accounting);
    let view = settings::save(&later, &call, draft.clone()).await.expect("it is saved");
    let told: Vec<_> = view
        .history
        .iter()
        .map(|change| {
            let fields = change.fields.iter().map(|f| (f.field.as_str(), f.before.as_deref(), f.after.as_deref()));
            (change.by.as_str(), change.at.to_rfc3339(), fields.collect::<Vec<_>>())
        })
        .collect();
    let expected = [
        (
            "The accounting",
            "2026-12-25T00:30:00+01:00".to_owned(),
            vec![("city", Some("Köln"), Some("Bonn")), ("books_closed_until", Some("2026-04-01"), None)],
        ),
        (
            "The admin",
            "2026-04-15T12:00:00+02:00".to_owned(),
            vec![("city", None, Some("Köln")), ("books_closed_until", None, Some("2026-04-01"))],
        ),
    ];
    assert_eq!(told, expected);
    // After a change of the zone the same instants are told in the new one.
    let view = save(&later, &Settings { version: 2, time_zone: "Asia/Tokyo".to_owned(), ..draft }).await;
    let times: Vec<String> = view.expect("it is saved").history.iter().map(|change| change.at.to_rfc3339()).collect();
    assert_eq!(times[1..], ["2026-12-25T08:30:00+09:00", "2026-04-15T19:00:00+09:00"]);
}

/// Red when: the version is not compared, or is compared before the content.
async fn a_stale_version_is_refused_and_the_same_content_accepted(world: World) {
    let draft = Settings { city: "Köln".to_owned(), ..page(&world).await.settings };
    let first = save(&world, &draft).await.expect("it is saved");
    let before = books(&world).await;
    assert_eq!(save(&world, &draft).await.expect("the same again"), first);
    for version in [0, 2, -1] {
        let other = Settings { version, city: "Bonn".to_owned(), ..draft.clone() };
        assert_eq!(
            problem(save(&world, &other).await.map(|_| ()).expect_err("it is stale")),
            Problem::Changed,
            "{version}"
        );
    }
    assert_eq!(books(&world).await, before);
}

/// Red when: the version is read without a lock.
async fn of_two_who_save_at_once_one_is_told(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    for round in 0..8 {
        let now = page(&world).await.settings;
        let draft = |city: &str| Settings { city: format!("{city} {round}"), ..now.clone() };
        let (here, there) = (draft("Köln"), draft("Bonn"));
        let (here, there) = tokio::join!(save(&world, &here), save(&other, &there));
        // The whole page with its time zones is nothing to print.
        let version = |view: SettingsView| view.settings.version;
        let (saved, refused) = match (here.map(version), there.map(version)) {
            (Ok(saved), Err(refused)) | (Err(refused), Ok(saved)) => (saved, refused),
            both => panic!("one is saved and one refused: {both:?}"),
        };
        assert_eq!((problem(refused), saved), (Problem::Changed, round + 1));
        let changes = page(&world).await.history.len();
        assert_eq!(changes, usize::try_from(round).expect("small") + 1);
    }
}

async fn an_unknown_time_zone_is_refused_at_its_field(world: World) {
    let now = page(&world).await.settings;
    let before = books(&world).await;
    for zone in ["", "Mars/Olympus", "europe/berlin", "+02:00", "Europe/Berlin "] {
        let refused = save(&world, &Settings { time_zone: zone.to_owned(), ..now.clone() }).await;
        let expected = Problem::field("time_zone", FieldReason::NotAZone);
        assert_eq!(problem(refused.map(|_| ()).expect_err("there is none")), expected, "{zone:?}");
    }
    assert_eq!(books(&world).await, before);
    assert_eq!(world.zone(), chrono_tz::Europe::Berlin);
}

/// Red when: name or zone are only read when the program starts.
async fn name_and_zone_take_effect_at_once_and_in_another_process(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let now = page(&world).await.settings;
    let draft = Settings { company: "Müller KG".to_owned(), time_zone: "Pacific/Kiritimati".to_owned(), ..now };
    save(&world, &draft).await.expect("it is saved");
    assert_eq!((world.company().as_str(), world.today()), ("Müller KG", day("2026-04-16")));
    // Whoever shares the surroundings knows it too.
    assert_eq!(world.when("2026-04-15T09:59:59Z").today(), day("2026-04-15"));
    assert_eq!(world.when("2026-04-15T10:00:00Z").today(), day("2026-04-16"));

    assert_eq!((other.company().as_str(), other.today()), ("Drawdown", day("2026-04-15")));
    settings::take_over(&other).await.expect("it is read");
    assert_eq!((other.company().as_str(), other.today()), ("Müller KG", day("2026-04-16")));
    assert_eq!(page(&other).await.settings, page(&world).await.settings);
}

async fn closing_the_books_stops_draws_at_once_everywhere(world: World) {
    let other = World::open(world.url.clone(), 2).await;
    let (_, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, 9 * HOUR, "2026-01-01", None).await;
    world.drawn(account, HOUR, "2026-03-31").await;
    let now = page(&world).await.settings;
    let closed = Settings { books_closed_until: Some(day("2026-04-01")), ..now };
    save(&world, &closed).await.expect("it is saved");
    let before = books(&world).await;
    for process in [&world, &other] {
        let refused = process.draws(process.draw_draft(account, HOUR, "2026-03-31")).await.expect_err("closed");
        let error = QuotaError::BooksClosed { date: day("2026-03-31"), closed_until: day("2026-04-01") };
        assert_eq!(problem(refused), Problem::field("date", FieldReason::Quota(error, Unit::Time)));
    }
    assert_eq!(books(&world).await, before);
    other.drawn(account, HOUR, "2026-04-01").await;
    save(&world, &Settings { version: 1, books_closed_until: None, ..closed }).await.expect("it is saved");
    other.drawn(account, HOUR, "2026-03-31").await;
    assert_sound(&world).await;
}

on_both!(
    without_any_settings_the_usual_ones_hold,
    what_is_saved_is_read_back,
    the_history_tells_who_changed_what_from_what_and_when,
    a_stale_version_is_refused_and_the_same_content_accepted,
    of_two_who_save_at_once_one_is_told,
    an_unknown_time_zone_is_refused_at_its_field,
    name_and_zone_take_effect_at_once_and_in_another_process,
    closing_the_books_stops_draws_at_once_everywhere,
);
