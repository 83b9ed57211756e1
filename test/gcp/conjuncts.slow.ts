import '../../constructs/compliance/adapters/jest-matcher.js';
import type { Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import { proveReport } from '../../constructs/compliance/cli/prove.js';
import { evaluate } from '../../constructs/compliance/evaluate.js';
import type { Value } from '../../constructs/compliance/model.js';
import { pulumiDeployments } from '../../constructs/compliance/read/artifacts.js';
import { RULES } from '../../constructs/compliance/registry.js';
import { embedWorkload } from '../../constructs/workload/facts.js';
import { digest, TODAY } from '../compliance/workload-fixture.js';
import { attestationToken, type ClaimValue, evaluated } from './attestation-token.js';
import { Draft } from './bypasses.js';
import { executeWorkload, gcpWorkload } from './preview.js';

/** Per claim: a token that an attacker has when only this claim is not held, and what the report must say that it gains. */
const CLAIMS: readonly (readonly [claim: string, attack: Readonly<Record<string, ClaimValue | undefined>>, gain: RegExp, wider: (conjunct: string) => string])[] = [
  ['swname', { swname: 'GCE' }, /runs no Confidential Space.*operator is root/, () => 'assertion.swname in ["CONFIDENTIAL_SPACE", "GCE"]'],
  ['dbgstat', { dbgstat: 'enabled' }, /debug image.*logs in/, () => 'assertion.dbgstat != "disabled"'],
  ['secboot', { secboot: false }, /modified boot chain/, () => '(assertion.secboot == true || assertion.secboot == false)'],
  ['support_attributes', { 'submods.confidential_space.support_attributes': ['USABLE'] }, /withdrawn or not released/, () => 'size(assertion.submods.confidential_space.support_attributes) > 0'],
  ['hwmodel', { hwmodel: 'GCP_SHIELDED_VM' }, /without the memory encryption that the workload file declares/, () => 'assertion.hwmodel.startsWith("GCP_")'],
  ['project_id', { 'submods.gce.project_id': 'phi-inference-2' }, /any Google Cloud customer/, () => 'assertion.submods.gce.project_id.startsWith("phi-inference")'],
  ['project_number', { 'submods.gce.project_number': '999999999999' }, /any Google Cloud customer/, () => 'assertion.submods.gce.project_number != "1"'],
  ['google_service_accounts', { google_service_accounts: ['other@phi-inference.iam.gserviceaccount.com'] }, /any identity of the project/, () => 'size(assertion.google_service_accounts) > 0'],
  ['image_digest', { 'submods.container.image_digest': digest('b') }, /container that nobody approved/, () => 'assertion.submods.container.image_digest.startsWith("sha256:")'],
  ['cmd_override', { 'submods.container.cmd_override': ['sh'] }, /replaces the command/, (one) => one.replace('== 0', '<= 1')],
  ['env_override', { 'submods.container.env_override': { A: 'b' } }, /changes the environment/, (one) => one.replace('== 0', '>= 0')],
];

const WORKLOAD = gcpWorkload();
let preview: Preview;
let conjuncts: readonly string[];
beforeAll(async () => {
  const executed = await executeWorkload(WORKLOAD);
  preview = { ...executed, config: { ...executed.config, 'tee-kit:workload': embedWorkload(WORKLOAD) } };
  const provider = executed.steps.find(({ newState }) => newState.type === PROVIDER);
  const condition = provider?.newState.inputs['attributeCondition'];
  conjuncts = typeof condition === 'string' ? condition.split(' && ') : [];
});
const PROVIDER = 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider';

test('every conjunct is in the table', () => {
  expect(conjuncts.map((conjunct) => CLAIMS.filter(([claim]) => conjunct.includes(claim)).map(([claim]) => claim))).toEqual(CLAIMS.map(([claim]) => [claim]));
});

const FORMS: readonly (readonly [name: string, weaken: (conjunct: string, wider: (conjunct: string) => string) => string | undefined])[] = [
  ['removed', () => undefined],
  ['widened', (conjunct, wider) => wider(conjunct)],
  ['one side of an alternative', (conjunct) => `(${conjunct} || assertion.submods.gce.zone == "us-central1-a")`],
  ['open where another claim is as usual', (conjunct) => `(assertion.submods.gce.zone == "us-central1-a" ? true : ${conjunct})`],
  ['one side of an alternative that the proof does not model', (conjunct) => `(${conjunct} || assertion.oemid == 11129)`],
];

test.each(CLAIMS.flatMap(([claim, attack, gain, wider]) => FORMS.map(([form, weaken]) => [`${claim} ${form}`, claim, attack, gain, wider, weaken] as const)))(
  '%s: check and prove say what an attacker gains', (_name, claim, attack, gain, wider, weaken) => {
    const weaker = conjuncts.flatMap((conjunct) => (conjunct.includes(claim) ? (weaken(conjunct, wider) ?? []) : conjunct)).join(' && ');
    // The weakening is one: the attacker's token passes, and did not before.
    expect(evaluated(conjuncts.join(' && '), attestationToken(attack))).not.toBe(true);
    expect(evaluated(weaker, attestationToken(attack))).toBe(true);

    const draft = new Draft(preview);
    draft.set(PROVIDER, 'phi-key', 'attributeCondition', weaker);
    // The rules and the proofs that `tee-kit check` and `tee-kit prove` print, over one reading of the artifact.
    const deployments = pulumiDeployments(draft.preview as Value, 'preview.json', { today: TODAY });
    const [key] = proveReport(deployments).keys;
    expect(key?.guards.present).toBeLessThan(key?.guards.expected ?? 0);
    expect(JSON.stringify([key?.witness, key?.reasons])).toMatch(gain);

    const { findings } = evaluate(deployments, { rules: RULES.filter(({ id }) => id === 'phi-key-release-attested' || id === 'key-release-defence-in-depth') });
    expect(findings.map(({ message }) => message).join('\n')).toMatch(gain);
  },
);
