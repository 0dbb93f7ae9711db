//! The tests of the kernel and of contracts: stories to read, laws over random histories, an auditor that counts on its
//! own, and the exact types at their limits.

// Tests may stop at the first surprise and calculate with plain operators; a wrong figure is what they look for.
#![allow(clippy::expect_used, clippy::arithmetic_side_effects, clippy::as_conversions)]

mod article_billing;
mod audit;
mod auditor;
mod changes;
mod clearing_limits;
mod clearing_model;
mod clearing_plans;
mod clearing_story;
mod clearing_wire;
mod contract_faults;
mod contract_limits;
mod contract_plans;
mod contract_story;
mod contract_wire;
mod days;
mod decimals;
mod desk;
mod exact;
mod exhaustive;
mod fees;
mod laws;
mod laws_of_balancing;
mod laws_of_billing;
mod laws_of_changes;
mod laws_of_clearing;
mod laws_of_contracts;
mod laws_of_draws;
mod laws_of_end;
mod laws_of_grants;
mod laws_of_late;
mod laws_of_passbook;
mod laws_of_points;
mod laws_of_project_invoices;
mod laws_of_splitting;
mod laws_of_splitting_figures;
mod laws_of_splitting_off;
mod laws_of_splitting_reach;
mod laws_of_undo;
mod life;
mod limits;
mod lists;
mod names;
mod periods;
mod plans;
mod receipts;
mod refusals;
mod roles;
mod splitting_ahead;
mod splitting_clocks;
mod splitting_limits;
mod splitting_model;
mod splitting_plans;
mod splitting_small;
mod splitting_story;
mod splitting_wire;
mod splitting_world;
mod standing;
mod stories;
mod story;
mod story_words;
mod vat;
