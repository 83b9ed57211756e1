import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { compareDeployments } from '../../../constructs/compliance/diff/compare.js';
import { diffSarif, type SarifLog } from '../../../constructs/compliance/format/sarif.js';
import { templateDeployment } from '../../../constructs/compliance/read/artifacts.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import { formatted } from './fixture.js';

// The schema is of draft 4, whose `id` ajv no longer reads; nothing else in it differs.
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(join('node_modules', '@microsoft', 'jest-sarif', 'lib', 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<string, unknown>;
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
function expectValid(log: unknown): void {
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
}

test('check: valid, at the source line, with stable fingerprints, severities and suppressions', async () => {
  const log = JSON.parse(await formatted('sarif')) as SarifLog;
  expectValid(log);
  expect(JSON.parse(await formatted('sarif'))).toEqual(log);
  const { results, tool } = log.runs[0]!;
  const found = results.find(({ ruleId, locations }) => ruleId === 'network-no-open-ingress' && locations[0]!.logicalLocations[0]!.fullyQualifiedName === 'Stack/Group')!;
  expect(found.locations[0]!.physicalLocation).toEqual({ artifactLocation: { uri: 'lib/my%20stack.ts', uriBaseId: '%SRCROOT%' }, region: { startLine: 12 } });
  expect(found.suppressions).toEqual([]);
  expect(tool.driver.rules[found.ruleIndex]).toMatchObject({ id: 'network-no-open-ingress', properties: { 'security-severity': '9.5' } });
  const exempt = results.find(({ suppressions }) => suppressions.length > 0)!;
  expect(exempt.suppressions[0]).toMatchObject({ kind: 'external', status: 'accepted', justification: expect.stringContaining('approved by b') as string });
  expect(exempt.locations[0]!.physicalLocation.artifactLocation.uri).toMatch(/Stack\.template\.json$/);
  const prints = results.map(({ partialFingerprints }) => partialFingerprints['teeKitFinding/v1']);
  expect(new Set(prints).size).toBe(prints.length);
  for (const { properties } of tool.driver.rules) expect(properties.tags.length).toBeLessThanOrEqual(10);
});

test('the schema refuses what is no SARIF', () => {
  validate({ version: '2.1.0', runs: [{ tool: {}, results: [{ level: 'terrible' }] }] });
  expect(validate.errors).not.toBeNull();
});

test('5,000 results at most, the worst of them, and a note about the rest', () => {
  const group = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] } };
  const deployment = (count: number) => [templateDeployment([{ stack: 'S', file: 'S.json', template: { Resources: Object.fromEntries(Array.from({ length: count }, (_, index) => [`G${index}`, group])) }, nested: () => undefined }], { today: '2026-11-25' })];
  const log = diffSarif(compareDeployments(deployment(1), deployment(5100), { rules: RULES }), '1.0.0');
  expectValid(log);
  expect(log.runs[0]!.results.length).toBe(5000);
  expect(log.runs[0]!.invocations[0]!.toolExecutionNotifications?.[0]?.message.text).toMatch(/left out/);
});
