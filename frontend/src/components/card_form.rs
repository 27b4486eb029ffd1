//! The card: number, expiry and security code, with the demo's test cards explained.

use leptos::prelude::*;
use shared_types::{
    FieldErrors,
    payments::{PayOrder, TEST_CARDS, TestCard},
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
        let words = number.clone();
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
                    <span class="amount">{words}</span>
                    <span class="soft">{card.effect}</span>
                </button>
            </li>
        }
    };
    view! {
        <div class="stack">
            <div class="note">
                <strong>"This is a demo shop: no real card is charged."</strong>
                <p>"Pick one of the test cards to see what happens with it."</p>
                <ul class="test-cards" aria-label="Test cards">
                    {TEST_CARDS.into_iter().map(offer).collect_view()}
                </ul>
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
