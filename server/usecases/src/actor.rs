//! Who calls, and what they may do.

use domain::{CustomerId, Permission, Role};
use wire::{Noun, Problem};

use crate::{Refused, people::digest};

/// Whoever calls a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name that stands in histories.
    pub name: String,
    /// The login or token; idempotency keys are kept apart by it.
    pub scope: String,
    /// The role.
    pub role: Role,
    /// The own company, for the role customer.
    pub customer: Option<CustomerId>,
}

/// An idempotency key with a hash of the request that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The key.
    pub name: String,
    /// The hash.
    pub request_hash: String,
}

/// One call of a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// By whom.
    pub by: Actor,
    /// Under which idempotency key, if any.
    pub once: Option<Once>,
}

impl Call {
    /// A call without an idempotency key.
    pub fn by(by: Actor) -> Call {
        Call { by, once: None }
    }

    /// The same call under an idempotency key, for a command whose content has no id of its own.
    #[must_use]
    pub fn once(self, key: &str, content: &str) -> Call {
        let once = Once { name: format!("form:{key}"), request_hash: digest(content) };
        Call { once: Some(once), ..self }
    }

    /// Refuses unless the role allows it.
    pub(crate) fn needs(&self, needs: Permission) -> Result<(), Refused> {
        if self.by.role.may(needs) { Ok(()) } else { Err(Problem::Forbidden { needs }.into()) }
    }

    /// Refuses unless the person may see that customer: everybody who may see all, and a customer the own company.
    /// To others the thing does not exist.
    pub(crate) fn may_see(&self, customer: CustomerId, what: Noun) -> Result<(), Refused> {
        let own = self.by.role == Role::Customer && self.by.customer == Some(customer);
        if own || self.by.role.may(Permission::SeeCustomers) { Ok(()) } else { Err(Refused::not_found(what)) }
    }
}
