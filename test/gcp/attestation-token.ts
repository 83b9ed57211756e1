import { run } from '@bufbuild/cel';
import type { CelInput } from '@bufbuild/cel';
import type { Resource } from '../../constructs/compliance/model.js';
import { digest } from '../compliance/workload-fixture.js';

/** Claims of an attestation token. */
export interface Claims { readonly [claim: string]: ClaimValue }
export type ClaimValue = null | boolean | number | string | readonly ClaimValue[] | Claims;

/**
 * The token of the fixture workload's TEE as the verifier signs it, shaped like the published sample, with changes by
 * claim path (`undefined` drops a claim).
 */
export function attestationToken(changes: Readonly<Record<string, ClaimValue | undefined>> = {}): Claims {
  const token: Claims = {
    aud: 'https://sts.googleapis.com',
    iss: 'https://confidentialcomputing.googleapis.com',
    sub: 'https://www.googleapis.com/compute/v1/projects/phi-inference/zones/us-central1-a/instances/inference-prod-tee-x1y2',
    swname: 'CONFIDENTIAL_SPACE',
    swversion: ['260700'],
    dbgstat: 'disabled-since-boot',
    secboot: true,
    oemid: 11129,
    hwmodel: 'GCP_INTEL_TDX',
    attester_tcb: ['INTEL'],
    google_service_accounts: ['inference-prod-tee@phi-inference.iam.gserviceaccount.com'],
    submods: {
      confidential_space: { support_attributes: ['LATEST', 'STABLE', 'USABLE'], monitoring_enabled: { memory: false } },
      gce: { project_id: 'phi-inference', project_number: '123456789012', zone: 'us-central1-a', instance_id: '18446744073709551615', instance_name: 'inference-prod-tee-x1y2' },
      container: {
        image_digest: digest('a'),
        image_reference: `us-docker.pkg.dev/phi-inference/images/inference@${digest('a')}`,
        image_id: digest('9'),
        restart_policy: 'Always',
        args: ['/inference'],
        env: { PATH: '/usr/bin' },
      },
    },
  };
  return Object.entries(changes).reduce((claims, [path, value]) => changed(claims, path.split('.'), value), token);
}

function changed(claims: Claims, [step = '', ...rest]: readonly string[], value: ClaimValue | undefined): Claims {
  const { [step]: before, ...others } = claims;
  if (rest.length > 0) return { ...others, [step]: changed(before as Claims, rest, value) };
  return value === undefined ? others : { ...others, [step]: value };
}

/** The result of an expression over a token; undefined where it ends in an error, which the token service takes for a refusal. */
export function evaluated(expression: string, assertion: Claims): unknown {
  const outcome: unknown = run(expression, { assertion: assertion as unknown as CelInput });
  return outcome instanceof Error ? undefined : outcome;
}

/**
 * What the token service and Cloud KMS make of a token: whether the provider exchanges it, and whether the principal that
 * the mapping makes of it is one that the key is bound to.
 */
export function admission(provider: Resource, members: readonly string[], token: Claims): { readonly exchanged: boolean; readonly subject: unknown; readonly decrypts: boolean } {
  const { attributeCondition, attributeMapping } = provider.properties as { attributeCondition: string; attributeMapping: Readonly<Record<string, string>> };
  const exchanged = evaluated(attributeCondition, token) === true;
  const imageDigest = evaluated(attributeMapping['attribute.image_digest'] ?? '', token);
  const decrypts = exchanged && typeof imageDigest === 'string' && members.some((member) => member.endsWith(`/attribute.image_digest/${imageDigest}`));
  return { exchanged, subject: evaluated(attributeMapping['google.subject'] ?? '', token), decrypts };
}
