//! The tables, as diesel sees them on both engines.

diesel::table! {
    users (id) {
        id -> Text,
        email -> Text,
        password_hash -> Text,
        first_name -> Nullable<Text>,
        last_name -> Nullable<Text>,
        role -> Text,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        user_agent -> Nullable<Text>,
        address -> Nullable<Text>,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Text,
        session_id -> Text,
        created_at -> Timestamp,
        rotated_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    categories (id) {
        id -> Text,
        name -> Text,
        slug -> Text,
        description -> Nullable<Text>,
        image_url -> Nullable<Text>,
        parent_id -> Nullable<Text>,
        is_active -> Bool,
        sort_order -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    products (id) {
        id -> Text,
        category_id -> Text,
        sku -> Text,
        name -> Text,
        slug -> Text,
        description -> Nullable<Text>,
        price -> BigInt,
        compare_at -> Nullable<BigInt>,
        stock -> Integer,
        image_url -> Nullable<Text>,
        images -> Text,
        status -> Text,
        is_featured -> Bool,
        metadata -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    product_counts (category_id, status, is_featured, slot) {
        category_id -> Text,
        status -> Text,
        is_featured -> Bool,
        slot -> BigInt,
        products -> BigInt,
    }
}

diesel::table! {
    orders (id) {
        id -> Text,
        order_number -> Text,
        user_id -> Text,
        status -> Text,
        subtotal -> BigInt,
        tax -> BigInt,
        shipping_amount -> BigInt,
        discount_amount -> BigInt,
        total_amount -> BigInt,
        currency -> Text,
        notes -> Nullable<Text>,
        shipping_address -> Text,
        billing_address -> Text,
        paid_at -> Nullable<Timestamp>,
        shipped_at -> Nullable<Timestamp>,
        delivered_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    order_items (id) {
        id -> Text,
        order_id -> Text,
        product_id -> Text,
        sku -> Text,
        name -> Text,
        quantity -> Integer,
        unit_price -> BigInt,
        subtotal -> BigInt,
    }
}

diesel::table! {
    stock_movements (id) {
        id -> Text,
        product_id -> Text,
        order_id -> Nullable<Text>,
        reason -> Text,
        delta -> Integer,
        created_at -> Timestamp,
        actor_id -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    payments (id) {
        id -> Text,
        order_id -> Text,
        amount -> BigInt,
        currency -> Text,
        status -> Text,
        card_last4 -> Text,
        card_kind -> Text,
        confirmation -> Nullable<Text>,
        decline_reason -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    payment_events (id) {
        id -> Text,
        kind -> Text,
        payment_id -> Text,
        received_at -> Timestamp,
    }
}

diesel::table! {
    order_notes (id) {
        id -> Text,
        order_id -> Text,
        author_id -> Text,
        status -> Text,
        text -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    idempotency_keys (user_id, idempotency_key) {
        user_id -> Text,
        idempotency_key -> Text,
        request_hash -> Text,
        response_status -> Nullable<Integer>,
        response_body -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    catalog_changes (seq) {
        seq -> BigInt,
        entity -> Text,
        entity_id -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Text,
        actor_id -> Text,
        action -> Text,
        entity -> Text,
        entity_id -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        request_id -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    carts (user_id) {
        user_id -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    cart_items (user_id, product_id) {
        user_id -> Text,
        product_id -> Text,
        quantity -> Integer,
        position -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(products -> categories (category_id));
diesel::joinable!(orders -> users (user_id));
diesel::joinable!(order_items -> orders (order_id));
diesel::joinable!(order_items -> products (product_id));
diesel::joinable!(stock_movements -> products (product_id));
diesel::joinable!(payments -> orders (order_id));
diesel::joinable!(order_notes -> orders (order_id));
diesel::joinable!(order_notes -> users (author_id));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    refresh_tokens,
    categories,
    products,
    product_counts,
    orders,
    order_items,
    stock_movements,
    payments,
    payment_events,
    order_notes,
    idempotency_keys,
    carts,
    cart_items,
    catalog_changes,
    audit_log,
);
