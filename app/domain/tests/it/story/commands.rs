//! The commands of a story: each is decided on the facts and posted, and says in words what came out.

use domain::quota::{
    Amount, BalancingRequest, CarryOver, CoverRequest, DrawRequest, GrantRequest, QuotaError, balancing_grant, cover,
    draw, end, grant, is_late, late_effect, release, revoke,
};

use super::Telling;
use crate::story_words::{date, days, first_word, on_date};

impl Telling {
    /// What came out. Errors when the story cannot be read; a refusal is a result.
    pub(super) fn command(&mut self, word: &str, rest: &str) -> Result<String, String> {
        let decided = match word {
            "grant" => self.grant(rest)?,
            "draw" => self.draw(rest)?,
            "release" => self.release(rest),
            "revoke" => self.revoke(rest),
            "cover" => self.cover(rest)?,
            "balance-invoice" => self.balance_invoice(rest)?,
            "end" => self.end(rest)?,
            "late" => self.late(rest)?,
            other => return Err(format!("unknown word {other:?}")),
        };
        Ok(decided.unwrap_or_else(|error| self.words.refusal(&error)))
    }

    fn grant(&mut self, text: &str) -> Result<Result<String, QuotaError>, String> {
        let (name, rest) = first_word(text);
        let (amount, rest) = first_word(rest);
        let (validity, carry) = rest.split_once(" carried ").map_or((rest, None), |(v, carry)| (v, Some(carry)));
        let (valid_from, valid_until) = days(validity)?;
        let carry = carry.map_or(Ok(CarryOver::Off), |carry| self.words.carry(carry))?;
        let (lot, amount) = (self.words.lot_id(name), self.words.amount(amount)?);
        let new = GrantRequest::new(lot, amount, valid_from, valid_until);
        let request = GrantRequest { carry, periods: self.periods, ..new };
        Ok(grant(&self.ledger.view, &request).and_then(|d| {
            self.post(d.entries(&self.ledger.view)?)?;
            Ok(self.words.covers(&d.covers, d.left))
        }))
    }

    fn draw(&mut self, text: &str) -> Result<Result<String, QuotaError>, String> {
        let (name, rest) = first_word(text);
        let (wanted, date) = on_date(rest, " on ")?;
        let (draw_id, wanted) = (self.words.draw_id(name), self.words.amount(wanted)?);
        let request = DrawRequest { draw: draw_id, date, wanted, origin: domain::quota::DrawOrigin::default() };
        Ok(draw(&self.ledger.view, &request).and_then(|d| {
            self.post(vec![d.entry(&self.ledger.view)])?;
            Ok(self.words.parts(&d.parts, d.deficit, d.not_drawn))
        }))
    }

    fn release(&mut self, name: &str) -> Result<String, QuotaError> {
        let draw = self.words.draw_id(name);
        let d = release(self.ledger.draws.get(&draw).ok_or(QuotaError::UnknownDraw { draw })?)?;
        self.post(vec![d.entry(&self.ledger.view)])?;
        Ok(self.words.parts(&d.parts, d.deficit, Amount::ZERO))
    }

    fn revoke(&mut self, name: &str) -> Result<String, QuotaError> {
        let lot = self.words.lot_id(name);
        let state = self.ledger.view.lot(lot).ok_or(QuotaError::UnknownLot { lot })?;
        let d = revoke(state, &self.ledger.holders(lot))?;
        self.post(vec![d.entry(&self.ledger.view)])?;
        Ok(self.words.revoked(&d.parts))
    }

    /// `x 1:00 from May`.
    fn cover(&mut self, text: &str) -> Result<Result<String, QuotaError>, String> {
        let (name, rest) = first_word(text);
        let (amount, lot) = rest.split_once(" from ").ok_or(format!("{text:?} does not say from which lot"))?;
        let (draw, lot) = (self.words.draw_id(name), self.words.lot_id(lot));
        let request = CoverRequest { draw, lot, amount: self.words.amount(amount)? };
        Ok(cover(&self.ledger.view, &request).and_then(|d| {
            self.post(vec![d.entry(&self.ledger.view)])?;
            Ok(format!("left {}, deficit {}", self.words.written(d.left), self.words.written(d.deficit)))
        }))
    }

    /// `Invoice on 2026-06-01 for x 1:00, y 2:00`.
    fn balance_invoice(&mut self, text: &str) -> Result<Result<String, QuotaError>, String> {
        let (said, deficits) = text.split_once(" for ").ok_or(format!("{text:?} does not say for which draws"))?;
        let (name, date) = on_date(said, " on ")?;
        let (lot, deficits) = (self.words.lot_id(name), self.words.deficits(deficits)?);
        Ok(balancing_grant(&self.ledger.view, &BalancingRequest { lot, date, deficits }).and_then(|d| {
            self.post(d.entries(&self.ledger.view)?)?;
            Ok(self.words.covers(&d.covers, d.left))
        }))
    }

    /// A date, or `none`.
    fn end(&mut self, text: &str) -> Result<Result<String, QuotaError>, String> {
        let until = if text == "none" { None } else { Some(date(text)?) };
        Ok(end(&self.ledger.view, until).and_then(|d| match d.entry(&self.ledger.view) {
            None => Ok("changes nothing".to_owned()),
            Some(entry) => {
                self.post(vec![entry])?;
                Ok(self.words.lapses(&d.lapses))
            }
        }))
    }

    /// `1:00 on 2026-04-30 seen 2026-05-10`: what such a draw would change, not posted.
    fn late(&mut self, text: &str) -> Result<Result<String, QuotaError>, String> {
        let (said, today) = on_date(text, " seen ")?;
        let (wanted, day) = on_date(said, " on ")?;
        let (draw_id, wanted) = (self.words.draw_id("-"), self.words.amount(wanted)?);
        let request = DrawRequest { draw: draw_id, date: day, wanted, origin: domain::quota::DrawOrigin::default() };
        let before = &self.ledger.view;
        if !is_late(before, day, today) {
            return Ok(Ok("not late".to_owned()));
        }
        Ok(draw(before, &request).and_then(|decided| {
            let mut after = before.clone();
            after.post(&decided.entry(before))?;
            Ok(self.words.late(&late_effect(before, &after, today)?))
        }))
    }
}
