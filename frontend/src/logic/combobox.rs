//! A field with a list of suggestions under it: which keys do what, after the combobox pattern of the ARIA Authoring
//! Practices (list autocomplete with manual selection). The focus stays in the field; one option may be the active one.

/// The list under the field. Options are addresses, and are told apart by them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combobox {
    is_open: bool,
    options: Vec<String>,
    active: Option<usize>,
}

/// What a key leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// The key keeps its usual meaning in a field.
    Usual,
    /// That was all.
    Done,
    /// The text is to be cleared.
    Clear,
    /// The option with this address was chosen.
    Choose(String),
}

impl Combobox {
    /// Whether suggestions are wanted, whether or not there are any.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the list is on show.
    pub fn is_expanded(&self) -> bool {
        self.is_open && !self.options.is_empty()
    }

    /// The position of the active option.
    pub fn active(&self) -> Option<usize> {
        self.active.filter(|_| self.is_expanded())
    }

    /// Suggestions are wanted for a new text, so that none of the old ones is active any more.
    pub fn open(&mut self) {
        self.is_open = true;
        self.active = None;
    }

    /// No suggestions are wanted.
    pub fn close(&mut self) {
        self.is_open = false;
        self.active = None;
    }

    /// Other options take the place of the present ones. The active one stays active if it is still there.
    pub fn offer(&mut self, options: Vec<String>) {
        let active = self.active.and_then(|index| self.options.get(index));
        self.active = active.and_then(|active| options.iter().position(|option| option == active));
        self.options = options;
    }

    /// A key was pressed in the field; `key` as the browser names it.
    pub fn press(&mut self, key: &str, with_alt: bool) -> Reaction {
        match key {
            "ArrowDown" if with_alt => {
                self.is_open = true;
                Reaction::Done
            }
            "ArrowUp" if with_alt => {
                self.close();
                Reaction::Done
            }
            "ArrowDown" => self.go(|active, last| match active {
                Some(index) if index < last => index + 1,
                _ => 0,
            }),
            "ArrowUp" => self.go(|active, last| match active {
                Some(index) if index > 0 => index - 1,
                _ => last,
            }),
            "Enter" => {
                let chosen = self.active().and_then(|index| self.options.get(index).cloned());
                self.close();
                chosen.map_or(Reaction::Usual, Reaction::Choose)
            }
            "Escape" => {
                let was_expanded = self.is_expanded();
                self.close();
                if was_expanded { Reaction::Done } else { Reaction::Clear }
            }
            "Tab" => {
                self.close();
                Reaction::Usual
            }
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.active = None;
                Reaction::Usual
            }
            _ => Reaction::Usual,
        }
    }

    fn go(&mut self, to: impl Fn(Option<usize>, usize) -> usize) -> Reaction {
        self.is_open = true;
        self.active = self.options.len().checked_sub(1).map(|last| to(self.active, last));
        Reaction::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(options: &[&str]) -> Combobox {
        let mut list = Combobox::default();
        list.open();
        list.offer(options.iter().map(|option| (*option).to_owned()).collect());
        list
    }

    fn press(list: &mut Combobox, keys: &[&str]) -> Reaction {
        keys.iter().map(|key| list.press(key, false)).last().unwrap_or(Reaction::Usual)
    }

    #[test]
    fn arrows_go_around_in_both_directions() {
        let mut list = list(&["/a", "/b", "/c"]);
        assert_eq!(list.active(), None, "nothing is chosen until somebody chooses");
        for expected in [0, 1, 2, 0] {
            assert_eq!(press(&mut list, &["ArrowDown"]), Reaction::Done);
            assert_eq!(list.active(), Some(expected));
        }
        press(&mut list, &["ArrowUp"]);
        assert_eq!(list.active(), Some(2));
    }

    #[test]
    fn arrow_up_begins_at_the_end() {
        let mut list = list(&["/a", "/b"]);
        press(&mut list, &["ArrowUp"]);
        assert_eq!(list.active(), Some(1));
    }

    #[test]
    fn arrows_open_a_closed_list() {
        let mut list = list(&["/a", "/b"]);
        list.close();
        press(&mut list, &["ArrowDown"]);
        assert!(list.is_expanded());
        assert_eq!(list.active(), Some(0));
        list.close();
        assert_eq!(list.press("ArrowDown", true), Reaction::Done);
        assert!(list.is_expanded());
        assert_eq!(list.active(), None, "Alt only opens");
        list.press("ArrowUp", true);
        assert!(!list.is_open());
    }

    #[test]
    fn enter_takes_the_active_option_or_searches() {
        let mut list = list(&["/a", "/b"]);
        assert_eq!(press(&mut list, &["Enter"]), Reaction::Usual);
        assert!(!list.is_open());
        assert_eq!(press(&mut list, &["ArrowDown", "ArrowDown", "Enter"]), Reaction::Choose("/b".into()));
        assert!(!list.is_open());
    }

    #[test]
    fn escape_closes_first_and_clears_next() {
        let mut list = list(&["/a"]);
        assert_eq!(press(&mut list, &["Escape"]), Reaction::Done);
        assert_eq!(press(&mut list, &["Escape"]), Reaction::Clear);
        let mut nothing = Combobox::default();
        nothing.open();
        assert_eq!(press(&mut nothing, &["Escape"]), Reaction::Clear, "there was nothing to close");
    }

    #[test]
    fn editing_keys_belong_to_the_text() {
        for key in ["ArrowLeft", "ArrowRight", "Home", "End"] {
            let mut list = list(&["/a", "/b"]);
            assert_eq!(press(&mut list, &["ArrowDown", key]), Reaction::Usual);
            assert_eq!((list.active(), list.is_expanded()), (None, true), "{key}");
        }
        let mut list = list(&["/a"]);
        assert_eq!(press(&mut list, &["x"]), Reaction::Usual);
    }

    #[test]
    fn leaving_with_tab_closes() {
        let mut list = list(&["/a"]);
        assert_eq!(press(&mut list, &["ArrowDown", "Tab"]), Reaction::Usual);
        assert!(!list.is_open());
    }

    #[test]
    fn an_option_stays_active_wherever_it_goes_and_not_when_it_is_gone() {
        let mut list = list(&["/a", "/b"]);
        press(&mut list, &["ArrowDown"]);
        list.offer(vec!["/c".into(), "/a".into()]);
        assert_eq!(list.active(), Some(1));
        list.offer(vec!["/c".into()]);
        assert_eq!(list.active(), None);
        list.offer(Vec::new());
        assert!(!list.is_expanded());
        assert_eq!(press(&mut list, &["ArrowDown"]), Reaction::Done);
        assert_eq!(list.active(), None);
    }
}
