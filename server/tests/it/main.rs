//! The binary's parts from outside: the real router over HTTP, and the command line as a process.

mod support;

mod calls;
mod command_line;
mod doors;
mod exports;
mod headers;
mod life;
mod life_of_bookings;
mod logo;
mod mail_preview;
mod manifest;
mod pages_of_roles;
mod papers;
mod posted;
mod rest;
mod rest_archive;
mod rest_balancing;
mod rest_billing;
mod rest_bookings;
mod rest_changes;
mod rest_contracts;
mod rest_contracts_input;
mod rest_corrections;
mod rest_documents;
mod rest_documents_input;
mod rest_draw_plans;
mod rest_fees;
mod rest_input;
mod rest_lists;
mod rest_moves;
mod rest_phone;
mod rest_receipts;
mod rest_roles;
mod rest_undo;
mod shop;
