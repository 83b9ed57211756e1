import type { Deployment, Resource } from '../../model.js';
import { changersOf, knownIdentities } from './access.js';
import { Budget, matchesTerms, type Policies, search } from './iam/evaluate.js';
import { Names } from './iam/policy.js';

/** What the policies of one role or user of the artifact allow, whatever the policies of resources say. */
export interface IdentityRights {
  readonly resource: Resource;
  /** Whether some Allow of its own speaks of an action at all: ask this first, there may be many resources. */
  readonly holds: (action: string) => boolean;
  /** Whether its own policies allow an action on a resource, for certain. Deny statements and the boundary count. */
  readonly can: (action: string, arn: string) => boolean;
  /** The ARN of a resource of the artifact. */
  readonly arn: (resource: Resource) => string;
  /** Its own ARN. */
  readonly own: string;
  /** Roles of the artifact, and those that the workload lets change the gate. */
  readonly roles: readonly { readonly arn: string; readonly name: string }[];
}

const BUDGET = 200_000;

/** Every role and user of the artifact but those that deploy it. */
export function identityRights(deployment: Deployment): readonly IdentityRights[] {
  const names = new Names(deployment);
  const identities = knownIdentities(deployment);
  const deployers = changersOf(deployment);
  const budget = new Budget(BUDGET);
  const roles = [
    ...identities.filter(({ kind }) => kind === 'role').map(({ arn, name }) => ({ arn, name })),
    ...[...deployers, ...(deployment.workload?.keyAdministrators?.aws ?? [])].map((arn) => ({ arn, name: arn })),
  ];
  return identities.filter(({ arn }) => !deployers.has(arn)).map((identity) => {
    const own = identity.identity;
    const holds = (action: string): boolean => own !== 'any' && own.some((statement) => statement.effect === 'Allow' && matchesTerms(statement.action, action.toLowerCase()) === true);
    return {
      resource: identity.resource,
      own: identity.arn,
      roles,
      holds,
      arn: (resource) => names.arn(resource),
      can: (action, arn) => {
        if (!holds(action)) return false;
        const account = identity.account ?? '';
        const policies: Policies = { account, resourceArn: arn, resource: [{ effect: 'Allow', label: 'IAM', principal: { not: false, entries: [{ kind: 'AWS', value: account }] }, action: { not: false, patterns: ['*'] }, resource: { not: false, patterns: ['*'] }, conditions: [] }] };
        const found = search(policies, { caller: identity, action, fixed: new Map([['aws:principalarn', [identity.arn]]]) }, {}, 'certain', budget, new Set());
        if (found === null && budget.spent) throw new Error(`more than ${BUDGET} evaluations: policies too large to decide`);
        return found !== null;
      },
    };
  });
}
