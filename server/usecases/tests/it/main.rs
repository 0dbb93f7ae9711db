//! The use cases: given a world, when somebody does something, then the books say so.

#[macro_use]
mod support;

mod audit;
mod audit_of_decisions;
mod commands;
mod corrections;
mod crowd;
mod customers;
mod drawing;
mod keys;
mod passbook;
mod people;
mod race;
mod roles;
mod settings;
mod terms;
