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

function template(tags: boolean): Template {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Main', { env: { account: '111122223333', region: 'us-east-1' } });
  if (tags) for (const key of BAA_TAG_KEYS) Tags.of(stack).add(key, baaTags(WORKLOAD, 'aws')[key]);
  new CfnTopic(stack, 'Topic');
  return Template.fromStack(stack);
}

test('passes and fails on a CDK Template, naming rule and resource', () => {
  expect(waivableOnly).toBe(true);
  expect(template(true)).toBeHipaaTee(options);
  expect(template(false)).not.toBeHipaaTee(options);
  expect(() => expect(template(false)).toBeHipaaTee(options)).toThrow(/fail baa-tags-complete Template\/Topic Tags\n.*no phi-workload/);
});

test('takes a template and a preview as objects', () => {
  expect({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }).not.toBeHipaaTee(options);
  expect({ steps: [{ op: 'create', urn: 'urn:pulumi:dev::p::gcp:pubsub/topic:Topic::t', newState: { type: 'gcp:pubsub/topic:Topic', inputs: {} } }] }).not.toBeHipaaTee(options);
});

test('refuses what is no artifact', () => {
  expect(() => expect({ hello: 1 }).toBeHipaaTee()).toThrow(/takes a CDK Template/);
  expect(() => expect(undefined).toBeHipaaTee()).toThrow(/takes a CDK Template/);
});
