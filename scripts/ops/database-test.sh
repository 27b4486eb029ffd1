#!/usr/bin/env bash
# Asks the database through a running server: its kind, the time of a round trip, and the newest migration.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Query the database from a running server.' "$@" <<'END'
environment demo|prod
END
connect
answer="$(shop exec deployment/backend --container backend -- /backend db ping)" ||
  die 'the database does not answer the server'
[[ "$answer" == *migration:* ]] || die "the answer names no migration: $answer"
note "$answer"
