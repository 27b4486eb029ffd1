#!/usr/bin/env bash
# The last lines that the pods of a deployment have logged, redacted: the end of them here, all of them in a file.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Show the last lines of all pods of a deployment.' "$@" <<'END'
environment demo|prod
deployment  backend|frontend
lines       [1-9][0-9]{0,3} 200
minutes     [1-9][0-9]{0,3} 60
previous    true|false false
END
connect
deployment="${OPTION[deployment]}"
shop logs "deployment/$deployment" --all-pods=true --container "$deployment" --prefix --timestamps \
  "--tail=${OPTION[lines]}" "--since=${OPTION[minutes]}m" "--previous=${OPTION[previous]}" | keep pod.log ||
  die "the pods of $deployment have no such log"
tail -n 50 "$OUTPUT/pod.log"
note "$(wc -l <"$OUTPUT/pod.log") lines of $deployment are in pod.log."
