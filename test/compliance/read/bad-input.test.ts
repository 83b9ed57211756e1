import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { evaluate } from '../../../constructs/compliance/evaluate.js';
import type { JsonObject } from '../../corpus/mutator.js';
import { proveReport } from '../../../constructs/compliance/cli/prove.js';
import { pulumiDeployments, templateDeployment } from '../../../constructs/compliance/read/artifacts.js';
import type { Value } from '../../../constructs/compliance/model.js';
import { parseText } from '../../../constructs/compliance/read/text.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import { tee, temporaryFolder } from '../cli-fixture.js';

const { root, write } = temporaryFolder();

/** A file of the given size that takes no room on the disk. */
function sparse(name: string, bytes: number, head: string): string {
  const file = join(root, name);
  const handle = openSync(file, 'w');
  writeSync(handle, head);
  ftruncateSync(handle, bytes);
  closeSync(handle);
  return file;
}

/** A link, and the folder that holds it. */
function link(name: string, target: string): string {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
  return dirname(file);
}

const template = (resources: object, more: object = {}): string => JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', ...more, Resources: resources });
const nested = (levels: number): string => `{"Resources":{"A":{"Type":"A::B::C","Properties":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}}}`;
const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]', ...'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefghi'[index]}`).join(',')}]`)].join('\n');

describe('what is no artifact ends with 2, one line and nothing on stdout', () => {
  const files: Readonly<Record<string, () => string>> = {
    'an empty file': () => write('empty.template.json', ''),
    'white space': () => write('white.template.json', ' \n\t'),
    'a truncated template': () => write('cut.template.json', template({ A: { Type: 'AWS::SNS::Topic' } }).slice(0, 60)),
    'a truncated preview': () => write('cut-preview.json', '{"steps":[{"op":"create","urn":"urn:pulumi:dev::p::gcp:storage/bucket:Bucket::b","newState"'),
    'prose': () => write('prose.json', 'This is not JSON.'),
    'another JSON document': () => write('other.json', '{"name":"x","version":"1.0.0"}'),
    'a list': () => write('list.json', '[1,2,3]'),
    'null': () => write('null.json', 'null'),
    'steps without op': () => write('steps.json', '{"steps":[{"urn":"x"}]}'),
    'bytes that are no text': () => write('binary.template.json', Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x81, 0xc3, 0x28])),
    'half a UTF-16 file': () => write('utf16.template.json', Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x00, 0xd8])),
    'nesting beyond reason': () => write('deep.template.json', nested(100_000)),
    'brackets beyond reason': () => write('brackets.json', '['.repeat(2_000_000)),
    'a key given twice': () => write('twice.template.json', '{"Resources":{"A":{"Type":"AWS::SNS::Topic"},"A":{"Type":"AWS::SQS::Queue"}}}'),
    'a YAML bomb': () => write('bomb.template.yaml', `Resources:\n  A: { Type: AWS::SNS::Topic }\n${bomb}\n`),
    'a YAML anchor that contains itself': () => write('cycle.template.yaml', 'Resources: &r\n  A: { Type: AWS::SNS::Topic, Properties: *r }\n'),
    'an unknown YAML tag': () => write('tag.template.yaml', 'Resources:\n  A: { Type: AWS::SNS::Topic, Properties: !!js/function "x" }\n'),
    'YAML with a tab': () => write('tab.template.yaml', 'Resources:\n\tA:\n\t\tType: AWS::SNS::Topic\n'),
    'two YAML documents': () => write('two.template.yaml', 'Resources:\n  A: { Type: AWS::SNS::Topic }\n---\nResources: {}\n'),
    '300 MB': () => sparse('huge.template.json', 300 * 1024 * 1024, '{"Resources":{'),
    '100 MB of zero bytes': () => sparse('zeros.template.json', 100 * 1024 * 1024, '{"Resources":{'),
    '20 MB of YAML': () => sparse('huge.template.yaml', 20 * 1024 * 1024, 'Resources:\n'),
    'a device': () => '/dev/zero',
    'a pipe': () => { const file = join(root, 'pipe.template.json'); execFileSync('mkfifo', [file]); return file; },
    'Resources that are no map': () => write('resources.template.json', '{"AWSTemplateFormatVersion":"2010-09-09","Resources":[1]}'),
    'a preview without resources': () => write('no-steps.json', '{"config":{},"steps":[],"changeSummary":{}}'),
    'a preview that failed': () => write('failed.json', '{"steps":[],"diagnostics":[{"severity":"error","message":"boom"}]}'),
    'a preview that hides what is unchanged': () => write('sames.json', '{"steps":[],"changeSummary":{"same":12}}'),
    'a manifest whose templates are missing': () => write('gone/manifest.json', { version: '50.0.0', artifacts: { S: { type: 'aws:cloudformation:stack', environment: 'aws://1/us-east-1', properties: { templateFile: 'S.template.json' } } } }),
    'a preview with a log before it': () => write('log-preview.json', 'warning: a new version is available\n{"steps":[]}'),
    'a preview as a stream of events': () => write('stream-preview.json', '{"sequence":1}\n{"sequence":2}\n'),
    'a template that is a link out of its folder': () => link('linked/out.template.json', write('elsewhere.template.json', template({ A: { Type: 'AWS::SNS::Topic' } }))),
    'a name of a megabyte': () => write('name.template.json', template({ ['A'.repeat(1_000_000)]: { Type: 'AWS::SNS::Topic' } })),
    'a list of 21 million numbers': () => write('numbers.template.json', Buffer.concat([Buffer.from('{"Resources":{"A":{"Type":"A::B::C","Properties":{"X":['), Buffer.alloc(42_000_000, '1,'), Buffer.from('1]}}}}')])),
    'a YAML key given twice': () => write('twice.template.yaml', 'Resources:\n  A: { Type: AWS::SNS::Topic }\n  "A": { Type: AWS::SQS::Queue }\n'),
    'a folder that is a link out of its folder': () => link('linked-folder/out', dirname(write('elsewhere/a.template.json', template({ A: { Type: 'AWS::SNS::Topic' } })))),
    'a template that is a link to itself': () => link('self/a.template.json', 'a.template.json'),
    'a pipe in a folder': () => { const file = join(dirname(write('piped/readme', '')), 'pipe.json'); execFileSync('mkfifo', [file]); return dirname(file); },
    'an assembly whose template is a link out of it': () => {
      write('assembly/manifest.json', { version: '50.0.0', artifacts: { S: { type: 'aws:cloudformation:stack', environment: 'aws://1/us-east-1', properties: { templateFile: 'S.template.json' } } } });
      return link('assembly/S.template.json', write('S.template.json', template({ A: { Type: 'AWS::SNS::Topic' } })));
    },
    'a manifest that points outside': () => write('outside/manifest.json', { version: '50.0.0', artifacts: { S: { type: 'aws:cloudformation:stack', environment: 'aws://1/us-east-1', properties: { templateFile: '../../../../etc/passwd' } } } }),
  };
  test.each(Object.entries(files))('%s', async (_, file) => {
    const path = file();
    for (const command of ['check', 'prove']) {
      const start = performance.now();
      const { code, out, err } = await tee(command, path);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).not.toMatch(/internal error|undefined/);
      expect(performance.now() - start).toBeLessThan(20_000);
    }
  });
});

describe('what cannot be decided is unknown, and never a pass', () => {
  const cases: Readonly<Record<string, readonly [name: string, content: string]>> = {
    'a macro over the whole template': ['macro.template.json', template({ A: { Type: 'AWS::SNS::Topic' } }, { Transform: 'Anything' })],
    'a macro in a resource': ['inner.template.json', template({ A: { Type: 'AWS::KMS::Key', Properties: { 'Fn::Transform': { Name: 'AWS::Include' } } } })],
    'Fn::ForEach': ['foreach.template.json', template({ 'Fn::ForEach::X': ['N', ['a'], { 'A${N}': { Type: 'AWS::SNS::Topic' } }] }, { Transform: 'AWS::LanguageExtensions' })],
    'a nested stack elsewhere': ['nested.template.json', template({ A: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/t.json' } } })],
    'parameters of a key policy': ['policy.template.json', template({ A: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'phi-classification', Value: 'phi' }], KeyPolicy: { Ref: 'P' } } } }, { Parameters: { P: { Type: 'String' } } })],
    'an import that nobody exports': ['import.template.json', template({ A: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'phi-classification', Value: 'phi' }], KeyPolicy: { 'Fn::ImportValue': 'x' } } } })],
    'two states of one resource': ['states-preview.json', JSON.stringify({ steps: ['a', 'b'].map((location) => ({ op: 'create', urn: 'urn:pulumi:dev::p::gcp:pubsub/topic:Topic::t', newState: { type: 'gcp:pubsub/topic:Topic', inputs: { location } } })) })],
    'a resource that is a secret as a whole': ['whole-preview.json', JSON.stringify({ steps: [{ op: 'create', urn: 'urn:pulumi:dev::p::gcp:pubsub/topic:Topic::t', newState: { type: 'gcp:pubsub/topic:Topic', inputs: '[secret]' } }] })],
    'a workload file of the kit that nobody can read': ['unread.template.json', template({ A: { Type: 'AWS::SNS::Topic' } }, { Metadata: { 'tee-kit:workload': { name: null } } })],
    'a template that nests itself': ['itself.template.json', template({ A: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'itself.template.json' } } })],
    'a secret policy in a preview': ['secret-preview.json', JSON.stringify({ steps: [{ op: 'create', urn: 'urn:pulumi:dev::p::gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider::p', newState: { type: 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', inputs: { attributeCondition: '[secret]', oidc: { issuerUri: 'https://confidentialcomputing.googleapis.com' } } } }, { op: 'create', urn: 'urn:pulumi:dev::p::gcp:kms/cryptoKey:CryptoKey::k', newState: { type: 'gcp:kms/cryptoKey:CryptoKey', inputs: { labels: { 'phi-classification': 'phi' } } } }] })],
  };
  test.each(Object.entries(cases))('%s', async (_, [name, content]) => {
    const path = write(name, content);
    const { code, out } = await tee('check', path, '--format', 'json');
    const { summary } = JSON.parse(out) as { summary: { unknown: number; failed: number } };
    expect(code).toBe(1);
    expect(summary.unknown + summary.failed).toBeGreaterThan(0);
    expect((await tee('prove', path)).code).toBe(1);
  });
});

describe('what is unusual but plain is read', () => {
  const topic = { A: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } };
  const files: Readonly<Record<string, () => string>> = {
    'a byte order mark': () => write('bom.template.json', `\ufeff${template(topic)}`),
    'UTF-16': () => write('wide.template.json', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(template(topic), 'utf16le')])),
    'a type that nobody has': () => write('odd.template.json', template({ A: { Type: 'Some::Vendor::Thing' } })),
    '20,000 resources in YAML': () => write('wide.template.yaml', `Resources:\n${Array.from({ length: 20_000 }, (_, index) => `  A${index}: { Type: AWS::SSM::Parameter }\n`).join('')}`),
    'a folder that holds a link to itself': () => { write('knot/a.template.json', template(topic)); return link('knot/again', '.'); },
    'a resource named __proto__': () => write('proto.template.json', '{"Resources":{"__proto__":{"Type":"AWS::SSM::Parameter"},"constructor":{"Type":"AWS::SSM::Parameter"}}}'),
    'a circle of references': () => write('circle.template.json', template({ A: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'B' } } }, B: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'A' } } } })),
    'conditions that refer to each other': () => write('conditions.template.json', template({ A: { Type: 'AWS::SSM::Parameter' } }, { Conditions: { X: { Condition: 'Y' }, Y: { Condition: 'X' } } })),
    '20,000 conditions': () => write('many.template.json', template({ A: { Type: 'AWS::SSM::Parameter' } }, { Conditions: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`C${index}`, { 'Fn::And': [{ Condition: `C${Math.max(0, index - 1)}` }, { 'Fn::Equals': ['a', 'a'] }] }])) })),
  };
  test.each(Object.entries(files))('%s', async (_, file) => {
    const path = file();
    const { code, err } = await tee('check', path);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^tee-kit: nothing in these artifacts speaks of PHI, .*\n$/) });
  });
});

test('intrinsics that multiply end, and what they hide is unknown', async () => {
  const repeated = (levels: number, wrap: (inner: object | string) => object): object | string => Array.from({ length: levels }).reduce<object | string>((inner) => wrap(inner), 'x');
  const key = (KeyPolicy: object | string) => ({ A: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy, Tags: [{ Key: 'phi-classification', Value: { Ref: 'Nobody' } }] } } });
  const chain = (value: (next: string) => object) => Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`N${index}`, value(`N${index + 1}`)]));
  const cases = [
    template(key(repeated(45, (inner) => ({ 'Fn::Sub': ['${x}${x}', { x: inner }] })))),
    template(key(repeated(80, (inner) => ({ 'Fn::Select': [0, inner] })))),
    template(key(repeated(60, (inner) => ({ 'Fn::FindInMap': [inner, 'a', 'b', { DefaultValue: 'c' }] })))),
    template(key({ 'Fn::FindInMap': ['N0', 'a', 'b'] }), { Mappings: chain((next) => ({ a: { b: { 'Fn::Join': ['', [{ 'Fn::FindInMap': [next, 'a', 'b'] }, { 'Fn::FindInMap': [next, 'a', 'b'] }]] } } })) }),
    template(key({ 'Fn::ImportValue': 'N0' }), { Outputs: chain((next) => ({ Value: { 'Fn::Join': ['', [{ 'Fn::ImportValue': next }, { 'Fn::ImportValue': next }]] }, Export: { Name: `N${Number(next.slice(1)) - 1}` } })) }),
  ];
  for (const [index, content] of cases.entries()) {
    const start = performance.now();
    const file = write(`multiply-${index}.template.json`, content);
    const { code, out } = await tee('prove', file, '--format', 'json');
    expect((await tee('diff', file, file)).code).toBe(0);
    expect(code).toBe(1);
    expect((JSON.parse(out) as { keys: { verdict: string }[] }).keys).toMatchObject([{ verdict: 'unknown' }]);
    expect(performance.now() - start).toBeLessThan(10_000);
  }
});

test('a tag that speaks of PHI counts, whatever the template tells of its value', async () => {
  for (const value of ['!Ref P', 'true', '1', '"yes"']) {
    const { out } = await tee('prove', write('tag.template.yaml', `Parameters: { P: { Type: String } }\nResources:\n  A: { Type: AWS::KMS::Key, Properties: { Tags: [{ Key: phi, Value: ${value} }] } }\n`), '--format', 'json');
    expect((JSON.parse(out) as { keys: { verdict: string }[] }).keys).toMatchObject([{ verdict: 'bypassable' }]);
  }
});

test('a template whose workload file cannot be read is held to every rule all the same', async () => {
  const { out, err } = await tee('check', write('held.template.json', template({ A: { Type: 'AWS::SNS::Topic' } }, { Metadata: { 'tee-kit:workload': 'x' } })));
  expect(out).toMatch(/FAIL high audit-log-enabled/);
  expect(err).toBe('');
});

test('templates that nest each other in a circle do not fall out of their folder, and do not multiply', async () => {
  const nest = (...names: readonly string[]) => template(Object.fromEntries([...names.map((name, index) => [`N${index}`, { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: name } }]), ['Key', { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'phi-classification', Value: 'phi' }] } }]]));
  const folder = dirname(write('circle/a.json', nest('b.json')));
  write('circle/b.json', nest('c.json'));
  write('circle/c.json', nest('b.json'));
  const read = async (path: string) => JSON.parse((await tee('check', path, '--format', 'json')).out) as { summary: { files: number; resources: number }; findings: { resource: string; message: string }[] };
  expect((await read(folder)).findings.filter(({ message }) => /nests itself/.test(message)).map(({ resource }) => resource)).toEqual(['a/N0/N0/N0']);
  write('circle/a.json', nest('a.json'));
  expect((await read(folder)).summary.files).toBe(2);
  const bare = (text: string) => text.replace('AWS::KMS::Key', 'AWS::SSM::Parameter').replace('phi-classification', 'class').replace('"phi"', '"x"');
  for (let level = 0; level < 8; level++) write(`tree/t${level}.json`, bare(nest(...Array.from({ length: 10 }, () => `t${level + 1}.json`))));
  write('tree/t8.json', bare(nest()));
  const { summary, findings } = await read(join(root, 'tree'));
  expect(summary.files).toBe(1);
  expect(summary.resources).toBeLessThan(10_000);
  expect(findings.some(({ message }) => /more than 2000 nested stacks/.test(message))).toBe(true);
});

test('a name is no command to a terminal or a build, and no line of its own', async () => {
  const names = ['\u001b[2J', 'a\n::error file=x::y', '::add-mask::x', '##vso[task.setvariable variable=a]b', '\u202egnp', '0 failed\n0 failed, 0 unknown'];
  const path = write('names-preview.json', JSON.stringify({ steps: names.map((name) => ({ op: 'create', urn: `urn:pulumi:dev::p::azure-native:keyvault:Key::${name}`, newState: { type: 'azure-native:keyvault:Key', inputs: { keyName: name, vaultName: name, tags: { 'phi-classification': 'phi', [name]: name } } } })) }));
  for (const [command, format] of [['check', 'text'], ['prove', 'text'], ['report', 'markdown'], ['report', 'html'], ['check', 'sarif'], ['check', 'junit']] as const) {
    const { out } = await tee(command, path, '--format', format);
    expect(out).not.toMatch(/^\s*(::|0 failed, 0 unknown$)|##vso\[|(?![\n\t])[\p{Cc}\u202e]/mu);
  }
  const { out } = await tee('check', path, '--format', 'json');
  expect((JSON.parse(out) as { findings: { resource: string }[] }).findings.map(({ resource }) => resource)).toContain(`urn:pulumi:dev::p::azure-native:keyvault:Key::${names[1] ?? ''}`);
});

/** JSON that likes the words of artifacts. */
const word = fc.constantFrom('Ref', 'Fn::GetAtt', 'Fn::Sub', 'Fn::Join', 'Fn::If', 'Fn::ImportValue', 'Fn::Select', 'AWS::NoValue', 'A', 'B', 'A.Arn', '${A.Arn}', '${', '*', 'kms:*', 'Allow', 'Deny', 'Type', '__proto__', '');
const json = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Value>(null, true, false, 0, -1, 1e308), word, fc.string({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
})).value;

const TYPES = ['AWS::KMS::Key', 'AWS::IAM::Role', 'AWS::IAM::ManagedPolicy', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::EC2::SecurityGroup', 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::AutoScalingGroup', 'AWS::CloudTrail::Trail', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::NetworkAclEntry', 'AWS::EC2::Route', 'AWS::Logs::LogGroup'];
const PROPERTIES = ['KeyPolicy', 'PolicyDocument', 'AssumeRolePolicyDocument', 'Tags', 'Bucket', 'Roles', 'Policies', 'SecurityGroupIngress', 'LaunchTemplateData', 'ObjectLockConfiguration', 'EventSelectors', 'RouteTableId', 'RetentionInDays', 'BucketName', 'VpcId', 'CidrIp'];
const PULUMI = ['azure-native:keyvault:Key', 'azure-native:compute:VirtualMachine', 'azure-native:network:NetworkSecurityGroup', 'azure-native:network:Subnet', 'azure-native:authorization:RoleAssignment', 'azure-native:storage:StorageAccount', 'azure-native:monitor:DiagnosticSetting', 'gcp:kms/cryptoKey:CryptoKey', 'gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy', 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', 'gcp:iam/denyPolicy:DenyPolicy', 'gcp:compute/instance:Instance', 'gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule', 'gcp:storage/bucket:Bucket', 'gcp:logging/projectSink:ProjectSink'];
const INPUTS = ['properties', 'tags', 'labels', 'policyData', 'attributeCondition', 'oidc', 'rules', 'securityRules', 'roleDefinitionId', 'scope', 'principalId', 'securityProfile', 'match', 'subnets', 'retentionPolicy', 'metadata', 'logs'];

const judged = (deployments: ReturnType<typeof pulumiDeployments>): void => {
  const { findings } = evaluate(deployments, { rules: RULES });
  // A rule that throws reports itself; on shapes nobody foresaw it has to answer in words of its own.
  expect(findings.filter(({ message }) => message.startsWith('the rule could not be evaluated'))).toEqual([]);
  expect(proveReport(deployments).unproved.filter(({ reason }) => /not a function|undefined|not iterable/.test(reason))).toEqual([]);
};

test('properties of any shape are judged without a crash: CloudFormation', () => {
  const resource = fc.record({ Type: fc.constantFrom(...TYPES), Properties: fc.oneof(fc.dictionary(fc.constantFrom(...PROPERTIES), json, { maxKeys: 5 }), json) });
  fc.assert(fc.property(fc.record({ A: resource, B: resource, C: resource }), (resources) => {
    const tagged = { ...resources, Phi: { Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'phi-classification', Value: 'phi' }] } } } as unknown as Value;
    judged([templateDeployment([{ stack: 'S', file: 'S.template.json', template: { Resources: tagged }, nested: () => undefined }], { today: '2026-11-25' })]);
  }), { numRuns: 150, seed: 7 });
});

test('properties of any shape are judged without a crash: Pulumi', () => {
  const resource = fc.record({ type: fc.constantFrom(...PULUMI), inputs: fc.oneof(fc.dictionary(fc.constantFrom(...INPUTS), json, { maxKeys: 5 }), json) });
  fc.assert(fc.property(fc.array(resource, { minLength: 1, maxLength: 4 }), (resources) => {
    const steps = resources.map(({ type, inputs }, index) => ({ op: 'create', urn: `urn:pulumi:dev::p::${type}::r${index}`, newState: { type, inputs } }));
    const phi = [['azure-native:resources:ResourceGroup', 'tags'], ['gcp:storage/bucket:Bucket', 'labels']].map(([type, tags]) => ({ op: 'create', urn: `urn:pulumi:dev::p::${type}::phi`, newState: { type, inputs: { [tags as string]: { 'phi-classification': 'phi' } } } }));
    judged(pulumiDeployments({ steps: [...steps, ...phi] } as unknown as Value, 'preview.json', { today: '2026-11-25' }));
  }), { numRuns: 150, seed: 7 });
});

test('any text is a value or one line', () => {
  const valid: JsonObject = { Resources: { A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'tëst "quoted" \\ ${A}' } } } };
  const text = JSON.stringify(valid);
  fc.assert(fc.property(fc.nat(text.length), fc.nat(6), fc.string({ maxLength: 6, unit: 'binary' }), fc.constantFrom('a.json', 'a.yaml'), (at, length, insert, file) => {
    try {
      parseText(text.slice(0, at) + insert + text.slice(at + length), file);
    } catch (error) {
      expect((error as Error).name).toBe('InputError');
      expect((error as Error).message).not.toContain('\n');
    }
  }), { numRuns: 2000, seed: 7 });
});
