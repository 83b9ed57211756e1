import type { Workload } from '../../workload/workload.js';
import { isList, isObject, type Value } from '../model.js';

/**
 * The workload embedded in an artifact, or the reason why it is none. The artifact is input: what rules and proofs read
 * of it must have the type they expect. Whether its values are sensible is the workload file's own validation.
 */
export function embeddedWorkload(embedded: Value): Workload | string {
  let value = embedded;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value) as Value;
    } catch {
      return 'the embedded workload is not JSON';
    }
  }
  const problem = check(value, SHAPE, 'workload');
  return problem ?? (value as unknown as Workload);
}

type Shape =
  | 'string' | 'number' | 'boolean'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly optional: Shape }
  | { readonly oneOf: readonly string[] }
  | { readonly fields: Readonly<Record<string, Shape>> };

const list = (shape: Shape): Shape => ({ list: shape });
const map = (shape: Shape): Shape => ({ map: shape });
const optional = (shape: Shape): Shape => ({ optional: shape });
const fields = (shape: Readonly<Record<string, Shape>>): Shape => ({ fields: shape });

const APPROVAL = { owner: 'string', approvedBy: list('string'), approved: 'string', expires: 'string', status: { oneOf: ['active', 'retired', 'revoked'] } } as const;
const perCloud = (shape: Shape): Shape => fields({ aws: optional(shape), azure: optional(shape), gcp: optional(shape) });
const placement = fields({ region: 'string', instance: 'string' });

const SHAPE: Shape = fields({
  name: 'string',
  environment: { oneOf: ['production', 'staging', 'sandbox'] },
  owner: 'string',
  contact: 'string',
  data: fields({ classification: { oneOf: ['phi', 'limited-data-set', 'de-identified'] }, phiCategories: list('string') }),
  baa: perCloud(fields({ reference: 'string', counterparty: 'string', effective: 'string', review: 'string' })),
  clouds: perCloud(placement),
  measurements: fields({
    aws: map(fields({ ...APPROVAL, kind: { oneOf: ['nitro-enclave', 'nitro-tpm'] }, pcrs: map('string') })),
    azure: map(fields({ ...APPROVAL, kind: { oneOf: ['azure-guest'] }, claims: map({ oneOf: [] }) })),
    gcp: map(fields({ ...APPROVAL, kind: { oneOf: ['confidential-space'] }, image: 'string', imageDigest: 'string' })),
  }),
  keyAdministrators: perCloud(list('string')),
  breakGlass: perCloud('string'),
  retention: fields({ days: 'number', irreversible: 'boolean' }),
  network: fields({ cidr: 'string', endpoints: 'string' }),
  segments: map(fields({ purpose: { oneOf: ['gateway', 'tee', 'phi-store', 'other'] }, cidr: 'string' })),
  flows: map(fields({ from: 'string', to: 'string', port: 'number' })),
});

/** The first place where a value does not have the shape. An empty `oneOf` takes any plain value. */
function check(value: Value | undefined, shape: Shape, path: string): string | undefined {
  if (typeof shape === 'string') return typeof value === shape ? undefined : `${path} is not a ${shape}`;
  if ('optional' in shape) return value === undefined ? undefined : check(value, shape.optional, path);
  if ('oneOf' in shape) {
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return plain && (shape.oneOf.length === 0 || shape.oneOf.includes(String(value))) ? undefined : `${path} is not ${shape.oneOf.join(', ') || 'a plain value'}`;
  }
  if ('list' in shape) {
    if (!isList(value)) return `${path} is not a list`;
    for (const [index, item] of value.entries()) { const problem = check(item, shape.list, `${path}[${index}]`); if (problem) return problem; }
    return undefined;
  }
  if (!isObject(value)) return `${path} is not an object`;
  const members: readonly (readonly [string, Shape])[] = 'map' in shape ? Object.keys(value).map((key) => [key, shape.map]) : Object.entries(shape.fields);
  for (const [key, inner] of members) {
    const problem = check(Object.hasOwn(value, key) ? value[key] : undefined, inner, `${path}.${key}`);
    if (problem) return problem;
  }
  return undefined;
}
