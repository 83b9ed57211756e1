import { BAA_TAG_KEYS } from '../workload/tags.js';
import { AWS, AZURE, GCP, type Taggable } from './data/taggable.js';
import { at, type Cloud, type Deployment, isList, isObject, type Resource, Unknown, type Value } from './model.js';

const TABLES: Readonly<Record<Cloud, Taggable>> = { aws: AWS, azure: AZURE, gcp: GCP };
const sets = new Map<Cloud, ReadonlySet<string>>();

/** The property that holds the tags of a type, or undefined when the type takes none. */
export function tagProperty(cloud: Cloud, type: string): string | undefined {
  const table = TABLES[cloud];
  let plain = sets.get(cloud);
  if (!plain) sets.set(cloud, plain = new Set(table.types.split('\n')));
  return plain.has(type) ? table.property : Object.hasOwn(table.special, type) ? table.special[type] : undefined;
}

/** Every resource of a deployment that takes tags, with the property that holds them. */
export function* taggable(deployment: Deployment): Iterable<readonly [Resource, string]> {
  for (const [type, resources] of deployment.byType) {
    const property = tagProperty(deployment.cloud, type);
    if (property !== undefined) for (const resource of resources) yield [resource, property];
  }
}

/** The tags at a property as a map, whichever of the providers' shapes they have. */
export function tagsAt(resource: Resource, property: string): ReadonlyMap<string, Value> | Unknown {
  const value = resource.properties[property];
  const result = new Map<string, Value>();
  if (value instanceof Unknown) return value;
  if (isList(value)) {
    for (const tag of value) {
      if (tag instanceof Unknown) return tag;
      const key = at(tag, 'Key') ?? at(tag, 'key');
      if (key instanceof Unknown) return key;
      if (typeof key === 'string') result.set(key, at(tag, 'Value') ?? at(tag, 'value') ?? '');
    }
  } else if (isObject(value)) for (const [key, item] of Object.entries(value)) result.set(key, item);
  return result;
}

/** Tags that say what a resource is, not under which regime it stands. */
const OWN_NAME = /^(name|aws:.*|kubernetes\.io\/.*|key-purpose|phi-segment|phi-plane)$/i;
const BAA_KEYS: ReadonlySet<string> = new Set(BAA_TAG_KEYS);
const conventions = new WeakMap<Deployment, ReadonlyMap<string, string | null>>();

/**
 * The tags that a deployment gives to more than half of what takes tags, besides the BAA tag set: its own convention.
 * With each key the value that more than half of its carriers have, `null` where they differ.
 */
export function tagConvention(deployment: Deployment): ReadonlyMap<string, string | null> {
  const known = conventions.get(deployment);
  if (known) return known;
  const carriers = new Map<string, Map<string, number>>();
  let total = 0;
  for (const [resource, property] of taggable(deployment)) {
    const tags = tagsAt(resource, property);
    if (tags instanceof Unknown) continue;
    total++;
    for (const [key, value] of tags) {
      if (BAA_KEYS.has(key) || OWN_NAME.test(key)) continue;
      const values = carriers.get(key) ?? new Map<string, number>();
      const text = typeof value === 'string' ? value : '';
      values.set(text, (values.get(text) ?? 0) + 1);
      carriers.set(key, values);
    }
  }
  const result = new Map<string, string | null>();
  for (const [key, values] of carriers) {
    const count = [...values.values()].reduce((sum, one) => sum + one, 0);
    if (count < LEAST_CARRIERS || count * 2 <= total) continue;
    const [value, most] = [...values].sort((a, b) => b[1] - a[1])[0] as [string, number];
    result.set(key, most * 2 > count ? value : null);
  }
  conventions.set(deployment, result);
  return result;
}

/** Fewer resources with a tag make no convention. */
const LEAST_CARRIERS = 4;

/** Whether the kit's tag set is what a deployment goes by: it has a workload file, or some resource carries one of the tags. */
export function usesBaaTags(deployment: Deployment): boolean {
  if (deployment.workload !== null) return true;
  for (const [resource, property] of taggable(deployment)) {
    const tags = tagsAt(resource, property);
    if (tags instanceof Unknown || BAA_TAG_KEYS.some((key) => tags.has(key))) return true;
  }
  return false;
}
