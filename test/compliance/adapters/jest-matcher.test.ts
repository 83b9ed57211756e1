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

test('refuses what is no artifact', () => {
  expect(() => expect({ hello: 1 }).toBeHipaaTee()).toThrow(/takes a CDK Template/);
  expect(() => expect(undefined).toBeHipaaTee()).toThrow(/takes a CDK Template/);
});
