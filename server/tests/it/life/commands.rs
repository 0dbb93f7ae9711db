//! What the two of them do beside billing and delivering.

use axum::http::Method;
use serde_json::json;

use super::Client;

impl Client<'_> {
    /// A free quota of one's own is taken back. What was drawn of it is owed by the same draws, so all of the hour is gone.
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
}
