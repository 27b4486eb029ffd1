#!/usr/bin/env bash
# Looks at every pod of the shop and fails when one is not well.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Check the pods: readiness, restarts, images, memory.' "$@" <<'END'
environment demo|prod
restarts    [0-9]{1,3} 3
END
connect
pods="$(shop get pods --output json)" || die 'the pods can not be read'
# Pods of finished jobs are never ready, and are well.
problems="$(jq -r --argjson most "${OPTION[restarts]}" '.items[] | .metadata.name as $pod
  | if .status.phase == "Succeeded" then empty
    elif .status.phase == "Failed" then "\($pod): failed, \(.status.reason // "without a reason")"
    elif .status.phase == "Pending" and (.status.containerStatuses // [] | length) == 0
      then "\($pod): waits, \([.status.conditions[]? | select(.status == "False") | .message // .reason] | join("; "))"
    else .status.containerStatuses[]? | "\($pod)/\(.name)" as $where
      | if .state.waiting then "\($where): \(.state.waiting.reason)"
        elif .lastState.terminated.reason == "OOMKilled" then "\($where): was killed for its memory"
        elif .restartCount > $most then "\($where): \(.restartCount) restarts"
        elif .ready | not then "\($where): not ready"
        else empty end
    end' <<<"$pods")"
running="$(jq '[.items[] | select(.status.phase == "Running")] | length' <<<"$pods")"
if [[ -n "$problems" ]]; then
  note_all <<<"$problems"
  printf '\nWarnings in the namespace:\n'
  shop get events --field-selector type=Warning --sort-by lastTimestamp | tail -n 20 | redact
  die "$(wc -l <<<"$problems") of the pods' containers are not well"
fi
((running)) || die 'no pod is running'
note "All $running running pods are well."
