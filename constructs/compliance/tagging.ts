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
