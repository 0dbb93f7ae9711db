//! Which product groups a quota is for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{GroupId, SubGroupId};

/// Whether a group draws the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// As the next wider rule says.
    #[default]
    Inherit,
    /// It does.
    On,
    /// It does not.
    Off,
}

impl Switch {
    /// Every switch, in the order in which people choose.
    pub const ALL: [Switch; 3] = [Switch::Inherit, Switch::On, Switch::Off];

    /// The stable name, in forms, REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Switch::Inherit => "inherit",
            Switch::On => "on",
            Switch::Off => "off",
        }
    }

    /// The switch of that name.
    pub fn from_name(name: &str) -> Option<Switch> {
        Switch::ALL.into_iter().find(|switch| switch.name() == name)
    }
}

/// The switches of one contract; what is not named inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupSwitches {
    /// Per group.
    pub groups: BTreeMap<GroupId, Switch>,
    /// Per sub-group.
    pub sub_groups: BTreeMap<SubGroupId, Switch>,
}

impl GroupSwitches {
    /// The switch of a group.
    pub fn group(&self, id: GroupId) -> Switch {
        self.groups.get(&id).copied().unwrap_or_default()
    }

    /// The switch of a sub-group.
    pub fn sub_group(&self, id: SubGroupId) -> Switch {
        self.sub_groups.get(&id).copied().unwrap_or_default()
    }
}

/// Whether a quota is for a group: the first of the switches that is not *inherit* decides, in the order contract
/// sub-group, contract group, global sub-group, global group; else it is not.
pub fn eligible(
    contract_sub_group: Switch,
    contract_group: Switch,
    global_sub_group: Switch,
    global_group: Switch,
) -> bool {
    let order = [contract_sub_group, contract_group, global_sub_group, global_group];
    order.into_iter().find(|switch| *switch != Switch::Inherit) == Some(Switch::On)
}
