//! Fees that end: lines that are taken out and put back, projects that are closed, and ends that move.

use domain::{Periods, splitting::Fee};
use usecases::{
    documents, projects,
    testing::{World, day},
};
use wire::{
    billing::Selection,
    projects::{LineDraft, ProjectDraft, ProjectPage, WholeProject},
};

use crate::{
    fees::{came, invoice, monthly, paid, standing, with_fee},
    office::{admin, all_items, fields},
    support::assert_sound,
    undo::{cancel, draft},
    workshop::{change_project, edited, effort, page, set_lines, shop},
};

/// Red when: a line that was taken out is billed any further, or what lies before that day is lost.
async fn a_line_that_is_taken_out_is_billed_up_to_that_day(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    world.bills(&world.env, "2026-04-15").await;
    let june = world.when("2026-06-10T10:00:00Z");
    set_lines(&june, own.project, vec![effort(&world, "100")]).await.expect("they are saved");
    assert_eq!(page(&world, own.project).await.lines.len(), 1);
    let run = world.bills(&june, "2026-12-31").await;
    // May, and ten of the thirty days of June.
    assert_eq!(came(&all_items(&june, run.row.id).await), [(1, 15_000, true), (2, 5_000, true)]);
    assert_eq!(standing(&world, line.id).await, (3, None));
    assert_sound(&world).await;
    // It does not come back as it was: the rest of June would never be billed.
    let refused = set_lines(&june, own.project, vec![line.clone()]).await;
    assert_eq!(fields(&refused.expect_err("June is billed in part")), ["lines.0.fee_end"]);
    let cancelled = documents::cancel(&june, &admin(), draft(&world, invoice(&run.items)).await).await;
    cancelled.expect("it is cancelled");
    set_lines(&june, own.project, vec![line.clone()]).await.expect("they are saved");
    let rerun = world.bills_only(&june, "2026-06-10", Selection::FreedFees(own.project)).await;
    assert_eq!(came(&all_items(&june, rerun.row.id).await), [(1, 15_000, true), (2, 15_000, true)]);
    let run = world.bills(&june, "2026-07-01").await;
    assert_eq!(came(&run.items), [(3, 15_000, true)]);
    assert_sound(&world).await;
}

/// Red when: a closed project is billed any further, what lies before that day is lost, or opening it again brings its
/// fees back.
async fn a_project_that_is_closed_is_billed_up_to_that_day(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    world.bills(&world.env, "2026-04-15").await;
    let june = world.when("2026-06-10T10:00:00Z");
    let closed = change_project(&june, own.project, |draft| draft.closed = true).await;
    let end = |page: &ProjectPage| page.lines[0].line.fee().and_then(|fee| fee.end);
    assert_eq!(end(&closed), Some(day("2026-06-10")));
    let told: Vec<&str> = closed.history[0].fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(told, ["state", "lines"]);
    let opened = change_project(&world.when("2026-07-10T10:00:00Z"), own.project, |draft| draft.closed = false).await;
    assert_eq!(end(&opened), Some(day("2026-06-10")));
    let run = world.bills(&june, "2026-12-31").await;
    assert_eq!(came(&all_items(&june, run.row.id).await), [(1, 15_000, true), (2, 5_000, true)]);
    assert_eq!(standing(&world, line.id).await, (3, None));
    let refused = set_lines(&june, own.project, vec![line]).await;
    assert_eq!(fields(&refused.expect_err("June is billed in part")), ["lines.0.fee_end"]);
    assert_sound(&world).await;
}

/// Red when: closing a project in its editor, which sends the fees as they were, brings them back, or the same again is
/// something new.
async fn a_project_is_closed_as_a_whole_with_its_fees(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    let periods = Periods { anchor: day("2026-05-01"), ..monthly().periods };
    let lines = vec![line, with_fee(&world, Fee { periods, ..monthly() })];
    let shown = set_lines(&world, own.project, lines.clone()).await.expect("they are saved");
    let project = ProjectDraft { closed: true, ..edited(&shown) };
    let whole = WholeProject { project, tasks: shown.tasks, lines };
    let closed = projects::save_whole(&world, &admin(), whole.clone()).await.expect("it is saved");
    let ends: Vec<_> = closed.lines.iter().map(|row| row.line.fee().map(|fee| fee.end)).collect();
    assert_eq!(ends, [Some(Some(day("2026-04-15"))), None], "one that has not begun is gone");
    let again = projects::save_whole(&world, &admin(), whole).await.expect("the same again");
    assert_eq!(again, closed);
    let run = world.bills(&world.env, "2026-12-31").await;
    assert_eq!(came(&run.items), [(0, 7_500, true)]);
    assert_sound(&world).await;
}

/// Red when: an end moves on that has cut a billed period, whose rest no run would bill, or one does not that has cut
/// nothing that stands.
async fn an_end_that_has_cut_a_billed_period_stays(world: World) {
    let ends = |last: &str| Fee { end: Some(day(last)), ..monthly() };
    let (own, line) = paid(&world, ends("2026-06-15")).await;
    let with = |fee: Fee| vec![LineDraft { fee: Some(fee), ..line.clone() }];
    let run = world.bills(&world.env, "2026-12-31").await;
    let items = all_items(&world.env, run.row.id).await;
    assert_eq!(came(&items), [(0, 15_000, true), (1, 15_000, true), (2, 7_500, true)]);
    for later in [monthly(), ends("2026-06-16")] {
        let refused = set_lines(&world, own.project, with(later)).await;
        assert_eq!(fields(&refused.expect_err("June is billed in part")), ["lines.0.fee_end"]);
    }
    for within in [ends("2026-05-31"), ends("2026-06-15")] {
        set_lines(&world, own.project, with(within)).await.expect("nothing is lost");
    }
    cancel(&world, invoice(&run.items)).await;
    set_lines(&world, own.project, with(monthly())).await.expect("June is free again");
    let rerun = world.bills_only(&world.env, "2026-06-30", Selection::FreedFees(own.project)).await;
    let items = all_items(&world.env, rerun.row.id).await;
    assert_eq!(came(&items), [(0, 15_000, true), (1, 15_000, true), (2, 15_000, true)]);
    assert_eq!(came(&world.bills(&world.env, "2026-07-01").await.items), [(3, 15_000, true)]);
    assert_sound(&world).await;
}

/// Red when: a line that comes back is billed for the days on which it was not there, or cannot come back without them.
async fn the_days_on_which_a_line_was_not_there_are_not_billed(world: World) {
    let (own, line) = paid(&world, monthly()).await;
    let (june, september) = (world.when("2026-06-10T10:00:00Z"), world.when("2026-09-10T10:00:00Z"));
    world.bills(&june, "2026-06-01").await;
    let new = with_fee(&world, monthly());
    let beside = shop(&world, own.customer, vec![new.clone()]).await;
    for project in [own.project, beside.project] {
        set_lines(&june, project, vec![effort(&world, "100")]).await.expect("they are saved");
    }
    let with = |line: &LineDraft, fee: Fee| vec![LineDraft { fee: Some(fee), ..line.clone() }];
    for (project, line) in [(own.project, &line), (beside.project, &new)] {
        let refused = set_lines(&september, project, with(line, monthly())).await;
        assert_eq!(fields(&refused.expect_err("it was not there")), ["lines.0.fee_end"]);
    }
    // June was billed as a whole before it was taken out.
    let ended = Fee { end: Some(day("2026-06-30")), ..monthly() };
    set_lines(&september, own.project, with(&line, ended)).await.expect("they are saved");
    let from_now = Fee { periods: Periods { anchor: day("2026-09-10"), ..monthly().periods }, ..monthly() };
    set_lines(&september, beside.project, with(&new, from_now)).await.expect("they are saved");
    let run = world.bills(&september, "2026-09-30").await;
    assert_eq!((came(&run.items), standing(&world, new.id).await.0), (vec![(0, 15_000, true)], 1));
    assert_sound(&world).await;
}

on_both!(
    a_line_that_is_taken_out_is_billed_up_to_that_day,
    a_project_that_is_closed_is_billed_up_to_that_day,
    a_project_is_closed_as_a_whole_with_its_fees,
    an_end_that_has_cut_a_billed_period_stays,
    the_days_on_which_a_line_was_not_there_are_not_billed,
);
