#!/usr/bin/env bash
# Keeps one thread of a pull request up to date: comment.sh FILE. An empty FILE closes it. Needs curl and jq.
# Needs SYSTEM_ACCESSTOKEN (Build Service: Contribute to pull requests) and the pipeline's own variables.
set -euo pipefail

file=${1:?name the comment}
threads="${SYSTEM_COLLECTIONURI:?}${SYSTEM_TEAMPROJECTID:?}/_apis/git/repositories/${BUILD_REPOSITORY_ID:?}/pullRequests/${SYSTEM_PULLREQUEST_PULLREQUESTID:?}/threads"
version='api-version=7.1'
# The token is read from a file, so that no process list shows it.
config=$(mktemp)
trap 'rm -f "$config"' EXIT
printf 'header = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' "${SYSTEM_ACCESSTOKEN:?}" > "$config"
call() { curl --silent --show-error --fail --config "$config" "$@"; }

known=$(call "$threads?$version" | jq --raw-output '[.value[] | select((.isDeleted | not) and ((.comments[0].content // "") | startswith("<!-- tee-kit: protection report -->"))) | "\(.id) \(.comments[0].id)"][0] // empty')
thread=${known% *}
comment=${known#* }

if [ ! -s "$file" ]; then
  [ -z "$known" ] || call --output /dev/null --request PATCH --data '{"status":"closed"}' "$threads/$thread?$version"
elif [ -n "$known" ]; then
  jq --null-input --rawfile body "$file" '{content: $body}' | call --output /dev/null --request PATCH --data @- "$threads/$thread/comments/$comment?$version"
  # Active again: a policy can ask that comments are resolved before completion.
  call --output /dev/null --request PATCH --data '{"status":"active"}' "$threads/$thread?$version"
else
  jq --null-input --rawfile body "$file" '{comments: [{parentCommentId: 0, content: $body, commentType: "text"}], status: "active"}' | call --output /dev/null --request POST --data @- "$threads?$version"
fi
