#!/usr/bin/env bash
# What runs: images, replicas, bounds of the autoscalers, and what ArgoCD thinks of its applications.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Show what is deployed.' "$@" <<'END'
environment demo|prod
END
connect
deployments="$(shop get deployments --output json)" || die 'the deployments can not be read'
autoscalers="$(shop get horizontalpodautoscalers --output json)" || die 'the autoscalers can not be read'
applications="$(argocd get applications --output json)" || die 'the applications can not be read'
jq -n --argjson deployments "$deployments" --argjson autoscalers "$autoscalers" --argjson applications "$applications" \
  '{deployments: [$deployments.items[] | {name: .metadata.name, image: .spec.template.spec.containers[0].image,
      ready: (.status.readyReplicas // 0), wanted: .spec.replicas}],
    autoscalers: [$autoscalers.items[] | {name: .metadata.name, minimum: .spec.minReplicas, maximum: .spec.maxReplicas,
      now: .status.currentReplicas}],
    applications: [$applications.items[] | {name: .metadata.name, sync: .status.sync.status,
      health: .status.health.status, revision: .status.sync.revision}]}' | keep deployment.json

jq -r '"| Deployment | Ready | Image |", "|---|---|---|",
  (.deployments[] | "| \(.name) | \(.ready)/\(.wanted) | `\(.image)` |"), "",
  "| Autoscaler | Bounds | Now |", "|---|---|---|",
  (.autoscalers[] | "| \(.name) | \(.minimum) to \(.maximum) | \(.now) |"), "",
  "| Application | Sync | Health | Revision |", "|---|---|---|---|",
  (.applications[] | "| \(.name) | \(.sync) | \(.health) | `\(.revision // "-")` |")' "$OUTPUT/deployment.json" | note_all
