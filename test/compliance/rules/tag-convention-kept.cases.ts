import type { PreviewResource, RuleCase, TemplateResources } from '../rule-case.js';
import type { Cloud } from '../../../constructs/workload/workload.js';

type Tags = Readonly<Record<string, string>>;
const OURS: Tags = { DataClass: 'PHI', Team: 'imaging' };
const SHAPES: readonly (readonly [name: string, last: Tags, expected: RuleCase['expected']])[] = [
  ['the same tags everywhere', OURS, 'pass'],
  ['a tag of its own beside them', { ...OURS, Stage: 'blue' }, 'pass'],
  ['another team', { ...OURS, Team: 'claims' }, 'pass'],
  ['one tag missing', { Team: 'imaging' }, 'fail'],
  ['no tags', {}, 'fail'],
  ['another classification', { ...OURS, DataClass: 'public' }, 'fail'],
];
const five = <T>(last: Tags, make: (name: string, tags: Tags) => T): T[] => ['one', 'two', 'three', 'four', 'five'].map((name) => make(name, name === 'five' ? last : OURS));

const topics = (last: Tags): TemplateResources => Object.fromEntries(five(last, (name, tags) => [name, { Type: 'AWS::SNS::Topic', Properties: { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } }]));
const vaults = (last: Tags): PreviewResource[] => five(last, (name, tags) => ({ type: 'azure-native:keyvault:Vault', name, inputs: { tags: { ...tags } } }));
const keys = (last: Tags): PreviewResource[] => five(last, (name, tags) => ({ type: 'gcp:kms/cryptoKey:CryptoKey', name, inputs: { labels: { ...tags } } }));
const resources = { aws: topics, azure: vaults, gcp: keys };

export const cases: RuleCase[] = (['aws', 'azure', 'gcp'] as const satisfies readonly Cloud[]).flatMap((cloud) => SHAPES.map(([name, last, expected]): RuleCase => ({
  cloud, name, expected, ...(expected === 'fail' ? { at: 'five' } : {}), resources: resources[cloud](last),
} as RuleCase)));
