import type { RuleCase } from '../rule-case.js';
import type { PreviewResource } from '../rule-case.js';
import { ref, resource } from '../gcp-fixture.js';
import { WORKLOAD } from '../workload-fixture.js';
import { baaTags } from '../../../constructs/workload/tags.js';

const tags = (number: string, change: Readonly<Record<string, string>> = {}): readonly PreviewResource[] => Object.entries({ ...baaTags(WORKLOAD, 'gcp'), ...change }).flatMap(([key, value]) => {
  const name = `${number}-${key}`;
  return [
    resource('gcp:tags/tagKey:TagKey', name, { parent: `projects/${number}`, shortName: key }), resource('gcp:tags/tagValue:TagValue', name, { parent: ref('gcp:tags/tagKey:TagKey', name), shortName: value }),
    resource('gcp:tags/tagBinding:TagBinding', name, { parent: `//cloudresourcemanager.googleapis.com/projects/${number}`, tagValue: ref('gcp:tags/tagValue:TagValue', name) }),
  ];
});

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'both projects', expected: 'pass', resources: [...tags('123456789012'), ...tags('210987654321')] },
  { cloud: 'gcp', name: 'one project', expected: 'fail', at: 'gcp', resources: tags('123456789012') },
  { cloud: 'gcp', name: 'another agreement', expected: 'fail', at: 'gcp', resources: [...tags('123456789012'), ...tags('210987654321', { 'baa-reference': 'baa-0' })] },
  { cloud: 'gcp', name: 'a tag of elsewhere', expected: 'unknown', at: 'gcp', resources: [...tags('123456789012'), ...tags('210987654321').filter(({ name, type }) => !(name.endsWith('baa-review') && type.endsWith('TagValue')))] },
];

export const cases: RuleCase[] = gcp;
