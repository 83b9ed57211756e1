import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from './corpus/mutator.js';
import { check } from './check-report.js';
import { edit, shipped, shippedCopy, teeKit, templatePath } from './shipped.js';

const folders: string[] = [];
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

test('the shipped artifacts are clean and proved', () => {
  shipped();
  expect(check(shipped())).toMatchObject({ code: 0, report: { findings: [] } });
  expect(teeKit(['prove', shipped()]).code).toBe(0);
});

type Step = { readonly urn: string; readonly newState: { readonly type: string; readonly inputs: JsonObject } };
const inputs = (preview: { readonly steps: readonly Step[] }, type: string, name: string): JsonObject => {
  const step = preview.steps.find(({ urn, newState }) => newState.type === type && urn.endsWith(`::${name}`));
  if (!step) throw new Error(`no ${type} ${name}`);
  return step.newState.inputs;
};
type Template = { readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: JsonObject }>> };
const first = (template: Template, type: string, start: string): JsonObject => {
  const found = Object.entries(template.Resources).find(([id, { Type }]) => Type === type && id.startsWith(start));
  if (!found) throw new Error(`no ${type} ${start}`);
  return found[1].Properties;
};

// What the first issue promises, word for word.
describe.each<[string, 'aws' | 'azure' | 'gcp', string, RegExp, (document: never) => void]>([
  ['the attestation condition deleted', 'aws', 'phi-key-release-attested', /PhiKey/, (template: Template) => {
    const policy = first(template, 'AWS::KMS::Key', 'PhiKey')['KeyPolicy'] as { Statement: JsonObject[] };
    const asks = ({ Condition }: JsonObject): boolean => JSON.stringify(Condition ?? '').includes('RecipientAttestation');
    policy.Statement = policy.Statement.filter((statement) => statement['Effect'] === 'Allow' || !asks(statement));
    for (const statement of policy.Statement) if (asks(statement)) delete statement['Condition'];
  }],
  ['a security group opened', 'aws', 'network-no-open-ingress', /Network/, (template: Template) => {
    first(template, 'AWS::EC2::SecurityGroup', 'Network')['SecurityGroupIngress'] = [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }];
  }],
  ['Object Lock dropped', 'aws', 'audit-log-immutable', /LogsVault/, (template: Template) => {
    const bucket = first(template, 'AWS::S3::Bucket', 'LogsVault');
    delete bucket['ObjectLockConfiguration'];
    delete bucket['ObjectLockEnabled'];
  }],
  ['a BAA tag dropped', 'aws', 'baa-tags-complete', /PhiKey/, (template: Template) => {
    const key = first(template, 'AWS::KMS::Key', 'PhiKey');
    key['Tags'] = (key['Tags'] as JsonObject[]).filter(({ Key }) => Key !== 'baa-reference');
  }],
  ['no release policy', 'azure', 'phi-key-release-attested', /::phi$/, (preview: { steps: Step[] }) => {
    delete (inputs(preview, 'azure-native:keyvault:Key', 'phi')['properties'] as JsonObject)['releasePolicy'];
  }],
  ['the attestation condition deleted', 'gcp', 'phi-key-release-attested', /::phi-key$/, (preview: { steps: Step[] }) => {
    const provider = preview.steps.find(({ newState }) => newState.type === 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider')!;
    delete provider.newState.inputs['attributeCondition'];
  }],
])('%s on %s', (_, cloud, rule, resource, change) => {
  test(`${rule}`, () => {
    const folder = shippedCopy();
    folders.push(folder);
    edit(cloud === 'aws' ? templatePath(folder) : join(folder, cloud, 'preview.json'), change);
    const { code, report } = check(folder);
    expect(code).toBe(1);
    expect(report.findings.filter((finding) => finding.rule === rule)).toContainEqual(expect.objectContaining({ cloud, resource: expect.stringMatching(resource) as string }));
  });
});
