import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { executeProgram } from '../../constructs/compliance/adapters/pulumi-preview.js';

const ROOT = join(__dirname, '..', '..');

interface Registered {
  readonly code: number;
  readonly errors: readonly string[];
  readonly registered: readonly { readonly type: string; readonly name: string; readonly protect: boolean }[];
}

const underPulumi = (config: Record<string, string>) =>
  JSON.parse(execFileSync(process.execPath, [join(__dirname, 'stand-in-engine.cjs'), ROOT, JSON.stringify(config)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as Registered;

// `tee-kit synth` must show what `pulumi up` would register: the same program, run by Pulumi's own language runtime.
test.each(['azure', 'gcp'])('the %s program registers the same resources under the Pulumi runtime as in the offline preview', async (cloud) => {
  const config = { 'tee-kit:cloud': cloud };
  const run = underPulumi(config);
  expect({ code: run.code, errors: run.errors }).toEqual({ code: 0, errors: [] });
  const preview = await executeProgram({ project: 'tee-kit', stack: cloud, config, program: () => jest.requireActual<object>('../../pulumi/index.js') });
  const expected = preview.steps.map(({ urn, newState }) => `${newState.type}::${urn.split('::').slice(3).join('::')} ${newState.protect ?? false}`);
  const actual = run.registered.filter(({ type }) => type !== 'pulumi:pulumi:Stack').map(({ type, name, protect }) => `${type}::${name} ${protect}`);
  expect(actual.sort()).toEqual(expected.sort());
});

test('an unknown cloud is refused with the fix', async () => {
  const program = () => jest.requireActual<object>('../../pulumi/index.js');
  await expect(executeProgram({ project: 'tee-kit', stack: 'ibm', config: { 'tee-kit:cloud': 'ibm' }, program })).rejects.toThrow(/tee-kit:cloud is 'ibm'; allowed: azure, gcp/);
});
