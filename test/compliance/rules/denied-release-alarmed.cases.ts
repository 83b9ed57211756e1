import type { Value } from '../../../constructs/compliance/model.js';
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

const REFUSED = 'AZKVAuditLogs | where OperationName == "KeyRelease" and ResultSignature != "OK"';
const asked = (condition: { readonly [key: string]: Value }, rest: { readonly [key: string]: Value } = {}) => alerts({}, { criteria: { allOf: [{ query: REFUSED, operator: 'GreaterThan', threshold: 0, ...condition }] }, ...rest });
const azure: RuleCase[] = [
  azureCase('refusals watched', 'pass', { more: alerts(), at: 'azure' }),
  azureCase('no alert', 'fail', { at: 'azure' }),
  azureCase('changes of keys only', 'fail', { more: alerts({}, { criteria: { allOf: [{ query: 'AZKVAuditLogs | where OperationName == "KeyUpdate"', operator: 'GreaterThan', threshold: 0 }] } }), at: 'azure' }),
  ...([
    ['never true', `${REFUSED} | where 1 == 2`, 'fail'], ['no row', `${REFUSED} | take 0`, 'fail'], ['a comment', `print 0 // ${REFUSED}`, 'unknown'], ['another vault', `${REFUSED} | where _ResourceId has "other"`, 'unknown'],
    ['requests that were granted', 'AZKVAuditLogs | where OperationName == "KeyRelease" and ResultSignature == "OK"', 'fail'], ['one person', `${REFUSED} | where Identity has "00000000-0000-0000-0000-0000000000aa"`, 'fail'],
    ['all but one person', `${REFUSED} | where Identity !has "00000000-0000-0000-0000-0000000000aa"`, 'unknown'], ['another table', REFUSED.replace('AZKVAuditLogs', 'AzureDiagnostics'), 'fail'],
    ['by status, in groups', 'union isfuzzy=true AZKVAuditLogs, AzureDiagnostics | where TimeGenerated > ago(15m) and OperationName =~ "keyrelease" and not(HttpStatusCode < 400) | summarize count() by bin(TimeGenerated, 5m)', 'pass'],
  ] as const).map(([name, query, expected]) => azureCase(name, expected, { more: asked({ query }, { evaluationFrequency: 'PT15M', windowSize: 'PT15M' }), at: 'azure' })),
  azureCase('once a day', 'fail', { more: asked({}, { evaluationFrequency: 'P1D', windowSize: 'P1D' }), at: 'azure' }),
  azureCase('with gaps', 'fail', { more: asked({}, { evaluationFrequency: 'PT1H', windowSize: 'PT15M' }), at: 'azure' }),
  azureCase('the last five minutes of every hour', 'unknown', { more: asked({ query: `${REFUSED} | where TimeGenerated > ago(5m)` }, { evaluationFrequency: 'PT1H', windowSize: 'PT1H' }), at: 'azure' }),
  azureCase('some minutes, nobody says how often', 'unknown', { more: asked({ query: `${REFUSED} | where TimeGenerated > ago(15m)` }), at: 'azure' }),
  azureCase('the last hour of every hour', 'pass', { more: asked({ query: `${REFUSED} | where TimeGenerated > ago(1h)` }, { evaluationFrequency: 'PT1H', windowSize: 'PT1H' }), at: 'azure' }),
  azureCase('over a time that is not told', 'unknown', { more: asked({}, { evaluationFrequency: 'PT5M', windowSize: 'PT15M', overrideQueryTimeRange: NOT_KNOWN }), at: 'azure' }),
  azureCase('muted for a week', 'fail', { more: asked({}, { muteActionsDuration: 'P7D' }), at: 'azure' }),
  azureCase('every five minutes', 'pass', { more: asked({}, { evaluationFrequency: 'PT5M', windowSize: 'PT15M' }), at: 'azure' }),
  azureCase('four times in a row', 'fail', { more: asked({ failingPeriods: { minFailingPeriodsToAlert: 4, numberOfEvaluationPeriods: 4 } }), at: 'azure' }),
  azureCase('one dimension', 'unknown', { more: asked({ dimensions: [{ name: 'Resource', operator: 'Include', values: ['X'] }] }), at: 'azure' }),
  azureCase('the workspace of others', 'fail', { more: asked({}, { scopes: ['/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/x/providers/Microsoft.OperationalInsights/workspaces/x'] }), at: 'azure' }),
  azureCase('the records in the common table', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'logAnalyticsDestinationType', 'AzureDiagnostics']], more: asked({}), at: 'azure' }),
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
