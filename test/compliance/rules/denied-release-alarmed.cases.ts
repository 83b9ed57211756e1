import type { RuleCase } from '../rule-case.js';
import { watchedTrail } from '../aws-fixture.js';
import { alarm, alarms, KEY_PROJECT, merged } from '../gcp-fixture.js';
import { alerts, azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const DENIED = '{ $.eventSource = "kms.amazonaws.com" && ($.eventName = "Decrypt" || $.eventName = "GenerateDataKey") && $.errorCode = "AccessDenied*" }';
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'refusals watched', expected: 'pass', at: 'aws', resources: watchedTrail(DENIED) },
  { cloud: 'aws', name: 'successes only', expected: 'fail', at: 'aws', resources: watchedTrail(DENIED.replace('= "AccessDenied*"', 'NOT EXISTS')) },
  { cloud: 'aws', name: 'refusals of another service', expected: 'fail', at: 'aws', resources: watchedTrail('{ $.eventName = "GetObject" && $.errorCode = "AccessDenied" }') },
  { cloud: 'aws', name: 'nobody told', expected: 'fail', at: 'aws', resources: watchedTrail(DENIED, { alarm: { AlarmActions: [] } }) },
  { cloud: 'aws', name: 'not known', expected: 'unknown', at: 'aws', resources: watchedTrail({ 'Fn::ImportValue': 'x' }) },
];

const azure: RuleCase[] = [
  azureCase('refusals watched', 'pass', { more: alerts(), at: 'azure' }),
  azureCase('no alert', 'fail', { at: 'azure' }),
  azureCase('changes of keys only', 'fail', { more: alerts({}, { criteria: { allOf: [{ query: 'AZKVAuditLogs | where OperationName == "KeyUpdate"', operator: 'GreaterThan', threshold: 0 }] } }), at: 'azure' }),
  azureCase('not known', 'unknown', { more: alerts({}, { criteria: { allOf: [{ query: NOT_KNOWN, operator: 'GreaterThan', threshold: 0 }] } }), at: 'azure' }),
];

const refused = (filter: string) => merged(alarms(), [alarm('refused', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter } }] })]);
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'refusals watched', expected: 'pass', at: 'gcp', resources: refused('protoPayload.serviceName=("cloudkms.googleapis.com" OR "sts.googleapis.com") AND protoPayload.methodName=~"Decrypt$|ExchangeToken$" AND protoPayload.status.code>0') },
  { cloud: 'gcp', name: 'by severity', expected: 'pass', at: 'gcp', resources: refused('protoPayload.serviceName="cloudkms.googleapis.com" AND severity>=ERROR') },
  { cloud: 'gcp', name: 'decryptions that succeed only', expected: 'fail', at: 'gcp', resources: alarms() },
  { cloud: 'gcp', name: 'refusals of another service', expected: 'fail', at: 'gcp', resources: refused('protoPayload.serviceName="storage.googleapis.com" AND protoPayload.status.code>0') },
  { cloud: 'gcp', name: 'refusals narrowed in a way that nobody reads', expected: 'unknown', at: 'gcp', resources: refused('protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.status.code>0 AND resource.labels.location="us-east1"') },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
