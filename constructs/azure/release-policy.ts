import { createHash } from 'node:crypto';

/** A claim that must have exactly this value. The only operator that every Key Vault document agrees is evaluated. */
export interface ClaimEquals {
  readonly claim: string;
  readonly equals: string | boolean | number;
}

/** Any of several alternatives, each a list of claims that must all hold. */
export interface ClaimAlternatives {
  readonly anyOf: readonly { readonly allOf: readonly ClaimEquals[] }[];
}

/** One authority and what its token must say. */
export interface AuthorityBranch {
  /** `https://<name>.<region>.attest.azure.net` */
  readonly authority: string;
  readonly allOf: readonly (ClaimEquals | ClaimAlternatives)[];
}

/** Secure key release policy, grammar 1.0.0. */
export interface ReleasePolicy {
  readonly version: '1.0.0';
  readonly anyOf: readonly AuthorityBranch[];
}

const TEE = 'x-ms-isolation-tee';

/** Claims that a token carries because its caller sent them: worth nothing in a policy. */
const CALLER_SET = /^x-ms-runtime(\.|$)|(^|\.)(client-payload|user-data|nonce)(\.|$)/i;

/** What every guest must prove, whatever the measurement: the TEE, its compliance, and that nothing can debug it. */
function baseline(tee: 'sevsnpvm' | 'tdxvm'): readonly ClaimEquals[] {
  return [
    { claim: `${TEE}.x-ms-attestation-type`, equals: tee },
    { claim: `${TEE}.x-ms-compliance-status`, equals: 'azure-compliant-cvm' },
    tee === 'sevsnpvm'
      ? { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, equals: false }
      : { claim: `${TEE}.tdx_td_attributes_debug`, equals: false },
    { claim: 'secureboot', equals: true },
    { claim: 'x-ms-azurevm-debuggersdisabled', equals: true },
  ];
}

/** Where the guest's own token of a measured release may be asked for. */
export interface GuestPolicyProps {
  /** Address of a private attestation authority; the shared ones serve every tenant of the region and are refused. */
  readonly authority: string;
  /** Attestation type of the VM size: SEV-SNP (DCas, ECas) or TDX (DCes, ECes). */
  readonly tee: 'sevsnpvm' | 'tdxvm';
  /** Claims per approved release; at least one release. */
  readonly releases: Readonly<Record<string, Readonly<Record<string, string | boolean | number>>>>;
}

/**
 * The release policy of an application key: one private authority, the baseline of a confidential VM that nothing can
 * debug, and one of the approved releases.
 * @throws on a shared or malformed authority, on no release, on a caller-set claim, or on a release that weakens the baseline.
 */
export function guestReleasePolicy(props: GuestPolicyProps): ReleasePolicy {
  const host = /^https:\/\/([a-z0-9-]+)\.[a-z0-9]+\.attest\.azure\.net\/?$/.exec(props.authority)?.[1];
  if (!host) throw new Error(`authority: "${props.authority}" is not an attestation endpoint; expected https://<provider>.<region>.attest.azure.net`);
  if (host.startsWith('shared')) {
    throw new Error(`authority: "${props.authority}" is shared by every tenant of the region, so any confidential VM anywhere would satisfy it; use a private AttestationAuthority`);
  }
  const common = baseline(props.tee);
  const fixed = new Map(common.map((claim) => [claim.claim, claim.equals]));
  const releases = Object.entries(props.releases).sort(([a], [b]) => (a < b ? -1 : 1));
  if (releases.length === 0) throw new Error('releases: none is active; a key that releases to no measurement protects nothing that can run: approve one in measurements.azure');
  const anyOf = releases.map(([name, claims]) => {
    const own = Object.entries(claims).sort(([a], [b]) => (a < b ? -1 : 1)).filter(([claim, value]) => {
      if (CALLER_SET.test(claim)) throw new Error(`measurements.azure.${name}.claims: "${claim}" is set by the caller of the attestation and proves nothing; remove it`);
      if (/^x-ms-(attestation-type|compliance-status)$/.test(claim)) {
        throw new Error(`measurements.azure.${name}.claims: "${claim}" is the platform token's flat claim; a guest token carries ${TEE}.${claim}`);
      }
      const required = fixed.get(claim);
      if (required !== undefined && required !== value) {
        throw new Error(`measurements.azure.${name}.claims: "${claim}" is ${JSON.stringify(value)}, but every release must have ${JSON.stringify(required)}`);
      }
      return required === undefined;
    });
    return { allOf: own.map(([claim, equals]): ClaimEquals => ({ claim, equals })) };
  });
  const bare = anyOf.findIndex((alternative) => alternative.allOf.length === 0);
  if (bare >= 0 && anyOf.length > 1) {
    throw new Error(`measurements.azure.${releases[bare]?.[0] ?? ''}.claims: nothing beyond what every confidential VM shows, so it would admit more than the releases beside it; add the claims that identify it`);
  }
  return { version: '1.0.0', anyOf: [{ authority: props.authority, allOf: bare >= 0 ? common : [...common, { anyOf }] }] };
}

/**
 * The release policy of a confidential OS disk key. The caller is the platform, before the guest runs: flat claims,
 * and the region's shared authority, which is where the platform attests.
 */
export function platformReleasePolicy(authority: string, tee: 'sevsnpvm' | 'tdxvm'): ReleasePolicy {
  return {
    version: '1.0.0',
    anyOf: [
      {
        authority,
        allOf: [
          { claim: 'x-ms-attestation-type', equals: tee },
          { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' },
        ],
      },
    ],
  };
}

/** What `Key.properties.releasePolicy` takes: the policy as base64url. */
export function encodeReleasePolicy(policy: ReleasePolicy): { contentType: string; data: string } {
  return { contentType: 'application/json; charset=utf-8', data: Buffer.from(JSON.stringify(policy), 'utf8').toString('base64url') };
}

/**
 * A key name that changes with the policy. ARM creates a key only if it does not exist: a changed policy under the old
 * name would be reported as updated and change nothing.
 */
export function policyKeyName(prefix: string, policy: ReleasePolicy): string {
  return `${prefix}-${createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 12)}`;
}

/** The attestation type that a VM size produces. Sizes with an `e` after the vCPU count (DC4es_v6, EC8eds_v5) are TDX. */
export function teeOfSize(size: string): 'sevsnpvm' | 'tdxvm' {
  const match = /^Standard_(DC|EC)(\d+)(a|e)[a-z]*_v[5-9]$/i.exec(size);
  if (!match) {
    throw new Error(`clouds.azure.instance: "${size}" is not a confidential VM size; use a DCas, DCads, ECas or ECads size of v5 or later (SEV-SNP), or DCes, DCeds, ECes, ECeds (TDX)`);
  }
  return match[3]?.toLowerCase() === 'e' ? 'tdxvm' : 'sevsnpvm';
}
