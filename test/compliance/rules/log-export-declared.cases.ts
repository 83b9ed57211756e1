import type { RuleCase } from '../rule-case.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('the log vault only', 'pass'),
  azureCase('an event hub too', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'eventHubAuthorizationRuleId', '/subscriptions/1/x']], at: 'phi-vault-audit' }),
  azureCase('an export of the workspace', 'fail', { more: [resource('operationalinsights:DataExport', 'away', {})], at: 'away' }),
  azureCase('a workspace of others', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'workspaceId', '/subscriptions/1/resourceGroups/2/providers/Microsoft.OperationalInsights/workspaces/3']], at: 'phi-vault-audit' }),
];

export const cases: RuleCase[] = [...azure];
