#!/usr/bin/env bash
# How the cache stands, as AWS sees it and as the servers see it. The shop works without it, more slowly.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Show the state of Redis.' "$@" <<'END'
environment demo|prod
minutes     [1-9][0-9]{0,2} 15
END
group="$(name)"
minutes="${OPTION[minutes]}"
description="$(bounded aws elasticache describe-replication-groups --replication-group-id "$group" --output json)" ||
  die "the replication group $group can not be read"
status="$(jq -r '.ReplicationGroups[0].Status' <<<"$description")"
jq -r '.ReplicationGroups[0] | "| \(.ReplicationGroupId) | |", "|---|---|", "| Status | \(.Status) |",
  "| Members | \(.MemberClusters // [] | length) |", "| Failover | \(.AutomaticFailover // "-") |",
  "| TLS | \(.TransitEncryptionEnabled // "-") |"' <<<"$description" | note_all
# CloudWatch counts by member; the first one is the primary until a failover.
dimension="CacheClusterId=$(jq -r '.ReplicationGroups[0].MemberClusters[0] // "-"' <<<"$description")"
figures "$minutes" <<END | note_all
Processor at most, %|AWS/ElastiCache|EngineCPUUtilization|Maximum|$dimension
Memory at most, %|AWS/ElastiCache|DatabaseMemoryUsagePercentage|Maximum|$dimension
Connections at most|AWS/ElastiCache|CurrConnections|Maximum|$dimension
Evictions|AWS/ElastiCache|Evictions|Sum|$dimension
END
connect
# The servers' own words, since a cache that AWS calls available may be out of their reach.
log="$(shop logs deployment/backend --all-pods=true --container backend "--since=${minutes}m")" ||
  die "the servers' log can not be read"
complaints="$(grep -c 'Redis does not answer' <<<"$log" || true)"
note "| Complaints of the servers | $complaints |"
[[ "$status" == available ]] || die "Redis is $status"
((complaints == 0)) || die 'the servers do not reach Redis'
