#!/usr/bin/env bash
# Changes between how many replicas the autoscaler chooses. ArgoCD ignores these two numbers, so they last until somebody
# changes them again; what lasts for good belongs into the chart's values.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Seven is what the chart has checked against the database's connections.
options 'Change the bounds of an autoscaler.' "$@" <<'END'
environment demo|prod
deployment  backend|frontend
minimum     [1-7]
maximum     [1-7]
timeout     [0-9]{1,4} 600
END
deployment="${OPTION[deployment]}" minimum="${OPTION[minimum]}" maximum="${OPTION[maximum]}"
((minimum <= maximum)) || die "the minimum, $minimum, is more than the maximum, $maximum"
[[ "${OPTION[environment]}" != prod || "$minimum" -ge 2 ]] || die 'prod keeps at least 2 replicas'
connect

bounds() {
  shop get horizontalpodautoscaler "$deployment" --output json | jq -r '"\(.spec.minReplicas) to \(.spec.maxReplicas)"'
}

enough() {
  local ready
  ready="$(shop get deployment "$deployment" --output json | jq '.status.readyReplicas // 0')" || return 1
  ((ready >= minimum))
}

before="$(bounds)" || die "there is no autoscaler $deployment"
shop patch horizontalpodautoscaler "$deployment" --type merge --patch \
  "$(jq -cn --argjson min "$minimum" --argjson max "$maximum" '{spec: {minReplicas: $min, maxReplicas: $max}}')" >/dev/null
wait_until "${OPTION[timeout]}" "$deployment has $minimum ready replicas" enough
[[ "$(bounds)" == "$minimum to $maximum" ]] ||
  die "somebody has put the bounds back to $(bounds): does ArgoCD ignore them (ignoreDifferences)?"
note "$deployment: $minimum to $maximum replicas; before: $before."
