//! Roles and what they may do.

use serde::{Deserialize, Serialize};

/// What a person is to the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Types, contracts, offers, orders, draft documents, statements.
    Sales,
    /// Billing, issue, cancel, final invoices, receipts, number ranges; changes neither contracts nor projects.
    Accounting,
    /// Projects, tasks, bookings of the project.
    ProjectManager,
    /// Scheduled payments, nothing else.
    Payments,
    /// Own bookings, assigned projects; sees customers and what is left for them.
    Staff,
    /// The portal of the own company, nothing else.
    Customer,
}

/// One thing that a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See every customer and account. A customer sees the own ones without it.
    SeeCustomers,
    /// Create and change customers.
    EditCustomers,
    /// Open accounts.
    OpenAccounts,
    /// Put lots on an account by hand.
    Grant,
    /// Draw and release by hand.
    Draw,
    /// Take grants back, cover and balance deficits.
    Revoke,
    /// End accounts and take ends back.
    EndAccounts,
    /// See and change the settings of the company.
    EditSettings,
    /// See contracts, documents and billing runs.
    SeeContracts,
    /// Create and change articles, groups, contract types and contracts.
    EditContracts,
    /// Create, change and delete drafts of documents.
    EditDocuments,
    /// Bill contracts, and issue documents.
    Bill,
    /// Cancel issued documents and what was billed, and bill freed periods again.
    Cancel,
    /// Record what came in for invoices, and take it back.
    RecordReceipts,
    /// See every project with its billing lines and all its bookings.
    SeeProjects,
    /// Create and change projects, their tasks and their billing lines.
    EditProjects,
    /// Book own time on the projects that one may book on, and see, change and delete it.
    BookTime,
    /// Book, change and delete the time of anybody.
    EditBookings,
}

impl Role {
    /// All roles, in the order in which people list them.
    pub const ALL: [Role; 7] =
        [Role::Admin, Role::Sales, Role::Accounting, Role::ProjectManager, Role::Payments, Role::Staff, Role::Customer];

    /// The name in the database, in tokens and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Sales => "sales",
            Role::Accounting => "accounting",
            Role::ProjectManager => "project_manager",
            Role::Payments => "payments",
            Role::Staff => "staff",
            Role::Customer => "customer",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role allows it.
    pub fn may(self, what: Permission) -> bool {
        use Permission::{
            Bill, BookTime, Cancel, Draw, EditBookings, EditContracts, EditCustomers, EditDocuments, EditProjects,
            EditSettings, EndAccounts, Grant, OpenAccounts, RecordReceipts, Revoke, SeeContracts, SeeCustomers,
            SeeProjects,
        };
        match self {
            Role::Admin => true,
            Role::Sales => {
                matches!(
                    what,
                    SeeCustomers
                        | EditCustomers
                        | OpenAccounts
                        | EndAccounts
                        | SeeContracts
                        | EditContracts
                        | EditDocuments
                        | SeeProjects
                )
            }
            Role::Accounting => {
                matches!(
                    what,
                    SeeCustomers
                        | EditCustomers
                        | OpenAccounts
                        | Grant
                        | Draw
                        | Revoke
                        | EndAccounts
                        | EditSettings
                        | SeeContracts
                        | EditDocuments
                        | Bill
                        | Cancel
                        | RecordReceipts
                        | SeeProjects
                )
            }
            Role::ProjectManager => matches!(
                what,
                SeeCustomers | Draw | SeeContracts | SeeProjects | EditProjects | BookTime | EditBookings
            ),
            // Customers and what is left on their accounts, because a technician tells the customer on the phone.
            Role::Staff => matches!(what, SeeCustomers | BookTime),
            Role::Payments | Role::Customer => false,
        }
    }
}
