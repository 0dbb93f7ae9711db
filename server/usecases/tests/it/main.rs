//! The use cases: given a world, when somebody does something, then the books say so.

#[macro_use]
mod support;

mod articles;
mod audit;
mod audit_of_clearing;
mod audit_of_contracts;
mod audit_of_decisions;
mod billing;
mod billing_numbers;
mod billing_periods;
mod billing_plans;
mod billing_race;
mod billing_resume;
mod billing_runs;
mod clearing;
mod clearing_race;
mod clearing_refusals;
mod commands;
mod contracts;
mod corrections;
mod crowd;
mod customers;
mod delivery_notes;
mod demo;
mod desk;
mod drawing;
mod keys;
mod large_documents;
mod life;
mod office;
mod passbook;
mod people;
mod previews;
mod race;
mod repairs;
mod roles;
mod roles_of_contracts;
mod roles_of_documents;
mod runner;
mod settings;
mod terms;
mod today;
mod undo;
mod undo_runs;
