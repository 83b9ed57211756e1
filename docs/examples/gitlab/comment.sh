#!/usr/bin/env bash
# Keeps one note of a merge request up to date: comment.sh FILE. An empty FILE takes it away. Needs curl and jq.
# Needs TEE_KIT_TOKEN (project access token, scope api, role Reporter) and GitLab's own variables.
set -euo pipefail

file=${1:?name the comment}
notes="${CI_API_V4_URL:?}/projects/${CI_PROJECT_ID:?}/merge_requests/${CI_MERGE_REQUEST_IID:?}/notes"
# The token is read from a file, so that no process list shows it.
config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf 'header = "PRIVATE-TOKEN: %s"\n' "${TEE_KIT_TOKEN:?}" > "$config"
call() { curl --silent --show-error --fail --config "$config" "$@"; }

# Only a note of the token itself: anybody can write the marker.
me=$(call "$CI_API_V4_URL/user" | jq --raw-output .id)
known=
for ((page = 1; page <= 50; page++)); do
  list=$(call "$notes?per_page=100&page=$page")
  known=$(jq --raw-output --argjson me "$me" '[.[] | select(.author.id == $me and (.body | startswith("<!-- tee-kit: protection report -->"))) | .id][0] // empty' <<< "$list")
  if [ -n "$known" ] || [ "$(jq length <<< "$list")" -lt 100 ]; then break; fi
done

if [ ! -s "$file" ]; then
  [ -z "$known" ] || call --request DELETE "$notes/$known"
elif [ -n "$known" ]; then
  call --output /dev/null --request PUT --data-urlencode "body@$file" "$notes/$known"
else
  call --output /dev/null --request POST --data-urlencode "body@$file" "$notes"
fi
