import type { RuleCase } from '../rule-case.js';
import { watchedTrail } from '../aws-fixture.js';
import { alarm, alarms, KEY_PROJECT, merged, WORKLOAD_PROJECT } from '../gcp-fixture.js';
import { alerts, azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const ROLE = 'arn:aws:iam::111122223333:role/BreakGlass';
const acting = (role: string) => `{ $.userIdentity.sessionContext.sessionIssuer.arn = "${role}" || $.requestParameters.roleArn = "${role}" }`;
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'watched', expected: 'pass', at: 'aws', resources: watchedTrail(acting(ROLE)) },
  { cloud: 'aws', name: 'another role watched', expected: 'fail', at: 'aws', resources: watchedTrail(acting('arn:aws:iam::111122223333:role/BreakGlass-old')) },
  { cloud: 'aws', name: 'an alarm that is off', expected: 'fail', at: 'aws', resources: watchedTrail(acting(ROLE), { alarm: { ActionsEnabled: false } }) },
  { cloud: 'aws', name: 'no break-glass role', expected: 'silent', resources: watchedTrail('x'), workload: { breakGlass: {} } },
  { cloud: 'aws', name: 'not known', expected: 'unknown', at: 'aws', resources: watchedTrail({ 'Fn::ImportValue': 'x' }) },
];

const asking = (query: string) => alerts({}, { criteria: { allOf: [{ query, operator: 'GreaterThan', threshold: 0 }] } });
const azure: RuleCase[] = [
  azureCase('watched', 'pass', { more: alerts(), at: 'azure' }),
  azureCase('no alert', 'fail', { at: 'azure' }),
  azureCase('on keys only', 'fail', { more: asking('AZKVAuditLogs | where Identity has "00000000-0000-0000-0000-00000000000b"'), at: 'azure' }),
  azureCase('left out by name', 'fail', { more: asking('AzureActivity | where Caller != "00000000-0000-0000-0000-00000000000b"'), at: 'azure' }),
  azureCase('not known', 'unknown', { more: asking(NOT_KNOWN), at: 'azure' }),
];

const person = { breakGlass: { gcp: 'user:emergency@example.org' } };
const watching = (email: string, ...projects: readonly string[]) => merged(alarms(), projects.map((project) => alarm('emergency', project, { conditions: [{ conditionMatchedLog: { filter: `protoPayload.authenticationInfo.principalEmail="${email}"` } }] })));
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'watched in both projects', expected: 'pass', at: 'gcp', resources: watching('emergency@example.org', KEY_PROJECT, WORKLOAD_PROJECT), workload: person },
  { cloud: 'gcp', name: 'watched in one', expected: 'fail', at: 'gcp', resources: watching('emergency@example.org', KEY_PROJECT), workload: person },
  { cloud: 'gcp', name: 'somebody else watched', expected: 'fail', at: 'gcp', resources: watching('ada@example.org', KEY_PROJECT, WORKLOAD_PROJECT), workload: person },
  { cloud: 'gcp', name: 'a group, whose name no record holds', expected: 'silent', resources: alarms() },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
