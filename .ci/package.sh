#!/usr/bin/env bash
# The package as a user gets it: packed, installed beside nothing else, and run.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$root" && npm pack --silent --pack-destination "$work" > /dev/null)
cd "$work"
echo '{ "private": true }' > package.json
# The cloud SDKs are optional peers: reading artifacts needs none of them.
npm install --silent --no-package-lock ./tee-kit-*.tgz
npx tee-kit --version
printf 'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n' > template.yaml
npx tee-kit check template.yaml
[ ! -e node_modules/aws-cdk-lib ] && [ ! -e node_modules/@pulumi ]
node -e "
  const { RULES } = require('tee-kit/compliance');
  const { loadWorkload } = require('tee-kit/workload');
  if (RULES.length < 40 || loadWorkload('node_modules/tee-kit/workload.yaml').name !== 'clinical-decision') process.exit(1);"
