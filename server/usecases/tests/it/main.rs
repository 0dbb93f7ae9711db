//! The use cases: given a world, when somebody does something, then the books say so.

#[macro_use]
mod support;

mod articles;
mod audit;
mod audit_of_contracts;
mod audit_of_decisions;
mod billing;
mod billing_numbers;
mod billing_periods;
mod billing_plans;
mod billing_race;
mod billing_resume;
mod billing_runs;
mod commands;
mod contracts;
mod corrections;
mod crowd;
mod customers;
mod demo;
mod drawing;
mod keys;
mod office;
mod passbook;
mod people;
mod race;
mod roles;
mod roles_of_contracts;
mod runner;
mod settings;
mod terms;
mod today;
