//! The demo company stands the audit.

use usecases::{demo, testing::World};

use crate::support::assert_sound;

/// Red when: the demo writes what no use case would, or the audit takes something for a fault that is none.
async fn the_demo_company_is_sound(world: World) {
    demo::make(&world).await.expect("the demo company");
    assert_sound(&world).await;
}

on_sqlite!(the_demo_company_is_sound);
