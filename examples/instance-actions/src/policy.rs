//! Who may see and change which actions.

use recension::store::sea_orm::Condition;
use recension::store::sea_orm::sea_query::{Expr, ExprTrait, Query};
use recension::store::{Caller, Decision, Operation, Policy, SystemCapability};
use recension::{Object, ObjectName};

use crate::{InstanceAction, InstanceActionEvent};

/// Permits a periodic task of the service to record events on actions that are not its own, because the
/// request that began them is gone. It never changes the actions themselves (X6, X7).
pub const RECOVER_ACTIONS: SystemCapability = SystemCapability::named("recover-actions");

/// Permits a reader of the service to see the actions of all projects.
pub const READ_ALL_ACTIONS: SystemCapability = SystemCapability::named("read-all-actions");

/// Permits the person who carries out an upgrade to change tables.
pub const MIGRATE: SystemCapability = SystemCapability::named("migrate-actions");

/// Permits a person to look at the settings of the database.
pub const DOCTOR: SystemCapability = SystemCapability::named("look-at-database");

/// Actions belong to projects, and events to their actions. A caller without a project and without a named
/// capability has nothing: a missing project never means more (X6).
#[derive(Clone, Copy, Debug)]
pub struct ByProject;

impl Policy for ByProject {
    fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Decision {
        let action = *object == InstanceAction::NAME;
        if !action && *object != InstanceActionEvent::NAME {
            return Decision::Deny;
        }
        if let Some(project) = caller.project_id() {
            return Decision::Where(owned_by(project, action));
        }
        match operation {
            Operation::Read if reads_all(caller) => Decision::All,
            Operation::Create | Operation::Update if caller.has_capability(RECOVER_ACTIONS.name()) && !action => Decision::All,
            // Nobody's rows: a list is empty, a look-up finds nothing.
            Operation::Read => Decision::Where(Condition::all().add(Expr::val(1).eq(0))),
            _ => Decision::Deny,
        }
    }
}

fn reads_all(caller: &Caller) -> bool {
    [RECOVER_ACTIONS, READ_ALL_ACTIONS].iter().any(|capability| caller.has_capability(capability.name()))
}

fn owned_by(project: &str, action: bool) -> Condition {
    let own = InstanceAction::COLUMN.project_id.eq(project);
    if action {
        return Condition::all().add(own);
    }
    let actions = Query::select().expr(InstanceAction::COLUMN.id.expr()).from("instance_actions").and_where(own).to_owned();
    Condition::all().add(InstanceActionEvent::COLUMN.action_id.in_subquery(actions))
}
