import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { buildApp } from '../../cdk/app.js';
import { TeeKitValidation } from '../../constructs/compliance/adapters/cdk-plugin.js';
import { TODAY } from '../compliance/workload-fixture.js';
import { ofType, SIGNED, synth } from './synth.js';

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations: readonly { readonly ruleName: string; readonly severity: string }[];
    readonly suppressedViolations?: readonly { readonly ruleName: string }[];
  }[];
}

const kit = jest.spyOn(TeeKitValidation.prototype, 'validate');
const shipped = synth();
const template = shipped.template();
const report = JSON.parse(readFileSync(join(shipped.outdir, 'validation-report.json'), 'utf8')) as Report;

// CDK leaves a plugin with nothing to say out of its report, so the calls tell that a pack ran.
test('the kit\'s rules, both cdk-nag packs and the bundled validation pass with nothing unacknowledged', () => {
  expect(kit).toHaveBeenCalledTimes(1);
  expect(kit.mock.results[0]?.value).toMatchObject({ success: true, violations: [] });
  expect(report.pluginReports.map(({ pluginName }) => pluginName)).toEqual(['HIPAA.Security', 'NIST.800.53.R5']);
  for (const { conclusion, violations } of report.pluginReports) {
    expect(conclusion).toBe('success');
    expect(violations.filter(({ severity }) => severity !== 'info')).toEqual([]);
  }
});

test('acknowledgements are few and each is in the report', () => {
  const acknowledged = report.pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations.map(({ ruleName }) => ruleName.replace(/^.*-/, '')));
  expect([...new Set(acknowledged)].sort()).toEqual(['DynamoDBInBackupPlan', 'ELBv2ACMCertificateRequired', 'S3BucketLoggingEnabled', 'S3BucketReplicationEnabled', 'S3DefaultEncryptionKMS', 'VPCDefaultSecurityGroupClosed']);
});

test('a template that releases the key without attestation is refused, acknowledged or not', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'tee-kit-aws-'));
  const { app, deployment } = buildApp({ workload: SIGNED, outdir, today: TODAY });
  deployment.key.key.addPropertyOverride('KeyPolicy.Statement', [{ Sid: 'All', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }]);
  Validations.of(app).acknowledge({ id: 'tee-kit::phi-key-release-attested', reason: 'trust me' });
  expect(() => app.synth()).toThrow(/phi-key-release-attested/);
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  expect(pluginReports.find(({ pluginName }) => pluginName === 'tee-kit')).toMatchObject({
    conclusion: 'failure', violations: expect.arrayContaining([expect.objectContaining({ ruleName: 'phi-key-release-attested', severity: 'fatal' })]),
  });
});

test('the validation gate is on whatever the command line says', () => {
  process.env['CDK_CONTEXT_JSON'] = JSON.stringify({ '@aws-cdk/core:validateAgainstDefaultRules': false });
  try {
    const { app, deployment } = buildApp({ workload: SIGNED, outdir: mkdtempSync(join(tmpdir(), 'tee-kit-aws-')), packs: false });
    deployment.trails['111122223333']!.trail.addPropertyDeletionOverride('S3BucketName');
    expect(() => app.synth()).toThrow(/S3BucketName/);
  } finally {
    delete process.env['CDK_CONTEXT_JSON'];
  }
});

// Metadata and report hold stack traces of their caller, which differ between two places of this file.
test('two runs are byte-identical', () => {
  const second = synth();
  const names = readdirSync(shipped.outdir).sort();
  expect(readdirSync(second.outdir).sort()).toEqual(names);
  for (const name of names.filter((file) => !/metadata|report/.test(file))) {
    expect(readFileSync(join(second.outdir, name), 'utf8')).toBe(readFileSync(join(shipped.outdir, name), 'utf8'));
  }
});

test('the template carries the workload that it was made from', () => {
  expect(template.Metadata['tee-kit:workload']).toEqual(SIGNED);
});

test('no function, custom resource, internet or NAT gateway, no asset', () => {
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
  for (const type of types) expect(type).not.toMatch(/^(Custom::|AWS::CloudFormation::|AWS::Lambda::|AWS::EC2::(Internet|Nat|Egress|Transit|VPN))/);
  expect(readdirSync(shipped.outdir).filter((name) => name.startsWith('asset.'))).toEqual([]);
});

test('BAA tags are on everything that CloudFormation can tag', () => {
  for (const type of ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup', 'AWS::EC2::VPCEndpoint', 'AWS::IAM::Role', 'AWS::DynamoDB::Table', 'AWS::CloudTrail::Trail', 'AWS::Logs::LogGroup']) {
    expect(ofType(template, type).length).toBeGreaterThan(0);
    for (const [, { Properties }] of ofType(template, type)) expect(JSON.stringify(Properties['Tags'])).toContain('"phi-workload"');
  }
});
