#!/bin/bash
# Admits this host to its Auto Scaling group only after it runs the approved enclave image outside debug mode.
# shellcheck source=constructs/aws/boot/lib.sh
. "${TEE_KIT_DIR:-/opt/tee-kit}/lib.sh"

finish() {
  aws autoscaling complete-lifecycle-action --region "$AWS_REGION" --auto-scaling-group-name "$GROUP" \
    --lifecycle-hook-name "$HOOK" --instance-id "$INSTANCE" --lifecycle-action-result "$1"
}
abandon() {
  trap - ERR
  say "abandoned at line $1 of $0"
  nitro-cli terminate-enclave --all || true
  # If this fails too, the hook's own default is ABANDON.
  finish ABANDON || true
  exit 1
}
trap 'abandon $LINENO' ERR
refuse() { say "$*"; abandon "${BASH_LINENO[0]}"; }

INSTANCE="$(instance_id)"
[ -n "$INSTANCE" ] || refuse 'no instance id'
aws logs create-log-stream --region "$AWS_REGION" --log-group-name "$LOG_GROUP" --log-stream-name "$INSTANCE" || true
mkdir -p "$RUN"
EIF="$RUN/enclave.eif"

say "fetching release $RELEASE"
aws s3api get-object --region "$AWS_REGION" --bucket "$EIF_BUCKET" --key "$EIF_KEY" --version-id "$EIF_VERSION" "$EIF"
[ "$(sha256sum "$EIF" | cut -d' ' -f1)" = "$EIF_SHA256" ] || refuse 'the enclave image has another SHA-256'

DESCRIPTION="$(nitro-cli describe-eif --eif-path "$EIF")"
for PCR in PCR0 PCR1 PCR2 PCR8; do
  WANT="${!PCR}"
  [ -n "$WANT" ] || [ "$PCR" = PCR8 ] || refuse "no approved $PCR"
  [ -n "$WANT" ] || continue
  GOT="$(jq -r --arg pcr "$PCR" '.Measurements[$pcr] // empty' <<<"$DESCRIPTION")"
  [ "${GOT,,}" = "${WANT,,}" ] || refuse "the enclave image has another $PCR"
done

mkdir -p "$ETC/nitro_enclaves"
# The allocator's parser requires the leading document marker.
printf -- '---\nmemory_mib: %s\ncpu_count: %s\n' "$ENCLAVE_MEMORY_MIB" "$ENCLAVE_CPUS" >"$ETC/nitro_enclaves/allocator.yaml"
systemctl restart nitro-enclaves-allocator.service

# Outbound: one proxy per service, each to one host name. TLS and signatures are the enclave's own.
{
  echo 'allowlist:'
  for TARGET in $PROXIES; do echo "- {address: ${TARGET#*=}, port: 443}"; done
} >"$ETC/nitro_enclaves/vsock-proxy.yaml"
for TARGET in $PROXIES; do
  systemd-run --unit "tee-proxy-${TARGET%%=*}" --property Restart=always \
    vsock-proxy "${TARGET%%=*}" "${TARGET#*=}" 443 --config "$ETC/nitro_enclaves/vsock-proxy.yaml"
done

say 'starting the enclave'
nitro-cli run-enclave --eif-path "$EIF" --cpu-count "$ENCLAVE_CPUS" --memory "$ENCLAVE_MEMORY_MIB" --enclave-cid 16
rm -f "$EIF"
enclave_is_good || refuse 'the enclave is not running, or runs in debug mode'

# Inbound: bytes only; TLS ends inside the enclave.
systemd-run --unit tee-listener --property Restart=always socat "TCP-LISTEN:$PORT,fork,reuseaddr" "VSOCK-CONNECT:16:$PORT"
systemd-run --unit tee-health --on-active=30 --on-unit-active=30 /bin/bash "$DIR/health.sh"
finish CONTINUE
say 'admitted'
