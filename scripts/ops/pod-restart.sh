#!/usr/bin/env bash
# Replaces the pods of a deployment one after the other, and waits until the new ones are ready.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Restart the pods of a deployment without a gap.' "$@" <<'END'
environment demo|prod
deployment  backend|frontend
timeout     [1-9][0-9]{0,2} 600
END
connect
deployment="${OPTION[deployment]}"
limit="${OPTION[timeout]}"
shop rollout restart "deployment/$deployment"
timeout --foreground $((limit + 10)) kubectl --namespace "$NAMESPACE" rollout status "deployment/$deployment" \
  "--timeout=${limit}s" || die "the new pods of $deployment are not ready; the old ones still serve"
note "The pods of $deployment were replaced."
