#!/usr/bin/env bash
# How the cache stands, as AWS sees it and as the servers see it. The shop works without it, more slowly.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Show the state of Redis.' "$@" <<'END'
environment demo|prod
minutes     [1-9][0-9]{0,2} 15
END
group="$(parameter redis-group)"
minutes="${OPTION[minutes]}"
description="$(bounded aws elasticache describe-replication-groups --replication-group-id "$group" --output json)" ||
  die "the replication group $group can not be read"
status="$(jq -r '.ReplicationGroups[0].Status' <<<"$description")"
jq -r '.ReplicationGroups[0] | "| \(.ReplicationGroupId) | |", "|---|---|", "| Status | \(.Status) |",
  "| Members | \(.MemberClusters // [] | length) |", "| Failover | \(.AutomaticFailover // "-") |",
  "| TLS | \(.TransitEncryptionEnabled // "-") |"' <<<"$description" | note_all
for metric in EngineCPUUtilization DatabaseMemoryUsagePercentage CurrConnections Evictions; do
  value="$(statistic AWS/ElastiCache "$metric" Maximum "$minutes" "ReplicationGroupId=$group")"
  note "| $metric, most in $minutes minutes | $value |"
done
connect
# The servers' own words, since a cache that AWS calls available may be out of their reach.
complaints="$(shop logs deployment/backend --all-pods=true --container backend "--since=${minutes}m" |
  grep -c 'Redis does not answer' || true)"
note "| Complaints of the servers | $complaints |"
[[ "$status" == available ]] || die "Redis is $status"
((complaints == 0)) || die 'the servers do not reach Redis'
