#!/usr/bin/env bash
# Writes the shop's log of the last minutes, redacted, into a file for the artifact.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Export log lines from CloudWatch, at most 100,000.' "$@" <<'END'
environment demo|prod
container   backend|frontend|all all
minutes     [1-9][0-9]{0,3} 60
END
log_events "${OPTION[minutes]}" "${OPTION[container]}" | keep log.jsonl || die 'the log can not be read'
lines="$(wc -l <"$OUTPUT/log.jsonl")"
gzip --force "$OUTPUT/log.jsonl"
note "$lines lines of the last ${OPTION[minutes]} minutes are in log.jsonl.gz."
