#!/usr/bin/env bash
# Plans a layer, or applies the plan that somebody has approved.
#   terraform.sh plan  <environment> <layer>            shows what would change; digest and changes go to GITHUB_OUTPUT
#   terraform.sh apply <environment> <layer> <digest>   plans again, and applies only when that is the plan of this digest
#   terraform.sh drift <environment> <layer>            fails when something differs from the code
# A plan file holds the state, so it never leaves the machine that made it. What is compared is a hash of all changes.
set -euo pipefail

usage() {
  printf 'usage: terraform.sh plan|apply|drift <demo|prod> <bootstrap|platform|services> [digest]\n' >&2
  exit 2
}

[[ "${1:-}" =~ ^(plan|apply|drift)$ && "${2:-}" =~ ^(demo|prod)$ && "${3:-}" =~ ^(bootstrap|platform|services)$ ]] || usage
what="$1" environment="$2" layer="$3"
[[ "$what" != apply || "${4:-}" =~ ^[0-9a-f]{64}$ ]] || usage

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../terraform" && pwd)"
settings="$root/envs/$environment"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export TF_IN_AUTOMATION=1 TF_INPUT=0 TF_DATA_DIR="$work/data"

tf() {
  terraform "-chdir=$root/layers/$layer" "$@"
}

# A plan only reads, also the lock: its role may write nothing.
lock=(-lock=false)
[[ "$what" != apply ]] || lock=(-lock-timeout=5m)

tf init -backend-config="$settings/backend.hcl" -backend-config="key=$environment/$layer.tfstate" >"$work/init" ||
  { cat "$work/init"; exit 1; }
code=0
tf plan "${lock[@]}" -detailed-exitcode -out="$work/plan" -var-file="$settings/common.tfvars" \
  -var-file="$settings/$layer.tfvars" >"$work/log" || code=$?
((code == 0 || code == 2)) || { cat "$work/log"; exit "$code"; }
tf show -no-color "$work/plan" >"$work/text"
tf show -json "$work/plan" >"$work/json"
digest="$(jq -S '{resources: [.resource_changes[]? | select(.change.actions != ["no-op"])],
  outputs: (.output_changes // {} | with_entries(select(.value.actions != ["no-op"])))}' "$work/json" | sha256sum | cut -d' ' -f1)"
changes=$([[ "$code" == 2 ]] && echo true || echo false)

cat "$work/text"
{
  printf '### %s of %s: changes: %s\n\n<details><summary>Plan %s</summary>\n\n~~~\n' "$layer" "$environment" "$changes" "$digest"
  # A summary has room for a mebibyte.
  head -c 900000 "$work/text"
  printf '\n~~~\n\n</details>\n'
} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
printf 'digest=%s\nchanges=%s\n' "$digest" "$changes" >>"${GITHUB_OUTPUT:-/dev/null}"
# Nobody is asked to approve what the house's rules forbid.
python3 "$root/policy/check_plan.py" "$environment" "$work/json"

case "$what" in
drift)
  [[ "$changes" == false ]] || { printf 'error: %s of %s is not what the code says\n' "$layer" "$environment" >&2; exit 1; }
  ;;
apply)
  if [[ "$digest" != "$4" ]]; then
    printf 'error: this is not the plan that was approved (%s): something has changed since; plan anew\n' "$4" >&2
    exit 1
  fi
  tf apply -lock-timeout=5m "$work/plan"
  ;;
esac
