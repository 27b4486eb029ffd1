#!/bin/sh
# Asks BACKEND and FRONTEND what a shopper's browser asks first; fails with the first answer that is not as it should be.
set -eu

# expect URL TEXT: the address answers 200, and the answer holds the text.
expect() {
  if answer=$(wget -q -T 5 -O - "$1") && printf '%s' "$answer" | grep -q -F -e "$2"; then
    echo "ok: $1"
  else
    echo "failed: $1 does not answer with: $2" >&2
    exit 1
  fi
}

# refuse URL: the address does not answer 200.
refuse() {
  if wget -q -T 5 -O /dev/null "$1" 2>/dev/null; then
    echo "failed: $1 should not be there" >&2
    exit 1
  fi
  echo "ok: no $1"
}

expect "$BACKEND/health" '"status":"ok"'
expect "$BACKEND/ready" '"database":"up"'
expect "$BACKEND/api/catalog/products?limit=1" '"success":true'
expect "$BACKEND/api/catalog/categories" '"success":true'
expect "$BACKEND/robots.txt" 'Sitemap:'
expect "$BACKEND/sitemap.xml" '<urlset'
refuse "$BACKEND/api/auth/me"

expect "$FRONTEND/healthz" 'ok'
expect "$FRONTEND/" '<script'
expect "$FRONTEND/products/some-page" '<script'
refuse "$FRONTEND/images/no-such-picture.png"
