#!/usr/bin/env bash
# Lets ArgoCD bring one application to what the repository says, and waits until it is synced and healthy.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Sync an application with ArgoCD and wait until it is Synced and Healthy.' "$@" <<'END'
environment demo|prod
application [a-z][a-z0-9-]{0,52}
timeout     [0-9]{1,4} 600
END
connect
application="${OPTION[application]}"

look() {
  argocd get application "$application" --output json
}

# The operation is ours when the last one that ArgoCD reports is another than before.
synced() {
  local now state
  now="$(look)" || return 1
  state="$(jq -r --arg before "$before" '.status as $s | $s.operationState as $o |
    if .operation != null or ($o.startedAt // "") == $before then "waiting"
    elif ($o.phase == "Failed" or $o.phase == "Error") then "failed: \($o.message // "no reason given")"
    elif $o.phase == "Succeeded" and $s.sync.status == "Synced" and $s.health.status == "Healthy" then "done"
    else "waiting" end' <<<"$now")"
  [[ "$state" != failed:* ]] || die "ArgoCD could not sync $application; $state"
  [[ "$state" == 'done' ]]
}

current="$(look)" || die "ArgoCD has no application $application in ${OPTION[environment]}"
[[ "$(jq -r '.operation' <<<"$current")" == null ]] || die "$application is being synced already"
before="$(jq -r '.status.operationState.startedAt // ""' <<<"$current")"

# Refreshing makes ArgoCD read the repository now instead of at its next round.
argocd annotate application "$application" argocd.argoproj.io/refresh=normal --overwrite >/dev/null
argocd patch application "$application" --type merge --patch \
  '{"operation":{"initiatedBy":{"username":"operations"},"sync":{"prune":true}}}' >/dev/null
wait_until "${OPTION[timeout]}" "$application is Synced and Healthy" synced
note "$application is Synced and Healthy at $(look | jq -r '.status.sync.revision // "an unnamed revision"')."
