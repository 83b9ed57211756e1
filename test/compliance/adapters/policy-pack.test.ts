import type { PolicyPackArgs, StackValidationPolicy } from '@pulumi/policy';
import { teeKitPolicies } from '../../../constructs/compliance/adapters/policy-pack.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import { tagMap } from '../tags-fixture.js';
import { TODAY, WORKLOAD } from '../workload-fixture.js';

// The engine's side of the SDK: what it does with unknown values and enforcement levels is what these tests pin.
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = require('@pulumi/policy/server') as {
  makeAnalyzeRpcFun: Rpc;
  makeAnalyzeStackRpcFun: Rpc;
};
const analyzer = require('@pulumi/pulumi/proto/analyzer_pb.js') as AnalyzerProto;
const { Struct } = require('google-protobuf/google/protobuf/struct_pb.js') as { Struct: { fromJavaScript(value: object): unknown } };

type Rpc = (pack: string, version: string, level: string, policies: PolicyPackArgs['policies']) => (call: { request: unknown }, callback: (error: unknown, response: Response) => void) => Promise<void>;
interface Diagnostic { getPolicyname(): string; getMessage(): string; getUrn(): string; getEnforcementlevel(): number }
interface Response { getDiagnosticsList(): Diagnostic[] }
interface Message { [setter: string]: (value: unknown) => void }
interface AnalyzerProto {
  AnalyzeRequest: new () => Message; AnalyzeStackRequest: new () => Message; AnalyzerResource: new () => Message; AnalyzerResourceOptions: new () => Message;
  EnforcementLevel: { ADVISORY: number; MANDATORY: number };
}

const UNKNOWN_STRING = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const UNKNOWN_BOOLEAN = '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7';

interface Given { readonly type: string; readonly name: string; readonly props: object; readonly outputs?: object }

const urnOf = ({ type, name }: Given) => `urn:pulumi:dev::tee-kit::${type}::${name}`;

function message(kind: new () => Message, resource: Given, props: object): Message {
  const result = new kind();
  result['setType']!(resource.type);
  result['setUrn']!(urnOf(resource));
  result['setName']!(resource.name);
  result['setProperties']!(Struct.fromJavaScript(props));
  result['setOptions']!(new analyzer.AnalyzerResourceOptions());
  return result;
}

/** Plays the engine: every resource is analyzed, then the stack. */
async function preview(resources: readonly Given[], level = 'mandatory', pack = teeKitPolicies({ workload: WORKLOAD, today: TODAY })): Promise<Diagnostic[]> {
  const { policies } = pack;
  const call = (rpc: Rpc, request: Message) => new Promise<Diagnostic[]>((resolve, reject) => {
    void rpc('tee-kit', '0.1.0', level, policies)({ request }, (error, response) => { if (error) reject(error as Error); else resolve(response.getDiagnosticsList()); });
  });
  const found: Diagnostic[] = [];
  for (const resource of resources) found.push(...await call(makeAnalyzeRpcFun, message(analyzer.AnalyzeRequest, resource, resource.props)));
  const request = new analyzer.AnalyzeStackRequest();
  request['setResourcesList']!(resources.map((resource) => message(analyzer.AnalyzerResource, resource, resource.outputs ?? resource.props)));
  return [...found, ...await call(makeAnalyzeStackRpcFun, request)];
}

const topic = (props: object, outputs?: object): Given => ({ type: 'gcp:pubsub/topic:Topic', name: 'topic', props, ...(outputs ? { outputs } : {}) });
const of = (diagnostics: readonly Diagnostic[], rule: string) => diagnostics.filter((diagnostic) => diagnostic.getPolicyname() === rule);

test('every rule with a check on Azure or Google Cloud is a mandatory policy with its citations', () => {
  const policies = teeKitPolicies().policies as StackValidationPolicy[];
  const names = policies.map(({ name }) => name);
  expect(names).toEqual(['tee-kit-inputs', ...RULES.filter(({ checks }) => checks.azure ?? checks.gcp).map(({ id }) => id)]);
  for (const policy of policies.slice(1)) {
    expect(policy.enforcementLevel).toBe('mandatory');
    expect(policy.framework?.reference).toContain('45 CFR 164.');
  }
});

test('a violation names the resource, the fix and the citation, and is mandatory', async () => {
  const [found] = of(await preview([topic({ labels: tagMap('gcp', { 'baa-reference': undefined }) })]), 'baa-tags-complete');
  expect(found?.getUrn()).toBe(urnOf(topic({})));
  expect(found?.getMessage()).toMatch(/no baa-reference \(labels\)[^]*PhiLabels[^]*45 CFR 164\.308\(b\)\(1\)/);
  expect(found?.getEnforcementlevel()).toBe(analyzer.EnforcementLevel.MANDATORY);
});

test('a resource that is right yields nothing', async () => {
  expect(of(await preview([topic({ labels: tagMap('gcp') })]), 'baa-tags-complete')).toEqual([]);
});

test.each([
  ['a whole map', { labels: UNKNOWN_STRING }],
  ['one value', { labels: { ...tagMap('gcp'), 'baa-reference': UNKNOWN_STRING } }],
])('an unknown value (%s) is a violation and never "can\'t run during preview"', async (_, props) => {
  const found = await preview([topic(props)]);
  expect(found.filter((diagnostic) => diagnostic.getMessage().includes("can't run"))).toEqual([]);
  const own = found.filter((diagnostic) => diagnostic.getPolicyname().startsWith('baa-tag') && diagnostic.getMessage().includes('cannot be decided'));
  expect(own.length).toBeGreaterThan(0);
  for (const diagnostic of own) expect(diagnostic.getEnforcementlevel()).toBe(analyzer.EnforcementLevel.MANDATORY);
});

test('unknown values anywhere downgrade no policy', async () => {
  const found = await preview([topic({ labels: tagMap('gcp'), kmsKeyName: UNKNOWN_STRING, nested: { list: [UNKNOWN_BOOLEAN, { deep: UNKNOWN_STRING }] } })]);
  expect(found.filter((diagnostic) => diagnostic.getMessage().includes("can't run"))).toEqual([]);
});

test('rules read the inputs of the program, not what the provider returned', async () => {
  expect(of(await preview([topic({ labels: tagMap('gcp') }, { labels: {}, effectiveLabels: {} })]), 'baa-tags-complete')).toEqual([]);
});

test('a rule that cannot be waived stays mandatory whatever level the policy has', async () => {
  const key: Given = { type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', props: { keyRing: 'ring', purpose: 'ENCRYPT_DECRYPT', labels: tagMap('gcp') } };
  const binding: Given = { type: 'gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', name: 'open', props: { cryptoKeyId: '${gcp:kms/cryptoKey:CryptoKey::key.id}', role: 'roles/cloudkms.cryptoKeyDecrypter', member: 'user:eve@example.org' } };
  const pack = teeKitPolicies({ workload: WORKLOAD, today: TODAY });
  for (const policy of pack.policies as { enforcementLevel?: string }[]) policy.enforcementLevel = 'advisory';
  const found = await preview([key, binding], 'advisory', pack);
  const fixed = RULES.filter(({ waivable, checks }) => !waivable && checks.gcp).map(({ id }) => id);
  const own = found.filter((diagnostic) => fixed.includes(diagnostic.getPolicyname()));
  if (fixed.length > 0) expect(own.length).toBeGreaterThan(0);
  for (const diagnostic of own) expect(diagnostic.getEnforcementlevel()).toBe(analyzer.EnforcementLevel.MANDATORY);
});
