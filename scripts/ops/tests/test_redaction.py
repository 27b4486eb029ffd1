"""What `redact` takes out, and what it must leave."""

import pathlib
import subprocess

import pytest

LIBRARY = pathlib.Path(__file__).resolve().parent.parent / "lib.sh"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWl0"


def redact(text):
    done = subprocess.run(["bash", "-c", '. "$0" && redact', LIBRARY], input=text, capture_output=True, text=True,
                          check=True)
    return done.stdout


@pytest.mark.parametrize("text, secret", [
    ("signed in: jane.doe+shop@mail.example.co.uk", "jane"),
    ("GET /x?email=jane%40example.com", "jane"),
    (f"authorization: Bearer {JWT}", JWT[:20]),
    (f'{{"accessToken":"{JWT}"}}', "eyJ"),
    ('{"password":"hunter2","x":1}', "hunter2"),
    ('{"log":"{\\"refreshToken\\":\\"hunter2\\"}"}', "hunter2"),
    ("password=hunter2&x=1", "hunter2"),
    ("JWT_SECRET=hunter2", "hunter2"),
    ("postgres://shop:hunter2@db.internal:5432/shop", "hunter2"),
    ("rediss://:hunter2@cache:6379", "hunter2"),
    ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7"),
    ("Cookie: refresh=hunter2; x", "hunter2"),
    ("X-Load-Test-Bypass: hunter2", "hunter2"),
    ("card 4242424242424242", "4242424242424242"),
    ("card 4242-4242-4242-4242", "4242-4242"),
    ("card 3782 8224 6310 005", "6310"),
])
def test_private_things_are_taken_out(text, secret):
    assert secret not in redact(text)


@pytest.mark.parametrize("text", [
    '{"timestamp":"2026-11-22T20:00:00.123456Z","level":"INFO","route":"/api/orders/{key}","status":201,"ms":12}',
    "request 0198c2f4-7c1e-7a52-9f4e-3b1f4a5c6d7e took 12 ms",
    "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "https://shop.example/api/catalog/products?page=2",
    "1763841600123 milliseconds",
])
def test_everything_else_stays(text):
    assert redact(text) == text
