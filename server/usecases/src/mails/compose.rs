//! What a mail says.

use domain::{Money, documents::DocumentKind, receipts::is_overdue};
use store::{StoreError, documents};
use texts::{Lang, date, money, say};
use wire::{
    documents::DocumentRow,
    mails::{
        Attachment, Filling, Letter, MailKind, MailRow, MailSettings, MailText, Occasion, Outgoing, sample_filling,
    },
    settings::Sender,
};

use crate::{
    Env, Refused,
    papers::{self, Setter, lang_of},
    settings,
};

/// On which occasion a mail is sent.
fn occasion_of(kind: MailKind, row: &DocumentRow) -> Occasion {
    match (kind, row.kind) {
        (MailKind::Reminder(0 | 1), _) => Occasion::Reminder,
        (MailKind::Reminder(_), _) => Occasion::Dunning,
        (MailKind::Document, DocumentKind::DeliveryNote) => Occasion::DeliveryNote,
        (MailKind::Document, DocumentKind::Cancellation) => Occasion::Cancellation,
        (MailKind::Document, DocumentKind::ContractInvoice | DocumentKind::Invoice | DocumentKind::Balancing) => {
            if row.invoice().open() > 0 { Occasion::Invoice } else { Occasion::Settled }
        }
    }
}

/// A mail that is ready to leave, with the paper of its document as it is kept; none when nothing is open any more of what it
/// would remind of.
pub(super) async fn outgoing(
    env: &Env,
    setter: &Setter,
    settings: &MailSettings,
    mail: &MailRow,
) -> Result<Option<Outgoing>, Refused> {
    let mut tx = env.db.read().await?;
    let gone = || Refused::Store(StoreError::GivenUp("the document of a mail is gone"));
    let page = documents::get(&mut tx, mail.document).await?.ok_or_else(gone)?;
    let company = settings::read(env, &mut tx).await?;
    drop(tx);
    if matches!(mail.kind, MailKind::Reminder(_)) && !is_overdue(&page.row.invoice(), env.today()) {
        return Ok(None);
    }
    let pdf = papers::kept_or_set(env, mail.document, setter).await?;
    let lang = lang_of(&page.recipient);
    let sender = company.sender();
    let times = match mail.kind {
        MailKind::Document => 0,
        MailKind::Reminder(times) => times,
    };
    let occasion = occasion_of(mail.kind, &page.row);
    let filling = filling(lang, &page.row, &page.recipient.name, &company.company, times);
    let facts = facts(lang, occasion, &filling, &sender);
    let letter = letter(lang, &settings.texts.of(occasion, lang), &filling, facts, &sender);
    let from_name = if settings.from_name.is_empty() { &company.company } else { &settings.from_name };
    Ok(Some(Outgoing {
        id: mail.id.uuid(),
        at: env.now(),
        from: (from_name.clone(), settings.from.clone()),
        reply_to: settings.reply_to.clone(),
        to: mail.to.split(',').map(|one| one.trim().to_owned()).collect(),
        letter,
        attachments: vec![Attachment { name: format!("{}.pdf", pdf.name), kind: "application/pdf", bytes: pdf.bytes }],
    }))
}

fn filling(lang: Lang, row: &DocumentRow, customer: &str, company: &str, times: u32) -> Filling {
    let currency = row.gross.currency;
    Filling {
        number: row.number.clone().unwrap_or_default(),
        date: date(lang, row.date),
        sum: money(lang, row.gross),
        due: date(lang, row.due_on),
        open: money(lang, Money { minor: row.invoice().open(), currency }),
        times: times.to_string(),
        customer: customer.to_owned(),
        company: company.to_owned(),
    }
}

/// The figures beside the text.
fn facts(lang: Lang, occasion: Occasion, filling: &Filling, sender: &Sender) -> Vec<(String, String)> {
    let mut facts = vec![(say::mail_fact_number(lang), &filling.number), (say::mail_fact_date(lang), &filling.date)];
    let iban = sender.letterhead.bank.as_ref().map(|bank| &bank.iban);
    let iban = iban.map(|iban| (say::mail_fact_iban(lang), iban));
    match occasion {
        Occasion::DeliveryNote => {}
        Occasion::Cancellation | Occasion::Settled => facts.push((say::mail_fact_sum(lang), &filling.sum)),
        Occasion::Invoice => {
            facts.extend([(say::mail_fact_sum(lang), &filling.sum), (say::mail_fact_due(lang), &filling.due)]);
            facts.extend(iban);
        }
        Occasion::Reminder | Occasion::Dunning => {
            facts.extend([(say::mail_fact_due(lang), &filling.due), (say::mail_fact_open(lang), &filling.open)]);
            facts.extend(iban);
        }
    }
    facts.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

fn letter(lang: Lang, text: &MailText, filling: &Filling, facts: Vec<(String, String)>, sender: &Sender) -> Letter {
    let head = &sender.letterhead;
    let body = filling.fill(&text.body);
    let paragraphs = body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let one_line = |texts: &[String]| texts.join(" · ");
    let imprint = [one_line(&head.address), one_line(&head.contact), one_line(&head.legal)];
    Letter {
        lang,
        subject: filling.fill(&text.subject),
        paragraphs: paragraphs.map(str::to_owned).collect(),
        facts,
        company: head.name.clone(),
        imprint: imprint.into_iter().filter(|line| !line.is_empty()).collect(),
        accent: head.accent,
    }
}

/// A mail with that text as it would arrive, with an invented document.
pub async fn sample(
    env: &Env,
    call: &crate::Call,
    (occasion, lang): (Occasion, Lang),
    text: &MailText,
) -> Result<Letter, Refused> {
    call.needs(domain::Permission::EditSettings)?;
    let sender = settings::read(env, &mut env.db.read().await?).await?.sender();
    let filling = sample_filling(lang, &env.company(), env.today());
    let facts = facts(lang, occasion, &filling, &sender);
    Ok(letter(lang, text, &filling, facts, &sender))
}
