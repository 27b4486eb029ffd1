//! What the tabs of one browser tell each other, as text.

/// What one tab tells the others. It goes from tab to tab and is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The session has a fresh access token.
    Renewed(String),
    /// Somebody signed in, with this access token.
    SignedIn(String),
    /// The person signed out.
    SignedOut,
}

impl Notice {
    /// The notice as it travels.
    pub fn text(&self) -> String {
        match self {
            Self::Renewed(token) => format!("renewed {token}"),
            Self::SignedIn(token) => format!("in {token}"),
            Self::SignedOut => "out".into(),
        }
    }

    /// Reads a notice; another version of the storefront may say what this one does not know.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            Some(("renewed", token)) => Some(Self::Renewed(token.to_owned())),
            Some(("in", token)) => Some(Self::SignedIn(token.to_owned())),
            None if text == "out" => Some(Self::SignedOut),
            _ => None,
        }
    }
}

/// How long the next page leaves a renewal alone whose page was left, in milliseconds. Its answer brings a new cookie,
/// and using the old one once more would end the session.
const LEFT_ALONE: i64 = 3_000;

/// How long to wait, in milliseconds, when a page that is gone began a renewal at `begun`, both in milliseconds since the
/// epoch. A moment in the future is a clock that was set back: nothing to wait for.
pub fn wait_for_renewal(begun: i64, now: i64) -> Option<u32> {
    let age = now.checked_sub(begun).filter(|age| (0..LEFT_ALONE).contains(age))?;
    u32::try_from(LEFT_ALONE - age).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_survives_its_way_and_nonsense_is_ignored() {
        for notice in [Notice::Renewed("a.b.c".into()), Notice::SignedIn("a.b.c".into()), Notice::SignedOut] {
            assert_eq!(Notice::read(&notice.text()), Some(notice));
        }
        for text in ["", "out of order", "in", "renewed", "later x"] {
            assert_eq!(Notice::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_renewal_is_waited_for_only_while_it_may_be_under_way() {
        assert_eq!(wait_for_renewal(1_000, 1_000), Some(3_000));
        assert_eq!(wait_for_renewal(1_000, 3_500), Some(500));
        assert_eq!(wait_for_renewal(1_000, 4_000), None);
        assert_eq!(wait_for_renewal(5_000, 4_000), None);
    }
}
