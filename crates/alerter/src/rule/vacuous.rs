//! Rules that match everything, or nothing.

use super::{
    RuleError,
    expression::{Condition, Expression, Test},
};

/// Conditions whose every combination is tried: 4,096 at most.
const MAX_CONDITIONS: usize = 12;

/// A warning where the rule fires on every article, or on none.
pub(super) fn warning(expression: &Expression, rule: &str) -> Option<RuleError> {
    let conditions = expression.conditions();
    let nothing_holds = vec![false; conditions.len()];
    if holds(expression, &conditions, &nothing_holds) || is_always(expression) {
        return Some(
            RuleError::new("this rule matches everything", 0..rule.len())
                .with_help("say what it is about, such as speaker:any or mentions:any".to_owned()),
        );
    }
    if conditions.len() > MAX_CONDITIONS {
        return None;
    }
    let can_hold = (0..1_u32 << conditions.len()).any(|bits| {
        let values: Vec<bool> = (0..conditions.len())
            .map(|at| bits >> at & 1 == 1)
            .collect();
        is_possible(&conditions, &values) && holds(expression, &conditions, &values)
    });
    (!can_hold).then(|| RuleError::new("this rule can never match", 0..rule.len()))
}

/// Whether only conditions that always hold are asked.
fn is_always(expression: &Expression) -> bool {
    match expression {
        Expression::All(parts) => parts.iter().all(is_always),
        Expression::Any(parts) => parts.iter().any(is_always),
        Expression::Not(_) => false,
        Expression::Condition(condition) => {
            matches!(condition.test, Test::Confidence(">=", bound) if bound <= 0.0)
        }
    }
}

fn holds(expression: &Expression, conditions: &[&Condition], values: &[bool]) -> bool {
    match expression {
        Expression::All(parts) => parts.iter().all(|part| holds(part, conditions, values)),
        Expression::Any(parts) => parts.iter().any(|part| holds(part, conditions, values)),
        Expression::Not(inner) => !holds(inner, conditions, values),
        Expression::Condition(condition) => {
            let at = conditions
                .iter()
                .position(|known| known.test == condition.test);
            at.and_then(|at| values.get(at)).copied().unwrap_or(false)
        }
    }
}

/// Whether the conditions said to hold can do so together: a quote has one kind, cue class,
/// language and outlet.
fn is_possible(conditions: &[&Condition], values: &[bool]) -> bool {
    let holding: Vec<&Test> = conditions
        .iter()
        .zip(values)
        .filter(|(_, holds)| **holds)
        .map(|(condition, _)| &condition.test)
        .collect();
    let exclude = |one: &Test, other: &Test| match (one, other) {
        (Test::Kind(one), Test::Kind(other)) => one.iter().all(|kind| !other.contains(kind)),
        (Test::Cue(one), Test::Cue(other)) => one.iter().all(|cue| !other.contains(cue)),
        (Test::Outlet(one), Test::Outlet(other)) => one.iter().all(|name| !other.contains(name)),
        (Test::Language(one), Test::Language(other)) => {
            let primary = |tag: &model::Language| tag.primary().to_owned();
            let others: Vec<String> = other.iter().map(primary).collect();
            one.iter().all(|tag| !others.contains(&primary(tag)))
        }
        _ => false,
    };
    !holding
        .iter()
        .enumerate()
        .any(|(at, one)| holding.iter().skip(at + 1).any(|other| exclude(one, other)))
}
