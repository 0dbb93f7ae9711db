//! Lists over the whole company: to-dos, open deficits, lapses, billing runs.

mod calls;
mod deficits;
mod lapses;
mod runs;
mod to_dos;

pub use calls::{ListDeficits, ListLapses, ListToDos};
pub use deficits::DeficitsPage;
pub use lapses::LapsesPage;
pub use runs::RunsPage;
pub use to_dos::ToDosPage;
