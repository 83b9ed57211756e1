import { asksAsMuch, type LogRecord, returns } from '../../constructs/compliance/kql.js';

const RECORD: LogRecord = {
  table: 'AZKVAuditLogs', anybody: ['Identity'],
  columns: { TimeGenerated: { age: 15 }, OperationName: 'KeyRelease', ResultSignature: 'Forbidden', HttpStatusCode: 403, ResultType: { not: ['Success'] }, Claims: { has: 'somebody' } },
};

test.each<[string, boolean | undefined]>([
  ['AZKVAuditLogs', true],
  ['AZKVAuditLogs // | take 0', true],
  ['AzureDiagnostics', false],
  ['AZKVAuditLogs | where OperationName == "KeyRelease" and ResultSignature != "OK"', true],
  ['AZKVAuditLogs | where OperationName == "keyrelease"', false],
  ['AZKVAuditLogs | where OperationName =~ \'keyrelease\' or 1 == 2', true],
  ['AZKVAuditLogs | where OperationName in~ ("keyget", "keyrelease") | where HttpStatusCode >= 400', true],
  ['AZKVAuditLogs | where OperationName !in ("KeyRelease")', false],
  ['AZKVAuditLogs | where not(OperationName startswith "Key")', false],
  ['AZKVAuditLogs | where ResultType == "Success"', false],
  ['AZKVAuditLogs | where ResultType == "Failure"', undefined],
  ['AZKVAuditLogs | where tostring(Claims) has "somebody"', true],
  ['AZKVAuditLogs | where Claims !has "somebody"', false],
  ['AZKVAuditLogs | where Claims has "some"', undefined],
  ['AZKVAuditLogs | where Identity has "x"', false],
  ['AZKVAuditLogs | where Identity !has "x"', undefined],
  ['AZKVAuditLogs | where _ResourceId has "x"', undefined],
  ['AZKVAuditLogs | where _ResourceId has "x" and false', false],
  ['AZKVAuditLogs | where OperationName == "KeyRelease" and iff(true, false, false)', undefined],
  ['AZKVAuditLogs | take 0', false],
  ['AZKVAuditLogs | top 5 by TimeGenerated | project TimeGenerated, OperationName', true],
  ['AZKVAuditLogs | extend OperationName = "x" | where OperationName == "KeyRelease"', undefined],
  ['AZKVAuditLogs | where TimeGenerated > ago(15m) | summarize count() by bin(TimeGenerated, 5m)', true],
  ['AZKVAuditLogs | where TimeGenerated > ago(14m)', undefined],
  ['AZKVAuditLogs | where TimeGenerated >= ago(1h)', true],
  ['AZKVAuditLogs | where TimeGenerated > ago(20s)', undefined],
  ['AZKVAuditLogs | where TimeGenerated > datetime(2026-01-01)', undefined],
  ['AZKVAuditLogs | summarize count()', undefined],
  ['AZKVAuditLogs | count', undefined],
  ['AZKVAuditLogs | join (AzureActivity) on Caller', undefined],
  ['union isfuzzy=true (AzureActivity | where Caller == "x"), (AZKVAuditLogs | where ResultSignature != "OK")', true],
  ['union AZKVAuditLogs, AzureDiagnostics | where false', false],
  ['let x = 1; AZKVAuditLogs', undefined],
  ['print 0', undefined],
  ['AZKVAuditLogs | where (', undefined],
  ['AZKVAuditLogs | where "unclosed', undefined],
])('%s: %#', (query, expected) => {
  expect(returns(query, RECORD)).toBe(expected);
});

test('queries too deep or too long are not decided', () => {
  expect(returns(`AZKVAuditLogs | where ${'('.repeat(2000)}true${')'.repeat(2000)}`, RECORD)).toBeUndefined();
  expect(returns('x'.repeat(30_000), RECORD)).toBeUndefined();
});

test.each<[string, string, boolean]>([
  ['T | where a == "1"', 'T\n  | where a == "1" // why', true],
  ['T | where a in ("1")', 'T | where a in ("1", "2")', true],
  ['T | where a in ("1", "2")', 'T | where a in ("2")', false],
  ['T | where a !in ("1")', 'T | where a !in ("1", "2")', false],
  ['T | where not(a in ("1"))', 'T | where not(a in ("1", "2"))', false],
  ['T | where a == "1"', 'T | where a == "1" and b == "2"', false],
  ['T | where (a in ("1")) == false', 'T | where (a in ("1", "2")) == false', false],
  ['T | join kind=leftanti (T | where a in ("1")) on a', 'T | join kind=leftanti (T | where a in ("1", "2")) on a', false],
  ['T | where f("1")', 'T | where f("1", "2")', false],
])('%s, then %s: %#', (old, fresh, expected) => {
  expect(asksAsMuch(fresh, old)).toBe(expected);
});
