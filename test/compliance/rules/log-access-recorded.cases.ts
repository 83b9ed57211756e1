import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('reads go to the workspace', 'pass'),
  azureCase('nothing', 'fail', { gone: [['DiagnosticSetting', 'logs-audit']], at: 'logs' }),
  azureCase('deletions only', 'fail', { edits: [['DiagnosticSetting', 'logs-audit', 'logs', [{ category: 'StorageDelete', enabled: true }]]], at: 'logs' }),
  azureCase('switched off', 'fail', { edits: [['DiagnosticSetting', 'logs-audit', 'logs', [{ categoryGroup: 'allLogs', enabled: false }]]], at: 'logs' }),
  azureCase('to nowhere', 'fail', { edits: [['DiagnosticSetting', 'logs-audit', 'workspaceId', undefined]], at: 'logs' }),
  azureCase('not known', 'unknown', { edits: [['DiagnosticSetting', 'logs-audit', 'logs', NOT_KNOWN]], at: 'logs' }),
];

export const cases: RuleCase[] = [...azure];
