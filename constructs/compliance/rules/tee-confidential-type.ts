import { flag, type Host, hostValue, shown, teeHosts } from '../aws.js';
import { guestPath, teeGuests, wantsOneOf } from '../azure.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { guestAt } from '../prove/azure/guests.js';
import { machines, toggle } from '../gcp.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

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

const TYPES: ReadonlySet<string> = new Set(['TDX', 'SEV_SNP', 'SEV']);

function typed(deployment: Deployment, machine: Resource): Verdict {
  const path = 'confidentialInstanceConfig.confidentialInstanceType';
  const whole = machine.properties['confidentialInstanceConfig'];
  const type = whole instanceof Unknown ? whole : at(whole, 'confidentialInstanceType');
  if (type instanceof Unknown) return unknown(path, `the type is not known: ${type.reason}`);
  if (typeof type !== 'string') return fail(path, at(whole, 'enableConfidentialCompute') === true ? 'no type: the machine starts with SEV, whatever it could do' : 'no confidential type: the host reads its memory');
  if (!TYPES.has(type)) return fail(path, `${shown(type)} is no confidential type; one of ${[...TYPES].join(', ')}`);
  // One user reports that the type counts then; the documentation does not say so.
  if (toggle(at(whole, 'enableConfidentialCompute')) === false) return unknown('confidentialInstanceConfig.enableConfidentialCompute', `enableConfidentialCompute is false beside the type ${type}: which of the two counts is not documented`);
  const wanted = deployment.workload?.clouds.gcp?.confidentialType;
  return wanted !== undefined && wanted !== type ? fail(path, `the type is ${type}, the workload file says ${wanted}`) : true;
}

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) yield* outcomes(machine, typed(deployment, machine));
  for (const machine of processesPhi(deployment) ? deployment.resources.filter(({ type }) => /^gcp:compute\/instanceFrom(Template|MachineImage):/.test(type)) : []) {
    yield* outcomes(machine, unknown('', 'what it takes from its template or image, and what it overrides, is not read'));
  }
};

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
