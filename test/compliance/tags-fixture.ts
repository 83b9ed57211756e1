import { baaTags } from '../../constructs/workload/tags.js';
import type { Cloud } from '../../constructs/workload/workload.js';
import { WORKLOAD } from './workload-fixture.js';

/** The BAA tags of the fixture workload as AWS lists them, with changes (`undefined` drops a tag). */
export function awsTags(changes: Readonly<Record<string, string | undefined>> = {}): { Key: string; Value: string }[] {
  return Object.entries(tagMap('aws', changes)).map(([Key, Value]) => ({ Key, Value }));
}

/** The BAA tags of the fixture workload as a map, with changes (`undefined` drops a tag). */
export function tagMap(cloud: Cloud, changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const all: Record<string, string | undefined> = { ...baaTags(WORKLOAD, cloud), ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
