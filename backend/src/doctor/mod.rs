//! What is unsafe or wrong for production, in plain words, with what to do about it.
//!
//! Each rule has a name that stays, so that programs can tell findings apart. Settings are judged as production reads them,
//! whatever `APP_ENV` says. Nothing is changed, and no database is made where there is none.

mod database;
mod machine;
mod redis;
mod settings;

use std::fmt;

use serde::Serialize;

use crate::config::{Config, Source};

/// What is wrong.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

/// What could not be looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Unchecked {
    /// The rule's name.
    pub rule: &'static str,
    /// Why not.
    pub reason: String,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub unchecked: Vec<Unchecked>,
    /// Rules that hold.
    pub fine: Vec<&'static str>,
}

/// Looks at everything.
pub async fn examine(source: Source) -> Report {
    let mut report = Report::default();
    let is_production = source.text("APP_ENV").as_deref() == Some("production");
    let (config, mistakes) = Config::read_with_mistakes(source.as_production());
    settings::check(&mut report, &config, &mistakes, is_production);
    machine::check(&mut report, &config);
    // A mistaken address is replaced by the default, which says nothing about the shop.
    let is_known = |name: &str| !mistakes.iter().any(|mistake| mistake.starts_with(name));
    if is_known("DATABASE_URL") {
        database::check(&mut report, &config).await;
    } else {
        report.skip(&database::RULES, "DATABASE_URL is not usable");
    }
    if is_known("REDIS_") {
        redis::check(&mut report, &config).await;
    } else {
        report.skip(&redis::RULES, "REDIS_URL is not usable");
    }
    report
}

impl Report {
    /// Notes whether a rule holds; the problem and the remedy if not.
    fn rule(&mut self, rule: &'static str, problem: Option<(String, &str)>) {
        match problem {
            Some((problem, remedy)) => {
                self.findings.push(Finding { rule, problem, remedy: remedy.to_owned() });
            }
            None => self.fine.push(rule),
        }
    }

    /// The same for a rule that could perhaps not be looked at.
    fn rule_if_known<T>(
        &mut self,
        rule: &'static str,
        known: Result<T, String>,
        judge: impl FnOnce(T) -> Option<(String, &'static str)>,
    ) {
        match known {
            Ok(known) => self.rule(rule, judge(known)),
            Err(reason) => self.unchecked.push(Unchecked { rule, reason }),
        }
    }

    fn skip(&mut self, rules: &[&'static str], reason: &str) {
        let skipped = rules.iter().map(|rule| Unchecked { rule, reason: reason.to_owned() });
        self.unchecked.extend(skipped);
    }

    /// 0: everything is fine. 1: something is wrong. 2: nothing is wrong as far as that could be looked at.
    pub fn exit_code(&self) -> u8 {
        match (self.findings.is_empty(), self.unchecked.is_empty()) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 0,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { rule, problem, remedy } in &self.findings {
            writeln!(f, "✗ {rule}: {problem}\n    {remedy}")?;
        }
        for Unchecked { rule, reason } in &self.unchecked {
            writeln!(f, "? {rule}: could not be checked: {reason}")?;
        }
        let (wrong, unknown, fine) = (self.findings.len(), self.unchecked.len(), self.fine.len());
        writeln!(f, "{wrong} findings, {unknown} not checked, {fine} rules hold")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_says_whether_something_is_wrong_or_unknown() {
        let mut report = Report::default();
        report.rule("a", None);
        assert_eq!(report.exit_code(), 0);
        report.skip(&["b"], "no answer");
        assert_eq!(report.exit_code(), 2);
        report.rule("c", Some(("It is wrong.".to_owned(), "Mend it.")));
        assert_eq!(report.exit_code(), 1);
        let text = report.to_string();
        for said in
            ["✗ c: It is wrong.", "Mend it.", "? b: could not be checked: no answer", "1 findings, 1 not"]
        {
            assert!(text.contains(said), "{text}");
        }
    }
}
