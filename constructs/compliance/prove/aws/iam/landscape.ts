import type { Deployment } from '../../../model.js';
import { accountOf, matchesTerms, roleOfSession } from './evaluate.js';
import { glob, hasWildcard } from './glob.js';
import { identitiesOf } from './identities.js';
import { push } from './multimap.js';
import type { Names, Statement } from './policy.js';

export type Identity = ReturnType<typeof identitiesOf>[number];

/** Condition keys by which a policy can tell one identity of an account from another. */
const IDENTITY_KEYS: ReadonlySet<string> = new Set(['aws:principalarn', 'aws:username', 'aws:userid', 'aws:sourcearn']);

/**
 * The identities of a deployment, indexed so that the proof of one key looks only at those that can matter to it. Any
 * other identity is no stronger than the stranger of its account, who stands for whatever IAM may allow and is always tried.
 */
export class Landscape {
  readonly identities: readonly Identity[];
  readonly byArn: ReadonlyMap<string, Identity>;
  private readonly byResource = new Map<string, Identity[]>();
  private readonly byPattern: Identity[] = [];

  constructor(deployment: Deployment, names: Names, actions: readonly string[]) {
    this.identities = identitiesOf(deployment, names);
    this.byArn = new Map(this.identities.map((identity) => [identity.arn, identity]));
    for (const identity of this.identities) {
      if (identity.identity === 'any') continue;
      const exact = new Set<string>();
      let everywhere = false;
      for (const statement of identity.identity) {
        if (statement.effect === 'Deny' || !mayCover(statement, actions)) continue;
        for (const pattern of statement.resource.patterns) {
          // A key id or alias may be the one that the deployed key gets.
          if (statement.resource.not || pattern === null || hasWildcard(pattern) || /:(key|alias)\/[^$]/.test(pattern) || !pattern.startsWith('arn:')) everywhere = true;
          else exact.add(pattern);
        }
        if (statement.resource.patterns.length === 0) everywhere = true;
      }
      if (everywhere) this.byPattern.push(identity);
      else for (const arn of exact) push(this.byResource, arn, identity);
    }
  }

  /** Identities that hold one of the actions on the resource, or that its policy tells from others. */
  relevant(resourceArn: string, policy: readonly Statement[]): readonly Identity[] {
    const chosen = new Set<Identity>([...this.byPattern, ...(this.byResource.get(resourceArn) ?? [])]);
    const mention = (text: string | null): void => {
      if (text === null) return;
      const exact = this.byArn.get(text) ?? this.byArn.get(roleOfSession(text) ?? '');
      if (exact) chosen.add(exact);
      else if (text !== '*' && hasWildcard(text)) for (const identity of this.identities) if (glob(text, identity.arn) || glob(text, lastPart(identity.arn))) chosen.add(identity);
    };
    let byName = false;
    for (const { principal, conditions } of policy) {
      for (const { value } of principal?.entries ?? []) if (value !== null && accountOf(value) === undefined) mention(value);
      for (const { key, values } of conditions) {
        if (!IDENTITY_KEYS.has(key)) continue;
        if (key !== 'aws:principalarn') byName = true;
        values.forEach(mention);
      }
    }
    return byName ? this.identities : this.identities.filter((identity) => chosen.has(identity));
  }

  private readonly holders = new Map<string, readonly Identity[]>();

  /** Identities that may hold an action on some resource. */
  holding(action: string): readonly Identity[] {
    let known = this.holders.get(action);
    if (!known) this.holders.set(action, (known = this.identities.filter(({ identity }) => identity !== 'any' && identity.some((one) => one.effect !== 'Deny' && mayCover(one, [action])))));
    return known;
  }
}

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

function mayCover({ action }: Statement, actions: readonly string[]): boolean {
  return actions.some((one) => matchesTerms(action, one.toLowerCase()) !== false);
}
