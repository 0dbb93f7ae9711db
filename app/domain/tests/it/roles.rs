//! Who may do what, as people read it in a table.

use domain::{Permission, Role};

/// `x` where the role allows it.
const TABLE: &str = "
    role             SeeCustomers  EditCustomers  OpenAccounts  Grant  Draw  Revoke  EndAccounts  EditSettings  SeeContracts  EditContracts  EditDocuments  Bill  Cancel  RecordReceipts  SeeProjects  EditProjects  BookTime  EditBookings
    admin            x             x              x             x      x     x       x            x             x             x              x              x     x       x               x            x             x         x
    sales            x             x              x             .      .     .       x            .             x             x              x              .     .       .               x            .             .         .
    accounting       x             x              x             x      x     x       x            x             x             .              x              x     x       x               x            .             .         .
    project_manager  x             .              .             .      x     .       .            .             x             .              .              .     .       .               x            x             x         x
    payments         .             .              .             .      .     .       .            .             .             .              .              .     .       .               .            .             .         .
    staff            x             .              .             .      .     .       .            .             .             .              .              .     .       .               .            .             x         .
    customer         .             .              .             .      .     .       .            .             .             .              .              .     .       .               .            .             .         .
";

/// Red when: any one of the permissions is given or taken.
#[test]
fn each_role_may_do_what_the_table_says() {
    use Permission::{
        Bill, BookTime, Cancel, Draw, EditBookings, EditContracts, EditCustomers, EditDocuments, EditProjects,
        EditSettings, EndAccounts, Grant, OpenAccounts, RecordReceipts, Revoke, SeeContracts, SeeCustomers,
        SeeProjects,
    };
    let columns = [
        SeeCustomers,
        EditCustomers,
        OpenAccounts,
        Grant,
        Draw,
        Revoke,
        EndAccounts,
        EditSettings,
        SeeContracts,
        EditContracts,
        EditDocuments,
        Bill,
        Cancel,
        RecordReceipts,
        SeeProjects,
        EditProjects,
        BookTime,
        EditBookings,
    ];
    let mut lines = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let heading: Vec<_> = lines.next().expect("a heading").skip(1).map(str::to_owned).collect();
    assert_eq!(heading, columns.map(|permission| format!("{permission:?}")));
    let mut roles = Vec::new();
    for mut line in lines {
        let role = Role::from_name(line.next().expect("a role")).expect("a role that there is");
        let marks: Vec<_> = line.collect();
        assert_eq!(marks.len(), columns.len(), "{role:?}");
        for (permission, mark) in columns.into_iter().zip(marks) {
            assert_eq!(role.may(permission), mark == "x", "{role:?} {permission:?}");
        }
        roles.push(role);
    }
    assert_eq!(roles, Role::ALL);
}

#[test]
fn every_role_is_found_by_its_own_name_and_by_no_other() {
    for role in Role::ALL {
        assert_eq!(Role::from_name(role.name()), Some(role));
        assert_eq!(Role::ALL.iter().filter(|other| other.name() == role.name()).count(), 1);
    }
    for wrong in ["", "Admin", "ADMIN", " admin", "admin ", "root", "projectmanager"] {
        assert_eq!(Role::from_name(wrong), None, "{wrong:?}");
    }
}
