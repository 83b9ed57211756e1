import { covers } from '../aws.js';
import { at, type Deployment, isList, isObject, type Resource, strings, type Value, Unknown } from '../model.js';
import { CALLER_SET, releasePolicyOf } from '../prove/azure/release.js';
import { ATTESTABLE, isAttestationKey, isDigest } from '../prove/aws/measurements.js';
import { type Defect, defineRule, eachOf, fail, unknown, type Verdict, warn, type Check, outcomes } from '../rule.js';
import { CelError, claimPath, inside, parseCel } from '../prove/gcp/cel.js';
import { allKeys } from '../phi.js';
import { federated, textMapping } from '../prove/gcp/federation.js';
import { attestedMembers } from '../prove/gcp/keys.js';
import { refersTo, TYPE } from '../prove/gcp/names.js';

/** The policy documents of a resource, with the path to each. */
function documents({ type, properties }: Resource): readonly (readonly [string, Value | undefined])[] {
  if (type.startsWith('AWS::KMS::')) return [['KeyPolicy', properties['KeyPolicy']]];
  const inline = properties['Policies'];
  return [['PolicyDocument', properties['PolicyDocument']], ...(isList(inline) ? inline.map((one, index) => [`Policies[${index}].PolicyDocument`, at(one, 'PolicyDocument')] as const) : [])];
}

/**
 * Further operators that do what they say. A measurement has one value at most: over no value ForAllValues is true, so
 * that a Deny still holds without attestation, and ForAnyValue is false, so that an Allow does not. The reverse is neither.
 */
const DENIES = /^(Null|(ForAllValues:)?StringNotEquals(IgnoreCase)?(IfExists)?)$/i;
const ALLOWS = /^ForAnyValue:StringEquals(IgnoreCase)?$/i;

const listOf = (value: Value | undefined): readonly Value[] => (isList(value) ? value : value === undefined || value === null ? [] : [value]);

function judge(resource: Resource): Verdict {
  const defects: Defect[] = [];
  let seen = false;
  for (const [path, document] of documents(resource)) {
    listOf(at(document, 'Statement')).forEach((statement, index) => {
      const condition = at(statement, 'Condition');
      if (!isObject(condition)) return;
      const here = `${path}.Statement[${index}]`;
      const deny = at(statement, 'Effect') === 'Deny';
      for (const [operator, keys] of Object.entries(condition)) {
        for (const [key, value] of Object.entries(isObject(keys) ? keys : {})) {
          if (!key.toLowerCase().startsWith('kms:recipientattestation')) continue;
          seen = true;
          const say = (text: string): void => void defects.push(fail(`${here}.Condition.${operator}`, text));
          if (!isAttestationKey(key.toLowerCase())) say(`KMS has no condition key ${key}; it has ImageSha384, PCR0 to PCR31 and NitroTPMPCR0 to NitroTPMPCR23 under kms:RecipientAttestation:`);
          if (!/^(StringEquals|StringEqualsIgnoreCase|StringNotEquals|StringNotEqualsIgnoreCase)$/.test(operator) && !(deny ? DENIES : ALLOWS).test(operator)) say(`${operator} on ${key} does not bind one measurement; use StringEqualsIgnoreCase, or StringNotEqualsIgnoreCase in a Deny`);
          if (operator !== 'Null') for (const text of strings(value)) if (!isDigest(text) && !text.includes('${')) say(`${JSON.stringify(text)} on ${key} is not 96 hex digits, so KMS never presents it`);
          // A Deny on more than the attestable operations is a stronger Deny; an Allow on them never applies.
          if (!deny) for (const action of strings(at(statement, 'Action'))) {
            const name = action.toLowerCase().replace(/^kms:/, '');
            if (action.toLowerCase().startsWith('kms:') && !/[*?$]/.test(action) && !ATTESTABLE.has(name)) say(`${action} never carries an attestation document, so a condition on ${key} never matches it`);
          }
        }
      }
    });
  }
  if (seen && resource.type.startsWith('AWS::KMS::')) defects.push(...unconditioned(keyStatements(resource)), ...unusable(resource));
  return seen ? defects : null;
}

/** What a key that is not symmetric cannot do, though its policy allows it on an attestation. Source: KMS, key type reference. */
function unusable(key: Resource): readonly Defect[] {
  if (key.type !== 'AWS::KMS::Key') return [];
  const spec = key.properties['KeySpec'] ?? 'SYMMETRIC_DEFAULT';
  const usage = key.properties['KeyUsage'] ?? 'ENCRYPT_DECRYPT';
  if (spec instanceof Unknown) return [unknown('KeySpec', `the kind of key is not known: ${spec.reason}`)];
  if (usage instanceof Unknown) return [unknown('KeyUsage', `what the key is for is not known: ${usage.reason}`)];
  if (usage !== 'ENCRYPT_DECRYPT' && usage !== 'KEY_AGREEMENT') return [fail('KeyUsage', `KeyUsage is ${JSON.stringify(usage)}: no operation of such a key carries an attestation document`)];
  if (spec === 'SYMMETRIC_DEFAULT') return usage === 'KEY_AGREEMENT' ? [fail('KeyUsage', 'a symmetric key takes no part in key agreement')] : [];
  const able = usage === 'KEY_AGREEMENT' ? 'kms:DeriveSharedSecret' : 'kms:Decrypt';
  return keyStatements(key).flatMap((statement) => {
    if (at(statement, 'Effect') !== 'Allow') return [];
    const names = Object.values(conditionOf(statement)).flatMap((keys) => (isObject(keys) ? Object.keys(keys).map((name) => name.toLowerCase()) : []));
    if (!names.some((name) => name.startsWith('kms:recipientattestation'))) return [];
    const lost = [...strings(at(statement, 'Action'))].filter((action) => !/[*?$]/.test(action) && ATTESTABLE.has(action.toLowerCase().replace(/^kms:/, '')) && action.toLowerCase() !== able.toLowerCase() && action.toLowerCase() !== 'kms:generaterandom');
    return [
      ...(lost.length > 0 ? [fail('KeySpec', `KeySpec is ${JSON.stringify(spec)}, on which ${lost.join(', ')} does not work`)] : []),
      ...(names.some((name) => name.startsWith('kms:encryptioncontext')) ? [fail('KeySpec', `KeySpec is ${JSON.stringify(spec)}: such a key takes no encryption context, so nothing binds a ciphertext to the workload and the Allow never matches`)] : []),
    ];
  });
}

/** Allow statements that give plaintext without asking for attestation, beside one that asks. */
function unconditioned(statements: readonly Value[]): readonly Defect[] {
  const allows = (statement: Value): boolean => at(statement, 'Effect') === 'Allow';
  const asks = (statement: Value): boolean => Object.values(conditionOf(statement)).some((keys) => isObject(keys) && Object.keys(keys).some((key) => key.toLowerCase().startsWith('kms:recipientattestation')));
  if (!statements.some((statement) => allows(statement) && asks(statement))) return [];
  return statements.flatMap((statement, index) => {
    if (!allows(statement) || asks(statement)) return [];
    const negated = at(statement, 'NotAction');
    const patterns = [...strings(negated ?? at(statement, 'Action'))];
    const given = PLAINTEXT.filter((action) => patterns.some((pattern) => covers(pattern, action)) !== (negated !== undefined));
    return given.length === 0 ? [] : [fail(`KeyPolicy.Statement[${index}]`, `allows ${given.join(', ')} without a condition on attestation, beside a statement that asks for it: this one decides`)];
  });
}
const conditionOf = (statement: Value): { readonly [key: string]: Value } => {
  const condition = at(statement, 'Condition');
  return isObject(condition) ? condition : {};
};
const keyStatements = (key: Resource): readonly Value[] => listOf(at(key.properties['KeyPolicy'], 'Statement'));
/** Operations that give the caller plaintext, or the data under another key. */
const PLAINTEXT = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret', 'kms:ReEncryptFrom'] as const;

function judgePolicy(key: Resource): Verdict {
  const policy = releasePolicyOf(key);
  const path = 'properties.releasePolicy';
  if (!policy) return null;
  if ('unknown' in policy) return unknown(path, policy.unknown);
  return policy.branches.flatMap(({ authority, conjuncts }) => {
    if (conjuncts.length === 0) return [fail(path, `no token satisfies the branch of ${authority}: its conditions contradict each other`)];
    const atoms = conjuncts.flatMap((conjunct) => [...conjunct.values()].flat());
    return [
      ...[...new Set(atoms.filter(({ claim }) => CALLER_SET.test(claim)).map(({ claim }) => claim))].map((claim) => fail(path, `${claim} is what the caller says of itself`)),
      // One page of Microsoft's documentation lists seven operators, another says that equals alone is evaluated.
      ...[...new Set(atoms.filter(({ operator }) => operator !== 'equals').map(({ claim, operator }) => `${operator} on ${claim}`))].map((what) => warn(path, `${what}: only equals is sure to be evaluated`)),
    ];
  });
}

/** Longest condition that the API takes, in characters. Source: IAM REST reference. */
const CONDITION_LIMIT = 4096;
/** Claims of a Confidential Space token. Source: Confidential Space, token claims. */
const CLAIMS = new Set(['aud', 'iss', 'sub', 'exp', 'iat', 'nbf', 'eat_nonce', 'eat_profile', 'secboot', 'oemid', 'hwmodel', 'swname', 'swversion', 'dbgstat', 'attester_tcb', 'submods', 'google_service_accounts', 'tdx']);
const SUBMODS = /^submods\.(confidential_space(\.(support_attributes|monitoring_enabled(\.memory)?))?|gce(\.(zone|project_id|project_number|instance_name|instance_id))?|container(\.(image_reference|image_digest|restart_policy|image_id|env|env_override|args|cmd_override|image_signatures)(\..*)?)?|nvidia_gpu(\..*)?)$/;

function* provider(resource: Resource): Iterable<Defect> {
  const { properties } = resource;
  const texts: [string, Value | undefined][] = [['attributeCondition', properties['attributeCondition']], ...(isObject(properties['attributeMapping']) ? Object.entries(properties['attributeMapping']).map(([name, value]): [string, Value] => [`attributeMapping.${name}`, value]) : [])];
  for (const [path, value] of texts) {
    if (value instanceof Unknown) yield unknown(path, `it is not known: ${value.reason}`);
    if (typeof value !== 'string') continue;
    if (path === 'attributeCondition' && value.length > CONDITION_LIMIT) yield fail(path, `the condition has ${value.length} characters; the API takes ${CONDITION_LIMIT}`);
    try {
      for (const part of inside(parseCel(value))) {
        const claim = claimPath(part);
        if (claim !== undefined && !CLAIMS.has(claim) && !SUBMODS.test(claim) && !claim.startsWith('tdx.')) yield fail(path, `no attestation token has the claim ${claim}, so the condition never holds`);
      }
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      yield unknown(path, `it is not read as CEL: ${error.message}`);
    }
  }
  if (isObject(properties['attributeMapping']) && properties['attributeMapping']['google.subject'] === 'assertion.sub') yield unknown('attributeMapping', 'whether assertion.sub, a URL of the instance, fits the 127 bytes of google.subject is not told; the exchange fails where it does not');
  const subject = isObject(properties['attributeMapping']) ? properties['attributeMapping']['google.subject'] : undefined;
  if (typeof subject === 'string' && !namesInstance(subject)) yield fail('attributeMapping.google.subject', `${subject} is the same for every machine: the audit log cannot tell whose key use it records`);
  const audiences = at(properties, 'oidc.allowedAudiences');
  if (audiences instanceof Unknown) yield unknown('oidc.allowedAudiences', audiences.reason);
  const list = [...strings(audiences)];
  // A token that the workload gave to somebody else must not be one that the pool takes.
  for (const audience of list) if (audience !== 'https://sts.googleapis.com' && !/(workloadIdentityPools|\$\{gcp:iam\/workloadIdentityPool)/.test(audience)) yield fail('oidc.allowedAudiences', `tokens that the workload issues for ${audience} are taken too: whoever receives one can exchange it`);
}

/** Claims that tell one machine from another. */
const OF_ONE_INSTANCE: ReadonlySet<string> = new Set(['sub', 'submods.gce.instance_id', 'submods.gce.instance_name']);

/** Whether a mapped subject differs from machine to machine. What is not read may. */
function namesInstance(subject: string): boolean {
  try {
    return [...inside(parseCel(subject))].some((part) => OF_ONE_INSTANCE.has(claimPath(part) ?? ''));
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return true;
  }
}

const gcp: Check = function* (deployment) {
  for (const resource of deployment.ofType(TYPE.provider)) {
    const issuer = at(resource.properties, 'oidc.issuerUri');
    if (typeof issuer === 'string' && issuer.startsWith('https://confidentialcomputing.googleapis.com')) yield* outcomes(resource, [...provider(resource), ...unmapped(deployment, resource)]);
  }
};

/** Attributes that bindings of keys name and the provider does not map: no token is ever such a principal. */
function unmapped(deployment: Deployment, resource: Resource): readonly Defect[] {
  const mapping = textMapping(resource.properties['attributeMapping']);
  if (!mapping) return [];
  const named = new Set(allKeys(deployment).flatMap((key) => attestedMembers(deployment, key)).flatMap((member) => {
    const identity = federated(deployment, member);
    return identity?.pool && identity.selector.startsWith('attribute.') && refersTo(deployment, resource.properties['workloadIdentityPoolId'], identity.pool) ? [identity.selector] : [];
  }));
  return ['google.subject', ...named].filter((attribute) => !Object.hasOwn(mapping, attribute)).map((attribute) => fail('attributeMapping', `${attribute} is not mapped: ${attribute === 'google.subject' ? 'the exchange of tokens fails' : 'the bindings that name it admit nobody, the approved workload neither'}`));
}

export const rule = defineRule({
  id: 'attestation-condition-effective',
  title: 'Every attestation condition can do what it says',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(1)'],
  why: 'IAM accepts a condition key that does not exist, a measurement of the wrong length and a condition on an operation that carries no attestation. Each reads like a gate and is none.',
  fix: {
    aws: 'Use AttestedKey, or put kms:RecipientAttestation:ImageSha384 or :PCRn with 96 hex digits under StringEqualsIgnoreCase, on kms:Decrypt, kms:GenerateDataKey, kms:GenerateDataKeyPair, kms:DeriveSharedSecret and kms:GenerateRandom only, on a key with KeySpec SYMMETRIC_DEFAULT and KeyUsage ENCRYPT_DECRYPT.',
    azure: 'Use AttestedKey or OsDiskKey, or a releasePolicy whose conditions use equals on claims that the authority makes, none under x-ms-runtime and none that contradict each other.',
    gcp: 'Use AttestedKey, or build the attributeCondition from claims that Confidential Space tokens have, in CEL, within 4096 characters, with https://sts.googleapis.com or the provider itself as the only audience.',
  },
  checks: {
    aws: eachOf(['AWS::KMS::Key', 'AWS::KMS::ReplicaKey', 'AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy'], judge),
    azure: eachOf('azure-native:keyvault:Key', judgePolicy),
    gcp,
  },
});
