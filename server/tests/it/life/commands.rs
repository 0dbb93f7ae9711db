//! What the two of them do beside billing and delivering.

use axum::http::Method;
use chrono::NaiveDate;
use domain::Role;
use serde_json::{Value, json};
use usecases::{
    settings,
    testing::{as_role, day, problem},
};
use wire::Problem;

use super::{Client, cents, day_of, seconds};
use crate::rest_documents::id;

impl Client<'_> {
    /// A free quota of one's own is taken back. What was drawn of it is owed by the same draws: the whole hour is gone.
    pub async fn revoke(&mut self) {
        if self.lots.is_empty() {
            return;
        }
        let (lot, place) = self.lots.swap_remove(self.rng.usize(..self.lots.len()));
        let account = self.world.model().contracts[place].account.clone();
        let body = json!({"reason": "Doch nicht"});
        let answer = self.send(Method::POST, &format!("/accounts/{account}/grants/{lot}/revoke"), &body).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        assert_eq!(answer.json()["granted"], "PT1H");
        self.world.model().contracts[place].granted -= 3_600;
    }

    /// A quarter of an hour of an open deficit is paid from a free quota of one's own, which moves no balance.
    pub async fn cover(&mut self) {
        let Some((lot, place)) = self.rng.choice(&self.lots).cloned() else { return };
        let (contract, account) = {
            let model = self.world.model();
            (model.contracts[place].contract.clone(), model.contracts[place].account.clone())
        };
        let found = self.world.get(&format!("/contracts/{contract}/deficits")).await;
        let open = found["deficits"].as_array().expect("deficits");
        let Some(draw) = self.rng.choice(open).and_then(|open| open["draw"].as_str()) else { return };
        let body = json!({"lot": lot, "amount": "PT15M"});
        let answer = self.send(Method::POST, &format!("/accounts/{account}/draws/{draw}/covers"), &body).await;
        if answer.status.is_success() {
            assert_eq!(answer.json()["amount"], "PT15M");
        } else {
            // The lot is older than the draw or empty, or the deficit was paid in the meantime.
            answer.problem(422, "invalid");
        }
    }

    /// Everything is billed that a contract owes, but what drafts owe. At 90.00 an hour a quarter costs 22.50, and
    /// whatever is drawn, granted or limited here is a multiple of a quarter, so its net says what the invoice grants.
    pub async fn balance(&mut self) {
        let place = self.place();
        let contract = self.world.model().contracts[place].contract.clone();
        let issue = self.rng.bool();
        let path = format!("/contracts/{contract}/balancing-invoices");
        let answer = self.send(Method::POST, &path, &json!({"issue": issue})).await;
        if !answer.status.is_success() {
            // Nothing is owed, or the contract has no overage rate.
            answer.problem(422, "invalid");
            return;
        }
        let made = answer.json();
        let net = cents(&made["net"]["amount"]);
        assert_eq!((net % 2_250, cents(&made["gross"]["amount"])), (0, net + (net * 19 + 50) / 100), "{made}");
        let granted = net / 2_250 * 900;
        self.balances.push((id(&made), place, granted, issue));
        self.world.model().contracts[place].granted += granted;
    }

    /// The draft of a balancing invoice is deleted, an issued one cancelled: all that it has granted is taken back.
    pub async fn undo_balance(&mut self) {
        if self.balances.is_empty() {
            return;
        }
        let (document, place, granted, issued) = self.balances.swap_remove(self.rng.usize(..self.balances.len()));
        self.undo(&document, issued).await;
        self.world.model().contracts[place].granted -= granted;
    }

    /// Undoes a document of one's own on which nothing rests.
    async fn undo(&mut self, document: &str, issued: bool) {
        let path = format!("/documents/{document}");
        let answer = if issued {
            let version = self.world.get(&path).await["version"].clone();
            let body = json!({"reason": "Falsch", "version": version});
            self.send(Method::POST, &format!("{path}/cancel"), &body).await
        } else {
            self.send(Method::DELETE, &path, &Value::Null).await
        };
        assert!(answer.status.is_success(), "{}", answer.body);
    }

    /// Carry-over, quota, price or what a grant covers is changed, which the other one may be doing too.
    pub async fn change(&mut self) {
        let place = self.place();
        let path = format!("/contracts/{}", self.world.model().contracts[place].contract);
        let mut body = self.world.get(&path).await;
        body["customer"] = json!(self.world.model().contracts[place].customer);
        match self.rng.u8(..4) {
            0 => {
                let carried = json!({"periods": 1, "cap": "PT2H"});
                body["terms"]["quota"]["carry_over"] = if self.rng.bool() { carried } else { Value::Null };
            }
            // Whole hours and cents, from the next billing on.
            1 => body["terms"]["quota"]["amount"] = json!(format!("PT{}H", self.rng.u8(1..=9))),
            2 => {
                let price = format!("{}.{:02}", self.rng.u16(300..500), self.rng.u8(..100));
                body["terms"]["items"][0]["price"] = json!(price);
            }
            // Moves no balance: a cover is worth nothing, whichever deficits a grant covers.
            _ => body["terms"]["quota"]["deficits"] = json!(if self.rng.bool() { "next_grant" } else { "balance" }),
        }
        let answer = self.send(Method::PUT, &path, &body).await;
        if !answer.status.is_success() {
            answer.problem(409, "changed");
            return;
        }
        // The version was the one that was read, so what was sent is what counts now, whoever comes next.
        let terms = &body["terms"];
        let deal = (seconds(&terms["quota"]["amount"]), cents(&terms["items"][0]["price"]));
        self.world.model().contracts[place].deals.push(deal);
    }

    /// A run of one's own is cancelled with whatever still stands of it, and now and then run again as a whole.
    pub async fn cancel_run(&mut self) {
        if self.runs.is_empty() {
            return;
        }
        let run = self.runs.swap_remove(self.rng.usize(..self.runs.len()));
        let path = format!("/billing-runs/{run}/cancel");
        let answer = self.send(Method::POST, &path, &json!({"reason": "Falsch"})).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        let answer = answer.json();
        {
            let mut model = self.world.model();
            for done in answer["documents"].as_array().expect("documents") {
                // Nothing rests on a contract invoice: one that is refused the other was faster with.
                if !done["refused"].is_null() {
                    assert_eq!((&done["refused"], &done["changed"]), (&json!("in_the_way"), &json!(["cancelled"])));
                    continue;
                }
                let place = model.invoices.remove(&id(&done["document"])).expect("it is cancelled once");
                model.cancelled.insert(id(&done["cancellation"]), place);
            }
        }
        if self.rng.bool() {
            self.bill(json!({"as_of": self.world.last(), "issue": true, "freed_of_run": run})).await;
        }
    }

    /// An issued note is invoiced: the invoice comes to the same, and draws nothing again.
    pub async fn invoice_note(&mut self) {
        let open = self.notes.iter().filter(|(id, note)| note.2 && !self.invoiced.contains_key(*id));
        let open: Vec<String> = open.map(|(id, _)| id.clone()).collect();
        let Some(note) = self.rng.choice(&open).cloned() else { return };
        let path = format!("/documents/{note}");
        let answer = self.send(Method::POST, &format!("{path}/invoice"), &json!({})).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        let made = answer.json();
        let sums = |of: &Value| (of["net"].clone(), of["gross"].clone());
        assert_eq!(sums(&made), sums(&self.world.get(&path).await), "{note}");
        let (invoice, issue) = (id(&made), self.rng.bool());
        if issue {
            let answer = self.send(Method::POST, &format!("/documents/{invoice}/issue"), &json!({})).await;
            assert!(answer.status.is_success(), "{}", answer.body);
        }
        self.invoiced.insert(note, (invoice, issue));
    }

    /// The invoice of a note is deleted or cancelled, which gives nothing back: the draws stay those of the note.
    pub async fn undo_invoice(&mut self) {
        let all: Vec<String> = self.invoiced.keys().cloned().collect();
        let Some((invoice, issued)) = self.rng.choice(&all).and_then(|note| self.invoiced.remove(note)) else { return };
        self.undo(&invoice, issued).await;
    }

    /// A contract is ended by notice or agreement, or goes on again. What was granted and drawn stays, also beyond the
    /// end: no balance moves, but what lapses.
    pub async fn end(&mut self) {
        let place = self.place();
        let path = format!("/contracts/{}", self.world.model().contracts[place].contract);
        let mut body = json!({"version": self.world.get(&path).await["version"]});
        match self.rng.u8(..4) {
            0 => body["cancelled_on"] = json!(self.day()),
            1 => body["agreed_until"] = json!(self.day()),
            _ => body["taken_back"] = json!(true),
        }
        let answer = self.send(Method::POST, &format!("{path}/end"), &body).await;
        if answer.status == 422 {
            // It would end with its first day.
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["field"], "agreed_until");
        } else if !answer.status.is_success() {
            answer.problem(409, "changed");
        }
    }

    /// The books are closed for one more month, in the end for a quarter of all. REST does not offer that, so it is
    /// done as the settings page does it. Notes and draws of these months get nothing from then on; what is undone gives
    /// back.
    pub async fn close(&mut self) {
        let (env, call) = (&self.world.office.world.env, as_role(Role::Admin));
        let mut company = settings::page(env, &call).await.expect("the settings").settings;
        let open = |until: &NaiveDate| company.books_closed_until.is_none_or(|closed| closed < *until);
        let Some(until) = (1..=self.world.months / 4).map(|month| day(&day_of(month, 1))).find(open) else { return };
        company.books_closed_until = Some(until);
        if let Err(refused) = settings::save(env, &call, company).await {
            assert_eq!(problem(refused), Problem::Changed, "the other one closed them");
        }
    }
}
