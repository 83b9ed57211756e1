import { at, isList, isObject, Unknown, type Value } from '../model.js';
import { canonical, embedded, type Rewrite } from './canonical.js';

/** Operations that read no PHI, move no key and stop no log. */
const HARMLESS = /^(cloudwatch:|xray:|synthetics:|logs:(create|put(logevents|metricfilter)|describe)|ec2:describe|ec2messages:|autoscaling:(describe|completelifecycleaction|recordlifecycleactionheartbeat)|elasticloadbalancing:describe|ecr:(get|batchget|batchcheck|describe)|sts:getcalleridentity|tag:get|s3:listallmybuckets|kms:(describekey|listaliases|listkeys|getkeypolicy)|iam:(get|list))/;

/** One thing that a statement allows or denies. */
interface Atom {
  readonly effect: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Each operator and key with its values; all have to hold. */
  readonly condition: readonly string[];
}

/**
 * What somebody gains by a change of a setting. `nothing` for policies that only allow less or deny more, and for
 * permissions that bear on no protection; `undefined` where the setting is no policy.
 */
export function gains(path: string, old: Value | undefined, fresh: Value | undefined, before?: Rewrite, after?: Rewrite): 'nothing' | { readonly what: string } | undefined {
  if (!/Polic(y|ies)(Document)?$|ResourcePolicy$/.test(path)) return undefined;
  const [held, holds] = [atoms(old, before), atoms(fresh, after)];
  if (!held || !holds) return undefined;
  const key = ({ effect, principal, action, resource, condition }: Atom): string => [effect, principal, action, resource, ...condition].join(' ');
  const [was, now] = [new Set(held.map(key)), new Set(holds.map(key))];
  const allowed = holds.filter((atom) => atom.effect === 'Allow' && !was.has(key(atom)) && !held.some((one) => one.effect === 'Allow' && covers(one, atom)) && !HARMLESS.test(atom.action));
  if (allowed[0]) return { what: `allows ${allowed[0].action} on ${allowed[0].resource}${allowed[0].principal === '' ? '' : ` to ${allowed[0].principal}`}` };
  const undenied = held.filter((atom) => atom.effect === 'Deny' && !now.has(key(atom)) && !holds.some((one) => one.effect === 'Deny' && (covers(one, atom) || stricterTls(one, atom))));
  if (undenied[0]) return { what: `no longer denies ${undenied[0].action} on ${undenied[0].resource}` };
  return 'nothing';
}

/** Every statement of a policy, of a list of policies, or of a setting that holds one; undefined for what is none. */
function atoms(value: Value | undefined, rewrite?: Rewrite): Atom[] | undefined {
  if (value === undefined || value === null) return [];
  if (value instanceof Unknown) return undefined;
  if (typeof value === 'string') {
    const inner = embedded(value);
    return inner === undefined ? undefined : atoms(inner, rewrite);
  }
  if (isList(value)) {
    const lists = value.map((item) => atoms(item, rewrite));
    return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
  }
  if (!isObject(value)) return undefined;
  if ('PolicyDocument' in value) return atoms(value['PolicyDocument'], rewrite);
  const statements = at(value, 'Statement');
  if (statements === undefined || statements instanceof Unknown) return undefined;
  const result: Atom[] = [];
  for (const statement of isList(statements) ? statements : [statements]) {
    const effect = at(statement, 'Effect');
    if (!isObject(statement) || (effect !== 'Allow' && effect !== 'Deny')) return undefined;
    const condition = conditions(statement['Condition'], rewrite);
    for (const principal of principals(statement)) {
      for (const action of terms(statement, 'Action')) {
        for (const resource of terms(statement, 'Resource')) result.push({ effect, principal, action: action.toLowerCase(), resource, condition });
      }
    }
  }
  return result;
}

/** IAM reads condition keys in any case, and digests too; on a negated operator `IfExists` changes nothing. */
function conditions(value: Value | undefined, rewrite?: Rewrite): string[] {
  if (!isObject(value)) return value === undefined || value === null ? [] : [canonical(value, rewrite)];
  return Object.entries(value).flatMap(([operator, keys]) => (isObject(keys)
    ? Object.entries(keys).map(([key, values]) => {
      const name = key.toLowerCase().replace(/^kms:recipientattestation:imagesha384$/, 'kms:recipientattestation:pcr0');
      const attested = name.startsWith('kms:recipientattestation:');
      return `${operator.replace(/^(?:(\w*Not\w+)IfExists)$/, '$1')} ${name} ${canonical(values, (text) => (rewrite ?? ((same: string) => same))(attested ? text.toLowerCase() : text))}`;
    })
    : [canonical(keys, rewrite)])).sort();
}

function terms(statement: { readonly [key: string]: Value }, name: 'Action' | 'Resource'): string[] {
  const value = statement[name];
  if (value !== undefined) return (isList(value) ? value : [value]).map((item) => (typeof item === 'string' ? item : canonical(item)));
  const except = statement[`Not${name}`];
  return except === undefined ? ['*'] : [`everything but ${canonical(except)}`];
}

function principals(statement: { readonly [key: string]: Value }): string[] {
  const value = statement['Principal'];
  if (value === undefined) return [statement['NotPrincipal'] === undefined ? '' : `everybody but ${canonical(statement['NotPrincipal'])}`];
  if (!isObject(value)) return [canonical(value)];
  return Object.entries(value).flatMap(([kind, names]) => (isList(names) ? names : [names]).map((name) => `${kind} ${canonical(name)}`));
}

/** Whether whatever one atom speaks of is spoken of by another too. */
function covers(wide: Atom, narrow: Atom): boolean {
  return (wide.principal === narrow.principal || wide.principal === '"*"' || wide.principal === 'AWS "*"')
    && wide.condition.every((one) => narrow.condition.includes(one))
    && matches(wide.action, narrow.action) && matches(wide.resource, narrow.resource);
}

/** A Deny of old TLS versions that moved to a higher one. */
function stricterTls(fresh: Atom, old: Atom): boolean {
  const version = /^NumericLessThan s3:tlsversion "(\d+(?:\.\d+)?)"$/;
  const [one, other] = [version.exec(fresh.condition.join()), version.exec(old.condition.join())];
  return one !== null && other !== null && Number(one[1]) >= Number(other[1]) && covers({ ...fresh, condition: old.condition }, old);
}

/** Whether a pattern with `*` and `?` matches a pattern or a name. Linear in both. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text || pattern === '*') return true;
  if (!/[*?]/.test(pattern) || pattern.startsWith('everything but')) return false;
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') { star = p++; mark = t; } else if (p < pattern.length && (pattern[p] === text[t] || (pattern[p] === '?' && text[t] !== '*'))) { p++; t++; } else if (star >= 0) { p = star + 1; t = ++mark; } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
