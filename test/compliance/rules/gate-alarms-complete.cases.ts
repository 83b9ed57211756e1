import type { RuleCase } from '../rule-case.js';
import { alarm, alarms, KEY_PROJECT } from '../gcp-fixture.js';

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'every act', expected: 'pass', resources: alarms() },
  { cloud: 'gcp', name: 'an act without an alarm', expected: 'fail', at: 'gcp', resources: alarms().filter(({ name }) => !name.startsWith('deny')) },
  { cloud: 'gcp', name: 'an alarm that is off', expected: 'fail', at: `kms ${KEY_PROJECT}`, path: 'enabled', resources: alarms(alarm('kms', KEY_PROJECT, { enabled: false })) },
  { cloud: 'gcp', name: 'an alarm for nobody', expected: 'fail', at: `pool ${KEY_PROJECT}`, path: 'notificationChannels', resources: alarms(alarm('pool', KEY_PROJECT, { notificationChannels: [] })) },
  { cloud: 'gcp', name: 'a filter for another method', expected: 'fail', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName="GetPolicy"' } }] })) },
  { cloud: 'gcp', name: 'a filter that nobody reads', expected: 'unknown', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName=~"google.iam.v2.Policies" AND severity=EMERGENCY' } }] })) },
];

export const cases: RuleCase[] = gcp;
