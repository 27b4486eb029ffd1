#!/usr/bin/env bash
# Makes every running server drop the answers it keeps, with the shop's own command.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Flush answers that the servers keep.' "$@" <<'END'
environment demo|prod
namespace   products|categories|search|all
END
connect
answer="$(shop exec deployment/backend --container backend -- /backend cache flush "${OPTION[namespace]}")" ||
  die 'the cache could not be flushed'
# An old server that does not know the command must not pass for one that has flushed.
[[ "$answer" == *Flushed:* ]] || die "the server's answer is not what a flush prints: $answer"
note "$answer"
