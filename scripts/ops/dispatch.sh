#!/usr/bin/env bash
# Runs one operation with the options of a workflow: a JSON object in OPTIONS, each entry of which becomes `--name=value`.
# Whatever the values contain, they never pass through a shell's parser.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
[[ "${OPERATION:-}" =~ ^[a-z]+(-[a-z]+)*$ && -f "$here/$OPERATION.sh" && "$OPERATION" != dispatch ]] || {
  printf 'error: there is no operation %q\n' "${OPERATION:-}" >&2
  exit 1
}
arguments=()
while read -r entry; do
  arguments+=("$(base64 --decode <<<"$entry")")
done < <(jq -er 'to_entries[] | select(.value != "") | "--\(.key)=\(.value)" | @base64' <<<"${OPTIONS:-{\}}")
exec bash "$here/$OPERATION.sh" "${arguments[@]}"
