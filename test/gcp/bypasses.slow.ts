import type { PolicyResource, ReportViolation, StackValidationPolicy } from '@pulumi/policy';
import '../../constructs/compliance/adapters/jest-matcher.js';
import { teeKitPolicies } from '../../constructs/compliance/adapters/policy-pack.js';
import type { Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import { check, type CheckReport } from '../../constructs/compliance/cli/check.js';
import { RULES } from '../../constructs/compliance/registry.js';
import { embedWorkload } from '../../constructs/workload/facts.js';
import { temporaryFolder } from '../compliance/cli-fixture.js';
import { TODAY } from '../compliance/workload-fixture.js';
import type { JsonObject } from '../corpus/mutator.js';
import { BYPASSES, Draft } from './bypasses.js';
import { executeWorkload, gcpWorkload } from './preview.js';

const WORKLOAD = gcpWorkload({ gatewayImage: 'projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260717', perimeter: { accessPolicy: '400000000000', enforced: true } });
const folder = temporaryFolder();
let preview: Preview;
beforeAll(async () => {
  const executed = await executeWorkload(WORKLOAD);
  preview = { ...executed, config: { ...executed.config, 'tee-kit:workload': embedWorkload(WORKLOAD) } };
});

/** In jest, over the executed program. */
function jestFinds(document: JsonObject, rules: readonly string[]): string[] {
  try {
    expect(document).toBeHipaaTee({ today: TODAY, without: RULES.map(({ id }) => id).filter((id) => !rules.includes(id)) });
    return [];
  } catch (error) {
    const { message } = error as Error;
    if (!/^\d+ findings?\b/.test(message)) throw error;
    return [...new Set([...message.matchAll(/^(?:fail|unknown) ([a-z0-9-]+) /gm)].map(([, rule]) => rule ?? ''))];
  }
}

/** `tee-kit check`. */
function checkFinds(document: JsonObject): { readonly code: number; readonly rules: string[] } {
  let out = '';
  const file = folder.write('preview.json', document);
  const code = check({ paths: [file], format: 'json', today: TODAY, terminal: { out: (text) => { out += text; }, err: () => undefined, progress: () => undefined } });
  return { code, rules: [...new Set((JSON.parse(out) as CheckReport).findings.map(({ rule }) => rule))] };
}

/** The policy pack, as the engine calls it: the policies of the named rules, with every resource of the stack. */
function packFinds(document: JsonObject, rules: readonly string[]): string[] {
  const pack = teeKitPolicies({ workload: WORKLOAD, today: TODAY });
  const resources = (document['steps'] as unknown as Preview['steps']).map(({ urn, newState }) => ({
    urn, type: newState.type, name: urn.split('::').at(-1) ?? '', props: newState.inputs, opts: { protect: newState.protect ?? false, ignoreChanges: [] }, dependencies: [], propertyDependencies: {},
  })) as unknown as PolicyResource[];
  const found = new Set<string>();
  for (const policy of pack.policies as StackValidationPolicy[]) {
    if (!rules.includes(policy.name)) continue;
    // The engine's unknowns never reach this path as text.
    const report: ReportViolation = () => { found.add(policy.name); };
    void policy.validateStack({ resources } as unknown as Parameters<StackValidationPolicy['validateStack']>[0], report);
  }
  return [...found];
}

test('the program as it is: nothing to find on any of the three paths', () => {
  const { preview: document } = new Draft(preview);
  expect(document).toBeHipaaTee({ today: TODAY });
  expect(checkFinds(document)).toEqual({ code: 0, rules: [] });
  expect(packFinds(document, BYPASSES.flatMap(({ rules }) => rules))).toEqual([]);
});

test('names are unique, and every bypass and line of the notes has one', () => {
  expect(new Set(BYPASSES.map(({ notes, name }) => `${notes} ${name}`)).size).toBe(BYPASSES.length);
  expect([...new Set(BYPASSES.map(({ notes }) => notes))].sort()).toEqual(['3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '3.7', '8 VM', '8 condition', '8 key', '8 logs', '8 network']);
});

test.each(BYPASSES.map((bypass) => [`${bypass.notes}: ${bypass.name}`, bypass] as const))('%s', (_name, { apply, rules }) => {
  const draft = new Draft(preview);
  apply(draft);
  const one = (found: readonly string[]): string[] => found.filter((rule) => rules.includes(rule));
  const inJest = jestFinds(draft.preview, rules);
  expect(inJest).toEqual(expect.arrayContaining(one(inJest).length > 0 ? [] : [...rules]));
  const checked = checkFinds(draft.preview);
  expect(checked).toEqual({ code: 1, rules: expect.arrayContaining(one(inJest)) as string[] });
  expect(packFinds(draft.preview, rules)).toEqual(expect.arrayContaining(one(inJest)));
});
