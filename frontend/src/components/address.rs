//! Postal addresses, typed and shown.

use leptos::prelude::*;
use shared_types::orders::Address;

use super::field::Field;
use crate::state::form::Form;

/// Paths of an address form that may stay empty.
pub const OPTIONAL: [&str; 4] =
    ["shippingAddress.address2", "shippingAddress.phone", "billingAddress.address2", "billingAddress.phone"];

/// The paths of one address, in the order of the form.
struct Paths {
    section: [&'static str; 9],
    autocomplete: [&'static str; 9],
}

const SHIPPING: Paths = Paths {
    section: [
        "shippingAddress.firstName",
        "shippingAddress.lastName",
        "shippingAddress.address1",
        "shippingAddress.address2",
        "shippingAddress.city",
        "shippingAddress.state",
        "shippingAddress.postalCode",
        "shippingAddress.country",
        "shippingAddress.phone",
    ],
    autocomplete: [
        "shipping given-name",
        "shipping family-name",
        "shipping address-line1",
        "shipping address-line2",
        "shipping address-level2",
        "shipping address-level1",
        "shipping postal-code",
        "shipping country-name",
        "shipping tel",
    ],
};

const BILLING: Paths = Paths {
    section: [
        "billingAddress.firstName",
        "billingAddress.lastName",
        "billingAddress.address1",
        "billingAddress.address2",
        "billingAddress.city",
        "billingAddress.state",
        "billingAddress.postalCode",
        "billingAddress.country",
        "billingAddress.phone",
    ],
    autocomplete: [
        "billing given-name",
        "billing family-name",
        "billing address-line1",
        "billing address-line2",
        "billing address-level2",
        "billing address-level1",
        "billing postal-code",
        "billing country-name",
        "billing tel",
    ],
};

/// The fields of an address.
#[component]
pub fn AddressFields(
    /// The form.
    form: Form,
    /// The billing address instead of the shipping address.
    #[prop(optional)]
    billing: bool,
) -> impl IntoView {
    let paths = if billing { &BILLING } else { &SHIPPING };
    let [first, last, address1, address2, city, state, postal, country, phone] = paths.section;
    let [auto_first, auto_last, auto1, auto2, auto_city, auto_state, auto_postal, auto_country, auto_phone] =
        paths.autocomplete;
    view! {
        <div class="fields fields-two">
            <Field form path=first label="First name" autocomplete=auto_first />
            <Field form path=last label="Last name" autocomplete=auto_last />
            <div class="field-whole">
                <Field form path=address1 label="Address" autocomplete=auto1 placeholder="Street and number" />
            </div>
            <div class="field-whole">
                <Field form path=address2 label="Apartment, floor, care of" autocomplete=auto2 optional=true />
            </div>
            <Field form path=city label="City" autocomplete=auto_city />
            <Field form path=state label="State or region" autocomplete=auto_state />
            <Field form path=postal label="Postal code" autocomplete=auto_postal />
            <Field form path=country label="Country" autocomplete=auto_country />
            <div class="field-whole">
                <Field
                    form
                    path=phone
                    label="Phone"
                    kind="tel"
                    inputmode="tel"
                    autocomplete=auto_phone
                    hint="Only for the carrier, if there is a question about the delivery."
                    optional=true
                />
            </div>
        </div>
    }
}

/// An address as it stands on a parcel.
#[component]
pub fn AddressView(
    /// The address.
    address: Address,
) -> impl IntoView {
    let lines = [
        Some(format!("{} {}", address.first_name, address.last_name)),
        Some(address.address1),
        address.address2.filter(|line| !line.is_empty()),
        Some(format!("{}, {} {}", address.city, address.state, address.postal_code)),
        Some(address.country),
        address.phone.filter(|line| !line.is_empty()),
    ];
    view! {
        <address class="address">
            {lines.into_iter().flatten().map(|line| view! { <span>{line}</span> }).collect_view()}
        </address>
    }
}
