//! The HorizontalPodAutoscaler of Kubernetes: `autoscaling/v1` has one target, the utilization of the CPU; `autoscaling/v2` a list
//! of metrics. Its conversion makes a resource metric for `cpu` of the target, and keeps the metrics that v1 cannot say in an
//! annotation, which is a carry. Three things are other than in its `conversion.go`, and are ours: without a target there are no
//! metrics, where it writes out the default one; the target is that of the first metric, where it takes the first for `cpu`; and
//! the metric of the target comes first on the way back, as it was, where it has put it first in some releases and last in others.

use recension::versioning::Registry;
use recension::{Declaration, FieldClass, FieldKind, FieldSpec, IntegerWidth, ObjectSpec, Op, Others, Pick, Release, Slot};

use crate::{obeys, samples};

fn field(name: &str, kind: FieldKind) -> FieldSpec {
    FieldSpec::new(name, kind).class(FieldClass::Public)
}

pub(crate) fn registry() -> Registry {
    let version = |text: &str| text.parse().unwrap();
    let number = |name| field(name, FieldKind::Integer(IntegerWidth::I32));
    let metric = ObjectSpec::new("Metric", "published", version("1.1"));
    let metric = Declaration {
        head: metric.field(number("average_utilization").nullable()).field(field("resource", FieldKind::Text)).build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "the utilization of the CPU"),
            Release::new(version("1.1"), "of any resource").op(Op::Add { field: "resource".into(), old_default: "cpu".into() }),
        ],
    };
    let metrics = field("metrics", FieldKind::list_of_objects("Metric"));
    let head = ObjectSpec::new("HorizontalPodAutoscaler", "published", version("2.0")).field(number("max_replicas")).field(metrics);
    let one = field("metrics", FieldKind::Object("Metric".into())).nullable();
    let scaler = Declaration {
        head: head.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "v1"),
            Release::new(version("1.1"), "the target is a metric")
                .op(Op::Rename { from: "target_cpu_utilization_percentage".into(), to: "average_utilization".into() })
                .op(Op::Nest { fields: vec![number("average_utilization").nullable()], into: "metrics".into(), at: version("1.0") }),
            Release::new(version("2.0"), "v2: there may be several, of any resource")
                .op(Op::Listify { field: one, pick: Pick::First, others: Others::Stay, fallback: Slot::Unset })
                .op(Op::Child { field: "metrics".into(), from: version("1.0"), to: version("1.1") }),
        ],
    };
    Registry::builder().declaration(metric).declaration(scaler).build().unwrap()
}

#[test]
fn samples_are_those_of_the_conversion_but_for_what_is_ours() {
    samples::hold(&registry(), "scaler");
}

#[test]
fn the_laws_hold() {
    obeys(&registry(), "HorizontalPodAutoscaler");
}
