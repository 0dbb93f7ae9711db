//! Every statement of the crate is one text that both engines understand.

use store::{Db, StoreError, statements, testing::dynamic_statements};

/// Both the fixed statements and those that are put together at run time.
pub fn all() -> Vec<(String, String)> {
    let fixed = statements().into_iter().map(|(name, sql)| (name.to_owned(), sql.to_owned()));
    fixed.chain(dynamic_statements()).collect()
}

async fn every_statement_prepares(db: &Db) {
    let all = all();
    assert!(all.len() > 60, "only {} statements are listed", all.len());
    let mut wrong = Vec::new();
    for (name, sql) in all {
        // A failed statement ends a PostgreSQL transaction, so each gets its own.
        let mut tx = db.read().await.expect("a read begins");
        if let Err(error) = tx.prepare(sql.clone().leak()).await {
            wrong.push(format!("{name}: {error}\n{sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn a_wrong_statement_would_be_noticed(db: &Db) {
    let mut tx = db.read().await.expect("a read begins");
    let prepared = tx.prepare("SELECT nothing FROM nowhere").await;
    assert!(matches!(prepared, Err(StoreError::Engine(_))), "{prepared:?}");
}

on_both!(every_statement_prepares, a_wrong_statement_would_be_noticed);
