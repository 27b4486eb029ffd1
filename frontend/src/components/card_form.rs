//! The card: number, expiry and security code, with the demo's test cards explained.

use leptos::prelude::*;
use shared_types::{
    FieldErrors,
    payments::{
        CARD_ANSWER_LOST, CARD_APPROVED, CARD_CONFIRMED, CARD_CONFIRMED_DECLINED, CARD_DECLINED,
        CARD_INSUFFICIENT_FUNDS, CARD_LATE_APPROVED, CARD_LATE_DECLINED, PayOrder, TestCard,
    },
    validate,
};

use super::field::Field;
use crate::{
    logic::{
        card::{group_number, parse_expiry, payment},
        form::Values,
    },
    state::form::Form,
};

/// The test cards by what paying with them is like: an id, a title, and the cards.
const GROUPS: [(&str, &str, &[TestCard]); 3] = [
    ("test-at-once", "Answered at once", &[CARD_APPROVED, CARD_DECLINED, CARD_INSUFFICIENT_FUNDS]),
    ("test-confirmed", "You are asked to confirm", &[CARD_CONFIRMED, CARD_CONFIRMED_DECLINED]),
    (
        "test-late",
        "Answered after about a minute",
        &[CARD_LATE_APPROVED, CARD_LATE_DECLINED, CARD_ANSWER_LOST],
    ),
];

/// The last four digits of a card's number.
fn last_digits(number: &str) -> &str {
    number.len().checked_sub(4).and_then(|start| number.get(start..)).unwrap_or(number)
}

/// A form for a card.
pub fn card_form() -> Form {
    Form::new(Values::new(), |values| {
        let found = read(values).err().unwrap_or_default();
        let mut errors = FieldErrors::default();
        for (path, messages) in found.iter() {
            let expiry = matches!(path, "card.expMonth" | "card.expYear");
            let unreadable = expiry && values.get("expiry").is_none_or(|text| parse_expiry(text).is_none());
            let message = if unreadable {
                Some("Enter month and year, for example 12/40")
            } else {
                messages.first().map(String::as_str)
            };
            let field = if expiry { "expiry" } else { path };
            if let Some(message) = message.filter(|_| errors.first(field).is_none()) {
                errors.add(field, message);
            }
        }
        errors
    })
}

/// The payment that is typed.
pub fn read(values: &Values) -> Result<PayOrder, FieldErrors> {
    let text = |path: &str| values.get(path).map(String::as_str).unwrap_or_default();
    validate(Some(&payment(text("card.number"), text("expiry"), text("card.cvc"))))
}

/// The fields of a card, and the test cards of the demo shop.
#[component]
pub fn CardFields(
    /// A form made by [`card_form`].
    form: Form,
) -> impl IntoView {
    let offer = move |card: TestCard| {
        let number = group_number(card.number);
        let chosen = number.clone();
        view! {
            <li>
                <button
                    class="test-card"
                    type="button"
                    aria-pressed=move || (form.value("card.number") == chosen).to_string()
                    on:click=move |_| {
                        form.set("card.number", number.clone());
                        form.set("expiry", "12/40".into());
                        form.set("card.cvc", "123".into());
                    }
                >
                    <span class="amount soft">"…" {last_digits(card.number)}</span>
                    <span>{card.effect}</span>
                </button>
            </li>
        }
    };
    let group = move |(id, title, cards): (&'static str, &'static str, &'static [TestCard])| {
        view! {
            <div class="test-group">
                <p class="small" id=id>{title}</p>
                <ul class="test-cards" aria-labelledby=id>{cards.iter().copied().map(offer).collect_view()}</ul>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <div class="note">
                <strong>"This is a demo shop: no real card is charged."</strong>
                <p>"Pick one of the test cards to see what happens with it."</p>
                {GROUPS.into_iter().map(group).collect_view()}
            </div>
            <Field
                form
                path="card.number"
                label="Card number"
                autocomplete="cc-number"
                inputmode="numeric"
                tidy=group_number
            />
            <div class="fields card-small-fields">
                <Field
                    form
                    path="expiry"
                    label="Expiry date"
                    autocomplete="cc-exp"
                    inputmode="numeric"
                    placeholder="MM/YY"
                />
                <Field form path="card.cvc" label="Security code" autocomplete="cc-csc" inputmode="numeric" />
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use shared_types::payments::TEST_CARDS;

    use super::*;

    #[test]
    fn every_test_card_is_offered_once() {
        let mut offered: Vec<_> = GROUPS.iter().flat_map(|(_, _, cards)| cards.iter()).collect();
        let mut all: Vec<_> = TEST_CARDS.iter().collect();
        offered.sort_by_key(|card| card.number);
        all.sort_by_key(|card| card.number);
        assert_eq!(offered, all);
    }

    #[test]
    fn a_card_is_known_by_its_last_digits() {
        assert_eq!(last_digits("4242424242424242"), "4242");
        assert_eq!(last_digits("42"), "42");
    }
}
