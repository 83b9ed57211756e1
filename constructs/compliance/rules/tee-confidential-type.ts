import { flag, type Host, hostValue, shown, teeHosts } from '../aws.js';
import { guestPath, teeGuests, wantsOneOf } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { guestAt } from '../prove/azure/guests.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** An attestable instance: the workload file approves NitroTPM measurements, which only attestable images produce. */
function attestable(deployment: Deployment): boolean {
  return Object.values(deployment.workload?.measurements.aws ?? {}).some((measurement) => measurement.kind === 'nitro-tpm');
}

function judge(deployment: Deployment, host: Host): Verdict {
  const enclave = flag(hostValue(deployment, host, 'EnclaveOptions.Enabled'));
  const snp = hostValue(deployment, host, 'CpuOptions.AmdSevSnp');
  const path = `${host.prefix}EnclaveOptions.Enabled`;
  if (enclave === true || snp === 'enabled') return true;
  if (enclave instanceof Unknown) return unknown(path, `whether it is an enclave host is not known: ${enclave.reason}`);
  if (snp instanceof Unknown) return unknown(`${host.prefix}CpuOptions.AmdSevSnp`, `whether it is a confidential VM is not known: ${snp.reason}`);
  // Whether an image is attestable stands in the image, not in the template; the gate on its PCRs decides.
  if (attestable(deployment)) return unknown(path, 'neither an enclave host nor SEV-SNP; whether its image is attestable is not in the artifact');
  return fail(path, `EnclaveOptions.Enabled is ${shown(enclave)} and CpuOptions.AmdSevSnp is ${shown(snp)}: the host reads its memory`);
}

const aws: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const host of teeHosts(deployment)) yield* outcomes(host.resource, judge(deployment, host));
};

const azure: Check = function* (deployment) {
  for (const guest of teeGuests(deployment)) {
    yield* outcomes(guest, wantsOneOf(guestAt(guest, 'securityProfile.securityType'), guestPath(guest, 'securityProfile.securityType'), ['ConfidentialVM'], 'the host reads its memory'));
  }
};

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-confidential-type',
  title: 'PHI compute runs in a TEE, with the type set explicitly',
  theme: 'confidential-vm',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(c)(1)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'Without the TEE the host, the operator and every administrator can read memory. Provider defaults fall back to plain VMs or a weaker type without an error.',
  fix: {
    aws: 'Use EnclaveFleet (EnclaveOptions.Enabled true), ConfidentialInstance (CpuOptions.AmdSevSnp enabled) or AttestableInstance on every instance and launch template of the TEE segment.',

    azure: 'Use ConfidentialVm, or securityProfile.securityType ConfidentialVM on the VM or scale set.',

    gcp: 'Use ConfidentialVm or ConfidentialSpace, or confidentialInstanceConfig.confidentialInstanceType set to TDX, SEV_SNP or SEV on instances and templates.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
