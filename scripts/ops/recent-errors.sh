#!/usr/bin/env bash
# Counts the errors that the shop has logged in the last minutes, most frequent first.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options 'Count recent errors by message.' "$@" <<'END'
environment demo|prod
minutes     [1-9][0-9]{0,3} 60
END
log_events "${OPTION[minutes]}" all | jq -c 'select((.line | type) == "object" and .line.level == "ERROR")' |
  keep errors.jsonl || die 'the log can not be read'
count="$(wc -l <"$OUTPUT/errors.jsonl")"
note "$count errors in the last ${OPTION[minutes]} minutes."
if ((count)); then
  jq -rs 'group_by(.line.message) | map({n: length, last: (map(.time) | max), text: (.[0].line.message // "-")})
    | sort_by(-.n) | "| Times | Last | Message |", "|---|---|---|",
      (.[:20][] | "| \(.n) | \(.last) | \(.text | tostring | gsub("[|\n]"; " ")) |")' "$OUTPUT/errors.jsonl" | note_all
fi
