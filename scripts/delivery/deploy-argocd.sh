#!/usr/bin/env bash
# Installs ArgoCD, or brings it to the version and the values of this repository, and gives it the root application of an
# environment: deploy-argocd.sh --environment=demo. Everything after that ArgoCD does by itself.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../ops/lib.sh"

options 'Install ArgoCD and its root application.' "$@" <<'END'
environment demo|prod
timeout     [0-9]{1,4} 1200
END
cd "$(dirname "${BASH_SOURCE[0]}")/../../argocd"
version="$(yq -r .controllers.argocd.version apps/values.yaml)"
repository="$(yq -r .controllers.argocd.repository apps/values.yaml)"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ && "$repository" == https://* ]] || die 'apps/values.yaml names no version of ArgoCD'
connect

limit="${OPTION[timeout]}"
# Helm 4 calls `--atomic` otherwise, and still understands it; Helm 3 knows nothing else.
timeout --foreground "$limit" helm upgrade argocd argo-cd --install --repo "$repository" --version "$version" \
  --namespace "$ARGOCD_NAMESPACE" --create-namespace --values install/argocd.yaml --atomic --wait \
  --timeout "${limit}s"
bounded kubectl apply --filename root-project.yaml --filename "envs/${OPTION[environment]}/root.yaml"

well() {
  argocd get application root --output json |
    jq -e '.status.sync.status == "Synced" and .status.health.status == "Healthy"' >/dev/null
}

wait_until "${OPTION[timeout]}" 'the root application is Synced and Healthy' well
note "ArgoCD $version looks after ${OPTION[environment]}."
