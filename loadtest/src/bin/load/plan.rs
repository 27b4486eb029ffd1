//! Which scenario runs: how many users, for how long. All are bounded.

use anyhow::{Context, Result, bail};

/// Most users, and longest time in seconds.
const USERS_MAX: usize = 1_000;
const SECONDS_MAX: usize = 3_600;
/// How long users may take to come, unless the scenario is about that.
const COMING: usize = 5;

/// What the command line says.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// The name of the scenario.
    pub scenario: String,
    /// `http://host:port`
    pub host: String,
    /// Whether the host may be another machine.
    pub anywhere: bool,
    /// Time of the whole scenario, instead of its own.
    pub seconds: Option<usize>,
    /// Most users at once, instead of its own.
    pub users: Option<usize>,
    /// Where reports are written.
    pub reports: Option<String>,
}

impl Options {
    /// Reads the command line.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut words = arguments.iter();
        let scenario = words.next().with_context(usage)?.clone();
        let mut options = Self {
            scenario,
            host: String::new(),
            anywhere: false,
            seconds: None,
            users: None,
            reports: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().with_context(|| format!("`{word}` needs a value"));
            let bounded = |text: String, most: usize| match text.parse() {
                Ok(number @ 1..) if number <= most => Ok(Some(number)),
                _ => bail!("`{word} {text}` must be a whole number from 1 to {most}"),
            };
            match word.as_str() {
                "--host" => options.host = value()?.trim_end_matches('/').to_owned(),
                "--anywhere" => options.anywhere = true,
                "--seconds" => options.seconds = bounded(value()?, SECONDS_MAX)?,
                "--users" => options.users = bounded(value()?, USERS_MAX)?,
                "--reports" => options.reports = Some(value()?),
                other => bail!("unknown argument `{other}`\n{}", usage()),
            }
        }
        Ok(options)
    }
}

fn usage() -> String {
    "usage: load (smoke|load|stress|spike|soak|checkout) --host URL [--seconds N] [--users N] [--anywhere] \
     [--reports FOLDER]"
        .to_owned()
}

/// A scenario.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// Users and seconds, as goose reads them: `users,seconds` for each step.
    pub steps: String,
    /// Whether its users buy.
    pub buys: bool,
}

impl Plan {
    /// The scenario that the command line names.
    pub fn of(options: &Options) -> Result<Self> {
        let time = |own: usize| options.seconds.unwrap_or(own);
        let users = |own: usize| options.users.unwrap_or(own);
        let steady = |many: usize, seconds: usize| {
            let (many, seconds) = (users(many), time(seconds));
            format!("{many},{COMING};{many},{seconds};0,0")
        };
        let steps = match options.scenario.as_str() {
            "smoke" => steady(4, 10),
            "load" => steady(50, 60),
            "stress" => {
                // From 50 to 200 in four stages.
                let (most, stage) = (users(200), (time(80) / 8).max(1));
                let stages = [1, 2, 3, 4].map(|part| (most * part / 4).max(1));
                let stages = stages.map(|many| format!("{many},{stage};{many},{stage};"));
                format!("{}0,0", stages.concat())
            }
            "spike" => {
                let (most, quiet) = (users(200), (time(40) / 4).max(1));
                let few = (most / 20).max(1);
                format!("{few},1;{few},{quiet};{most},2;{most},{quiet};{few},2;{few},{quiet};0,0")
            }
            "soak" => steady(30, 600),
            "checkout" => steady(20, 30),
            other => bail!("there is no scenario `{other}`\n{}", usage()),
        };
        Ok(Self { steps, buys: options.scenario == "checkout" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_scenario_ends_with_nobody() {
        for name in ["smoke", "load", "stress", "spike", "soak", "checkout"] {
            let plan = Plan::of(&parse(name).unwrap()).unwrap();
            assert!(plan.steps.ends_with(";0,0"), "{}", plan.steps);
            assert_eq!(plan.buys, name == "checkout");
        }
    }

    #[test]
    fn stress_grows_from_fifty_to_two_hundred() {
        let plan = Plan::of(&parse("stress --seconds 16").unwrap()).unwrap();
        assert_eq!(plan.steps, "50,2;50,2;100,2;100,2;150,2;150,2;200,2;200,2;0,0");
    }

    #[test]
    fn nothing_is_without_bounds() {
        for line in ["stress --users 1001", "soak --seconds 3601", "load --users 0", "load --seconds x"] {
            assert!(parse(line).is_err(), "{line}");
        }
        assert!(Plan::of(&parse("everything").unwrap()).is_err());
    }
}
