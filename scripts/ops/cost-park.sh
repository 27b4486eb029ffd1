#!/usr/bin/env bash
# Parks the demo environment, or starts it again: without pods there are no nodes of Karpenter, without these none of the
# controllers, and without connections the database pauses. Production is never parked.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Park the demo environment or start it.' "$@" <<'END'
environment demo
action      park|start
timeout     [0-9]{1,4} 1200
END
cluster="$(parameter cluster-name)"
group="$(parameter node-group)"
database="$(parameter database-cluster)"
memory="$PARAMETERS/${OPTION[environment]}/parked-node-group"
limit="${OPTION[timeout]}"
connect

# Sets the size of the controllers' node group; the argument is what AWS calls its scaling configuration.
resize() {
  bounded aws eks update-nodegroup-config --cluster-name "$cluster" --nodegroup-name "$group" --scaling-config "$1" \
    >/dev/null
}

size() {
  bounded aws eks describe-nodegroup --cluster-name "$cluster" --nodegroup-name "$group" \
    --query nodegroup.scalingConfig --output json | jq -c '{minSize, maxSize, desiredSize}'
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
  local now
  now="$(size)" || die 'the node group can not be read'
  # Parking twice must not forget the size that the first time has replaced.
  if [[ "$(jq .desiredSize <<<"$now")" != 0 ]]; then
    bounded aws ssm put-parameter --name "$memory" --type String --overwrite --value "$now" >/dev/null
  fi
  # An autoscaler leaves a deployment of zero replicas alone, and ArgoCD ignores the number of replicas.
  shop scale deployment --all --replicas=0
  wait_until "$limit" 'the pods are gone' no_pods
  # Karpenter ends its nodes itself, and has to, before it loses the node that it runs on.
  bounded kubectl delete nodeclaims --all --wait=false
  wait_until "$limit" "Karpenter's nodes are gone" no_claims
  resize "$(jq -c '.minSize = 0 | .desiredSize = 0' <<<"$now")"
  if database_is available; then
    bounded aws rds stop-db-cluster --db-cluster-identifier "$database" >/dev/null
  fi
  note 'The demo environment is parked. AWS starts a stopped database again after seven days.'
}

start() {
  local wanted targets name replicas
  if database_is stopped; then
    bounded aws rds start-db-cluster --db-cluster-identifier "$database" >/dev/null
  fi
  wanted="$(bounded aws ssm get-parameter --name "$memory" --query Parameter.Value --output text 2>/dev/null)" ||
    die "$memory does not say how large the node group was: the environment was never parked"
  resize "$wanted"
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
