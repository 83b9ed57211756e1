/**
 * Who an artifact lets ask for a PHI key, and with which attestation: read from its policies as they stand. A description,
 * not a decision. Whether the key can be used without attestation is decided by the proofs.
 */
import { at, type Deployment, type Resource } from '../model.js';
import { glob } from '../prove/aws/iam/glob.js';
import { Names, parsePolicy, type Statement } from '../prove/aws/iam/policy.js';
import { ATTESTATION_PREFIX } from '../prove/aws/measurements.js';
import { reasonOn } from '../prove/azure/keys.js';
import { releasePolicyOf } from '../prove/azure/release.js';
import { federated, providersOf } from '../prove/gcp/federation.js';
import { grantsOn, permits } from '../prove/gcp/iam.js';

/** One way in that the artifact declares. */
export interface Release {
  readonly principal: string;
  /** Operations or role. */
  readonly operations: string;
  /** Approved releases of the workload file whose values the condition names. */
  readonly measurements: readonly string[];
  /** The condition in words; empty when there is none. */
  readonly condition: string;
  /** The statement, role assignment or binding. */
  readonly via: string;
}

/** @returns the ways in, or the reason why they cannot be read. */
export function releasesOf(deployment: Deployment, key: Resource): readonly Release[] | string {
  try {
    return { aws, azure, gcp }[deployment.cloud](deployment, key);
  } catch (error) {
    return `the policies could not be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Names of the releases that have one of these values, with the state of each. */
function named(deployment: Deployment, text: string): string[] {
  const values: readonly (readonly [string, { readonly status: string; readonly expires: string }, readonly string[]])[] = [
    ...Object.entries(deployment.workload?.measurements.aws ?? {}).map(([name, measurement]) => [name, measurement, measurement.kind === 'nitro-enclave' ? [measurement.pcrs.PCR0] : [measurement.pcrs.PCR4]] as const),
    ...Object.entries(deployment.workload?.measurements.gcp ?? {}).map(([name, measurement]) => [name, measurement, [measurement.imageDigest]] as const),
    ...Object.entries(deployment.workload?.measurements.azure ?? {}).map(([name, measurement]) => (
      [name, measurement, Object.values(measurement.claims).flatMap((value) => (typeof value === 'string' && value.length >= 16 ? [value] : []))] as const
    )),
  ];
  const lower = text.toLowerCase();
  return values
    .filter(([, , own]) => own.length > 0 && own.every((value) => lower.includes(value.toLowerCase())))
    .map(([name, { status, expires }]) => `${name} (${expires < deployment.today ? `EXPIRED on ${expires}` : status})`);
}

const RELEASING = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret', 'kms:ReEncryptFrom'];

function aws(deployment: Deployment, key: Resource): Release[] {
  const names = new Names(deployment);
  const result: Release[] = [];
  for (const statement of parsePolicy(key.properties['KeyPolicy'], 'KeyPolicy', names, key)) {
    if (statement.effect === 'Deny') continue;
    const operations = RELEASING.filter((action) => covers(statement, action));
    if (operations.length === 0) continue;
    const attested = statement.conditions.filter((condition) => condition.key.startsWith(ATTESTATION_PREFIX));
    const condition = statement.conditions
      .map(({ key: name, operator, negated, values }) => `${name} ${negated ? 'not ' : ''}${operator} ${values.map((value) => value ?? '<unknown>').join(' or ')}`)
      .join('; ');
    result.push({
      principal: principals(statement),
      operations: operations.join(', '),
      measurements: named(deployment, attested.flatMap(({ values }) => values.map((value) => value ?? '')).join(' ')),
      condition: statement.effect === 'unknown' ? `unknown effect; ${condition}` : condition,
      via: statement.label,
    });
  }
  return result;
}

function covers({ action: { not, patterns } }: Statement, action: string): boolean {
  const listed = patterns.some((pattern) => pattern === null || glob(pattern.toLowerCase(), action.toLowerCase()));
  return listed !== not;
}

function principals({ principal }: Statement): string {
  if (!principal) return 'the holder of the policy';
  return `${principal.not ? 'everybody but ' : ''}${principal.entries.map(({ value }) => value ?? '<unknown>').join(', ')}`;
}

function azure(deployment: Deployment, key: Resource): readonly Release[] | string {
  const policy = releasePolicyOf(key);
  const identities = reasonOn(deployment, key).identities.map(({ name }) => name);
  const principal = identities.length === 0 ? 'no identity of this artifact' : identities.join(', ');
  if (!policy) return [{ principal, operations: 'wrap, unwrap and whatever the role allows', measurements: [], condition: '', via: 'the key has no release policy' }];
  if ('unknown' in policy) return policy.unknown;
  return policy.branches.flatMap((branch, index) => branch.conjuncts.map((conjunct) => {
    const condition = [...conjunct].flatMap(([claim, atoms]) => atoms.map(({ operator, value }) => `${claim} ${operator} ${String(value)}`)).join('; ');
    return { principal, operations: 'release', measurements: named(deployment, condition), condition: `token of ${branch.authority}; ${condition}`, via: `release policy, branch ${index + 1}` };
  }));
}

function gcp(deployment: Deployment, key: Resource): Release[] {
  const result: Release[] = [];
  for (const grant of grantsOn(deployment, key)) {
    const power = grant.unreadable === null ? permits(deployment, grant.role, 'decrypt') : 'unknown';
    if (power === 'no') continue;
    const unsure = power === 'unknown' ? 'unknown whether it decrypts; ' : '';
    for (const member of grant.members.length === 0 ? ['<unknown>'] : grant.members) {
      const pool = federated(deployment, member)?.pool;
      const conditions = pool ? providersOf(deployment, pool).providers.map(({ properties }) => at(properties, 'attributeCondition')) : [];
      const text = conditions.map((condition) => (typeof condition === 'string' ? condition : '<no condition, or unknown>')).join('; ');
      result.push({
        principal: member,
        operations: grant.role,
        measurements: named(deployment, `${member} ${text}`),
        condition: `${unsure}${[text, grant.condition ?? ''].filter((part) => part !== '').join('; ')}`,
        via: `${grant.source.name}, on the ${grant.scope}`,
      });
    }
  }
  return result;
}
