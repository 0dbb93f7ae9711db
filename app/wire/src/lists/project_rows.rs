//! The table of projects.

use texts::{Lang, say};

use super::{
    Cell, Column, Exported,
    rows::{customer_cells, customer_columns},
    table::column,
};
use crate::projects::{ProjectRow, ProjectState};

impl Exported for ProjectRow {
    fn columns(lang: Lang) -> Vec<Column> {
        let mut columns = vec![column(say::project_number(lang), 14), column(say::project_name(lang), 32)];
        columns.extend(customer_columns(lang));
        columns.push(column(say::list_state(lang), 14));
        columns
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let mut cells = vec![Cell::text(&self.number), Cell::text(&self.name)];
        cells.extend(customer_cells(&self.customer));
        cells.push(Cell::text(project_state_text(lang, ProjectState::of(self.closed))));
        cells
    }
}

/// The name of a state of projects.
pub fn project_state_text(lang: Lang, state: ProjectState) -> &'static str {
    match state {
        ProjectState::Open => say::project_open(lang),
        ProjectState::Closed => say::project_closed(lang),
    }
}
