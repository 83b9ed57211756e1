import { at, type Deployment, findUnknown, isList, isObject, type Resource, type Value } from '../../../model.js';
import type { Principal } from './evaluate.js';
import { push } from './multimap.js';
import { arnGlob, glob, hasWildcard, instances, type Shape, shapes } from './glob.js';
import { type Names, opaque, parsePolicy, type Statement } from './policy.js';

/** A permission set of IAM Identity Center is a role in every account that it is assigned to. */
export const PERMISSION_SET = 'AWS::SSO::PermissionSet';

/** Accounts of the deployment in which a permission set is a role. One whose assignments are not all told counts as assigned. */
function accountsOf(deployment: Deployment, set: Resource, own: string): readonly string[] {
  const assignments = deployment.ofType('AWS::SSO::Assignment').filter(({ properties }) => deployment.refersTo(properties['PermissionSetArn'], set));
  const targets = assignments.map(({ properties }) => properties['TargetId']);
  const accounts = [own, ...Object.values(deployment.environments).map(({ account }) => account), deployment.workload?.clouds.aws?.account].filter((one) => typeof one === 'string' && /^\d{12}$/.test(one));
  const assigned = [...new Set(accounts)].filter((account) => targets.length === 0 || targets.some((target) => typeof target !== 'string' || !/^\d{12}$/.test(target) || target === account));
  return assigned as readonly string[];
}

/** Roles (permission sets too) and users of the artifact with all policies attached to them, inline, standalone and managed. */
export function identitiesOf(deployment: Deployment, names: Names): readonly (Principal & { readonly resource: Resource; readonly trust: readonly Statement[] })[] {
  const holders = new Holders(deployment);
  const policies = new Attachments(deployment, names, holders);
  const sets = deployment.ofType(PERMISSION_SET).flatMap((resource) => {
    const { properties } = resource;
    const boundary = properties['PermissionsBoundary'];
    const name = typeof properties['Name'] === 'string' ? properties['Name'] : 'any';
    return accountsOf(deployment, resource, names.account(resource)).map((account) => ({
      name: resource.id, kind: 'role' as const, account, anyone: false, resource, trust: [],
      arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_${name}_0000000000000000`,
      identity: policies.ofSet(resource),
      boundary: boundary === undefined || boundary === null ? null : policies.managed(at(boundary, 'ManagedPolicyArn') ?? named(at(boundary, 'CustomerManagedPolicyReference')), resource),
    }));
  });
  const others = [...deployment.ofType('AWS::IAM::Role'), ...deployment.ofType('AWS::IAM::User')].map((resource): Principal & { readonly resource: Resource; readonly trust: readonly Statement[] } => {
    const isRole = resource.type === 'AWS::IAM::Role';
    const boundary = resource.properties['PermissionsBoundary'];
    return {
      name: resource.id,
      kind: isRole ? 'role' : 'user',
      arn: names.arn(resource),
      account: names.account(resource),
      identity: [...policies.of(resource), ...(isRole ? [] : holders.groupsOf(resource).flatMap((group) => policies.of(group)))],
      boundary: boundary === undefined || boundary === null ? null : policies.managed(boundary, resource),
      anyone: false,
      resource,
      trust: isRole ? parsePolicy(resource.properties['AssumeRolePolicyDocument'], `${resource.id}.AssumeRolePolicyDocument`, names, resource) : [],
    };
  });
  return [...others, ...sets];
}

/** What a reference to a customer managed policy stands for: a policy of that name in the account. */
function named(reference: Value | undefined): Value {
  const name = at(reference, 'Name');
  return typeof name === 'string' && !name.startsWith('${') ? `policy/${name}` : (name ?? '');
}

const NAME_PROPERTY: Readonly<Record<string, readonly [list: string, name: string]>> = {
  'AWS::IAM::Role': ['Roles', 'RoleName'], 'AWS::IAM::User': ['Users', 'UserName'], 'AWS::IAM::Group': ['Groups', 'GroupName'],
};
const KINDS = Object.keys(NAME_PROPERTY);

/** Roles, users and groups by reference and by literal name. */
class Holders {
  private readonly byName = new Map<string, Resource[]>();
  private readonly groups = new Map<Resource, Resource[]>();

  constructor(private readonly deployment: Deployment) {
    for (const type of KINDS) {
      for (const resource of deployment.ofType(type)) {
        const name = resource.properties[NAME_PROPERTY[type]![1]];
        if (typeof name === 'string') push(this.byName, `${type} ${name}`, resource);
      }
    }
    for (const user of deployment.ofType('AWS::IAM::User')) for (const group of this.named(user.properties['Groups'], 'AWS::IAM::Group')) push(this.groups, user, group);
    for (const { properties } of deployment.ofType('AWS::IAM::UserToGroupAddition')) {
      for (const user of this.named(properties['Users'], 'AWS::IAM::User')) for (const group of this.named(properties['GroupName'], 'AWS::IAM::Group')) push(this.groups, user, group);
    }
  }

  /** The identities of one type that a value names, by reference or by literal name. */
  named(value: Value | undefined, type: string): readonly Resource[] {
    const found = new Set<Resource>();
    for (const item of isList(value) ? value : value === undefined ? [] : [value]) {
      for (const target of this.deployment.targets(item)) if (target.type === type) found.add(target);
      if (typeof item === 'string') for (const resource of this.byName.get(`${type} ${item}`) ?? []) found.add(resource);
    }
    return [...found];
  }

  groupsOf(user: Resource): readonly Resource[] {
    return [...new Set(this.groups.get(user) ?? [])];
  }
}

/** The statements of every policy by the identities (roles, users, groups) that hold it. An attachment that cannot be told counts as possible. */
class Attachments {
  private readonly attached = new Map<Resource, Resource[]>();
  /** Policies of which it is not known who holds them, by type of holder. */
  private readonly anybody = new Map<string, Resource[]>();
  private readonly byName = new Map<string, Resource>();

  constructor(private readonly deployment: Deployment, private readonly names: Names, holders: Holders) {
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
      for (const policy of deployment.ofType(type)) {
        for (const kind of KINDS) {
          const list = policy.properties[NAME_PROPERTY[kind]![0]];
          if (findUnknown(list)) push(this.anybody, kind, policy);
          else for (const holder of holders.named(list, kind)) push(this.attached, holder, policy);
        }
      }
    }
    for (const [type, kind] of [['AWS::IAM::RolePolicy', 'AWS::IAM::Role'], ['AWS::IAM::UserPolicy', 'AWS::IAM::User'], ['AWS::IAM::GroupPolicy', 'AWS::IAM::Group']] as const) {
      for (const policy of deployment.ofType(type)) {
        const name = policy.properties[NAME_PROPERTY[kind]![1]];
        if (findUnknown(name)) push(this.anybody, kind, policy);
        else for (const holder of holders.named(name, kind)) push(this.attached, holder, policy);
      }
    }
    for (const policy of deployment.ofType('AWS::IAM::ManagedPolicy')) {
      const name = policy.properties['ManagedPolicyName'];
      if (typeof name === 'string' && !this.byName.has(name)) this.byName.set(name, policy);
    }
  }

  of(identity: Resource): Statement[] {
    const { names } = this;
    const result: Statement[] = [];
    const inline = identity.properties['Policies'];
    if (isList(inline)) inline.forEach((one, index) => result.push(...parsePolicy(at(one, 'PolicyDocument') ?? (isObject(one) ? undefined : one), `${identity.id}.Policies[${index}]`, names, identity, true)));
    else if (inline !== undefined && inline !== null) result.push(opaque(`${identity.id}.Policies`, true));
    const arns = identity.properties['ManagedPolicyArns'];
    for (const arn of isList(arns) ? arns : arns === undefined || arns === null ? [] : [arns]) result.push(...this.managed(arn, identity));
    for (const policy of [...(this.attached.get(identity) ?? []), ...(this.anybody.get(identity.type) ?? [])]) {
      result.push(...parsePolicy(policy.properties['PolicyDocument'], policy.id, names, policy, true));
    }
    return result;
  }

  ofSet(set: Resource): Statement[] {
    const { properties } = set;
    const result = parsePolicy(properties['InlinePolicy'], `${set.id}.InlinePolicy`, this.names, set, true);
    for (const [name, policyOf] of [['ManagedPolicies', (one: Value) => one], ['CustomerManagedPolicyReferences', named]] as const) {
      const list = properties[name];
      for (const one of isList(list) ? list : list === undefined || list === null ? [] : [list]) result.push(...this.managed(policyOf(one), set));
    }
    return result;
  }

  managed(arn: Value, holder: Resource): Statement[] {
    const policy = this.deployment.target(arn);
    if (policy?.type === 'AWS::IAM::ManagedPolicy') return parsePolicy(policy.properties['PolicyDocument'], policy.id, this.names, policy, true);
    const text = typeof arn === 'string' ? arn : '';
    const known = AWS_MANAGED[/^arn:[^:]*:iam::aws:policy\/(.+)$/.exec(text)?.[1] ?? ''];
    if (known) return parsePolicy(known, text, this.names, holder, true);
    const named = this.byName.get(text.slice(text.lastIndexOf('/') + 1));
    if (named) return parsePolicy(named.properties['PolicyDocument'], named.id, this.names, named, true);
    return [opaque(`managed policy ${text || 'not known'}`, true)];
  }
}

/** AWS-managed policies whose effect on KMS and IAM is known; the others are not decidable here. */
const AWS_MANAGED: Readonly<Record<string, Value>> = {
  AdministratorAccess: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  PowerUserAccess: { Statement: [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }] },
  // Holds kms:CreateAlias, CreateKey, DeleteAlias, Describe*, GenerateRandom, Get*, List*, TagResource, UntagResource, iam:List*.
  AWSKeyManagementServicePowerUser: { Statement: [{ Effect: 'Allow', Action: ['kms:CreateAlias', 'kms:CreateKey', 'kms:DeleteAlias', 'kms:Describe*', 'kms:GenerateRandom', 'kms:Get*', 'kms:List*', 'kms:TagResource', 'kms:UntagResource'], Resource: '*' }] },
  AmazonSSMManagedInstanceCore: { Statement: [] },
  CloudWatchAgentServerPolicy: { Statement: [] },
  'service-role/AWSConfigRulesExecutionRole': { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::*/AWSLogs/*/Config/*' }, { Effect: 'Allow', Action: ['config:Put*', 'config:Get*', 'config:List*', 'config:Describe*', 'config:BatchGet*', 'config:Select*'], Resource: '*' }] },
  'service-role/AWSLambdaBasicExecutionRole': { Statement: [] },
  'service-role/AWSLambdaVPCAccessExecutionRole': { Statement: [] },
};

/** An account id that no policy names. */
function unnamedAccount(statements: readonly Statement[], own: string): string {
  const text = JSON.stringify(statements);
  return ['999999999999', '888888888888', '777777777777'].find((one) => one !== own && !text.includes(one)) ?? '666666666666';
}

/**
 * The classes of callers that the policies can tell apart: each identity of the artifact, each that a policy or the
 * workload names, the account's root user, a stranger in the account, one in another account and in every account
 * named, each service named and one not named.
 */
export function callers(own: string, policies: readonly Statement[], identities: readonly Principal[], named: readonly string[]): Principal[] {
  const result = new Map<string, Principal>();
  for (const identity of identities) result.set(identity.arn, identity);
  const external = (kind: Principal['kind'], name: string, arn: string, account: string | null, anyone: boolean): void => {
    if (!result.has(arn)) result.set(arn, { name, kind, arn, account, identity: 'any', boundary: null, anyone });
  };
  const other = unnamedAccount(policies, own);
  external('role', `any role in account ${own} with IAM permission`, `arn:aws:iam::${own}:role/any-other-role`, own, true);
  external('user', `any user in account ${own} with IAM permission`, `arn:aws:iam::${own}:user/any-other-user`, own, true);
  external('role', 'any role in another account', `arn:aws:iam::${other}:role/any-other-role`, other, true);
  external('service', 'any AWS service', 'any-other-service.amazonaws.com', null, true);
  external('root', `root user of ${own}`, `arn:aws:iam::${own}:root`, own, false);
  // Sessions of GetFederationToken have an ARN and a type of their own.
  if (policies.some(({ conditions }) => conditions.some(({ key }) => key === 'aws:principalarn' || key === 'aws:principaltype'))) {
    external('user', `any federated user of account ${own}`, `arn:aws:sts::${own}:federated-user/any-other-user`, own, true);
  }
  const principalArns: string[] = [...named];
  const patterns = new Map<string, Shape>();
  for (const statement of policies) {
    for (const { kind, value } of statement.principal?.entries ?? []) {
      if (value === null || value === '*') continue;
      if (kind === 'Service') external('service', `service ${value}`, value, null, false);
      else if (kind === 'Federated') external('federated', `federated ${value}`, value, null, false);
      else if (kind === 'AWS') principalArns.push(value);
    }
    for (const { key, operator, values } of statement.conditions) {
      for (const value of values) {
        if (value === null) continue;
        if (key === 'aws:principalarn') {
          if (!hasWildcard(value)) principalArns.push(value);
          else if (/like$|^arn/.test(operator)) patterns.set(`${operator} ${value}`, { text: value, arn: operator !== 'stringlike' });
          // Only the root user of an account has its root ARN: no role of the account will do.
          const root = /^arn:[^:]*:iam::(\d{12}):root$/.exec(value)?.[1];
          if (root !== undefined) external('root', `root user of ${root}`, value, root, false);
        }
        if (key === 'aws:principalaccount' || key === 'kms:calleraccount') principalArns.push(...(/^[\d*?]+$/.test(value) && value !== '*' ? [accountLike(value)] : []));
        if (key === 'aws:principalservicename' && !hasWildcard(value)) external('service', `service ${value}`, value, null, false);
      }
    }
  }
  const places = new Set([own, other]);
  for (const text of principalArns) {
    const account = /^\d{12}$/.test(text) ? text : /^arn:[^:]*:(?:iam|sts)::([^:]*):/.exec(text)?.[1];
    if (account === undefined) continue;
    if (/^\d{12}$/.test(account)) places.add(account);
    if (/^\d{12}$/.test(text) || text.endsWith(':root')) {
      if (account !== own && /^\d{12}$/.test(account)) external('role', `any role in account ${account}`, `arn:aws:iam::${account}:role/any-other-role`, account, true);
      continue;
    }
    for (const place of hasWildcard(account) ? [own, other] : [account]) {
      const parts = text.split(':');
      const local = [...parts.slice(0, 4), place, parts.slice(5).join(':')].join(':');
      const session = /^arn:([^:]*):sts::([^:]*):assumed-role\/([^/]+)\//.exec(local);
      if (session) {
        external('role', `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`, `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`, place, false);
        continue;
      }
      if (!hasWildcard(local)) external(local.includes(':user/') ? 'user' : 'role', local, local, place, false);
      for (const arn of instances([local], 'any-name')) external(arn.includes(':user/') ? 'user' : 'role', `any role named like ${text}`, arn.replace('arn:any-name', 'arn:aws'), place, true);
    }
  }
  if (patterns.size === 0) return [...result.values()];
  const wild = [...patterns.values()];
  for (const { text } of wild) {
    const account = /^arn:[^:]*:(?:iam|\*)::([\d*?]*):/.exec(text)?.[1] ?? '';
    if (/\d/.test(account)) places.add(accountLike(account));
  }
  const matched = (arn: string): Shape[] => wild.filter(({ text, arn: byParts }) => (byParts ? arnGlob : glob)(text, arn));
  for (const place of places) for (const [kind, family] of [['role', 'iam'], ['user', 'iam'], ['federated-user', 'sts']] as const) {
    const frame = `arn:aws:${family}::${place}:${kind}/?*`;
    const texts = shapes(wild, frame) ?? wild.flatMap(({ text }) => instances([text], 'any-name')).filter((arn) => glob(frame, arn));
    for (const text of texts) {
      const like = matched(text);
      if (like.length > 0) external(kind === 'role' ? 'role' : 'user', `any ${kind} named like ${like.map((one) => one.text).join(' and ')}`, unused(text, result, matched), place, true);
    }
  }
  return [...result.values()];
}

/** An account id that a pattern matches, as far as 12 digits can. */
function accountLike(pattern: string): string {
  const digits = pattern.replaceAll('?', '0').replaceAll('*', '');
  return digits.length >= 12 ? digits.slice(0, 12) : pattern.replaceAll('?', '0').replace('*', '0'.repeat(12 - digits.length)).replaceAll('*', '').padEnd(12, '0');
}

/** A name that nobody has yet and that the same patterns match: somebody else may carry it. */
function unused(arn: string, taken: ReadonlyMap<string, Principal>, matched: (arn: string) => readonly Shape[]): string {
  if (!taken.has(arn)) return arn;
  const wanted = matched(arn);
  for (let place = arn.length; place > arn.indexOf('/'); place--) {
    const longer = `${arn.slice(0, place)}x-other${arn.slice(place)}`;
    const like = matched(longer);
    if (!taken.has(longer) && like.length === wanted.length && like.every((one, index) => one === wanted[index])) return longer;
  }
  return arn;
}
