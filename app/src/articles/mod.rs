//! Articles and product groups.

mod billing;
mod calls;
mod page;
mod words;

pub(crate) use calls::load_catalogue;
pub use calls::{LoadCatalogue, SaveArticle, SaveGroup};
pub use page::ArticlesPage;
pub(crate) use words::{switch_name, switch_options, unit_options};
