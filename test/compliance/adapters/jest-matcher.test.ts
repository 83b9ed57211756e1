import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import '../../../constructs/compliance/adapters/jest-matcher.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import { BAA_TAG_KEYS, baaTags } from '../../../constructs/workload/tags.js';
import { TODAY, WORKLOAD } from '../workload-fixture.js';

// One aspect at a time: the rest of a deployment is not there.
const without = RULES.map(({ id }) => id).filter((id) => id !== 'baa-tags-complete');
const options = { workload: WORKLOAD, today: TODAY, without };
const waivableOnly = RULES.filter(({ waivable }) => waivable).length > 0;

/** Part of a deployment that carries no workload file: its tags say that it processes PHI, and nothing in it keeps logs. */
function template(tags: readonly (typeof BAA_TAG_KEYS)[number][]): Template {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Main', { env: { account: '111122223333', region: 'us-east-1' } });
  for (const key of tags) Tags.of(stack).add(key, baaTags(WORKLOAD, 'aws')[key]);
  new CfnTopic(stack, 'Topic');
  return Template.fromStack(stack);
}

test('passes and fails on a CDK Template, naming rule and resource', () => {
  expect(waivableOnly).toBe(true);
  const part = { today: TODAY, without };
  expect(template(BAA_TAG_KEYS)).toBeHipaaTee(part);
  expect(template(['phi-workload'])).not.toBeHipaaTee(part);
  expect(() => expect(template(['phi-workload'])).toBeHipaaTee(part)).toThrow(/fail baa-tags-complete Template\/Topic Tags\n.*no phi-environment/);
});

test('a production workload whose artifact keeps no log fails a rule that no option leaves out', () => {
  expect(() => expect(template(BAA_TAG_KEYS)).toBeHipaaTee(options)).toThrow(/fail audit-log-immutable aws deployment/);
});

test('takes a template and a preview as objects', () => {
  expect({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }).not.toBeHipaaTee(options);
  expect({ steps: [{ op: 'create', urn: 'urn:pulumi:dev::p::gcp:pubsub/topic:Topic::t', newState: { type: 'gcp:pubsub/topic:Topic', inputs: {} } }] }).not.toBeHipaaTee(options);
});

test('refuses what is no artifact, and says what was given', () => {
  const circle: Record<string, unknown> = {};
  circle['Resources'] = circle;
  for (const [given, shown] of [[{ hello: 1 }, 'of type Object'], [undefined, 'of type Undefined'], [null, 'of type Null'], ['', 'an empty text'], [[], 'of type Array'], [circle, 'of type Object'],
    [{ Resources: { A: { Type: 'A::B::C', Properties: 1n } } }, 'of type Object'], [new Stack(new App(), 'S'), 'Template.fromStack'], [Symbol('s'), 'Symbol']] as const) {
    expect(() => expect(given).toBeHipaaTee()).toThrow(new RegExp(`takes a CDK Template.*${shown}`));
    expect(() => expect(given).not.toBeHipaaTee()).toThrow(/takes a CDK Template/);
  }
});

test('an artifact with nothing to judge neither passes nor fails', () => {
  const gone = { steps: [{ op: 'delete', urn: 'urn:pulumi:dev::p::gcp:kms/cryptoKey:CryptoKey::k' }] };
  const never = { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } }, Resources: { Key: { Type: 'AWS::KMS::Key', Condition: 'Never' } } };
  for (const given of [{ AWSTemplateFormatVersion: '2010-09-09', Resources: {} }, { steps: [] }, gone, never]) {
    expect(() => expect(given).toBeHipaaTee()).toThrow(/no rule has anything to judge/);
    expect(() => expect(given).not.toBeHipaaTee()).toThrow(/no rule has anything to judge/);
  }
});

test('an artifact that speaks of no PHI is no pass, whatever else is right with it', () => {
  const plain = { Resources: { A: { Type: 'AWS::S3::Bucket', Properties: {} } } };
  expect(() => expect(plain).toBeHipaaTee()).toThrow(/speaks of PHI.*give \{ workload \}/);
  expect(() => expect(plain).not.toBeHipaaTee()).toThrow(/speaks of PHI/);
  expect(plain).not.toBeHipaaTee({ workload: WORKLOAD, today: TODAY });
});
