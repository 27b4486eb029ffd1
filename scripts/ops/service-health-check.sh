#!/usr/bin/env bash
# Asks the shop what a shopper's browser asks, and the cluster whether enough replicas are behind it.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Check the shop from outside and inside.' "$@" <<'END'
environment demo|prod
timeout     [0-9]{1,3} 60
END
url="$(parameter services/url)"
failures=0

# ask <path> <text that the answer must contain>
ask() {
  local answer code seconds
  answer="$(mktemp)"
  # Retries cover a single lost connection; a shop that answers wrongly three times is ill.
  read -r code seconds < <(curl --silent --output "$answer" --max-time 10 --retry 2 --retry-connrefused \
    --retry-max-time "${OPTION[timeout]}" --write-out '%{http_code} %{time_total}\n' "$url$1" || true)
  if [[ "$code" == 200 ]] && grep -qF -- "$2" "$answer"; then
    note "| $1 | $code | $seconds s |"
  else
    note "| **$1** | **$code, or not the answer it should be** | $seconds s |"
    failures=$((failures + 1))
  fi
  rm -f "$answer"
}

note "| $url | | |"
note '|---|---|---|'
ask / '<html'
ask /cart '<html'
ask '/api/catalog/products?limit=1' '"success":true'
ask /api/catalog/categories '"success":true'
ask '/api/search?q=oak&limit=1' '"success":true'
ask /robots.txt 'ser-agent'
connect
short="$(shop get deployments --output json | jq -r '.items[] |
  select((.status.availableReplicas // 0) < .spec.replicas) | "\(.metadata.name): \(.status.availableReplicas // 0) of \(.spec.replicas) replicas"')" ||
  die 'the deployments can not be read'
if [[ -n "$short" ]]; then
  note_all <<<"$short"
  failures=$((failures + 1))
fi
((failures == 0)) || die "$failures of the checks have failed"
note 'The shop is well.'
