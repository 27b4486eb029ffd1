#!/usr/bin/env bash
# Makes CloudFront fetch paths anew, and waits until all its places have heard of it.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Paths are separated by spaces; a star stands for anything, at the end only.
options 'Invalidate paths of the distribution.' "$@" <<'END'
environment demo|prod
paths       /[A-Za-z0-9._~/-]*\*?([[:space:]]/[A-Za-z0-9._~/-]*\*?){0,14}
timeout     [0-9]{1,4} 900
END
distribution="$(parameter services/distribution-id)"
read -ra paths <<<"${OPTION[paths]}"
invalidation="$(bounded aws cloudfront create-invalidation --distribution-id "$distribution" --paths "${paths[@]}" \
  --query Invalidation.Id --output text)" || die "CloudFront has refused the invalidation"

completed() {
  local status
  status="$(bounded aws cloudfront get-invalidation --distribution-id "$distribution" --id "$invalidation" \
    --query Invalidation.Status --output text)" || return 1
  [[ "${status,,}" == completed ]]
}

wait_until "${OPTION[timeout]}" "the invalidation $invalidation is complete" completed
note "Invalidated in $distribution: ${OPTION[paths]} ($invalidation)."
