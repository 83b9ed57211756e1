import { at, isList, isObject, Unknown, type Value } from '../model.js';
import { canonical, embedded, type Rewrite } from './canonical.js';

/** Operations that read no PHI, move no key and stop no log. */
const HARMLESS = /^(cloudwatch:(get|list|describe|putmetricdata|putdashboard|generatequery)|xray:|synthetics:|logs:(create|put(logevents|metricfilter)|describe)|ec2:describe|ec2messages:|autoscaling:(describe|completelifecycleaction|recordlifecycleactionheartbeat)|elasticloadbalancing:describe|ecr:(get|batchget|batchcheck|describe)|sts:getcalleridentity|tag:get|s3:listallmybuckets|kms:(describekey|listaliases|listkeys|getkeypolicy)|iam:(get|list))/;

/** One thing that a statement allows or denies. */
interface Atom {
  readonly effect: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** All have to hold. */
  readonly condition: readonly Term[];
}

/** One operator and key of a condition with its values, as written; the whole condition in `key` where it is not understood. */
interface Term {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * What somebody gains by a change of a setting. `nothing` for policies that only allow less or deny more, and for
 * permissions that bear on no protection; `undefined` where the setting is no policy.
 */
export function gains(path: string, old: Value | undefined, fresh: Value | undefined, before?: Rewrite, after?: Rewrite): 'nothing' | { readonly what: string } | undefined {
  if (!/Polic(y|ies)(Document)?$|ResourcePolicy$/.test(path)) return undefined;
  const [held, holds] = [atoms(old, before), atoms(fresh, after)];
  if (!held || !holds) return undefined;
  const key = ({ effect, principal, action, resource, condition }: Atom): string => [effect, principal, action, resource, ...condition.map(spelled)].join(' ');
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
    for (const principal of principals(statement, rewrite)) {
      for (const action of terms(statement, 'Action')) {
        for (const resource of terms(statement, 'Resource', rewrite)) result.push({ effect, principal, action: action.toLowerCase(), resource, condition });
      }
    }
  }
  return result;
}

/** IAM reads condition keys in any case, and digests too; on a negated operator `IfExists` changes nothing. */
function conditions(value: Value | undefined, rewrite?: Rewrite): Term[] {
  const opaque = (written: Value): Term => ({ operator: '', key: canonical(written, rewrite), values: [] });
  if (!isObject(value)) return value === undefined || value === null ? [] : [opaque(value)];
  return Object.entries(value).flatMap(([operator, keys]) => (isObject(keys)
    ? Object.entries(keys).map(([key, values]): Term => {
      const name = key.toLowerCase().replace(/^kms:recipientattestation:imagesha384$/, 'kms:recipientattestation:pcr0');
      const attested = name.startsWith('kms:recipientattestation:');
      const spell = (one: Value): string => canonical(one, (text) => (rewrite ?? ((same: string) => same))(attested ? text.toLowerCase() : text));
      return { operator: operator.replace(/^(?:(\w*Not\w+)IfExists)$/, '$1'), key: name, values: [...new Set((isList(values) ? values : [values]).map(spell))].sort() };
    })
    : [opaque(keys)])).sort((a, b) => (spelled(a) < spelled(b) ? -1 : 1));
}

const spelled = ({ operator, key, values }: Term): string => `${operator} ${key} ${values.join(',')}`;

/** Operators that hold for any one of their values; their negations hold for none of them. */
const ANY_OF = /^(?:ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool)$/;

/** Whether a request that meets the first term meets the second too. */
function implies(one: Term, other: Term): boolean {
  if (one.operator !== other.operator || one.key !== other.key) return false;
  if (!ANY_OF.test(one.operator)) return spelled(one) === spelled(other);
  return one.operator.includes('Not') ? other.values.every((value) => one.values.includes(value)) : one.values.every((value) => other.values.includes(value));
}

function terms(statement: { readonly [key: string]: Value }, name: 'Action' | 'Resource', rewrite: Rewrite = (text) => text): string[] {
  const value = statement[name];
  if (value !== undefined) return (isList(value) ? value : [value]).map((item) => (typeof item === 'string' ? rewrite(item) : canonical(item, rewrite)));
  const except = statement[`Not${name}`];
  return except === undefined ? ['*'] : [`everything but ${canonical(except, rewrite)}`];
}

function principals(statement: { readonly [key: string]: Value }, rewrite?: Rewrite): string[] {
  const value = statement['Principal'];
  if (value === undefined) return [statement['NotPrincipal'] === undefined ? '' : `everybody but ${canonical(statement['NotPrincipal'], rewrite)}`];
  if (!isObject(value)) return [canonical(value, rewrite)];
  return Object.entries(value).flatMap(([kind, names]) => (isList(names) ? names : [names]).map((name) => `${kind} ${canonical(name, rewrite)}`));
}

/** Whether whatever one atom speaks of is spoken of by another too. */
function covers(wide: Atom, narrow: Atom): boolean {
  return (wide.principal === narrow.principal || wide.principal === '"*"' || wide.principal === 'AWS "*"')
    && wide.condition.every((one) => narrow.condition.some((other) => implies(other, one)))
    && matches(wide.action, narrow.action) && matches(wide.resource, narrow.resource);
}

/** A Deny of old TLS versions that moved to a higher one. */
function stricterTls(fresh: Atom, old: Atom): boolean {
  const version = /^NumericLessThan s3:tlsversion "(\d+(?:\.\d+)?)"$/;
  const [one, other] = [fresh, old].map(({ condition }) => version.exec(condition.map(spelled).join()));
  return one != null && other != null && Number(one[1]) >= Number(other[1]) && covers({ ...fresh, condition: old.condition }, old);
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
