#!/usr/bin/env python3
"""Prints what PostgreSQL keeps of a password that is read from standard input: its SCRAM-SHA-256 verifier (RFC 5803).

Whoever sets a password by its verifier shows it neither to the server nor to the server's log. The passwords of the shop are
letters and digits, so SASLprep, which the standard asks for, leaves them as they are.
"""

import base64
import hashlib
import hmac
import secrets
import sys

ROUNDS = 4096


def verifier(password, salt):
    def keyed(key, word):
        return hmac.new(key, word, hashlib.sha256).digest()

    def text(data):
        return base64.b64encode(data).decode()

    salted = hashlib.pbkdf2_hmac("sha256", password, salt, ROUNDS)
    stored = hashlib.sha256(keyed(salted, b"Client Key")).digest()
    return f"SCRAM-SHA-256${ROUNDS}:{text(salt)}${text(stored)}:{text(keyed(salted, b'Server Key'))}"


def main():
    password = sys.stdin.buffer.read()
    if not password.isalnum():
        sys.exit("a password of letters and digits is expected on standard input")
    print(verifier(password, secrets.token_bytes(16)))


if __name__ == "__main__":
    main()
