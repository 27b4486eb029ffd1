//! From the cart to an order.

mod place;
mod review;

use leptos::prelude::*;
use serde_json::{Map, Value};
use shared_types::{
    FieldErrors, Money,
    auth::UserSummary,
    orders::{OrderQuery, PlaceOrder},
    validate,
};

use self::{
    place::{Placing, use_placing},
    review::Review,
};
use super::{cart::keep_current, guard::for_customer};
use crate::{
    api::{self, Api, use_api},
    components::{
        address::{AddressFields, OPTIONAL},
        card_form::{CardFields, card_form},
        problem::Nothing,
    },
    logic::{
        checkout::Draft,
        form::{Values, flatten, to_json},
    },
    routes,
    state::{
        attempts::{draft, keep_draft},
        cart::{Carts, use_cart},
        form::Form,
        page::use_page,
        reactive::{effect, memo},
        turns::in_turn,
    },
};

/// The checkout.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    use_page(|| "Checkout".into(), || "Where it goes and how you pay.".into());
    for_customer(|user| view! { <Checkout user /> }.into_any())
}

/// What is typed, and whether the bill goes where the goods go.
#[derive(Clone, Copy)]
struct Typed {
    order: Form,
    card: Form,
    billing_is_shipping: RwSignal<bool>,
}

/// The order as the API reads it, or what is wrong with it.
fn read_order(
    carts: Carts,
    mut values: Values,
    billing_is_shipping: bool,
    expected_total: Option<Money>,
) -> Result<PlaceOrder, FieldErrors> {
    if billing_is_shipping {
        values.retain(|path, _| !path.starts_with("billingAddress."));
    }
    let mut optional = OPTIONAL.to_vec();
    optional.push("notes");
    let mut body = match to_json(&values, &optional) {
        Value::Object(body) => body,
        _ => Map::new(),
    };
    if !billing_is_shipping {
        // Without a single field typed the object itself must still be there to be checked.
        body.entry("billingAddress").or_insert_with(|| Value::Object(Map::new()));
    }
    let items = carts.cart().with(crate::logic::cart::Cart::items);
    body.insert("items".into(), serde_json::to_value(items).unwrap_or_default());
    if let Some(total) = expected_total {
        body.insert("expectedTotal".into(), Value::String(total.to_string()));
    }
    validate(Some(&Value::Object(body)))
}

fn typed(carts: Carts, user: &UserSummary) -> Typed {
    let kept = draft();
    let billing_is_shipping = RwSignal::new(kept.as_ref().is_none_or(|draft| draft.billing_is_shipping));
    let mut values = kept.map(|draft| draft.values).unwrap_or_default();
    for (path, name) in
        [("shippingAddress.firstName", &user.first_name), ("shippingAddress.lastName", &user.last_name)]
    {
        if let Some(name) = name {
            values.entry(path.to_owned()).or_insert_with(|| name.clone());
        }
    }
    let order = Form::new(values, move |values| {
        read_order(carts, values.clone(), billing_is_shipping.get(), None).err().unwrap_or_default()
    });
    Typed { order, card: card_form(), billing_is_shipping }
}

/// Fills in where the last order went, unless the shopper has begun to type.
fn fill_last_address(api: Api, form: Form) {
    leptos::task::spawn_local(async move {
        let last = api.send(&api::orders::list(&OrderQuery { limit: 1, ..OrderQuery::default() })).await;
        let Some(order) = last.ok().and_then(|page| page.data.into_iter().next()) else { return };
        let mut values = Values::new();
        let address = serde_json::to_value(order.order.shipping_address).unwrap_or_default();
        flatten("shippingAddress", &address, &mut values);
        if form.is_blank("shippingAddress.address1") {
            form.fill(values);
        }
    });
}

#[component]
fn Checkout(
    /// Who orders.
    user: UserSummary,
) -> impl IntoView {
    let carts = use_cart();
    let typed = typed(carts, &user);
    keep_current();
    if typed.order.is_blank("shippingAddress.address1") {
        fill_last_address(use_api(), typed.order);
    }
    effect(move || {
        keep_draft(&Draft {
            values: typed.order.values(),
            billing_is_shipping: typed.billing_is_shipping.get(),
        });
    });
    let placing = use_placing(typed);
    let is_empty = memo(move || carts.cart().with(|cart| cart.lines.is_empty()));
    // The cart is emptied just before the page is left: do not flash an empty cart then.
    let show_empty = memo(move || is_empty.get() && !placing.is_busy());
    view! {
        <div class="container page">
            <header class="page-head">
                <h1>"Checkout"</h1>
                // As in index.html, which shows it before the shop has loaded.
                <p class="lead">
                    "You pay exactly the total that you see here, once, even if you press twice or the network fails."
                </p>
                <p class="soft">"Ordering as " {user.email}</p>
            </header>
            {move || {
                if show_empty.get() {
                    view! {
                        <Nothing title="There is nothing to check out" text="Your cart is empty.">
                            <a class="button" href=routes::PRODUCTS>"Browse products"</a>
                            <a class="button button-quiet" href=routes::ACCOUNT_ORDERS>"Your orders"</a>
                        </Nothing>
                    }
                        .into_any()
                } else {
                    view! { <CheckoutForm typed placing /> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn CheckoutForm(
    /// What is typed.
    typed: Typed,
    /// Places the order.
    placing: Placing,
) -> impl IntoView {
    let Typed { order, card, billing_is_shipping } = typed;
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        placing.press();
    };
    view! {
        <form class="with-summary checkout" on:submit=submit novalidate>
            <div class="stack checkout-steps">
                {in_turn(move || {
                    view! { <Step title="Delivery address"><AddressFields form=order /></Step> }.into_any()
                })}
                {in_turn(move || view! { <BillingAddress order billing_is_shipping /> }.into_any())}
                {in_turn(move || view! { <Notes order /> }.into_any())}
                {in_turn(move || {
                    view! { <Step title="Payment"><CardFields form=card /></Step> }.into_any()
                })}
            </div>
            {in_turn(move || view! { <Review placing /> }.into_any())}
        </form>
    }
}

/// A part of the form under a heading of its own.
#[component]
fn Step(
    /// What is asked for.
    title: &'static str,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="checkout-step">
            <legend><h2>{title}</h2></legend>
            {children()}
        </fieldset>
    }
}

#[component]
fn BillingAddress(
    /// The order.
    order: Form,
    /// Whether it is the delivery address.
    billing_is_shipping: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Step title="Billing address">
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || billing_is_shipping.get()
                    on:change=move |ev| billing_is_shipping.set(event_target_checked(&ev))
                />
                "Same as delivery address"
            </label>
            {move || {
                (!billing_is_shipping.get()).then(|| view! { <AddressFields form=order billing=true /> }.into_any())
            }}
        </Step>
    }
}

#[component]
fn Notes(
    /// The order.
    order: Form,
) -> impl IntoView {
    view! {
        <Step title="Order notes">
            <div class="field">
                <label for="notes">"Notes"<span class="field-optional">" (optional)"</span></label>
                <textarea
                    id="notes"
                    name="notes"
                    rows="3"
                    maxlength="1000"
                    placeholder="Anything we should know?"
                    prop:value=move || order.value("notes")
                    on:input=move |ev| order.set("notes", event_target_value(&ev))
                ></textarea>
            </div>
        </Step>
    }
}
