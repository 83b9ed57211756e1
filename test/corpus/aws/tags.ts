import type { Mutator } from '../mutator.js';
import { arr, obj, type Template, weakerIn } from './template.js';

const weaker = weakerIn('baa-tag');
const dropTag = (template: Template, type: string, key: string): void => {
  const body = template.one(type);
  body.p['Tags'] = arr(body.p['Tags']).filter((tag) => obj(tag)['Key'] !== key);
};
const setTag = (template: Template, type: string, key: string, value: string): void => {
  for (const tag of arr(template.one(type).p['Tags']).map(obj)) if (tag['Key'] === key) tag['Value'] = value;
};

export const tags: readonly Mutator[] = [
  weaker('bucket-without-agreement', (template) => dropTag(template, 'AWS::S3::Bucket', 'baa-reference')),
  weaker('key-without-classification', (template) => dropTag(template, 'AWS::KMS::Key', 'phi-classification')),
  weaker('vpc-without-tags', (template) => delete template.vpc.p['Tags']),
  weaker('role-without-owner', (template) => setTag(template, 'AWS::IAM::Role', 'phi-owner', '')),
  weaker('trail-of-another-workload', (template) => setTag(template, 'AWS::CloudTrail::Trail', 'phi-workload', 'something-else')),
  weaker('another-agreement', (template) => setTag(template, 'AWS::S3::Bucket', 'baa-reference', 'BAA-1999-0001')),
  weaker('another-environment', (template) => setTag(template, 'AWS::KMS::Key', 'phi-environment', 'sandbox')),
  weaker('another-classification', (template) => setTag(template, 'AWS::DynamoDB::Table', 'phi-classification', 'public')),
  weaker('tag-key-in-other-case', (template) => {
    for (const tag of arr(template.trail.p['Tags']).map(obj)) if (tag['Key'] === 'baa-reference') tag['Key'] = 'BAA-Reference';
  }),
  weaker('tags-from-a-parameter', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Tags: { Type: 'CommaDelimitedList' } };
    template.vpc.p['Tags'] = { Ref: 'Tags' };
  }),
  weaker('untagged-topic', (template) => void (template.resources['Topic'] = { Type: 'AWS::SNS::Topic', Properties: {} })),
  weaker('instances-without-tags', (template) => {
    for (const tag of arr(template.fleet.p['Tags']).map(obj)) tag['PropagateAtLaunch'] = false;
    delete template.host['TagSpecifications'];
    delete template.hostTemplate.p['TagSpecifications'];
  }),
  weaker('service-outside-the-agreement', (template) => void template.add('Games', 'AWS::GameLift::Fleet', { Name: 'g' })),
  weaker('agreement-not-recorded', (template) => delete obj(template.workload['baa'])['aws']),
  weaker('agreement-starts-later', (template) => (obj(obj(template.workload['baa'])['aws'])['effective'] = '2027-06-01')),
  weaker('workload-file-not-in-the-artifact', (template) => delete obj(template.raw['Metadata'])['tee-kit:workload']),
  weaker('workload-file-of-a-sandbox', (template) => {
    template.workload['environment'] = 'sandbox';
    template.workload['retention'] = { days: 2192, irreversible: false };
  }),
];
