#!/usr/bin/env bash
# Parks the demo environment, or starts it again: without pods there are no nodes of Karpenter, without these none of the
# controllers, and without connections the database pauses. Production is never parked.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Park the demo environment or start it.' "$@" <<'END'
environment demo
action      park|start
nodes       [1-9] 2
timeout     [0-9]{1,4} 1200
END
cluster="$(name)"
group=controllers
database="$cluster"
limit="${OPTION[timeout]}"
connect

# Sets how many nodes the controllers have.
resize() {
  bounded aws eks update-nodegroup-config --cluster-name "$cluster" --nodegroup-name "$group" \
    --scaling-config "desiredSize=$1" >/dev/null
}

database_is() {
  [[ "$(bounded aws rds describe-db-clusters --db-cluster-identifier "$database" \
    --query 'DBClusters[0].Status' --output text)" == "$1" ]]
}

no_claims() {
  [[ -z "$(bounded kubectl get nodeclaims --output name)" ]]
}

no_pods() {
  [[ "$(shop get pods --field-selector status.phase=Running --output name)" == '' ]]
}

some_node() {
  bounded kubectl get nodes --output json |
    jq -e 'any(.items[]; any(.status.conditions[]; .type == "Ready" and .status == "True"))' >/dev/null
}

park() {
  # An autoscaler leaves a deployment of zero replicas alone, and ArgoCD ignores the number of replicas.
  shop scale deployment --all --replicas=0
  wait_until "$limit" 'the pods are gone' no_pods
  # Karpenter ends its nodes itself, and has to, before it loses the node that it runs on.
  bounded kubectl delete nodeclaims --all --wait=false
  wait_until "$limit" "Karpenter's nodes are gone" no_claims
  resize 0
  if database_is available; then
    bounded aws rds stop-db-cluster --db-cluster-identifier "$database" >/dev/null
  fi
  note 'The demo environment is parked. AWS starts a stopped database again after seven days.'
}

start() {
  local targets name replicas
  if database_is stopped; then
    bounded aws rds start-db-cluster --db-cluster-identifier "$database" >/dev/null
  fi
  resize "${OPTION[nodes]}"
  wait_until "$limit" 'the database is available' database_is available
  wait_until "$limit" 'a node is ready' some_node
  targets="$(shop get horizontalpodautoscalers --output json |
    jq -er '.items[] | "\(.spec.scaleTargetRef.name) \(.spec.minReplicas)"')" || die 'there are no autoscalers'
  while read -r name replicas; do
    shop scale "deployment/$name" "--replicas=$replicas"
    wait_until "$limit" "$name is ready" ready "$name" "$replicas"
  done <<<"$targets"
  note 'The demo environment serves again.'
}

ready() {
  local now
  now="$(shop get deployment "$1" --output json | jq '.status.readyReplicas // 0')" || return 1
  ((now >= $2))
}

"${OPTION[action]}"
