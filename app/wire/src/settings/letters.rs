//! What stands on the company's letters besides its name and address.

use serde::{Deserialize, Serialize};

use crate::{
    FieldProblem, FieldReason,
    paper::{Bank, Letterhead},
    text,
};

/// What stands on the company's letters, as typed and as kept: every field may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Letters {
    /// The number that the tax office gave it.
    pub tax_id: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Address in the web.
    pub web: String,
    /// What its legal form asks for: court and number of the register, managing directors.
    pub legal: String,
    /// The name of its bank.
    pub bank: String,
    /// The number of its account.
    pub iban: String,
    /// The bank's code.
    pub bic: String,
    /// The one colour besides ink, as `#rrggbb`.
    pub accent: String,
    /// Why VAT of 0 % is charged, as the law wants it said.
    pub zero_rate_reason: String,
    /// A paragraph at the end of invoices.
    pub closing: String,
}

/// What the company puts on every paper, kept for papers that are set after it has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Head and foot.
    pub letterhead: Letterhead,
    /// Why VAT of 0 % is charged.
    pub zero_rate_reason: String,
    /// A paragraph at the end of invoices.
    pub closing: String,
}

/// The colour where none is set.
const ACCENT: [u8; 3] = [0x1f, 0x5c, 0x4a];

impl Letters {
    /// Every field with its name, in the order of the form.
    pub fn fields(&self) -> [(&'static str, &String); 11] {
        [
            ("tax_id", &self.tax_id),
            ("phone", &self.phone),
            ("email", &self.email),
            ("web", &self.web),
            ("legal", &self.legal),
            ("bank", &self.bank),
            ("iban", &self.iban),
            ("bic", &self.bic),
            ("accent", &self.accent),
            ("zero_rate_reason", &self.zero_rate_reason),
            ("closing", &self.closing),
        ]
    }

    /// The fields as they are kept, or every wrong one with its place in the form.
    pub(super) fn checked(&self, problems: &mut Vec<FieldProblem>) -> Letters {
        let mut read = |field: &str, typed: &str, most| text(problems, &format!("letters.{field}"), typed, most);
        let kept = Letters {
            tax_id: read("tax_id", &self.tax_id, 30),
            phone: read("phone", &self.phone, 40),
            email: read("email", &self.email, 254),
            web: read("web", &self.web, 120),
            legal: read("legal", &self.legal, 240),
            bank: read("bank", &self.bank, 80),
            iban: read("iban", &self.iban, 42).replace(' ', "").to_uppercase(),
            bic: read("bic", &self.bic, 11).to_uppercase(),
            accent: read("accent", &self.accent, 7).to_lowercase(),
            zero_rate_reason: read("zero_rate_reason", &self.zero_rate_reason, 240),
            closing: read("closing", &self.closing, 500),
        };
        let mut wrong = |field: &str, reason| problems.push(FieldProblem::at(&format!("letters.{field}"), reason));
        if !kept.iban.is_empty() && !is_iban(&kept.iban) {
            wrong("iban", FieldReason::NotAnIban);
        }
        if !kept.bic.is_empty() && !is_bic(&kept.bic) {
            wrong("bic", FieldReason::NotABic);
        }
        if !kept.accent.is_empty() && colour(&kept.accent).is_none() {
            wrong("accent", FieldReason::NotAColour);
        }
        if !kept.email.is_empty() && !kept.email.contains('@') {
            wrong("email", FieldReason::NotAnAddress);
        }
        kept
    }

    /// The head and foot of the letters of a company with that name, address and VAT id.
    pub(super) fn sender(&self, name: &str, address: Vec<String>, vat_id: &str) -> Sender {
        let filled = |texts: &[&String]| -> Vec<String> {
            texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).clone()).collect()
        };
        let bank = Bank { name: self.bank.clone(), iban: self.iban.clone(), bic: self.bic.clone() };
        Sender {
            letterhead: Letterhead {
                name: name.to_owned(),
                address,
                contact: filled(&[&self.phone, &self.email, &self.web]),
                legal: filled(&[&self.legal]),
                tax_id: self.tax_id.clone(),
                vat_id: vat_id.to_owned(),
                bank: (!self.iban.is_empty()).then_some(bank),
                accent: colour(&self.accent).unwrap_or(ACCENT),
                logo: None,
            },
            zero_rate_reason: self.zero_rate_reason.clone(),
            closing: self.closing.clone(),
        }
    }
}

/// Whether it is the number of an account (ISO 13616): country, check digits and account, whose number, read with the
/// first four characters last and letters as 10 to 35, leaves 1 when it is divided by 97.
pub fn is_iban(text: &str) -> bool {
    let (country, rest) = text.split_at_checked(2).unwrap_or_default();
    let (check, account) = rest.split_at_checked(2).unwrap_or_default();
    let shaped = country.bytes().all(|byte| byte.is_ascii_uppercase())
        && check.bytes().all(|byte| byte.is_ascii_digit())
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (15..=34).contains(&text.len());
    let digits = [account, country, check].concat();
    let left = digits.chars().filter_map(|c| c.to_digit(36)).fold(0_u32, |left, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (left * shift + value) % 97
    });
    shaped && left == 1
}

/// Whether it is the code of a bank (ISO 9362): four letters, the country, and four or seven more characters.
fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && text.bytes().take(6).all(|byte| byte.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `#rrggbb`.
fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(letters: &Letters) -> Vec<(String, FieldReason)> {
        let mut problems = Vec::new();
        letters.checked(&mut problems);
        problems.into_iter().map(|problem| (problem.field, problem.reason)).collect()
    }

    /// Red when: a digit that was mistyped is not found.
    #[test]
    fn the_number_of_an_account_is_checked() {
        for iban in ["DE89 3704 0044 0532 0130 00", "at611904300234573201", "NL91ABNA0417164300", "NO9386011117947"] {
            assert_eq!(problems(&Letters { iban: iban.to_owned(), ..Letters::default() }), [], "{iban}");
        }
        for iban in [
            "DE88370400440532013000",
            "DE8937040044053201300",
            "XX",
            "DE",
            "ÄÖ89370400440532013000",
            "1234567890123456",
        ] {
            let found = problems(&Letters { iban: iban.to_owned(), ..Letters::default() });
            assert_eq!(found, [("letters.iban".to_owned(), FieldReason::NotAnIban)], "{iban}");
        }
    }

    #[test]
    fn codes_and_colours_have_their_form() {
        let letters =
            |bic: &str, accent: &str| Letters { bic: bic.to_owned(), accent: accent.to_owned(), ..Letters::default() };
        for (bic, accent) in [("COBADEFF", "#1F5C4A"), ("cobadeffxxx", ""), ("", "#000000")] {
            assert_eq!(problems(&letters(bic, accent)), [], "{bic} {accent}");
        }
        for (bic, accent) in [("COBADEF", "1f5c4a"), ("C0BADEFF", "#1f5c4"), ("COBADEFF1", "#gggggg"), ("DE", "#ä1ä1")]
        {
            let found: Vec<String> = problems(&letters(bic, accent)).into_iter().map(|(field, _)| field).collect();
            assert_eq!(found, ["letters.bic", "letters.accent"], "{bic} {accent}");
        }
        assert_eq!(colour("#1f5c4a"), Some(ACCENT));
    }
}
