/**
 * An evaluator of KMS key policies that shares nothing with the kit's own prover, written from "Policy evaluation logic"
 * and "IAM JSON policy elements" of the IAM User Guide. It decides one concrete request; whoever the key policy
 * delegates to by naming an account is taken to hold every IAM permission.
 */
export interface Request {
  /** ARN of the role, user or root, or a service such as `logs.amazonaws.com`. */
  readonly principal: string;
  /** `kms:Decrypt`. */
  readonly action: string;
  /** Condition keys, lower case, without those that the principal implies. */
  readonly context: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Decision {
  readonly allowed: boolean;
  /** Statements that decided: the Denies, or else the Allows. */
  readonly by: readonly string[];
}

/** Decides one request. */
export function decide(policy: { readonly Statement: readonly Statement[] }, account: string, request: Request): Decision {
  return caller(policy, account, request.principal, request.action)(request.context);
}

/** The decisions of one principal about one action, as a function of the context. */
export function caller(policy: { readonly Statement: readonly Statement[] }, account: string, principal: string, action: string): (context: Request['context']) => Decision {
  const own = implied(principal);
  const speaking = policy.Statement.filter((statement) => {
    if (statement.NotPrincipal !== undefined) throw new Error('NotPrincipal is not evaluated here');
    const named = many(statement.Action ?? statement.NotAction).some((pattern) => glob(String(pattern).toLowerCase(), action.toLowerCase()));
    return principalMatches(statement, account, principal) && (statement.Action === undefined ? !named : named);
  }).map(({ Sid = '', Effect, Condition = {} }) => ({
    Sid, Effect, tests: Object.entries(Condition).flatMap(([operator, keys]) => Object.entries(keys).map(([key, wanted]) => ({ operator, key: key.toLowerCase(), wanted: many(wanted).map(String) }))),
  }));
  return (given) => {
    const context: Readonly<Record<string, string>> = { ...given, ...own };
    const met = speaking.filter(({ tests }) => tests.every(({ operator, key, wanted }) => holds(operator, context[key], wanted)));
    const denied = met.filter(({ Effect }) => Effect === 'Deny');
    const by = denied.length > 0 ? denied : met.filter(({ Effect }) => Effect === 'Allow');
    return { allowed: denied.length === 0 && by.length > 0, by: by.map(({ Sid }) => Sid) };
  };
}

const many = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const glob = (pattern: string, text: string): boolean =>
  pattern === text || (/[*?]/.test(pattern) && new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's').test(text));

function implied(principal: string): Record<string, string> {
  const account = /^arn:aws:iam::(\d{12}):/.exec(principal)?.[1];
  if (account === undefined) return { 'aws:principalisawsservice': 'true', 'aws:principalservicename': principal };
  return { 'aws:principalarn': principal, 'aws:principalaccount': account, 'kms:calleraccount': account, 'aws:principalisawsservice': 'false' };
}

function principalMatches({ Effect, Principal }: Statement, account: string, caller: string): boolean {
  if (Principal === '*') return true;
  if (typeof Principal !== 'object' || Principal === null) return false;
  return Object.entries(Principal as Readonly<Record<string, unknown>>).some(([kind, values]) => many(values).map(String).some((value) => {
    if (kind === 'Service') return value === caller;
    if (value === '*') return true;
    const owner = /^arn:aws:iam::(\d{12}):/.exec(caller)?.[1];
    const delegated = value === `arn:aws:iam::${owner}:root` || value === owner;
    // An account stands for all of its principals, in an Allow by delegation to IAM.
    return value === caller || (delegated && (Effect === 'Deny' || owner === account || owner !== undefined));
  }));
}

function holds(operator: string, actual: string | undefined, wanted: readonly string[]): boolean {
  const exists = /^(.*)IfExists$/.exec(operator);
  if (exists) return actual === undefined || holds(exists[1] as string, actual, wanted);
  const any = (test: (value: string) => boolean): boolean => actual !== undefined && wanted.some(test);
  switch (operator) {
    case 'Null': return wanted.includes(String(actual === undefined));
    case 'StringEquals': return any((value) => value === actual);
    case 'StringNotEquals': return !any((value) => value === actual);
    case 'StringEqualsIgnoreCase': return any((value) => value.toLowerCase() === actual?.toLowerCase());
    case 'StringNotEqualsIgnoreCase': return !any((value) => value.toLowerCase() === actual?.toLowerCase());
    case 'ArnEquals': case 'ArnLike': case 'StringLike': return any((value) => glob(value, actual as string));
    case 'ArnNotEquals': case 'ArnNotLike': case 'StringNotLike': return !any((value) => glob(value, actual as string));
    case 'Bool': return any((value) => value.toLowerCase() === actual?.toLowerCase());
    case 'NumericLessThan': return any((value) => Number(actual) < Number(value));
    default: throw new Error(`operator ${operator} is not evaluated here`);
  }
}

/** Every action of AWS KMS on a key (Service Authorization Reference, read 2026-11). */
export const KMS_ACTIONS = [
  'CancelKeyDeletion', 'CreateAlias', 'CreateGrant', 'Decrypt', 'DeleteAlias', 'DeleteImportedKeyMaterial', 'DeriveSharedSecret', 'DescribeKey', 'DisableKey', 'DisableKeyRotation', 'EnableKey', 'EnableKeyRotation', 'Encrypt',
  'GenerateDataKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateDataKeyWithoutPlaintext', 'GenerateMac', 'GetKeyPolicy', 'GetKeyRotationStatus', 'GetParametersForImport', 'GetPublicKey',
  'ImportKeyMaterial', 'ListGrants', 'ListKeyPolicies', 'ListKeyRotations', 'ListResourceTags', 'PutKeyPolicy', 'ReEncryptFrom', 'ReEncryptTo', 'ReplicateKey', 'RetireGrant', 'RevokeGrant', 'RotateKeyOnDemand',
  'ScheduleKeyDeletion', 'Sign', 'SynchronizeMultiRegionKey', 'TagResource', 'UntagResource', 'UpdateAlias', 'UpdateKeyDescription', 'UpdatePrimaryRegion', 'Verify', 'VerifyMac',
].map((name) => `kms:${name}`);
