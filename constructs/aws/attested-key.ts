import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { KEY_PURPOSE_TAG, type AwsMeasurement } from '../workload/index.js';
import { attestationCondition } from './measurements.js';
import { allow, deny, policy, sid, type PolicyDocument, type Statement } from './policy.js';
import { Tags } from 'aws-cdk-lib';

/** The operations whose response KMS can encrypt to an attestation document, on a symmetric key. */
const ATTESTED_OPERATIONS = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'] as const;
/** Every operation that yields plaintext under a key; those that are not attestable have no Allow either. */
const PLAINTEXT_OPERATIONS = ['kms:Decrypt', 'kms:DeriveSharedSecret', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'] as const;
/** Operations that move key use out of the reach of the attestation condition. Nobody may call them. */
const ESCAPES = [
  'kms:CreateGrant',
  'kms:DeleteImportedKeyMaterial',
  'kms:GetParametersForImport',
  'kms:ImportKeyMaterial',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:ReplicateKey',
  'kms:UpdatePrimaryRegion',
] as const;
/** Operations that change the gate or take the key away. */
const GATE_OPERATIONS = ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:UpdateAlias', 'kms:DeleteAlias'] as const;
const WRITE_OPERATIONS = ['kms:Encrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPairWithoutPlaintext'] as const;
const READ_OPERATIONS = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListGrants', 'kms:ListKeyPolicies', 'kms:ListKeyRotations', 'kms:ListResourceTags'] as const;

/** Longest a break-glass session may be since its second factor, in seconds. */
const MFA_MAX_AGE_SECONDS = 3600;
/** Longest key policy that KMS accepts, in bytes (AWS KMS quotas). */
const POLICY_LIMIT_BYTES = 32_768;

export interface AttestedKeyProps {
  /** Name of the workload: alias `alias/<name>-phi` and value of the required encryption context. */
  readonly workload: string;
  /** Deployment stage, second part of the required encryption context. */
  readonly environment: string;
  /** The measurements that receive keys, by handle. Empty: nobody can decrypt. */
  readonly measurements: readonly (readonly [string, AwsMeasurement])[];
  /** Literal ARN of the one role whose enclaves (or attestable instances) use the key. */
  readonly role: string;
  /** Literal ARN of the role that deploys: the only one that may change the policy in normal operation. */
  readonly deploymentRole: string;
  /** Literal ARN of the emergency role. It may change the policy or disable the key, under MFA only. Default: none. */
  readonly breakGlassRole?: string;
  /** Literal ARNs of roles that look after the key (describe, tag, enable, rotate) and can never use it or open it. */
  readonly administrators: readonly string[];
  /** Literal ARNs of roles that may encrypt new data, never read it. Default: none. */
  readonly writers?: readonly string[];
  /**
   * VPC endpoints (ids or references) through which alone the key can be used. Default: no such guard, which only a
   * key in another account than its network needs until the endpoint's id is known. Exempt, as AWS documents that the
   * key is absent or different there: administration, deployment and writers.
   */
  readonly sourceEndpoints?: readonly string[];
  /** Last change of the template before it is written. */
  readonly transform?: (key: CfnKey) => void;
}

/**
 * A KMS key that releases plaintext to attested code only: one role, presenting one of the active measurements, with
 * the workload's encryption context, through the workload's endpoint. The policy is complete when the key is created;
 * nothing delegates to IAM, and Denies for everyone stand behind each Allow.
 * @throws for measurements that are zero, of wrong length or wildcards, role ARNs that are not literal, and a policy
 * longer than 32 KiB.
 */
export class AttestedKey extends Construct {
  readonly key: CfnKey;
  readonly alias: CfnAlias;
  /** `alias/<workload>-phi`. */
  readonly aliasName: string;
  readonly policy: PolicyDocument;

  constructor(scope: Construct, id: string, props: AttestedKeyProps) {
    super(scope, id);
    this.policy = attestedKeyPolicy(props);
    const size = Buffer.byteLength(JSON.stringify(this.policy));
    if (size > POLICY_LIMIT_BYTES) {
      throw new Error(`${this.node.path}: the key policy has ${size} bytes with ${props.measurements.length} active measurements; allowed: ${POLICY_LIMIT_BYTES}. Retire old measurements.`);
    }
    this.aliasName = `alias/${props.workload}-phi`;
    this.key = new CfnKey(this, 'Key', {
      description: `PHI of ${props.workload}: released to attested code only`,
      enableKeyRotation: true,
      keySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      multiRegion: false,
      origin: 'AWS_KMS',
      pendingWindowInDays: 30,
      bypassPolicyLockoutSafetyCheck: false,
      keyPolicy: this.policy,
    });
    this.key.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Tags.of(this.key).add(KEY_PURPOSE_TAG, 'phi');
    this.alias = new CfnAlias(this, 'Alias', { aliasName: this.aliasName, targetKeyId: this.key.ref });
    this.alias.applyRemovalPolicy(RemovalPolicy.RETAIN);
    props.transform?.(this.key);
  }

  /** @throws always: such a grant has no attestation condition. */
  grant(): never {
    return ungated('grant');
  }
  /** @throws always: such a grant has no attestation condition. */
  grantDecrypt(): never {
    return ungated('grantDecrypt');
  }
  /** @throws always: such a grant has no attestation condition. */
  grantEncryptDecrypt(): never {
    return ungated('grantEncryptDecrypt');
  }
  /** @throws always: name the writer in the constructor, so that the policy is complete at deployment. */
  grantEncrypt(): never {
    return ungated('grantEncrypt');
  }
  /** @throws always: name the administrator in the constructor. */
  grantAdmin(): never {
    return ungated('grantAdmin');
  }
  /** @throws always: the key policy is complete when the construct is built. */
  addToResourcePolicy(): never {
    return ungated('addToResourcePolicy');
  }
}

function ungated(method: string): never {
  throw new Error(
    `AttestedKey.${method}() would put a permission without attestation condition beside the key policy. ` +
      'To decrypt: list the measurement in the workload file and run it under the `role`. To encrypt only: name the role in `writers`. To administer: name it in `administrators`. ' +
      'For disks, logs and buckets use ServiceKey.',
  );
}

/** The key policy as plain data. Exported for reviewers and simulators. */
export function attestedKeyPolicy(props: AttestedKeyProps): PolicyDocument {
  literal('role', props.role);
  literal('deploymentRole', props.deploymentRole);
  if (props.breakGlassRole !== undefined) literal('breakGlassRole', props.breakGlassRole);
  props.administrators.forEach((arn) => literal('administrators', arn));
  props.writers?.forEach((arn) => literal('writers', arn));
  if (props.administrators.includes(props.role) || props.breakGlassRole === props.role || props.deploymentRole === props.role) {
    throw new Error(`role: ${props.role} uses the key and must not administer it; name another role in administrators, deploymentRole and breakGlassRole.`);
  }
  const context = { 'kms:EncryptionContext:phi-workload': props.workload, 'kms:EncryptionContext:phi-environment': props.environment };
  const conditions = props.measurements.map(([handle, measurement]) => [handle, attestationCondition(handle, measurement, props.role)] as const);

  const sids = conditions.map(([handle]) => sid(handle));
  const twice = conditions.find((_condition, index) => sids.indexOf(sids[index] as string) < index);
  if (twice) throw new Error(`measurements.aws.${twice[0]}: reads like another active release once hyphens and dots are gone, and statement ids must differ; rename one of them.`);

  const changers = [props.deploymentRole, ...(props.breakGlassRole ? [props.breakGlassRole] : [])];
  return policy(
    ...conditions.map(([handle, attested]) =>
      allow(`AttestedUse${sid(handle)}`, { AWS: props.role }, ATTESTED_OPERATIONS, '*', { StringEqualsIgnoreCase: attested, StringEquals: context })),
    ...denyUnapproved(conditions.map(([, attested]) => attested)),
    deny('NoUseByOthers', '*', PLAINTEXT_OPERATIONS, '*', { ArnNotEquals: { 'aws:PrincipalArn': props.role } }),
    props.sourceEndpoints?.length
      ? deny('NoUseOutsideTheNetwork', '*', PLAINTEXT_OPERATIONS, '*', { StringNotEquals: { 'aws:SourceVpce': props.sourceEndpoints } })
      : undefined,
    ...Object.entries(context).map(([key, value]) =>
      deny(`NoUseOutside${sid(key.split(':')[2] as string)}`, '*', [...PLAINTEXT_OPERATIONS, ...WRITE_OPERATIONS], '*', { StringNotEquals: { [key]: value } })),
    deny('NoWayAroundAttestation', '*', ESCAPES, '*'),
    props.writers?.length ? allow('WriteOnly', { AWS: props.writers }, WRITE_OPERATIONS, '*', { StringEquals: context }) : undefined,
    allow('Deploy', { AWS: props.deploymentRole }, [
      ...READ_OPERATIONS, ...GATE_OPERATIONS, 'kms:CancelKeyDeletion', 'kms:CreateAlias', 'kms:EnableKey', 'kms:EnableKeyRotation', 'kms:TagResource', 'kms:UntagResource', 'kms:UpdateKeyDescription',
    ], '*'),
    props.administrators.length
      ? allow('Administer', { AWS: props.administrators }, [...READ_OPERATIONS, 'kms:CancelKeyDeletion', 'kms:EnableKey', 'kms:EnableKeyRotation', 'kms:RevokeGrant', 'kms:RotateKeyOnDemand', 'kms:TagResource'], '*')
      : undefined,
    ...breakGlass(props.breakGlassRole),
    deny('GateChangersOnly', '*', GATE_OPERATIONS, '*', { ArnNotEquals: { 'aws:PrincipalArn': changers } }),
    deny('NoLockoutBypass', '*', 'kms:PutKeyPolicy', '*', { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } }),
  );
}

/** The PCRs that a Deny pins, per flavour: PCR0 covers an enclave image whole, each NitroTPM PCR a part of the machine. */
const DENIED = { enclave: 'PCR0', tpm: ['NitroTPMPCR4', 'NitroTPMPCR7', 'NitroTPMPCR12'] } as const;

/**
 * Negated operators match when the key is absent, so calls without attestation, root-delegated IAM and grants all meet
 * these Denies. Two keys in one block AND: where both flavours are active, a request is denied unless the enclave's PCR0
 * or the machine's PCR is listed.
 */
function denyUnapproved(conditions: readonly Readonly<Record<string, string>>[]): readonly Statement[] {
  const listed = (pcr: string): Record<string, string[]> => {
    const key = `kms:RecipientAttestation:${pcr}`;
    const values = [...new Set(conditions.flatMap((attested) => attested[key] ?? []))];
    return values.length > 0 ? { [key]: values } : {};
  };
  const enclaves = listed(DENIED.enclave);
  const [first, ...others] = DENIED.tpm.map((pcr) => [pcr, listed(pcr)] as const);
  const statement = (name: string, lists: Record<string, string[]>): Statement =>
    deny(name, '*', PLAINTEXT_OPERATIONS, '*', Object.keys(lists).length > 0 ? { StringNotEqualsIgnoreCase: lists } : undefined);
  return [
    statement('NoUseWithoutApprovedMeasurement', { ...enclaves, ...first?.[1] }),
    ...others.filter(([, lists]) => Object.keys(lists).length > 0).map(([pcr, lists]) => statement(`NoUseWithoutApproved${pcr}`, { ...enclaves, ...lists })),
  ];
}

function breakGlass(role: string | undefined): readonly Statement[] {
  if (role === undefined) return [];
  return [
    allow('BreakGlass', { AWS: role }, [...READ_OPERATIONS, 'kms:CancelKeyDeletion', 'kms:DisableKey', 'kms:EnableKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], '*', {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThan: { 'aws:MultiFactorAuthAge': String(MFA_MAX_AGE_SECONDS) },
    }),
    deny('BreakGlassOnlyWithMfa', { AWS: role }, GATE_OPERATIONS, '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
  ];
}

/** KMS resolves a principal when the policy is stored: wildcards, account roots and references are refused here. */
function literal(where: string, arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) {
    throw new Error(`${where}: "${arn}" is not a literal role ARN; allowed: arn:aws:iam::<12 digits>:role/<name>, no wildcard, no account root.`);
  }
}
