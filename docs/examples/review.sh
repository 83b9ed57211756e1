#!/usr/bin/env bash
# Judges a change: synthesizes base and head, compares them, and writes what reviewers and machines read.
#
#   review.sh BASE_REVISION OUT      run in the root of the checkout of the head
#
# OUT gets comment.md (empty: nothing changed), report.html, diff.json, tee-kit.sarif, junit.xml and base/, head/.
# Exit code: 0 the change may pass, 1 it weakens protection or that cannot be decided, 2 and above it could not be judged.
# TEE_KIT_SYNTH: command that synthesizes, given the folder to write as its last argument.
set -euo pipefail

revision=${1:?name the revision before the change}
out=${2:?name the folder to write}
read -ra synth <<< "${TEE_KIT_SYNTH:-npm run --silent synth -- --out}"

mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
# shellcheck disable=SC2317,SC2329 # called by the trap
clean() {
  git worktree remove --force "$work/base" 2> /dev/null || true
  rm -rf "$work"
}
trap clean EXIT

# A synthesis that ends with 1 has findings; they are the business of the comparison.
artifacts() {
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --silent) || return 2
  local code=0
  (cd "$1" && "${synth[@]}" "$2" > "$2.log" 2>&1) || code=$?
  if [ "$code" -gt 1 ]; then
    cat "$2.log" >&2
    return 2
  fi
}

git worktree add --quiet --detach "$work/base" "$revision"
rm -rf "$out/base" "$out/head"
artifacts "$work/base" "$out/base" || exit 2
artifacts "$PWD" "$out/head" || exit 2

# The kit of the base judges: a change cannot replace its judge.
kit=("$work/base/node_modules/.bin/tee-kit")
[ -x "${kit[0]}" ] || kit=(node "$work/base/constructs/compliance/bin.js")

# The exemptions of the base govern; what the change adds to them is itself a change.
echo '[]' > "$work/none.yaml"
exemptions() { if [ -f "$1/exemptions.yaml" ]; then echo "$1/exemptions.yaml"; else echo "$work/none.yaml"; fi; }
decisions=(--exemptions "$(exemptions "$PWD")" --base-exemptions "$(exemptions "$work/base")")
allow=()
[ ! -f "$work/base/allowed-changes.yaml" ] || allow=(--allow "$work/base/allowed-changes.yaml")

# Every command writes its file before its verdict counts; only 2 and above ends the review.
judge() {
  local file=$1 code=0
  shift
  "${kit[@]}" "$@" > "$out/$file" || code=$?
  [ "$code" -le 1 ] || exit "$code"
  return "$code"
}

verdict=0
judge diff.json diff "$out/base" "$out/head" --format json "${decisions[@]}" "${allow[@]}" || verdict=$?
judge comment.md report "$out/head" --base "$out/base" --format markdown "${decisions[@]}" "${allow[@]}" || verdict=$?
judge report.html report "$out/head" --base "$out/base" --format html "${decisions[@]}" "${allow[@]}" || verdict=$?
judge tee-kit.sarif check "$out/head" --format sarif "${decisions[@]}" || true
judge junit.xml check "$out/head" --format junit "${decisions[@]}" || true
exit "$verdict"
