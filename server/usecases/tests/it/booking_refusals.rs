//! What is not booked, at which field and with which figures; and timers, past midnight and when the clocks change.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use domain::{
    BookingId, Permission, Role, Seconds, TaskId, UserId,
    splitting::{BookingRounding, Collects, LONGEST, SplitError, piece_id},
};
use usecases::{
    Env, bookings, settings,
    testing::{World, as_role, day, problem},
    today,
};
use wire::{
    FieldReason, Problem,
    bookings::{BookingAnswer, BookingDraft, BookingQuery, Moment, TimerDraft},
    projects::{Bookers, DraftKind, LineDraft, TaskRow},
    settings::Settings,
};

use crate::{
    office::{admin, fields},
    support::{assert_sound, books},
    workshop::{
        Shop, book, change, change_project, effort, free, lasting, maintenance, me, page, person, set_tasks, shop,
        stands, task, told, why,
    },
};

/// Red when: one of the checks is left out, told at another field, or anything is stored of what is refused.
async fn what_cannot_be_booked_is_refused_with_its_figures(world: World) {
    let own = maintenance(&world).await;
    let (closed, repair) = (TaskRow { closed: true, ..task(&world, "Setup") }, page(&world, own.project).await.tasks);
    set_tasks(&world, own.project, [repair, vec![closed.clone()]].concat()).await.expect("they are saved");
    let company = settings::page(&world, &admin()).await.expect("the settings").settings;
    let until = day("2026-04-01");
    settings::save(&world, &admin(), Settings { books_closed_until: Some(until), ..company }).await.expect("saved");
    let draft = own.draft(&world, "2026-04-10", 60);
    let (today, seconds) = (day("2026-04-15"), |seconds| BookingDraft { seconds: Seconds(seconds), ..draft.clone() });
    let on = |date: &str| BookingDraft { date: day(date), ..draft.clone() };
    let (first, last) = (day("1900-01-01"), day("2199-12-31"));
    let table = [
        (seconds(0), "time", SplitError::NoTime { seconds: Seconds(0) }),
        (seconds(-60), "time", SplitError::NoTime { seconds: Seconds(-60) }),
        (seconds(90_000), "time", SplitError::TooLong { seconds: Seconds(90_000), most: LONGEST }),
        (seconds(86_401), "time", SplitError::TooLong { seconds: Seconds(86_401), most: LONGEST }),
        (on("2026-04-16"), "date", SplitError::InFuture { date: day("2026-04-16"), today }),
        (on("2026-03-31"), "date", SplitError::BooksClosed { date: day("2026-03-31"), closed_until: until }),
        (on("1899-12-31"), "date", SplitError::OutsideBooks { date: day("1899-12-31"), first, last }),
        (BookingDraft { task: closed.id, ..draft.clone() }, "task", SplitError::TaskClosed { task: closed.id }),
    ];
    let before = books(&world).await;
    for (draft, field, expected) in table {
        let refused = book(&world, &draft).await.expect_err("it is refused");
        assert_eq!(why(&refused), (field, &expected));
    }
    let nothing = BookingDraft { task: TaskId::new(world.id()), ..draft.clone() };
    let nobody = BookingDraft { person: Some(UserId::new(world.id())), ..draft.clone() };
    for (draft, field) in [(nothing, "task"), (nobody, "person")] {
        let refused = book(&world, &draft).await.expect_err("it is refused");
        assert_eq!(refused, Problem::field(field, FieldReason::NotOneOf));
    }
    assert_eq!(change(&world, &draft).await, Err(Problem::field("version", FieldReason::Missing)));
    assert_eq!(books(&world).await, before);

    // What can just be booked: 24 hours, on the first open day and on the last one.
    for (draft, expected) in [
        (seconds(86_400), "Free 45, Effort 1395 = 232500"),
        (on("2026-04-01"), "Effort 60 = 10000"),
        (on("2026-04-15"), "Effort 60 = 10000"),
    ] {
        let draft = BookingDraft { id: BookingId::new(world.id()), ..draft };
        assert_eq!(told(&book(&world, &draft).await.expect("it is booked").row), expected);
    }
    let booked = own.books(&world, "2026-04-15", 10).await;
    change_project(&world, own.project, |draft| draft.closed = true).await;
    let refused = book(&world, &own.draft(&world, "2026-04-15", 10)).await.expect_err("it is closed");
    assert_eq!(why(&refused), ("task", &SplitError::TaskClosed { task: own.task }));
    let refused = change(&world, &lasting(&booked, 20)).await.expect_err("it is closed");
    assert_eq!(why(&refused), ("task", &SplitError::TaskClosed { task: own.task }));
    assert_sound(&world).await;
}

/// Red when: a change gets past a check that booking makes, also when it moves the booking, or stores anything of what
/// is refused.
async fn what_cannot_be_booked_cannot_come_of_a_change(world: World) {
    let own = maintenance(&world).await;
    let anna = person(&world, "staff", Role::Staff).await;
    let staff = as_role(Role::Staff);
    let theirs = shop(&world, own.customer, vec![effort(&world, "80")]).await;
    let me = own.books(&world, "2026-04-10", 10).await.person.id;
    change_project(&world, theirs.project, |draft| draft.bookers = Bookers::Only(vec![me])).await;
    let over = shop(&world, own.customer, vec![effort(&world, "80")]).await;
    change_project(&world, over.project, |draft| draft.closed = true).await;
    let (closed, repair) = (TaskRow { closed: true, ..task(&world, "Setup") }, page(&world, own.project).await.tasks);
    set_tasks(&world, own.project, [repair, vec![closed.clone()]].concat()).await.expect("they are saved");
    let company = settings::page(&world, &admin()).await.expect("the settings").settings;
    let until = day("2026-04-01");
    settings::save(&world, &admin(), Settings { books_closed_until: Some(until), ..company }).await.expect("saved");
    let mine = bookings::book(&world, &staff, own.draft(&world, "2026-04-10", 10)).await.expect("the own").row;
    assert_eq!(mine.person.id, anna);
    let draft = lasting(&mine, 20);
    let (today, seconds) = (day("2026-04-15"), |seconds| BookingDraft { seconds: Seconds(seconds), ..draft.clone() });
    let on = |date: &str| BookingDraft { date: day(date), ..draft.clone() };
    let to = |task: TaskId| BookingDraft { task, ..draft.clone() };
    let table = [
        (seconds(0), "time", SplitError::NoTime { seconds: Seconds(0) }),
        (seconds(90_000), "time", SplitError::TooLong { seconds: Seconds(90_000), most: LONGEST }),
        (on("2026-04-16"), "date", SplitError::InFuture { date: day("2026-04-16"), today }),
        (on("2026-03-31"), "date", SplitError::BooksClosed { date: day("2026-03-31"), closed_until: until }),
        (to(closed.id), "task", SplitError::TaskClosed { task: closed.id }),
        (to(over.task), "task", SplitError::TaskClosed { task: over.task }),
    ];
    let before = books(&world).await;
    for (draft, field, expected) in table {
        let refused = bookings::change(&world, &staff, draft).await.map(drop).map_err(problem);
        assert_eq!(why(&refused.expect_err("it is refused")), (field, &expected));
    }
    let forbidden = Problem::Forbidden { needs: Permission::EditBookings };
    for (draft, expected) in [
        (to(theirs.task), Problem::field("task", FieldReason::NotAssigned)),
        (to(TaskId::new(world.id())), Problem::field("task", FieldReason::NotOneOf)),
        (BookingDraft { person: Some(me), ..draft.clone() }, forbidden),
        (BookingDraft { version: 7, ..draft.clone() }, Problem::Changed),
    ] {
        let refused = bookings::change(&world, &staff, draft).await.map(drop).map_err(problem);
        assert_eq!(refused, Err(expected));
    }
    assert_eq!(books(&world).await, before);
    let timed = TimerDraft { task: closed.id, ..timer(&own, &world, "2026-04-09T23:00", "2026-04-10T01:00") };
    let refused = measured(&world, &timed).await.expect_err("the task is closed");
    assert_eq!(why(&refused), ("task", &SplitError::TaskClosed { task: closed.id }));
    let timed = TimerDraft { task: theirs.task, ..timed };
    let refused = bookings::book_timer(&world, &staff, timed).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::field("task", FieldReason::NotAssigned)));
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: time that nobody pays for costs something, billable time that no line takes is lost or not flagged and
/// counted, or one is taken for the other.
async fn time_that_no_line_takes_is_kept_and_flagged(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let LineDraft { kind: DraftKind::Allowance { allowance, overbooking, .. }, .. } = free(&world, 45) else {
        panic!("an allowance")
    };
    let kind = DraftKind::Allowance { collects: Collects::Billable, allowance, overbooking };
    let billable_only = LineDraft { kind, ..free(&world, 45) };
    let flat = LineDraft { kind: DraftKind::FlatRate, name: "Flat".to_owned(), ..free(&world, 45) };
    let mut flagged = BTreeSet::new();
    for (lines, paid, gift) in [
        (vec![], "unassigned 60", "not_billable 60"),
        (vec![effort(&world, "100")], "Effort 60 = 10000", "not_billable 60"),
        (vec![flat], "Flat 60", "not_billable 60"),
        (vec![billable_only], "Free 45, unassigned 15", "not_billable 60"),
        (vec![free(&world, 100)], "Free 60", "Free 40, not_billable 20"),
    ] {
        let own = shop(&world, customer, lines).await;
        let row = own.books(&world, "2026-04-10", 60).await;
        assert_eq!(told(&row), paid);
        if paid.contains("unassigned") {
            flagged.insert(row.id);
        }
        let draft = BookingDraft { billable: false, ..own.draft(&world, "2026-04-10", 60) };
        let row = book(&world, &draft).await.expect("it is booked").row;
        let costs: i64 = row.portions.iter().map(|of| of.portion.amount).sum();
        assert_eq!((told(&row).as_str(), costs), (gift, 0));
        assert_eq!(page(&world, own.project).await.unassigned, u64::from(paid.contains("unassigned")));
    }
    let ask = BookingQuery { unassigned: true, page: 1, ..BookingQuery::default() };
    let found = bookings::list(&world, &admin(), &ask).await.expect("the list").rows;
    let found: BTreeSet<BookingId> = found.iter().map(|row| row.id).collect();
    assert_eq!(found, flagged);
    let office = today::page(&world, &admin()).await.expect("the page of the day");
    assert_eq!(office.unassigned, u64::try_from(flagged.len()).expect("a few"));
    assert_sound(&world).await;
}

/// Red when: staff book time of somebody else, or on a project of others; when a token books for nobody.
async fn time_is_booked_by_those_whose_it_is(world: World) {
    let own = maintenance(&world).await;
    let (anna, ben) = (person(&world, "staff", Role::Staff).await, person(&world, "ben", Role::Staff).await);
    let staff = as_role(Role::Staff);
    let books = async |draft: BookingDraft| bookings::book(&world, &staff, draft).await.map_err(problem);
    let for_whom = |person| BookingDraft { person, ..own.draft(&world, "2026-04-10", 10) };
    let forbidden = Problem::Forbidden { needs: Permission::EditBookings };
    assert_eq!(books(for_whom(Some(ben))).await, Err(forbidden));
    let mine = books(for_whom(None)).await.expect("the own").row;
    assert_eq!((mine.person.id, told(&mine).as_str()), (anna, "Free 10"));
    let theirs = own.books(&world, "2026-04-10", 10).await;
    let refused = bookings::change(&world, &staff, lasting(&theirs, 5)).await.map(drop).map_err(problem);
    assert!(refused.is_err(), "{refused:?}");
    let id = theirs.id;
    let taken = BookingDraft { id, ..for_whom(None) };
    assert_eq!(books(taken).await, Err(Problem::SameId));
    assert_eq!(bookings::saved_under(&world, &staff, id).await.map_err(problem), Ok(Vec::new()));
    assert_eq!(bookings::saved_under(&world, &staff, mine.id).await.map_err(problem), Ok(vec![mine]));
    let seen = bookings::get(&world, &staff, id).await.map(drop).map_err(problem);
    assert!(matches!(seen, Err(Problem::NotFound { .. })), "{seen:?}");

    // Whoever corrects the time of somebody else does not take it over.
    let corrected = BookingDraft { person: None, ..lasting(&theirs, 5) };
    let corrected = bookings::change(&world, &admin(), corrected).await.expect("it is changed").row;
    assert_eq!(corrected.person.id, theirs.person.id);

    change_project(&world, own.project, |draft| draft.bookers = Bookers::Only(vec![ben])).await;
    let left =
        async |call| usecases::projects::left(&world, call, own.customer, usecases::testing::day("2026-04-10")).await;
    assert_eq!(left(&staff).await.expect("what is left").projects.len(), 0, "nobody else knows of the project");
    assert_eq!(left(&admin()).await.expect("what is left").projects.len(), 1);
    let refused = books(for_whom(None)).await.expect_err("others book here");
    assert_eq!(refused, Problem::field("task", FieldReason::NotAssigned));
    let mut phone = admin();
    "token:phone".clone_into(&mut phone.by.scope);
    let refused = bookings::book(&world, &phone, for_whom(None)).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::field("person", FieldReason::Missing)));
    bookings::book(&world, &phone, for_whom(Some(anna))).await.expect("the office books for everybody");
    assert_sound(&world).await;
}

/// Red when: the real time is rounded, or what is billed is not.
async fn bookings_are_rounded_once_and_up(world: World) {
    let own = maintenance(&world).await;
    let rounding = BookingRounding::new(Seconds(900), Seconds(600)).expect("a rounding");
    change_project(&world, own.project, |draft| draft.rounding = Some(rounding)).await;
    let row = own.books(&world, "2026-04-10", 1).await;
    assert_eq!((row.seconds, row.billed, told(&row).as_str()), (Seconds(60), Seconds(1_200), "Free 20"));
    change_project(&world, own.project, |draft| draft.rounding = None).await;
    let other = own.books(&world, "2026-04-10", 40).await;
    assert_eq!(told(&other), "Free 25, Effort 15 = 2500");
    let row = change(&world, &BookingDraft { billable: false, ..lasting(&row, 1) }).await.expect("it is changed").row;
    assert_eq!((row.billed, stands(&world, other.id).await.as_str()), (Seconds(60), "Free 40"));
    assert_sound(&world).await;
}

fn timer(own: &Shop, env: &Env, start: &str, end: &str) -> TimerDraft {
    let moment = |text| Moment::read(text).expect("a moment");
    TimerDraft {
        id: BookingId::new(env.id()),
        task: own.task,
        person: None,
        start: moment(start),
        end: moment(end),
        billable: true,
        note: "Night".to_owned(),
        seen: Vec::new(),
    }
}

async fn measured(env: &Env, draft: &TimerDraft) -> Result<Vec<BookingAnswer>, Problem> {
    bookings::book_timer(env, &admin(), draft.clone()).await.map_err(problem)
}

/// Red when: a day gets the time of another one, or the same timer counts twice.
async fn a_timer_past_midnight_is_booked_on_each_of_its_days(world: World) {
    let own = maintenance(&world).await;
    let may = world.when("2026-05-20T10:00:00Z");
    let draft = timer(&own, &world, "2026-04-30T22:30", "2026-05-01T01:00");
    let booked = measured(&may, &draft).await.expect("it is booked");
    let rows: Vec<_> =
        booked.iter().map(|answer| (answer.row.id, answer.row.date, answer.row.start, told(&answer.row))).collect();
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    assert_eq!(
        rows,
        [
            (draft.id, day("2026-04-30"), at(22, 30), "Free 45, Effort 45 = 7500".to_owned()),
            (piece_id(draft.id, 1), day("2026-05-01"), at(0, 0), "Free 45, Effort 15 = 2500".to_owned()),
        ]
    );
    let before = books(&world).await;
    let again = measured(&may, &draft).await.expect("the same again");
    let same: Vec<_> = again.into_iter().map(|answer| answer.row).collect();
    assert_eq!(same, booked.into_iter().map(|answer| answer.row).collect::<Vec<_>>());
    // Another one under its id is refused, and what stands there can be read.
    let longer = TimerDraft { end: Moment::read("2026-05-01T02:00").expect("a moment"), ..draft.clone() };
    assert_eq!(measured(&may, &longer).await, Err(Problem::SameId));
    assert_eq!(bookings::saved_under(&may, &admin(), draft.id).await.map_err(problem), Ok(same));
    // All or nothing: the first day is not booked when the books are closed for it.
    let company = settings::page(&world, &admin()).await.expect("the settings").settings;
    assert_eq!(books(&world).await, before);
    let closed = Settings { books_closed_until: Some(day("2026-05-01")), ..company };
    settings::save(&world, &admin(), closed).await.expect("they are saved");
    let before = books(&world).await;
    let late = timer(&own, &world, "2026-04-30T23:00", "2026-05-01T00:30");
    assert_eq!(fields(&measured(&may, &late).await.expect_err("April is closed")), ["date"]);
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: a booking that says when it began runs into the next day, begins in the hour that the clocks leave out, or
/// ends after now; also one that is made longer, or one of many.
async fn a_booking_that_says_when_it_began_is_of_one_day_and_over(world: World) {
    let own = maintenance(&world).await;
    let later = world.when("2026-11-15T10:00:00Z");
    let begun = |date: &str, start: &str, minutes| {
        let start = start.parse::<NaiveTime>().expect("a time");
        BookingDraft { start: Some(start), ..own.draft(&later, date, minutes) }
    };
    let before = books(&world).await;
    for (date, start, most) in [
        ("2026-04-10", "22:00:00", 120),
        // The clocks go from 2 to 3, and from 3 back to 2.
        ("2026-03-29", "01:30:00", 1_290),
        ("2026-10-25", "01:30:00", 1_410),
    ] {
        let draft = begun(date, start, most + 1);
        let (start, wanted) = (draft.start.expect("it says so"), draft.seconds);
        let (fits, rest) = (Seconds(most * 60), Seconds(60));
        let refused = book(&later, &draft).await.expect_err("it goes past midnight");
        assert_eq!(why(&refused), ("time", &SplitError::PastMidnight { start, wanted, fits, rest }));
    }
    let gap = day("2026-03-29").and_hms_opt(2, 30, 0).expect("a time");
    let refused = book(&later, &begun("2026-03-29", "02:30:00", 10)).await;
    assert_eq!(refused, Err(Problem::field("start", FieldReason::NoSuchTime(gap))));
    let shown = |hour, minute| day("2026-11-15").and_hms_opt(hour, minute, 0).expect("a time");
    let not_over = SplitError::NotOver { end: shown(11, 2), now: shown(11, 0) };
    let refused = book(&later, &begun("2026-11-15", "10:00:00", 62)).await.expect_err("it is not over");
    assert_eq!(why(&refused), ("time", &not_over));
    let many = vec![begun("2026-04-10", "22:00:00", 121)];
    let refused = bookings::book_many(&later, &admin(), many).await.map_err(problem).expect_err("past midnight");
    assert_eq!(fields(&refused), ["bookings.0.time"]);
    assert_eq!(books(&world).await, before);

    // What just fits; and what a timer has measured does not become longer than its day.
    for (date, start, minutes) in [
        ("2026-03-29", "00:00:00", 1_380),
        ("2026-10-25", "00:30:00", 1_440),
        ("2026-04-10", "23:00:00", 60),
        ("2026-11-15", "10:00:00", 60),
    ] {
        book(&later, &begun(date, start, minutes)).await.expect(start);
    }
    let timed = measured(&later, &timer(&own, &world, "2026-04-09T22:30", "2026-04-09T23:00")).await;
    let timed = timed.expect("it is booked").remove(0).row;
    let refused = change(&later, &lasting(&timed, 91)).await.expect_err("it goes past midnight");
    assert!(matches!(why(&refused), ("time", SplitError::PastMidnight { fits: Seconds(5_400), .. })));
    assert!(change(&later, &lasting(&timed, 90)).await.is_ok());
    assert_sound(&world).await;
}

/// Red when: an hour is won or lost because the clocks were put forward or back.
async fn a_timer_measures_what_really_passed(world: World) {
    let own = maintenance(&world).await;
    let later = world.when("2026-11-15T10:00:00Z");
    let pieces = |start: &str, end: &str| {
        let read = |text| Moment::read(text).expect("a moment");
        let pieces = bookings::pieces(&later, read(start), read(end)).map_err(problem)?;
        Ok::<_, Problem>(pieces.into_iter().map(|piece| (piece.date, piece.seconds.0)).collect::<Vec<_>>())
    };
    let on = |date: NaiveDate, seconds: i64| Ok::<_, Problem>(vec![(date, seconds)]);
    let (spring, autumn) = (day("2026-03-29"), day("2026-10-25"));
    // The clocks go from 2 to 3, and from 3 back to 2.
    assert_eq!(pieces("2026-03-29T01:30", "2026-03-29T03:30"), on(spring, 3_600));
    assert_eq!(pieces("2026-10-25T01:30", "2026-10-25T03:30"), on(autumn, 10_800));
    assert_eq!(pieces("2026-10-25T02:30", "2026-10-25T02:10"), on(autumn, 2_400), "ended after they went back");
    assert_eq!(pieces("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"), on(autumn, 3_600));
    assert_eq!(pieces("2026-10-24T12:00", "2026-10-25T11:00").map(|pieces| pieces[1]), Ok((autumn, 43_200)));
    for (start, end, field) in [
        ("2026-03-29T02:30", "2026-03-29T03:30", "start"),
        ("2026-03-29T01:30", "2026-03-29T02:30", "end"),
        ("2026-04-10T10:00", "2026-04-10T09:59", "end"),
        ("2026-04-10T10:00", "2026-04-10T10:00", "end"),
        ("2026-10-24T12:00", "2026-10-25T11:01", "end"),
    ] {
        assert_eq!(fields(&pieces(start, end).expect_err(start)), [field], "{start} {end}");
    }
    let refused = pieces("2026-04-10T10:00", "2026-04-10T09:59").expect_err("it ended before it began");
    let shown = |text: &str| chrono::DateTime::parse_from_rfc3339(text).expect("an instant");
    let (start, end) = (shown("2026-04-10T10:00:00+02:00"), shown("2026-04-10T09:59:00+02:00"));
    assert_eq!(refused, Problem::field("end", FieldReason::EndBeforeStart { start, end }));
    let booked = measured(&later, &timer(&own, &world, "2026-10-25T01:30", "2026-10-25T03:30")).await;
    assert_eq!(told(&booked.expect("it is booked")[0].row), "Free 45, Effort 135 = 22500");
    let ahead = timer(&own, &world, "2026-11-15T10:00", "2026-11-16T00:30");
    assert_eq!(fields(&measured(&later, &ahead).await.expect_err("it still runs")), ["time"]);
    assert_sound(&world).await;
}

on_both!(
    what_cannot_be_booked_is_refused_with_its_figures,
    what_cannot_be_booked_cannot_come_of_a_change,
    time_that_no_line_takes_is_kept_and_flagged,
    time_is_booked_by_those_whose_it_is,
    bookings_are_rounded_once_and_up,
    a_timer_past_midnight_is_booked_on_each_of_its_days,
    a_booking_that_says_when_it_began_is_of_one_day_and_over,
    a_timer_measures_what_really_passed,
);
