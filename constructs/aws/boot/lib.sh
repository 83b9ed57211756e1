# shellcheck shell=bash disable=SC2034
# Shared by boot.sh and health.sh. Every external command is called by name, so that tests can stand in for it.
set -Eeuo pipefail
shopt -s inherit_errexit
DIR="${TEE_KIT_DIR:-/opt/tee-kit}"
RUN="${TEE_KIT_RUN:-/run/tee-kit}"
ETC="${TEE_KIT_ETC:-/etc}"
# shellcheck source=/dev/null
. "$DIR/settings.env"

INSTANCE=unknown

# To the journal, and to the host log in CloudWatch. A log that cannot be written stops nothing.
say() {
  echo "tee-kit: $*"
  logger -t tee-kit -- "$*" || true
  [ "$INSTANCE" != unknown ] || return 0
  aws logs put-log-events --region "$AWS_REGION" --log-group-name "$LOG_GROUP" --log-stream-name "$INSTANCE" \
    --log-events "timestamp=$(date +%s000),message='$*'" >/dev/null 2>&1 || true
}

instance_id() {
  local token
  token="$(curl -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)"
  curl -sSf -m 5 -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id
}

# The enclave this host must run: exactly one, running, without any flag. A debug enclave reports the image's PCRs
# here, so its flags are what tells.
enclave_is_good() {
  local all
  all="$(nitro-cli describe-enclaves)" || return 1
  [ "$(jq 'length' <<<"$all")" = 1 ] || return 1
  [ "$(jq -r '.[0].State' <<<"$all")" = RUNNING ] || return 1
  [ "$(jq -r '.[0].Flags' <<<"$all")" = NONE ] || return 1
}
