import { deployersOf, ownAccounts } from '../../aws.js';
import { type Deployment, perDeployment, type Resource, type Value } from '../../model.js';
import type { ContextValue } from './iam/condition.js';
import { Budget, type Policies, prepare, type Principal, search } from './iam/evaluate.js';
import { callers, identitiesOf } from './iam/identities.js';
import { Names, parsePolicy, type Statement } from './iam/policy.js';

/** A request on a resource with a policy of its own that would succeed. */
export interface Access {
  readonly principal: string;
  readonly arn: string;
  readonly action: string;
  readonly via: string;
  /** False where it hangs on something that the artifact does not tell. */
  readonly certain: boolean;
}

const BUDGET = 60_000;

const allowAccount = (account: string, label: string): Statement => ({ effect: 'Allow', label, principal: { not: false, entries: [{ kind: 'AWS', value: account }] }, action: { not: false, patterns: ['*'] }, resource: { not: false, patterns: ['*'] }, conditions: [] });

/** A federated user holds a session of some user: where any user gets through, it says the same again. */
function withoutSessions(found: readonly Access[]): Access[] {
  const user = found.find(({ arn }) => arn.endsWith(':user/any-other-user'));
  return user ? found.filter(({ arn, action }) => !(arn.endsWith(':federated-user/any-other-user') && action === user.action)) : [...found];
}

/**
 * Who can do what to a bucket or table: its policy, the identity policies of the artifact, and for everybody else in the
 * account whatever IAM may give.
 */
export class ResourceAccess {
  private readonly names: Names;
  private readonly account: string;
  private readonly arn: string;
  private readonly statements: readonly Statement[];
  private readonly isKey: boolean;
  private readonly budget = new Budget(BUDGET);
  /** Those who stand for everybody of their kind. What one of an account can do, each named identity of it could be given. */
  readonly strangers: readonly Principal[];

  /** `identities: false` leaves out the roles and users of the artifact, where only those count who stand for everybody. */
  constructor(private readonly deployment: Deployment, resource: Resource, documents: readonly { readonly value: Value | undefined; readonly holder: Resource }[], private readonly identities = true) {
    this.names = new Names(deployment);
    this.account = this.names.account(resource);
    this.arn = this.names.arn(resource);
    const written = documents.flatMap(({ value, holder }) => parsePolicy(value, holder.id, this.names, holder));
    this.isKey = resource.type.startsWith('AWS::KMS::');
    // KMS puts a policy that delegates to IAM where the template gives none.
    this.statements = this.isKey && written.length === 0 ? [allowAccount(this.account, 'default key policy')] : written;
    this.strangers = this.callersAmong([]).filter(({ anyone }) => anyone);
  }

  private known: readonly Principal[] | undefined;

  /** Everybody that the policies can tell apart. */
  get callers(): readonly Principal[] {
    this.known ??= this.callersAmong(this.identities ? knownIdentities(this.deployment) : []);
    return this.known;
  }

  private callersAmong(identities: readonly Principal[]): readonly Principal[] {
    return callers(this.account, this.statements, identities, [...(this.deployment.workload?.keyAdministrators?.aws ?? [])]).filter(({ kind, account }) => kind !== 'root' || account !== this.account);
  }

  /**
   * What each caller gets. Where a stranger of the own account gets something, its named identities are left out: they
   * add nothing, and with many stores and roles there are too many of them.
   */
  each(get: (caller: Principal) => readonly Access[], wanted: (caller: Principal) => boolean = () => true): Access[] {
    const open = this.strangers.filter(wanted).flatMap((caller) => get(caller));
    if (open.some(({ arn }) => this.strangers.some((one) => one.arn === arn && one.account === this.account))) return withoutSessions(open);
    return withoutSessions(this.callers.filter(wanted).flatMap((caller) => get(caller)));
  }

  /** Account of the resource. */
  get owner(): string {
    return this.account;
  }

  /** ARN of the resource, with a name inside it for actions on its contents. */
  target(inside = ''): string {
    return inside === '' ? this.arn : `${this.arn}/${inside}`;
  }

  ask(caller: Principal, action: string, target = this.arn, context: Readonly<Record<string, ContextValue>> = {}): Access | null {
    const inside = caller.account === this.account;
    // Inside the account an IAM policy is enough unless the resource denies; others, and callers of a key, need the resource to allow.
    const policies: Policies = { account: this.account, resourceArn: target, resource: inside && !this.isKey ? [allowAccount(this.account, 'IAM'), ...this.statements] : this.statements };
    const prepared = prepare(policies, caller, action);
    if (prepared.never) return null;
    const service = caller.kind === 'service';
    const fixed = new Map<string, ContextValue>([
      ['aws:principalisawsservice', [String(service)]], ['aws:securetransport', ['true']], ['aws:principalarn', service ? undefined : [caller.arn]],
      ...(caller.account === null ? [] : [['aws:principalaccount', [caller.account]] as const]),
      ...Object.entries(context),
    ]);
    const request = { caller, action, fixed };
    const possible = search(policies, request, {}, 'possible', this.budget, new Set(), prepared);
    if (possible === null) return this.budget.spent ? { principal: caller.name, arn: caller.arn, action, via: 'policies too large to decide', certain: false } : null;
    const certain = search(policies, request, {}, 'certain', this.budget, new Set(), prepared);
    return { principal: caller.name, arn: caller.arn, action, via: (certain ?? possible).via, certain: certain !== null };
  }

  /** Whether a caller is of the deployment's accounts, or a service. */
  isForeign({ account }: Principal): boolean {
    const own = ownAccounts(this.deployment);
    return account !== null && account !== this.account && !own.has(account);
  }

  roleArn(role: Resource): string {
    return this.names.arn(role);
  }
}

/** Roles and users of a deployment with their policies, read once. */
export const knownIdentities = perDeployment((deployment) => identitiesOf(deployment, new Names(deployment)));

/** Roles that the workload lets change configuration, in any of its accounts: the deployment roles and break glass. */
export function changersOf(deployment: Deployment): ReadonlySet<string> {
  const deployers = [...ownAccounts(deployment)].flatMap((account) => deployersOf(deployment, account));
  return new Set([...deployers, deployment.workload?.breakGlass?.aws].filter((one) => typeof one === 'string'));
}
