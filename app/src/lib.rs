//! The three fronts: routes, pages, components, server functions.
//!
//! *Invariants.* Components draw what plain functions computed: no rule stands here. A server function is about five
//! lines: session, check what was typed, use case. The first render is the same on the server and in the browser,
//! so the clock, ids and the language come from context. Text from people goes into attributes and text nodes only.
//!
//! *Boundaries.* One folder per slice; [`ui`] knows no slice. Each page belongs to one front.

#![recursion_limit = "256"]
// `#[component]` and `#[server]` generate items that cannot carry comments of their own.
#![allow(missing_docs, clippy::must_use_candidate, clippy::empty_docs)]

pub mod accounts;
pub mod articles;
pub mod balancing;
pub mod billing;
pub mod bookings;
pub mod calendar;
pub mod call;
mod clearing;
pub mod context;
pub mod contracts;
pub mod customers;
pub mod documents;
pub mod lists;
pub mod mails;
pub mod office;
pub mod pages;
pub mod phone;
pub mod portal;
#[cfg(feature = "ssr")]
pub mod posted;
pub mod projects;
pub mod receipts;
pub mod settings;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod today;
pub mod ui;

pub use office::OfficeApp;
pub use phone::PhoneApp;
pub use portal::PortalApp;
