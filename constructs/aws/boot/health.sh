#!/bin/bash
# Keeps asserting what boot.sh asserted. A host that drifted stops taking traffic at once and is replaced.
# shellcheck source=constructs/aws/boot/lib.sh
. "${TEE_KIT_DIR:-/opt/tee-kit}/lib.sh"

INSTANCE="$(instance_id)"
if enclave_is_good && systemctl is-active --quiet tee-listener; then exit 0; fi
say 'unhealthy: the enclave is gone, flagged or unreachable'
systemctl stop tee-listener || true
nitro-cli terminate-enclave --all || true
aws autoscaling set-instance-health --region "$AWS_REGION" --instance-id "$INSTANCE" --health-status Unhealthy --no-should-respect-grace-period
exit 1
