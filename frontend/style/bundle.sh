#!/bin/sh
# Joins the stylesheets that main.css imports, in its order, into one file for trunk. Runs before every build; leaves the
# file alone when nothing changed, so that `trunk serve` does not start over.
set -eu
cd "$(dirname "$0")"
bundle=../.generated/alder.css
mkdir -p ../.generated
sed -n 's/^@import "\(.*\)";$/\1/p' main.css | while read -r file; do
  cat "$file"
done > "$bundle.new"
if cmp -s "$bundle.new" "$bundle"; then
  rm "$bundle.new"
else
  mv "$bundle.new" "$bundle"
fi
