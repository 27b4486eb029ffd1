"""What `cargo xtask fuzz` adds to schemathesis: somebody signs in, and half of the requests are about things that exist.

Random ids never hit anything, so that nothing behind a 404 would be tried. The ids of the demo shop are read at start,
those that answers mention are remembered on the way.
"""

import json
import os
import threading
import urllib.error
import urllib.request
import zlib

import schemathesis

SHOP = os.environ["FUZZ_SHOP"]
EMAIL = os.environ.get("FUZZ_EMAIL")
PASSWORD = "password123"

# Which ids belong into a path, by the start of its template; and into a field of a body.
PATHS = [
    ("/api/catalog/categories/", "categories"),
    ("/api/catalog/products/", "products"),
    ("/api/cart/items/", "products"),
    ("/api/orders/", "orders"),
    ("/api/payments/", "payments"),
    ("/api/auth/users/", "users"),
]
FIELDS = {"productId": "products", "categoryId": "categories", "parentId": "categories"}
# The most that is remembered of a kind.
KNOWN_MAX = 200

known = {"categories": [], "products": [], "orders": [], "payments": [], "users": []}
lock = threading.Lock()


def ask(path, token=None, body=None):
    """The JSON that the shop answers."""
    request = urllib.request.Request(SHOP + path, data=body and json.dumps(body).encode())
    request.add_header("content-type", "application/json")
    if token:
        request.add_header("authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def sign_in(email):
    return ask("/api/auth/login", body={"email": email, "password": PASSWORD})["data"]["token"]


def remember(kind, key):
    """Keeps a key of something that exists, in place of an older one when there are many."""
    if not isinstance(key, str) or not key:
        return
    with lock:
        keys = known[kind]
        if key not in keys:
            keys.append(key)
            if len(keys) > KNOWN_MAX:
                keys.pop(KNOWN_MAX // 2)


TOKEN = sign_in(EMAIL) if EMAIL else None


def read_shop():
    for category in ask("/api/catalog/categories")["data"]:
        remember("categories", category["id"])
        remember("categories", category["slug"])
    for product in ask("/api/catalog/products?limit=100")["data"]:
        remember("products", product["id"])
    for key in ["iphone-15-pro", "YOGA-MAT-PRO"]:
        remember("products", key)
    for number in ["ORD-2024-0001", "ORD-2024-0002", "ORD-2024-0003"]:
        remember("orders", number)
    # Those who buy have orders to look at, to pay and to cancel.
    if TOKEN:
        address = {
            "firstName": "Ada", "lastName": "Lovelace", "address1": "12 Analytical Way", "city": "London",
            "state": "Greater London", "postalCode": "W1U 6TQ", "country": "United Kingdom",
        }
        for product in known["products"][:12]:
            order = {"items": [{"productId": product, "quantity": 1}], "shippingAddress": address}
            try:
                remember("orders", ask("/api/orders", TOKEN, order)["data"]["id"])
            except urllib.error.HTTPError:
                pass
    if EMAIL == "admin@example.com":
        for user in ask("/api/auth/users", TOKEN)["data"]:
            remember("users", user["id"])


read_shop()


def one_of(kind, made_up):
    """A known key for half of the values that were made up, always the same one for the same value."""
    number = zlib.crc32(repr(made_up).encode())
    with lock:
        keys = known[kind]
        return keys[number // 2 % len(keys)] if keys and number % 2 == 0 else made_up


def with_known_ids(value):
    """The body with known ids in place of half of those that were made up."""
    if isinstance(value, list):
        return [with_known_ids(item) for item in value]
    if isinstance(value, dict):
        fields = {}
        for name, item in value.items():
            made_up = name in FIELDS and isinstance(item, str)
            fields[name] = one_of(FIELDS[name], item) if made_up else with_known_ids(item)
        return fields
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    for start, kind in PATHS:
        if case.operation.path.startswith(start) and case.path_parameters and "key" in case.path_parameters:
            case.path_parameters["key"] = one_of(kind, case.path_parameters["key"])
    if isinstance(case.body, (dict, list)):
        case.body = with_known_ids(case.body)
    if TOKEN and case.headers is not None:
        case.headers["Authorization"] = f"Bearer {TOKEN}"


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code not in (200, 201, 202):
        return
    try:
        data = response.json().get("data")
    except ValueError:
        return
    for start, kind in PATHS:
        if case.operation.path.startswith(start.rstrip("/")) and "/items" not in start and isinstance(data, dict):
            remember(kind, data.get("id"))
    if isinstance(data, dict):
        remember("payments", data.get("paymentId"))
