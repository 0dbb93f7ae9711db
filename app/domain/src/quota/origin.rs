//! Why a lot was granted, and for what a draw was made.

use serde::{Deserialize, Serialize};

/// Why a lot was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantOrigin {
    /// A billed period of a contract.
    ContractBilling,
    /// An order of a quota article.
    Order,
    /// More for an account that is already there.
    TopUp,
    /// Without an invoice, with a reason.
    #[default]
    FreeQuota,
    /// An invoice over deficits.
    BalancingInvoice,
    /// A downpayment.
    Advance,
}

/// For what a draw was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawOrigin {
    /// By a person, in the passbook.
    #[default]
    ByHand,
    /// A line of a delivery note or an invoice.
    DocumentLine,
    /// A portion of a time booking.
    BookingPortion,
    /// A flat-rate task that was marked done.
    FlatRate,
    /// A final invoice that deducts an advance.
    FinalInvoice,
    /// What is paid back.
    Refund,
}

impl GrantOrigin {
    /// Every origin, in the order in which people choose.
    pub const ALL: [GrantOrigin; 6] = [
        GrantOrigin::FreeQuota,
        GrantOrigin::TopUp,
        GrantOrigin::Order,
        GrantOrigin::ContractBilling,
        GrantOrigin::BalancingInvoice,
        GrantOrigin::Advance,
    ];

    /// The stable name, in forms, REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            GrantOrigin::ContractBilling => "contract_billing",
            GrantOrigin::Order => "order",
            GrantOrigin::TopUp => "top_up",
            GrantOrigin::FreeQuota => "free_quota",
            GrantOrigin::BalancingInvoice => "balancing_invoice",
            GrantOrigin::Advance => "advance",
        }
    }

    /// The origin of that name.
    pub fn from_name(name: &str) -> Option<GrantOrigin> {
        GrantOrigin::ALL.into_iter().find(|origin| origin.name() == name)
    }
}

impl DrawOrigin {
    /// Every origin.
    pub const ALL: [DrawOrigin; 6] = [
        DrawOrigin::ByHand,
        DrawOrigin::DocumentLine,
        DrawOrigin::BookingPortion,
        DrawOrigin::FlatRate,
        DrawOrigin::FinalInvoice,
        DrawOrigin::Refund,
    ];

    /// The stable name, in forms, REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            DrawOrigin::ByHand => "by_hand",
            DrawOrigin::DocumentLine => "document_line",
            DrawOrigin::BookingPortion => "booking_portion",
            DrawOrigin::FlatRate => "flat_rate",
            DrawOrigin::FinalInvoice => "final_invoice",
            DrawOrigin::Refund => "refund",
        }
    }

    /// The origin of that name.
    pub fn from_name(name: &str) -> Option<DrawOrigin> {
        DrawOrigin::ALL.into_iter().find(|origin| origin.name() == name)
    }
}
