#!/usr/bin/env bash
# Waits until deployments run given images in all their replicas: wait-for-images.sh --environment=demo
# --images='backend=sha256:… frontend=sha256:…'. ArgoCD sees a commit within three minutes.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../ops/lib.sh"

options 'Wait until deployments run these images.' "$@" <<'END'
environment demo|prod
images      (backend|frontend)=sha256:[0-9a-f]{64}([[:space:]](backend|frontend)=sha256:[0-9a-f]{64})*
timeout     [0-9]{1,4} 1200
END
connect

# Whether every replica is of the image, and none of the one before is left.
runs() {
  local now
  now="$(shop get deployment "$1" --output json)" || return 1
  jq -e --arg digest "@$2" '(.spec.template.spec.containers[0].image | endswith($digest))
    and .status.observedGeneration == .metadata.generation and (.status.updatedReplicas // 0) == .spec.replicas
    and (.status.availableReplicas // 0) == .spec.replicas and (.status.replicas // 0) == .spec.replicas' <<<"$now" >/dev/null
}

for image in ${OPTION[images]}; do
  wait_until "${OPTION[timeout]}" "${image%%=*} runs ${image#*=}" runs "${image%%=*}" "${image#*=}"
  note "${image%%=*} runs ${image#*=}."
done
