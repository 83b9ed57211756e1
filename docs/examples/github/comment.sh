#!/usr/bin/env bash
# Keeps one comment of a pull request up to date: comment.sh FILE. An empty FILE takes it away.
# Needs GH_TOKEN (pull-requests: write), GITHUB_REPOSITORY and PULL_REQUEST.
set -euo pipefail

file=${1:?name the comment}
api="repos/${GITHUB_REPOSITORY:?}"
# Only a comment of the bot itself: anybody can write the marker.
mine='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- tee-kit: protection report -->"))) | .id'
known=$(gh api --paginate "$api/issues/${PULL_REQUEST:?}/comments" --jq "$mine")
known=${known%%$'\n'*}

if [ ! -s "$file" ]; then
  [ -z "$known" ] || gh api --method DELETE "$api/issues/comments/$known"
elif [ -n "$known" ]; then
  gh api --method PATCH "$api/issues/comments/$known" --field "body=@$file" --silent
else
  gh api --method POST "$api/issues/$PULL_REQUEST/comments" --field "body=@$file" --silent
fi
