//! One order: confirmation, tracking, paying again, cancelling.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use shared_types::{
    orders::{OrderDetail, OrderStatus},
    pricing::Totals,
};

use super::{guard::for_customer, not_found::missing};
use crate::{
    api::{self, use_api},
    components::{
        address::AddressView,
        breadcrumb::Breadcrumb,
        button::Button,
        dialog::ConfirmDialog,
        icon::{Glyph, Icon},
        order_lines::{OrderLine, OrderLines},
        payment::PayPanel,
        problem::loaded,
        skeleton,
        summary::Amounts,
        timeline::{StatusBadge, Timeline},
    },
    routes,
    state::{
        attempts::use_payment_notice,
        dates,
        page::{focus_heading, use_page},
        reactive::{memo, write},
        read::{Read, use_read},
        toasts::use_toasts,
    },
};

/// One order.
#[component]
pub fn OrderPage(
    /// Whether the page stands within the account, below the order history.
    #[prop(optional)]
    in_account: bool,
) -> impl IntoView {
    let params = use_params_map();
    let number = memo(move || params.with(|params| params.get("id")).unwrap_or_default());
    use_page(move || format!("Order {}", number.get()), || "An order and how far it has come.".into());
    for_customer(move |_| {
        let read = use_read(move || api::orders::order(&number.get()));
        // Whether what the shopper has just pressed goes away when the order is shown anew.
        let refocus = StoredValue::new(false);
        loaded(
            read,
            || view! { <div class="container page">{skeleton::text()}</div> }.into_any(),
            Some(|| missing("Order not found", "There is no such order, or it belongs to another account.")),
            move |detail| view! { <OrderView detail read refocus in_account /> }.into_any(),
        )
        .into_any()
    })
}

#[component]
fn OrderView(
    /// The order.
    detail: OrderDetail,
    /// Reads it again.
    read: Read<OrderDetail>,
    /// Whether the focus goes to the heading, because what had it is gone.
    refocus: StoredValue<bool>,
    /// Whether the page stands within the account.
    in_account: bool,
) -> impl IntoView {
    let OrderDetail { order, items, .. } = detail;
    if refocus.get_value() {
        refocus.set_value(false);
        focus_heading();
    }
    let was_placed = use_query_map().with_untracked(|query| query.get("placed").is_some());
    let handed = use_payment_notice().take(&order.order_number);
    let toasts = use_toasts();
    let totals = Totals {
        subtotal: order.subtotal,
        tax: order.tax,
        shipping: order.shipping_amount,
        total: order.total_amount,
    };
    let lines = items
        .into_iter()
        .map(|line| OrderLine {
            name: line.item.name,
            slug: Some(line.product.slug),
            image_url: line.product.image_url,
            quantity: u32::try_from(line.item.quantity).unwrap_or(0),
            subtotal: line.item.subtotal,
        })
        .collect();
    let thanks = (was_placed && order.status == OrderStatus::Confirmed).then(|| {
        view! {
            <p class="order-thanks"><Icon glyph=Glyph::Check size=22 />"Thank you! Your order is paid and confirmed."</p>
        }
    });
    let pay = (order.status == OrderStatus::Pending).then(|| {
        view! {
            <PayPanel
                order_number=order.order_number.clone()
                total=order.total_amount
                handed
                settled=move |is_paid| {
                    if is_paid {
                        toasts.say("Payment received. Thank you!");
                        refocus.set_value(true);
                    }
                    read.retry();
                }
            />
        }
    });
    let cancel = order
        .status
        .customer_can_cancel()
        .then(|| view! { <CancelOrder number=order.order_number.clone() read refocus /> });
    let crumbs = in_account.then(|| {
        let above = vec![
            ("Account".to_owned(), routes::ACCOUNT.to_owned()),
            ("Orders".to_owned(), routes::ACCOUNT_ORDERS.to_owned()),
        ];
        view! { <Breadcrumb above here=order.order_number.clone() /> }
    });
    view! {
        <div class="container page order">
            {crumbs}
            <header class="page-head">
                {thanks}
                <h1>"Order " <span class="order-number">{order.order_number.clone()}</span></h1>
                <p class="row soft">
                    <StatusBadge of=order.status />
                    <span>"Placed " {dates::day_and_time(&order.created_at)}</span>
                </p>
            </header>
            <section class="order-progress" aria-label="Progress"><Timeline order=order.clone() /></section>
            <div class="with-summary">
                <div class="stack order-main">
                    {pay}
                    <section class="stack" aria-labelledby="items">
                        <h2 class="panel-title" id="items">"Items"</h2>
                        <OrderLines lines />
                    </section>
                    <div class="order-addresses">
                        <section aria-labelledby="ship-to">
                            <h2 class="panel-title" id="ship-to">"Delivery address"</h2>
                            <AddressView address=order.shipping_address />
                        </section>
                        <section aria-labelledby="bill-to">
                            <h2 class="panel-title" id="bill-to">"Billing address"</h2>
                            <AddressView address=order.billing_address />
                        </section>
                    </div>
                    {order
                        .notes
                        .filter(|notes| !notes.is_empty())
                        .map(|notes| {
                            view! {
                                <section aria-labelledby="notes">
                                    <h2 class="panel-title" id="notes">"Your note"</h2>
                                    <p class="order-notes">{notes}</p>
                                </section>
                            }
                        })}
                </div>
                <aside class="panel stack summary-panel" aria-labelledby="total">
                    <h2 class="panel-title" id="total">"Summary"</h2>
                    <Amounts totals=Signal::stored(totals) />
                    {cancel}
                    <a class="small soft" href=routes::ACCOUNT_ORDERS>"All your orders"</a>
                </aside>
            </div>
        </div>
    }
}

#[component]
fn CancelOrder(
    /// Number of the order.
    number: String,
    /// Reads it again.
    read: Read<OrderDetail>,
    /// To be set when the order is about to be shown without this button.
    refocus: StoredValue<bool>,
) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let asking = RwSignal::new(false);
    let cancel = write(move || {
        let number = number.clone();
        async move {
            match api.send(&api::orders::cancel(&number)).await {
                Ok(answer) => {
                    toasts.say(answer.message);
                    refocus.set_value(true);
                }
                Err(error) => toasts.warn(error.message()),
            }
            read.retry();
        }
    });
    let busy = cancel.pending();
    view! {
        <Button class="button button-quiet button-wide" busy press=move |()| asking.set(true)>
            {move || if busy.get() { "Cancelling…" } else { "Cancel order" }}
        </Button>
        <ConfirmDialog
            open=asking
            title="Cancel this order?"
            text="The products go back on the shelf, and a payment is returned to your card. This can't be undone."
            keep="Keep order"
            confirm="Yes, cancel it"
            run=move |()| {
                cancel.dispatch(());
            }
        />
    }
}
