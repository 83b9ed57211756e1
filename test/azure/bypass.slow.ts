import { teeKitPolicies } from '../../constructs/compliance/adapters/policy-pack.js';
import '../../constructs/compliance/adapters/jest-matcher.js';
import { embedWorkload } from '../../constructs/workload/facts.js';
import type { Workload } from '../../constructs/workload/workload.js';
import { tee, temporaryFolder } from '../compliance/cli-fixture.js';
import { TODAY } from '../compliance/workload-fixture.js';
import { BYPASSES } from './bypass.cases.js';
import { analyze, live, type LivePreview } from './engine.js';
import { AZURE_WORKLOAD, preview } from './program.js';

const { write } = temporaryFolder();
const ONE_MACHINE: Workload = { ...AZURE_WORKLOAD, clouds: { ...AZURE_WORKLOAD.clouds, azure: { ...AZURE_WORKLOAD.clouds.azure!, instances: { min: 1, max: 1 } } } };

/** The two programs: a scale set, and a single machine. */
const PROGRAMS: Readonly<Record<string, { readonly workload: Workload; run?: LivePreview }>> = { 'scale set': { workload: AZURE_WORKLOAD }, 'one machine': { workload: ONE_MACHINE } };
beforeAll(async () => { for (const program of Object.values(PROGRAMS)) program.run = live(await preview(program.workload)); });

const only = (rule: string, workload: Workload) => {
  const pack = teeKitPolicies({ workload, today: TODAY });
  return { ...pack, policies: (pack.policies as { name: string }[]).filter(({ name }) => name === rule || name === 'tee-kit-inputs') } as typeof pack;
};

describe.each(Object.keys(PROGRAMS))('%s', (kind) => {
  const program = PROGRAMS[kind]!;

  test('as it is, nothing is found: in jest, by the policy pack, and by tee-kit check', async () => {
    const run = program.run!;
    expect(run).toBeHipaaTee({ workload: program.workload, today: TODAY });
    const diagnostics = await analyze(run, teeKitPolicies({ workload: program.workload, today: TODAY }));
    expect(diagnostics.filter(({ mandatory }) => mandatory)).toEqual([]);
    const { code, out } = await tee('check', write('good.json', { ...run, config: { 'tee-kit:workload': embedWorkload(program.workload) } }));
    expect({ code, out: code === 0 ? '' : out }).toEqual({ code: 0, out: '' });
  });

  // What a single machine does not share with a scale set is the guest.
  const cases = kind === 'one machine' ? BYPASSES.filter(({ item, rule }) => item === 'l' || rule.startsWith('tee-')) : BYPASSES;
  test.each(cases.map((bypass) => [bypass.item, bypass.name, bypass] as const))('(%s) %s', async (_item, _name, { rule, edit }) => {
    const broken = structuredClone(program.run!);
    edit(broken);
    // 1: jest over the executed program.
    expect(() => expect(broken).toBeHipaaTee({ workload: program.workload, today: TODAY })).toThrow(new RegExp(`(fail|unknown) ${rule} `));
    // 2: the policy pack, called by the SDK's own server.
    const diagnostics = await analyze(broken, only(rule, program.workload));
    expect(diagnostics.filter(({ policy, mandatory }) => policy === rule && mandatory)).not.toEqual([]);
    // 3: the command on the preview.
    const { code, out } = await tee('check', '--format', 'json', write('broken.json', { ...broken, config: { 'tee-kit:workload': embedWorkload(program.workload) } }));
    expect(code).toBe(1);
    expect((JSON.parse(out) as { findings: { rule: string }[] }).findings.map((finding) => finding.rule)).toContain(rule);
  });
});

test('every item of the list has a case', () => {
  expect([...new Set(BYPASSES.map(({ item }) => item))].sort()).toEqual(['a', 'b', 'c', 'd', 'default', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'shape']);
});
