//! `recension rules`

use recension_versioning::rules::{GateRule, RULES};
use serde_json::json;

use crate::answer::Answer;
use crate::args::{Format, RulesArgs};
use crate::error::Error;

/// Lists the rules, or tells one of them.
pub(crate) fn run(args: &RulesArgs, format: Format) -> Result<Answer, Error> {
    let rules: Vec<&GateRule> = match &args.rule {
        Some(id) => vec![RULES.iter().find(|rule| rule.id == id).ok_or_else(|| Error::NoRule(id.clone()))?],
        None => RULES.iter().collect(),
    };
    Ok(match (format, args.rule.is_some()) {
        (Format::Json, _) => Answer::json(&json!({ "rules": rules })),
        (Format::Human, true) => Answer::clean(rules.into_iter().map(told).collect::<String>()),
        (Format::Human, false) => {
            let line = |rule: &GateRule| format!("{:<34} {:<8} {}\n", rule.id, rule.category.as_str(), rule.severity.as_str());
            Answer::clean(rules.into_iter().map(line).collect::<String>())
        }
    })
}

fn told(rule: &GateRule) -> String {
    let GateRule { id, category, severity, why, remedy, .. } = rule;
    format!("{id}\n\ncategory: {}\nseverity: {}\nwhy:      {why}\nremedy:   {remedy}\n", category.as_str(), severity.as_str())
}
