//! Reading a list to its end, in pieces, as it stood when the reading began.

use domain::Permission;
use store::{Slice, Tx, documents, lists, projects};
use wire::{
    FieldReason, Problem,
    billing::{RunQuery, RunRow},
    bookings::{BookingQuery, BookingRow},
    contracts::{ContractQuery, ContractRow},
    customers::{CustomerQuery, CustomerRow},
    documents::{DocumentQuery, DocumentRow},
    lists::{
        DeficitQuery, DeficitRow, Exported, LapseQuery, LapseRow, ListQuery, MOST_EXPORTED, MOST_LAPSING,
        OpenItemQuery, OpenItemRow, ToDoQuery, ToDoRow,
    },
    projects::{ProjectQuery, ProjectRow},
};

use super::{lapses, to_dos};
use crate::{Call, Env, Refused, billing, bookings, contracts, customers, receipts};

/// How many rows are held at once.
const PIECE: i64 = 500;

/// A list whose rows can be read.
pub trait Listed: ListQuery {
    /// Its rows.
    type Row: Exported + Send + 'static;
    /// What it needs to see it.
    const NEEDS: Permission;
    /// How many rows are read at once.
    const PIECE: i64 = PIECE;

    /// The rows of a slice, by the function that the page asks too.
    fn rows(
        &self,
        env: &Env,
        tx: &mut Tx,
        slice: Slice,
    ) -> impl Future<Output = Result<Vec<Self::Row>, Refused>> + Send;
}

/// A list that is being read.
pub struct Reading<L> {
    env: Env,
    tx: Tx,
    ask: L,
    offset: i64,
    ended: bool,
}

impl<L: Listed> Reading<L> {
    /// Begins to read a list: what is saved from now on is not in it.
    ///
    /// Refused when the role does not see the list, or when it has more rows than are written into one file.
    pub async fn begin(env: &Env, call: &Call, ask: L) -> Result<Reading<L>, Refused> {
        call.needs(L::NEEDS)?;
        let mut tx = env.db.read().await?;
        let beyond = ask.rows(env, &mut tx, Slice { offset: i64::from(MOST_EXPORTED), most: 1 }).await?;
        if !beyond.is_empty() {
            let most = usize::try_from(MOST_EXPORTED).unwrap_or(usize::MAX);
            return Err(Problem::field("rows", FieldReason::TooMany { most, found: most.saturating_add(1) }).into());
        }
        Ok(Reading { env: env.clone(), tx, ask, offset: 0, ended: false })
    }

    /// The next rows; none at the end.
    pub async fn next(&mut self) -> Result<Vec<L::Row>, Refused> {
        if self.ended {
            return Ok(Vec::new());
        }
        let rows = self.ask.rows(&self.env, &mut self.tx, Slice { offset: self.offset, most: L::PIECE }).await?;
        self.offset += L::PIECE;
        self.ended = i64::try_from(rows.len()).unwrap_or(i64::MAX) < L::PIECE;
        Ok(rows)
    }
}

impl Listed for CustomerQuery {
    type Row = CustomerRow;
    const NEEDS: Permission = Permission::SeeCustomers;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<CustomerRow>, Refused> {
        customers::slice(env, tx, self, slice).await
    }
}

impl Listed for ContractQuery {
    type Row = ContractRow;
    const NEEDS: Permission = Permission::SeeContracts;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<ContractRow>, Refused> {
        contracts::slice(env, tx, self, slice).await
    }
}

impl Listed for DocumentQuery {
    type Row = DocumentRow;
    const NEEDS: Permission = Permission::SeeContracts;

    async fn rows(&self, _: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<DocumentRow>, Refused> {
        Ok(documents::slice(tx, self, slice).await?)
    }
}

impl Listed for RunQuery {
    type Row = RunRow;
    const NEEDS: Permission = Permission::SeeContracts;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<RunRow>, Refused> {
        billing::slice(env, tx, self, slice).await
    }
}

impl Listed for ToDoQuery {
    type Row = ToDoRow;
    const NEEDS: Permission = Permission::SeeContracts;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<ToDoRow>, Refused> {
        to_dos::rows(env, tx, self, slice).await
    }
}

impl Listed for DeficitQuery {
    type Row = DeficitRow;
    const NEEDS: Permission = Permission::SeeContracts;

    async fn rows(&self, _: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<DeficitRow>, Refused> {
        Ok(lists::deficits(tx, self, slice).await?)
    }
}

impl Listed for OpenItemQuery {
    type Row = OpenItemRow;
    const NEEDS: Permission = Permission::SeeContracts;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<OpenItemRow>, Refused> {
        receipts::open_rows(env, tx, self, slice).await
    }
}

impl Listed for BookingQuery {
    type Row = BookingRow;
    const NEEDS: Permission = Permission::SeeProjects;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<BookingRow>, Refused> {
        bookings::slice(env, tx, self, slice).await
    }
}

impl Listed for ProjectQuery {
    type Row = ProjectRow;
    const NEEDS: Permission = Permission::SeeProjects;

    async fn rows(&self, _: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<ProjectRow>, Refused> {
        Ok(projects::slice(tx, self, None, slice).await?)
    }
}

impl Listed for LapseQuery {
    type Row = LapseRow;
    const NEEDS: Permission = Permission::SeeContracts;
    // Of a lot something lapses twice at most, and they are decided together.
    #[allow(clippy::cast_possible_wrap)]
    const PIECE: i64 = 2 * MOST_LAPSING as i64 + 1;

    async fn rows(&self, env: &Env, tx: &mut Tx, slice: Slice) -> Result<Vec<LapseRow>, Refused> {
        if slice.offset > 0 {
            return Ok(Vec::new());
        }
        lapses::all(env, tx, self).await
    }
}
