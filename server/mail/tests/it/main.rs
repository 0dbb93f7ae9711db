//! What a mail looks like when it is read, what people may type without harm, and what is known of a mail whatever the
//! server does.

mod deliver;
mod letter;
mod message;
mod samples;
mod server;
