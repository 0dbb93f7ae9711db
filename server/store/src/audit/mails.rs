//! What must be true of mails.

use crate::sql::statements;

statements! {
    AUDIT_REMINDERS = "SELECT d.id FROM documents d WHERE d.reminders
        <> (SELECT COUNT(*) FROM mails m WHERE m.document_id = d.id AND m.reminder > 0 AND m.state <> 'dropped') ORDER BY d.id LIMIT 1";
    AUDIT_UNQUEUED = "SELECT m.id FROM mails m WHERE (m.state IN ('waiting', 'sending')) <> (m.due_at IS NOT NULL)
        OR (m.state = 'sent') <> (m.sent_at IS NOT NULL) ORDER BY m.id LIMIT 1";
}
