import { type Deployment, isList, isObject, type Resource, Unknown, type Value } from '../../../model.js';
import { type Atom, atom } from './condition.js';

/** A list of names or patterns; `null` where the artifact does not tell one. `not` for NotAction, NotResource, NotPrincipal. */
export interface Terms {
  readonly not: boolean;
  readonly patterns: readonly (string | null)[];
}

/** `Any` is a bare `*`; `{ AWS: "*" }` is everybody with an account. */
export type PrincipalKind = 'Any' | 'AWS' | 'Service' | 'Federated' | 'CanonicalUser' | 'unknown';
export interface PrincipalTerms {
  readonly not: boolean;
  readonly entries: readonly { readonly kind: PrincipalKind; readonly value: string | null }[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny' | 'unknown';
  /** `KeyPolicy.Statement[2] (DenyUnattested)`: what a witness names. */
  readonly label: string;
  /** Null in an identity policy. */
  readonly principal: PrincipalTerms | null;
  readonly action: Terms;
  readonly resource: Terms;
  readonly conditions: readonly Atom[];
}

/**
 * Stand-ins for the account and region of a stack that is not bound to any: each equals only itself. No colon, because
 * ARNs are taken apart at theirs.
 */
export const OWN_ACCOUNT = 'this-account';
const OWN_REGION = 'this-region';

/** Resolves the references of one stack's policies into comparable text. */
export class Names {
  constructor(readonly deployment: Deployment) {}

  /** Account of the stack that holds a resource, or a stand-in that equals only itself. */
  account(resource: Resource): string {
    const stack = resource.id.slice(0, resource.id.lastIndexOf('/'));
    const account = this.deployment.environments[stack]?.account;
    return account && /^\d{12}$/.test(account) ? account : (this.deployment.workload?.clouds.aws?.account ?? OWN_ACCOUNT);
  }

  region(resource: Resource): string {
    const stack = resource.id.slice(0, resource.id.lastIndexOf('/'));
    const region = this.deployment.environments[stack]?.region;
    return region && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : (this.deployment.workload?.clouds.aws?.region ?? OWN_REGION);
  }

  /** ARN of a resource as policies name it, from its literal name where it has one, else from its reference. */
  arn(resource: Resource): string {
    const { properties } = resource;
    const literal = (name: string): string => {
      const value = properties[name];
      return typeof value === 'string' ? this.text(value, resource) ?? `\${${resource.id}.Ref}` : `\${${resource.id}.Ref}`;
    };
    const path = typeof properties['Path'] === 'string' ? properties['Path'] : '/';
    const account = this.account(resource);
    switch (resource.type) {
      case 'AWS::IAM::Role': return `arn:aws:iam::${account}:role${path}${literal('RoleName')}`;
      case 'AWS::IAM::User': return `arn:aws:iam::${account}:user${path}${literal('UserName')}`;
      case 'AWS::KMS::Key':
      case 'AWS::KMS::ReplicaKey': return `arn:aws:kms:${this.region(resource)}:${account}:key/\${${resource.id}.Ref}`;
      case 'AWS::CloudTrail::Trail': return `arn:aws:cloudtrail:${this.region(resource)}:${account}:trail/${literal('TrailName')}`;
      case 'AWS::Logs::LogGroup': return `arn:aws:logs:${this.region(resource)}:${account}:log-group:${literal('LogGroupName')}`;
      case 'AWS::DynamoDB::Table': return `arn:aws:dynamodb:${this.region(resource)}:${account}:table/${literal('TableName')}`;
      case 'AWS::S3::Bucket': return `arn:aws:s3:::${literal('BucketName')}`;
      default: return `\${${resource.id}.Arn}`;
    }
  }

  /**
   * The text with references replaced by what policies compare: ARNs of roles, users, keys and buckets of the artifact.
   * Null when it holds a policy variable, a parameter or a reference to something that the artifact does not have.
   */
  text(value: string, holder: Resource): string | null {
    let known = true;
    const result = value.replace(/\$\{([^}]*)\}/g, (whole, inner: string) => {
      if (inner === 'AWS::AccountId') return this.account(holder);
      if (inner === 'AWS::Region') return this.region(holder);
      if (inner === 'AWS::Partition') return 'aws';
      const target = this.deployment.target(whole);
      if (!target) {
        known = false;
        return '';
      }
      const attribute = inner.slice(target.id.length + 1);
      // A piece of an attribute: an account id, a name, nothing that could be compared.
      if (attribute.includes('[')) {
        known = false;
        return '';
      }
      if (attribute === 'Arn') return this.arn(target);
      if (attribute === 'Ref' && (target.type === 'AWS::IAM::Role' || target.type === 'AWS::IAM::User')) return this.arn(target).split('/').at(-1) as string;
      if (attribute === 'Ref' && target.type === 'AWS::S3::Bucket') return this.arn(target).slice('arn:aws:s3:::'.length);
      if (attribute === 'Ref' && target.type === 'AWS::IAM::ManagedPolicy') return `\${${target.id}.Ref}`;
      return whole;
    });
    return known ? result : null;
  }
}

const EVERYTHING: Terms = { not: false, patterns: [null] };

/** A statement of which nothing is known: it may allow anything and denies nothing for certain. */
export function opaque(label: string, identity: boolean): Statement {
  return { effect: 'unknown', label, principal: identity ? null : { not: false, entries: [{ kind: 'unknown', value: null }] }, action: EVERYTHING, resource: EVERYTHING, conditions: [] };
}

/** The statements of a policy document. Whatever cannot be read becomes an opaque statement, never nothing. */
export function parsePolicy(value: Value | undefined, label: string, names: Names, holder: Resource, identity = false): Statement[] {
  let document = value;
  if (typeof document === 'string') {
    try {
      document = JSON.parse(document) as Value;
    } catch {
      return [opaque(`${label} (not JSON)`, identity)];
    }
  }
  if (document === undefined || document === null) return [];
  if (!isObject(document)) return [opaque(label, identity)];
  const statements = document['Statement'];
  if (statements === undefined || statements === null) return [];
  const list = isList(statements) ? statements : [statements];
  return list.filter((item) => item !== null).map((item, index) => statement(item, `${label}.Statement[${index}]`, names, holder, identity));
}

function statement(value: Value, path: string, names: Names, holder: Resource, identity: boolean): Statement {
  if (!isObject(value)) return opaque(path, identity);
  const sid = value['Sid'];
  const label = typeof sid === 'string' && sid !== '' ? `${path} (${sid})` : path;
  const effect = value['Effect'];
  return {
    effect: effect === 'Allow' || effect === 'Deny' ? effect : 'unknown',
    label,
    principal: identity ? null : principalTerms(value, names, holder),
    action: terms(value, 'Action', names, holder, true),
    resource: terms(value, 'Resource', names, holder, false),
    conditions: conditions(value['Condition'], names, holder),
  };
}

function texts(value: Value | undefined, names: Names, holder: Resource): (string | null)[] {
  if (value === undefined || value === null) return [];
  const list = isList(value) ? value : [value];
  return list.filter((item) => item !== null).map((item) => (typeof item === 'string' ? names.text(item, holder) : typeof item === 'number' || typeof item === 'boolean' ? String(item) : null));
}

/** A role or user of one account whose name only the deployment tells: it is one identity, and no pattern. */
function named(value: Value, names: Names, holder: Resource): string | null {
  if (!(value instanceof Unknown)) return texts(value, names, holder)[0] ?? null;
  const [last, ...before] = [...(value.within ?? [])].filter((part) => part !== '').reverse();
  if (!(last instanceof Unknown) || !before.every((part) => typeof part === 'string')) return null;
  const start = names.text(before.reverse().join(''), holder);
  return start !== null && /^arn:[^:]*:iam::(\d{12}|this-account):(role|user)\/$/.test(start) ? `${start}(${last.reason.replace(/[*?]/g, '')})` : null;
}

function terms(value: { readonly [key: string]: Value }, name: 'Action' | 'Resource', names: Names, holder: Resource, lower: boolean): Terms {
  const not = value[`Not${name}`] !== undefined && value[`Not${name}`] !== null;
  const patterns = texts(value[not ? `Not${name}` : name], names, holder);
  return { not, patterns: lower ? patterns.map((pattern) => pattern?.toLowerCase() ?? null) : patterns };
}

function principalTerms(value: { readonly [key: string]: Value }, names: Names, holder: Resource): PrincipalTerms {
  const not = value['NotPrincipal'] !== undefined && value['NotPrincipal'] !== null;
  const written = value[not ? 'NotPrincipal' : 'Principal'];
  if (typeof written === 'string') return { not, entries: [{ kind: written === '*' ? 'Any' : 'AWS', value: names.text(written, holder) }] };
  if (!isObject(written)) return { not, entries: written === undefined || written === null ? [] : [{ kind: 'unknown', value: null }] };
  return {
    not,
    entries: Object.entries(written).flatMap(([kind, given]) => (isList(given) ? given : [given]).filter((item) => item !== null).map((item) => named(item, names, holder)).map((text) => ({
      kind: kind === 'AWS' || kind === 'Service' || kind === 'Federated' || kind === 'CanonicalUser' ? kind : ('unknown' as const),
      value: text,
    }))),
  };
}

function conditions(value: Value | undefined, names: Names, holder: Resource): Atom[] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) return [atom('Unknown', '', [null])];
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isObject(keys)) return keys === null ? [] : [atom('Unknown', '', [null])];
    return Object.entries(keys).map(([key, given]) => {
      const name = names.text(key, holder);
      return name === null || given instanceof Unknown
        ? atom(name === null ? 'Unknown' : operator, name ?? '', [null])
        : atom(operator, name, texts(given, names, holder));
    });
  });
}
