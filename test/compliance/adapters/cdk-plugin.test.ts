import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { App, NestedStack, Stack, Stage, Tags, Validations } from 'aws-cdk-lib';
import { Trail } from 'aws-cdk-lib/aws-cloudtrail';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { TeeKitValidation } from '../../../constructs/compliance/adapters/cdk-plugin.js';
import { readArtifacts } from '../../../constructs/compliance/read/artifacts.js';
import { BAA_TAG_KEYS, baaTags } from '../../../constructs/workload/tags.js';
import { TODAY, WORKLOAD } from '../workload-fixture.js';

interface Violation {
  readonly ruleName: string;
  readonly severity: string;
  readonly description: string;
  readonly ruleMetadata: Readonly<Record<string, string>>;
  readonly violatingConstructs: readonly { readonly constructPath: string; readonly stackTraces?: readonly string[]; readonly cloudFormationResource?: { readonly logicalId: string; readonly templatePath: string; readonly propertyPaths?: readonly string[] } }[];
}
interface Suppressed extends Violation { readonly reason: string }

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Synthesizes and returns what the report of the assembly says of the kit's plugin. */
function synth(build: (app: App) => void): { readonly outdir: string; readonly failed: boolean; readonly violations: readonly Violation[]; readonly suppressed: readonly Suppressed[] } {
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-'));
  folders.push(folder);
  // Relative, as an app without the CDK CLI has it.
  const outdir = relative(process.cwd(), folder);
  const app = new App({ outdir, analyticsReporting: false, context: { '@aws-cdk/core:validateAgainstDefaultRules': false } });
  Validations.of(app).addPlugins(new TeeKitValidation({ workload: WORKLOAD, today: TODAY }));
  build(app);
  let failed = false;
  const silence = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error) || !/report can be found in/.test(error.message)) throw error;
    failed = true;
  } finally {
    silence.mockRestore();
  }
  failed ||= process.exitCode === 1;
  process.exitCode = 0;
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as { pluginReports: { pluginName: string; violations: Violation[]; suppressedViolations?: Suppressed[] }[] };
  const own = report.pluginReports.find(({ pluginName }) => pluginName === 'tee-kit');
  return { outdir, failed, violations: own?.violations ?? [], suppressed: own?.suppressedViolations ?? [] };
}

const env = { account: '111122223333', region: 'us-east-1' };
const open = (scope: Stack, id: string) => new CfnKey(scope, id, { keyPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${env.account}:root` }, Action: 'kms:*', Resource: '*' }] } });
const tagged = (app: App) => { for (const key of BAA_TAG_KEYS) Tags.of(app).add(key, baaTags(WORKLOAD, 'aws')[key]); };
const tagViolations = (violations: readonly Violation[]) => violations.filter(({ ruleName }) => ruleName === 'baa-tags-complete').flatMap(({ violatingConstructs }) => violatingConstructs.map(({ constructPath }) => constructPath)).sort();

test('a violation names the construct, its logical id and the property, in stages and nested stacks too', () => {
  const { failed, violations } = synth((app) => {
    const stack = new Stack(new Stage(app, 'Prod', { env }), 'Main');
    new CfnTopic(stack, 'Topic');
    new CfnTopic(new NestedStack(stack, 'Nested'), 'Inner');
  });
  expect(failed).toBe(true);
  expect(tagViolations(violations)).toContain('Prod/Main/Topic');
  expect(tagViolations(violations)).toContain('Prod/Main/Nested/Inner');
  const found = violations.find(({ ruleName }) => ruleName === 'baa-tags-complete')!;
  expect(found.severity).toBe('error');
  expect(found.ruleMetadata['citations']).toContain('45 CFR 164.308(b)(1)');
  expect(found.violatingConstructs.find(({ constructPath }) => constructPath === 'Prod/Main/Topic')?.cloudFormationResource).toMatchObject({ logicalId: 'Topic', propertyPaths: ['Properties.Tags'] });
});

test('an acknowledgement suppresses a waivable rule within its scope only, and stays in the report', () => {
  const { violations, suppressed } = synth((app) => {
    const stack = new Stack(app, 'Main', { env });
    Validations.of(new CfnTopic(stack, 'One')).acknowledge({ id: 'tee-kit::baa-tags-complete', reason: 'holds no PHI' });
    new CfnTopic(stack, 'Two');
  });
  expect(tagViolations(violations)).toEqual(['Main/Two']);
  expect(suppressed.find(({ ruleName }) => ruleName === 'baa-tags-complete')).toMatchObject({ reason: 'holds no PHI' });
});

test('a finding that cannot be waived is fatal, and no acknowledgement suppresses it', () => {
  const { failed, violations, suppressed } = synth((app) => {
    tagged(app);
    const stack = new Stack(app, 'Main', { env });
    open(stack, 'Key');
    Validations.of(app).acknowledge({ id: 'tee-kit::phi-key-release-attested', reason: 'trust me' });
    Validations.of(stack).acknowledge({ id: 'tee-kit::phi-key-release-attested', reason: 'trust me' });
  });
  expect(failed).toBe(true);
  expect(violations.find(({ ruleName }) => ruleName === 'phi-key-release-attested')).toMatchObject({ severity: 'fatal' });
  expect(suppressed.map(({ ruleName }) => ruleName)).not.toContain('phi-key-release-attested');
});

test('stacks are judged together: a reference across stacks is resolved', () => {
  const { violations } = synth((app) => {
    tagged(app);
    const key = open(new Stack(app, 'Keys', { env }), 'Key');
    new CfnTopic(new Stack(app, 'Topics', { env }), 'Topic', { kmsMasterKeyId: key.attrArn });
  });
  expect(violations.filter(({ ruleName }) => ruleName === 'artifact-readable')).toEqual([]);
});

/** What a team that knows nothing of the kit writes. */
class Store extends Construct {
  readonly bucket: Bucket;
  constructor(scope: Construct, id: string, shared?: Key) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', { encryptionKey: shared ?? new Key(this, 'Key') });
  }
}

test('every violation carries the construct path and the line of the user who made it, however deep a library made it', () => {
  const { outdir, violations } = synth((app) => {
    tagged(app);
    const stage = new Stage(app, 'Prod', { env });
    const data = new Stack(stage, 'Data');
    const { bucket } = new Store(data, 'Store');
    new Store(new NestedStack(data, 'Nested'), 'Inner', new Key(data, 'Shared'));
    const net = new Stack(stage, 'Net');
    new Vpc(net, 'Vpc', { maxAzs: 2 });
    new Trail(net, 'Trail', { bucket: bucket as IBucket });
    new CfnTopic(new Stack(app, 'Top', { env }), 'Topic');
  });
  expect(violations.length).toBeGreaterThan(30);
  for (const { ruleMetadata, violatingConstructs } of violations) {
    expect(ruleMetadata['source']).toMatch(/^(test\/compliance\/adapters\/cdk-plugin\.test\.ts:\d+(, )?)+$/);
    for (const { constructPath, cloudFormationResource } of violatingConstructs) {
      expect(constructPath).toMatch(/^(Prod\/(Data|Net)|Top)/);
      if (cloudFormationResource) expect(cloudFormationResource.templatePath).toMatch(/^(assembly-Prod\/)?[^/]+\.template\.json$/);
    }
  }
  const paths = new Set(violations.flatMap(({ violatingConstructs }) => violatingConstructs.map(({ constructPath }) => constructPath)));
  for (const path of ['Prod/Data/Store/Key/Resource', 'Prod/Data/Nested/Inner/Bucket/Resource', 'Prod/Net/Trail/Resource', 'Prod/Net/Vpc/PublicSubnet1/Subnet']) expect(paths).toContain(path);
  // The command line reads the same lines from the assembly.
  const unplaced = readArtifacts([outdir]).deployments.flatMap(({ resources }) => resources).filter(({ source, type }) => source === null && !type.startsWith('tee-kit:') && type !== 'AWS::CDK::Metadata');
  expect(unplaced.map(({ id }) => id)).toEqual([]);
});

test('acknowledgements are read from the assembly, those of a whole app or stage too', () => {
  const { outdir } = synth((app) => {
    const stage = new Stage(app, 'Prod', { env });
    const stack = new Stack(stage, 'Main');
    for (const [scope, reason] of [[app, 'app'], [stage, 'stage'], [new CfnTopic(stack, 'Topic'), 'topic']] as const) Validations.of(scope).acknowledge({ id: 'tee-kit::baa-tags-complete', reason });
    new CfnTopic(stack, 'Other');
    new CfnTopic(new Stack(app, 'Top', { env }), 'Topic');
  });
  expect(readArtifacts([outdir]).acknowledgements.map(({ id, path, reason }) => `${id} ${path}: ${reason}`).sort()).toEqual([
    'tee-kit::baa-tags-complete : app', 'tee-kit::baa-tags-complete Prod/Main/Topic: topic', 'tee-kit::baa-tags-complete Prod: stage',
  ]);
});
