#!/usr/bin/env bash
# What load balancer, database, cache and pods are doing at the moment.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Show the figures of the last minutes.' "$@" <<'END'
environment demo|prod
minutes     [1-9][0-9]{0,2} 15
END
name="$(name)"
balancer="LoadBalancer=$(parameter platform/alb-arn-suffix)"
database="DBClusterIdentifier=$name"
cache="$(bounded aws elasticache describe-replication-groups --replication-group-id "$name" \
  --query 'ReplicationGroups[0].MemberClusters[0]' --output text)" || die "the cache of $name can not be found"
cache="CacheClusterId=$cache"
minutes="${OPTION[minutes]}"
{
  printf '| Last %s minutes | |\n|---|---|\n' "$minutes"
  figures "$minutes" <<END || die 'CloudWatch does not answer'
Requests|AWS/ApplicationELB|RequestCount|Sum|$balancer
Answers 5xx|AWS/ApplicationELB|HTTPCode_Target_5XX_Count|Sum|$balancer
Time of an answer, 95th percentile, seconds|AWS/ApplicationELB|TargetResponseTime|p95|$balancer
Time of an answer, 99th percentile, seconds|AWS/ApplicationELB|TargetResponseTime|p99|$balancer
Database capacity, ACU|AWS/RDS|ServerlessDatabaseCapacity|Average|$database
Database processor, %|AWS/RDS|CPUUtilization|Average|$database
Database connections|AWS/RDS|DatabaseConnections|Maximum|$database
Cache processor, %|AWS/ElastiCache|EngineCPUUtilization|Average|$cache
Cache memory, %|AWS/ElastiCache|DatabaseMemoryUsagePercentage|Average|$cache
END
} | keep performance.md
connect

# What a command prints, as it is.
fenced() {
  printf '\n~~~\n'
  "$@" || printf 'no answer\n'
  printf '~~~\n'
}

{
  fenced shop top pods
  fenced shop get horizontalpodautoscalers
} | redact >>"$OUTPUT/performance.md"
note_all <"$OUTPUT/performance.md"
