#!/usr/bin/env bash
# Writes images' digests into an environment's values, as one signed commit through GitHub's API.
#   promote.sh <demo|prod> <branch> <app>=sha256:… …
# For a branch other than main, the branch is made from main and a pull request is opened. Prints nothing secret; `gh`
# reads GH_TOKEN. Images that are in place already are left alone.
set -euo pipefail

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

[[ "${1:-}" =~ ^(demo|prod)$ && "${2:-}" =~ ^[a-z0-9][a-z0-9/-]*$ && $# -ge 3 ]] ||
  die 'usage: promote.sh <demo|prod> <branch> <app>=sha256:… …'
environment="$1" branch="$2"
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ "${GITHUB_REPOSITORY:-}" =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] || die 'GITHUB_REPOSITORY is not set'

additions='[]' changed=()
for pair in "$@"; do
  [[ "$pair" =~ ^(backend|frontend)=(sha256:[0-9a-f]{64})$ ]] || die "an image looks like backend=sha256:<64 digits>, not $pair"
  app="${BASH_REMATCH[1]}" digest="${BASH_REMATCH[2]}"
  file="argocd/envs/$environment/$app.yaml"
  # What is on main now, since other promotions may have come meanwhile.
  text="$(gh api "repos/$GITHUB_REPOSITORY/contents/$file?ref=main" --header 'Accept: application/vnd.github.raw+json')" ||
    die "$file can not be read"
  [[ "$(grep -cE '^ *digest: sha256:[0-9a-f]{64}$' <<<"$text")" == 1 ]] || die "$file must hold exactly one digest"
  new="$(sed -E "s/^( *digest: )sha256:[0-9a-f]{64}\$/\1$digest/" <<<"$text")"
  if [[ "$new" == "$text" ]]; then
    continue
  fi
  changed+=("$app")
  additions="$(jq -c --arg path "$file" --arg text "$(base64 --wrap=0 <<<"$new")" \
    '. + [{path: $path, contents: $text}]' <<<"$additions")"
done
if ((${#changed[@]} == 0)); then
  printf '%s has these images already.\n' "$environment"
  exit 0
fi

head="$(gh api "repos/$GITHUB_REPOSITORY/git/ref/heads/main" --jq .object.sha)" || die 'main can not be read'
if [[ "$branch" != main ]]; then
  gh api "repos/$GITHUB_REPOSITORY/git/refs" --raw-field "ref=refs/heads/$branch" --raw-field "sha=$head" >/dev/null ||
    die "the branch $branch can not be made"
fi
names="${changed[*]}"
title="Run ${names// / and } of ${GITHUB_SHA:0:12} in $environment"
# The commit is refused when main has moved since, so nothing is overwritten. The dollars belong to GraphQL.
# shellcheck disable=SC2016
jq -n --argjson additions "$additions" --arg repository "$GITHUB_REPOSITORY" --arg branch "$branch" --arg head "$head" \
  --arg title "$title" '{query: "mutation($input: CreateCommitOnBranchInput!) {createCommitOnBranch(input: $input) {commit {oid}}}",
    variables: {input: {branch: {repositoryNameWithOwner: $repository, branchName: $branch}, expectedHeadOid: $head,
      message: {headline: $title}, fileChanges: {additions: $additions}}}}' |
  gh api graphql --input - --jq .data.createCommitOnBranch.commit.oid || die "the commit on $branch was refused"
if [[ "$branch" != main ]]; then
  gh pr create --repo "$GITHUB_REPOSITORY" --base main --head "$branch" --title "$title" \
    --body "These images run in demo. Merging this makes ArgoCD roll them out in $environment; reverting it rolls them back."
fi
