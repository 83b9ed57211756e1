import { ATTRIBUTE_MAPPING, attestationCondition, CONDITION_LIMIT, SUBJECT_LIMIT } from '../../constructs/gcp/attestation-condition.js';
import { digest } from '../compliance/workload-fixture.js';

const claims = { hardware: ['TDX'], project: 'phi-inference', projectNumber: '123456789012', serviceAccount: 'tee@phi-inference.iam.gserviceaccount.com', imageDigests: [digest('a')] } as const;
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `sha256:${index.toString(16).padStart(64, '0')}`);

test('forty digests fit, sixty are refused naming the limit', () => {
  expect(attestationCondition({ ...claims, imageDigests: many(40) }).length).toBeLessThanOrEqual(CONDITION_LIMIT);
  expect(() => attestationCondition({ ...claims, imageDigests: many(60) })).toThrow(/4096.*retire/s);
});

test('a value that would leave its literal is refused', () => {
  expect(() => attestationCondition({ ...claims, project: 'x" || true || "' })).toThrow(/cannot stand/);
  expect(() => attestationCondition({ ...claims, imageDigests: ['latest'] })).toThrow(/sha256/);
});

test('the subject stays within its limit at the longest legal values', () => {
  const longest = ATTRIBUTE_MAPPING['google.subject']!.replace('assertion.submods.container.image_digest', digest('a')).replace('assertion.submods.gce.project_number', '9'.repeat(13)).replace('assertion.submods.gce.instance_id', '9'.repeat(20));
  expect(longest.replace(/" ?\+ ?|\+ ?"|"| \+ /g, '').replaceAll(' ', '').length).toBeLessThanOrEqual(SUBJECT_LIMIT);
});
