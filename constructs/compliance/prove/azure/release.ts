import { AZURE_ATTESTATION_REGIONS } from '../../../workload/azure-attestation.js';
import type { AzureGuestMeasurement } from '../../../workload/workload.js';
import { at, type Deployment, type Resource, Unknown } from '../../model.js';
import { type Authority, authorityOf } from './authority.js';
import { ABSENT, type Conjunct, fixedValue, implies, type Literal, parsePolicy, type Policy, witnessToken } from './policy.js';

const TEE = 'x-ms-isolation-tee';

/** Claims that the caller of an attestation chooses: they say nothing of the guest. */
export const CALLER_SET = /^x-ms-runtime(\.|$)|(^|\.)(client-payload|user-data|nonce)(\.|$)/i;

/** Claims that name one VM or one boot image. All-zero values name none. */
const BINDING = new RegExp(
  `^(x-ms-azurevm-vmid|x-ms-azurevm-attested-pcr-values\\..+|${TEE}\\.x-ms-runtime\\.vm-configuration\\.vmUniqueId|${TEE}\\.x-ms-sevsnpvm-launchmeasurement|${TEE}\\.tdx_(mrtd|rtmr[0-3]|mrconfigid))$`,
);

/** Claims by which a guest shows that its boot was verified. */
const SECURE_BOOT = ['secureboot', `${TEE}.x-ms-runtime.vm-configuration.secure-boot`] as const;

/** What a policy lets through that it should not. */
export interface Leak {
  readonly attestation: string;
  readonly via: string;
  /** `revoked`, `unapproved` or a missing guarantee: for the rule that the leak belongs to. */
  readonly kind: 'baseline' | 'debug' | 'unbound' | 'measurement';
}

/** The decision on one key's release policy. */
export interface ReleaseDecision {
  readonly leaks: readonly Leak[];
  readonly unknowns: readonly string[];
  /** Branch authorities. */
  readonly authorities: readonly Authority[];
  /** Every way in names one VM or boot image, besides the authority. */
  readonly bound: boolean;
  /** False when there is no policy at all. */
  readonly present: boolean;
  /** A branch that takes guests without secure boot: they run whatever kernel they were given. Undefined for none. */
  readonly unverifiedBoot?: string | undefined;
}

/** The parsed policy of a key: undefined when it has none. */
export function releasePolicyOf(key: Resource): Policy | undefined {
  const policy = at(key.properties, 'properties.releasePolicy');
  if (policy instanceof Unknown) return { unknown: `the release policy is unknown (${policy.reason})` };
  if (policy === undefined || policy === null) return undefined;
  const data = at(policy, 'data');
  if (data instanceof Unknown) return { unknown: `the release policy is unknown (${data.reason})` };
  const contentType = at(policy, 'contentType');
  if (contentType !== undefined && contentType !== null && (typeof contentType !== 'string' || !/^application\/json\s*(;\s*charset\s*=\s*utf-8\s*)?$/i.test(contentType))) {
    return { unknown: `the release policy has content type ${JSON.stringify(contentType)}` };
  }
  if (data === undefined || data === null || data === '') return undefined;
  return typeof data === 'string' ? parsePolicy(data) : { unknown: 'the release policy is not text' };
}

/** Decides an application key's policy: what the guest of every token that it accepts is proven to be. */
export function decideGuestRelease(deployment: Deployment, key: Resource): ReleaseDecision {
  const policy = releasePolicyOf(key);
  if (!policy) return { leaks: [], unknowns: [], authorities: [], bound: false, present: false };
  if ('unknown' in policy) return { leaks: [], unknowns: [policy.unknown], authorities: [], bound: false, present: true };
  const leaks: Leak[] = [];
  const unknowns: string[] = [];
  const authorities: Authority[] = [];
  let bound = true;
  let unverifiedBoot: string | undefined;
  for (const branch of policy.branches) {
    if (branch.conjuncts.length === 0) continue;
    const authority = authorityOf(deployment, branch.authority);
    authorities.push(authority);
    if (authority.kind === 'unknown') unknowns.push(authority.reason);
    for (const conjunct of branch.conjuncts) {
      const trusted = withoutCallerSet(conjunct);
      const where = `branch ${branch.authority}`;
      const before = leaks.length + unknowns.length;
      judgeBaseline(trusted, conjunct, where, leaks, unknowns);
      const named = [...trusted.keys()].some((claim) => { const value = BINDING.test(claim) ? fixedValue(trusted, claim) : undefined; return value !== undefined && !/^[0-]*$/.test(String(value)); });
      if (!named) bound = false;
      if (SECURE_BOOT.every((claim) => implies(trusted, claim, [true]).answer !== 'yes')) unverifiedBoot ??= `${where}: nothing proves secure boot (${SECURE_BOOT.join(' or ')}), so a guest may run a kernel that nobody signed`;
      if (!named && authority.kind === 'shared') {
        leaks.push({ kind: 'unbound', attestation: witnessToken(conjunct, {}), via: `${where}: every confidential VM of every tenant in the region has such a token` });
      }
      if (!named && authority.kind === 'entra') {
        leaks.push({ kind: 'unbound', attestation: witnessToken(conjunct, {}), via: `${where}: ${authority.provider.name} has no policy signing certificate, so its administrators decide what it attests` });
      }
      if (leaks.length + unknowns.length === before) judgeMeasurement(deployment, trusted, conjunct, where, leaks, unknowns);
    }
  }
  return { leaks, unknowns, authorities, bound, present: true, unverifiedBoot };
}

function withoutCallerSet(conjunct: Conjunct): Conjunct {
  return new Map([...conjunct].filter(([claim]) => !CALLER_SET.test(claim)));
}

function judgeBaseline(trusted: Conjunct, whole: Conjunct, where: string, leaks: Leak[], unknowns: string[]): void {
  const tee = fixedValue(trusted, `${TEE}.x-ms-attestation-type`);
  const required: readonly (readonly [claim: string, allowed: readonly Literal[], lack: string, kind: Leak['kind']])[] = [
    [`${TEE}.x-ms-attestation-type`, ['sevsnpvm', 'tdxvm'], 'nothing proves that the guest runs in a TEE', 'baseline'],
    [`${TEE}.x-ms-compliance-status`, ['azure-compliant-cvm'], 'nothing proves that the guest is a compliant confidential VM', 'baseline'],
    [tee === 'tdxvm' ? `${TEE}.tdx_td_attributes_debug` : `${TEE}.x-ms-sevsnpvm-is-debuggable`, [false], 'the host may debug the guest', 'debug'],
  ];
  for (const [claim, allowed, lack, kind] of required) {
    const { answer, sample } = implies(trusted, claim, allowed);
    // The witness shows the claim as the guest of an attacker would have it.
    const shown = whole.has(claim) ? sample : kind === 'debug' ? true : ABSENT;
    if (answer === 'no') leaks.push({ kind, attestation: witnessToken(whole, { [claim]: shown }), via: `${where}: ${lack} (${claim})` });
    else if (answer === 'undecided') unknowns.push(`${where}: whether ${claim} must be ${allowed.join(' or ')} cannot be decided from its operators`);
  }
}

/** Every accepted token must show an active release; one of a retired or revoked release is named as such. */
function judgeMeasurement(deployment: Deployment, trusted: Conjunct, whole: Conjunct, where: string, leaks: Leak[], unknowns: string[]): void {
  const measurements = deployment.workload?.measurements?.azure;
  if (!measurements) return;
  const all: readonly (readonly [string, AzureGuestMeasurement])[] = Object.entries(measurements);
  const shows = ({ claims }: AzureGuestMeasurement): 'yes' | 'no' | 'undecided' => {
    const answers = Object.entries(claims ?? {}).map(([claim, value]) => implies(trusted, claim, [value]).answer);
    return answers.includes('no') ? 'no' : answers.includes('undecided') ? 'undecided' : 'yes';
  };
  const answers = all.filter(([, { status }]) => status === 'active').map(([, measurement]) => shows(measurement));
  if (answers.includes('yes')) return;
  if (answers.includes('undecided')) {
    unknowns.push(`${where}: whether an active measurement is required cannot be decided from its operators`);
    return;
  }
  const old = all.find(([, measurement]) => measurement.status !== 'active' && shows(measurement) === 'yes');
  leaks.push({
    kind: 'measurement',
    attestation: old ? 'revoked' : witnessToken(whole, {}),
    via: old ? `${where}: accepts ${old[0]}, which is ${old[1].status}` : `${where}: accepts a guest that shows no active measurement of the workload file`,
  });
}

/** Decides a disk key's policy: the platform's flat claims, from an authority that Microsoft or the artifact runs. */
export function decidePlatformRelease(deployment: Deployment, key: Resource): { readonly leaks: readonly string[]; readonly unknowns: readonly string[]; readonly present: boolean } {
  const policy = releasePolicyOf(key);
  if (!policy) return { leaks: [], unknowns: [], present: false };
  if ('unknown' in policy) return { leaks: [], unknowns: [policy.unknown], present: true };
  const leaks: string[] = [];
  const unknowns: string[] = [];
  const home = AZURE_ATTESTATION_REGIONS[deployment.workload?.clouds.azure?.region ?? ''];
  for (const branch of policy.branches) {
    const authority = authorityOf(deployment, branch.authority);
    if (authority.kind === 'unknown') unknowns.push(authority.reason);
    if (authority.kind === 'shared' && home !== undefined && authority.region !== home && branch.conjuncts.length > 0) leaks.push(`branch ${branch.authority} is the authority of another region than that of the workload file: no machine of the workload is attested there`);
    for (const conjunct of branch.conjuncts) {
      for (const [claim, allowed] of [['x-ms-attestation-type', ['sevsnpvm', 'tdxvm']], ['x-ms-compliance-status', ['azure-compliant-cvm']]] as const) {
        const { answer } = implies(withoutCallerSet(conjunct), claim, allowed);
        if (answer === 'no') leaks.push(`branch ${branch.authority} does not require ${claim} to be ${allowed.join(' or ')}`);
        if (answer === 'undecided') unknowns.push(`branch ${branch.authority}: whether ${claim} is required cannot be decided`);
      }
    }
  }
  return { leaks, unknowns, present: true };
}
