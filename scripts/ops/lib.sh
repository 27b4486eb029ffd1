# shellcheck shell=bash
# What the operations share: their options, the cluster, AWS, bounded waits, and the removal of secrets from what is shown.
# Needs bash 4.4, aws, kubectl, jq and curl, all of which GitHub's Ubuntu runners have.

set -euo pipefail

# Names that charts and Terraform give. Cluster, database, cache and parameters of an environment are called after it.
readonly PROJECT=alder
readonly NAMESPACE=shop
readonly ARGOCD_NAMESPACE=argocd

# Seconds between two looks at something that is waited for, and the longest that one call of a tool may take.
readonly INTERVAL="${OPS_INTERVAL:-5}"
readonly CALL_LIMIT="${OPS_CALL_LIMIT:-120}"
# Where files for the artifact go.
readonly OUTPUT="${OPS_OUTPUT:-ops-output}"

# AWS answers slowly at times; it must never be waited for without end.
export AWS_PAGER='' AWS_MAX_ATTEMPTS=4 AWS_RETRY_MODE=standard

declare -A OPTION=()

die() {
  printf 'error: %s\n' "$*" | redact >&2
  exit 1
}

# Says something, in the log and in the summary of the run.
note() {
  printf '%s\n' "$*" | note_all
}

# The same for what standard input holds.
note_all() {
  redact | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
}

# Takes out what nobody should read in a log: addresses of people, credentials, tokens, card numbers.
redact() {
  sed -u -E \
    -e 's/[A-Za-z0-9._%+-]+(@|%40)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/[e-mail]/g' \
    -e 's#([a-z][a-z0-9+.-]*://)[^/@[:space:]"]*@#\1[credentials]@#g' \
    -e 's/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)?/[token]/g' \
    -e 's/(A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}/[access key]/g' \
    -e 's/([Bb]earer|[Bb]asic)[[:space:]]+[A-Za-z0-9._~+\/=-]{8,}/\1 [token]/g' \
    -e 's/((password|passwd|secret|token|authorization|api[_-]?key|cookie|bypass)[a-z0-9_-]*\\*"?[[:space:]]*[:=][[:space:]]*\\*"?)[^[:space:]",;&}\\[]+/\1[secret]/gI' \
    -e 's/\b[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,7}\b/[card number]/g'
}

# Reads `--name=value` arguments. Standard input declares them, one a line: name, extended regular expression that the
# whole value must match, and default; without a default the option is required.
options() {
  local about="$1"
  shift
  local -A pattern=()
  local name rule default argument names=()
  while read -r name rule default; do
    pattern[$name]="$rule"
    names+=("$name")
    [[ -z "$default" ]] || OPTION[$name]="$default"
  done
  for argument in "$@"; do
    if [[ "$argument" == --help ]]; then
      printf '%s\n' "$about"
      for name in "${names[@]}"; do
        printf '  --%s=%s%s\n' "$name" "${pattern[$name]}" "${OPTION[$name]+ (default ${OPTION[$name]})}"
      done
      exit 0
    fi
    [[ "$argument" =~ ^--([a-z-]+)=(.*)$ ]] || die "options look like --name=value: $argument"
    name="${BASH_REMATCH[1]}"
    [[ -n "${pattern[$name]:-}" ]] || die "there is no option --$name (try --help)"
    [[ "${BASH_REMATCH[2]}" =~ ^(${pattern[$name]})$ ]] || die "--$name must match ${pattern[$name]}"
    # The match above has replaced BASH_REMATCH.
    OPTION[$name]="${argument#*=}"
  done
  for name in "${names[@]}"; do
    [[ -n "${OPTION[$name]:-}" ]] || die "--$name is required (try --help)"
  done
}

# What an environment's resources are called.
name() {
  printf '%s-%s' "$PROJECT" "${OPTION[environment]}"
}

# One fact that Terraform has left for the environment.
parameter() {
  local name
  name="/$(name)/$1"
  bounded aws ssm get-parameter --name "$name" --query Parameter.Value --output text ||
    die "the parameter $name can't be read: has Terraform been applied, and may this role read it?"
}

bounded() {
  timeout --foreground "$CALL_LIMIT" "$@"
}

# Makes kubectl speak to the environment's cluster, with a configuration that ends with the script.
connect() {
  local cluster
  cluster="$(name)"
  WORK="$(mktemp -d)"
  trap 'rm -rf "$WORK"' EXIT
  export KUBECONFIG="$WORK/kubeconfig"
  bounded aws eks update-kubeconfig --name "$cluster" --kubeconfig "$KUBECONFIG" >/dev/null ||
    die "the cluster $cluster can't be reached"
}

shop() {
  bounded kubectl --namespace "$NAMESPACE" "$@"
}

argocd() {
  bounded kubectl --namespace "$ARGOCD_NAMESPACE" "$@"
}

# wait_until <seconds> <what> <command…>: repeats the command until it succeeds, or fails after that time. A command that
# can tell that waiting is in vain ends the script with `die`.
wait_until() {
  local limit="$1" what="$2" begin=$SECONDS
  shift 2
  until "$@"; do
    ((SECONDS - begin < limit)) || die "$what: not within $limit s"
    sleep "$INTERVAL"
  done
}

# Keeps standard input, redacted, as a file of the artifact.
keep() {
  mkdir -p "$OUTPUT"
  redact >"$OUTPUT/$1"
}

# Figures of the last minutes from CloudWatch: figures <minutes>. Standard input names them, one a line: what to call it,
# namespace, metric, statistic and dimension, with a bar between them. Prints rows of a table; `-` stands for no data.
figures() {
  local minutes="$1" queries now
  now="$(date +%s)"
  queries="$(jq -Rn --argjson period $((minutes * 60)) '[inputs | split("|")] | to_entries | map(.value as $row
    | {Id: "m\(.key)", Label: $row[0], MetricStat: {Stat: $row[3], Period: $period, Metric: {
        Namespace: $row[1], MetricName: $row[2],
        Dimensions: [$row[4] | split("=") | {Name: .[0], Value: .[1]}]}}})')"
  bounded aws cloudwatch get-metric-data --start-time $((now - minutes * 60)) --end-time "$now" --output json \
    --metric-data-queries "$queries" | jq -r --argjson asked "$queries" '(.MetricDataResults | map({(.Id): .Values[0]}) | add) as $found
      | $asked[] | $found[.Id] as $value
      | "| \(.Label) | \(if $value == null then "-" else ($value * 1000 | round / 1000) end) |"'
}

# The events of the shop's log of the last minutes as JSON lines: time, pod, container, and the line of the program.
log_events() {
  local minutes="$1" container="$2" group filter='{ $.kubernetes.namespace_name = "'"$NAMESPACE"'" }'
  group="/aws/containerinsights/$(name)/application"
  timeout --foreground 600 aws logs filter-log-events --log-group-name "$group" --filter-pattern "$filter" \
    --start-time $((($(date +%s) - minutes * 60) * 1000)) --max-items 100000 --output json |
    jq -c --arg namespace "$NAMESPACE" --arg container "$container" '.events[]
      | (.timestamp / 1000 | todate) as $time
      | (.message | fromjson? // {})
      | select(.kubernetes.namespace_name == $namespace)
      | select($container == "all" or .kubernetes.container_name == $container)
      | {time: $time, pod: .kubernetes.pod_name, container: .kubernetes.container_name,
         line: (.log_processed // (.log // "" | rtrimstr("\n") | fromjson? // .))}'
}
