//! Projects: the list, a project with its waterfall, and its editor.

mod base;
mod calls;
mod editor;
mod falls;
mod fee;
mod from_article;
mod history;
mod invoicing;
mod invoicing_calls;
mod latest;
mod line;
mod lines;
mod list;
mod of_customer;
mod order;
mod page;
mod tasks;
mod template;
mod template_page;
mod templates;
mod try_it;
mod waterfall;
mod words;

pub use calls::{
    DeleteProjectTemplate, ListProjectTemplates, ListProjects, LoadProject, LoadProjectEditor, LoadProjectTemplate,
    LoadProjectsLeft, SaveProject, SaveProjectTemplate,
};
pub use editor::{ProjectEditPage, ProjectNewPage};
pub use invoicing::InvoicingSection;
pub use invoicing_calls::{InvoiceProject, LoadProjectInvoice};
pub use list::ProjectsPage;
pub(crate) use of_customer::ProjectsOfCustomer;
pub use page::ProjectPage;
pub use template_page::{ProjectTemplateNewPage, ProjectTemplatePage};
pub use templates::ProjectTemplatesPage;
pub(crate) use words::{collects_name, every as every_words, rounding_words};
