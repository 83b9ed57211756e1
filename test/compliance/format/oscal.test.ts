import Ajv from 'ajv';
import { controlId } from '../../../constructs/compliance/format/oscal.js';
import { formatted } from './fixture.js';

/**
 * The assemblies of OSCAL 1.1's JSON models that the kit writes, with the constraints of NIST's schema on them: names,
 * required members, patterns of its data types, nothing else allowed. `docs/unverified.md` says what the rest hangs on.
 */
const uuid = { type: 'string', pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$' };
const text = { type: 'string', pattern: '^\\S(.*\\S)?$' };
const token = { type: 'string', pattern: '^(\\p{L}|_)(\\p{L}|\\p{N}|[.\\-_])*$' };
const instant = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$' };
const reference = { type: 'string', minLength: 1, pattern: '^\\S*$' };
const prose = { type: 'string', minLength: 1 };
type Shape = Readonly<Record<string, object>>;
const object = (required: Shape, optional: Shape = {}) => ({ type: 'object', additionalProperties: false, required: Object.keys(required), properties: { ...required, ...optional } });
const list = (items: object) => ({ type: 'array', minItems: 1, items });
const property = object({ name: token, value: text }, { ns: reference, class: token, uuid, remarks: prose });
const metadata = object({ title: prose, 'last-modified': instant, version: text, 'oscal-version': text }, { remarks: prose });

const RESULTS = object({
  'assessment-results': object({
    uuid, metadata, 'import-ap': object({ href: reference }),
    results: list(object({
      uuid, title: prose, description: prose, start: instant,
      'reviewed-controls': object({ 'control-selections': list(object({}, { description: prose, 'include-controls': list(object({ 'control-id': token })) })) }),
    }, {
      end: instant,
      'local-definitions': object({}, { 'inventory-items': list(object({ uuid, description: prose }, { props: list(property) })) }),
      observations: list(object({ uuid, description: prose, methods: list({ enum: ['EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'] }), collected: instant }, {
        title: prose, props: list(property), types: list(token), remarks: prose,
        subjects: list(object({ 'subject-uuid': uuid, type: token }, { title: prose })),
        'relevant-evidence': list(object({ description: prose }, { href: reference })),
      })),
      findings: list(object({
        uuid, title: prose, description: prose,
        target: object({ type: { enum: ['statement-id', 'objective-id'] }, 'target-id': token, status: object({ state: { enum: ['satisfied', 'not-satisfied'] } }, { reason: token, remarks: prose }) }),
      }, { 'related-observations': list(object({ 'observation-uuid': uuid })) })),
    })),
  }, { 'back-matter': object({}, { resources: list(object({ uuid }, { title: prose, description: prose })) }) }),
});

const DEFINITION = object({
  'component-definition': object({ uuid, metadata }, {
    components: list(object({ uuid, type: text, title: prose, description: prose }, {
      props: list(property),
      'control-implementations': list(object({ uuid, source: reference, description: prose, 'implemented-requirements': list(object({ uuid, 'control-id': token, description: prose }, { props: list(property) })) })),
    })),
  }),
});

const ajv = new Ajv({ allErrors: true, unicodeRegExp: true });

test.each([['oscal-ar', RESULTS], ['oscal-cd', DEFINITION]] as const)('%s has the shape that NIST asks for', async (format, schema) => {
  const validate = ajv.compile(schema);
  validate(JSON.parse(await formatted(format)));
  expect(validate.errors ?? []).toEqual([]);
});

test('references resolve, and what failed is not satisfied', async () => {
  const { 'assessment-results': { results } } = JSON.parse(await formatted('oscal-ar')) as { 'assessment-results': { results: readonly {
    observations: readonly { uuid: string; props: readonly { name: string; value: string }[]; subjects?: readonly { 'subject-uuid': string }[] }[];
    findings: readonly { title: string; target: { status: { state: string } }; 'related-observations': readonly { 'observation-uuid': string }[] }[];
    'local-definitions': { 'inventory-items': readonly { uuid: string }[] };
  }[] } };
  const { observations, findings, 'local-definitions': { 'inventory-items': items } } = results[0]!;
  const known = new Map(observations.map((one) => [one.uuid, one]));
  expect(known.size).toBe(observations.length);
  const subjects = new Set(items.map(({ uuid: id }) => id));
  for (const { subjects: list_ = [] } of observations) for (const subject of list_) expect(subjects).toContain(subject['subject-uuid']);
  for (const { target, 'related-observations': related } of findings) {
    const states = related.map(({ 'observation-uuid': id }) => known.get(id)!.props.find(({ name }) => name === 'status')?.value);
    expect(target.status.state).toBe(states.some((state) => state === 'fail' || state === 'unknown' || state === 'exempt') ? 'not-satisfied' : 'satisfied');
  }
  expect(findings.some(({ target }) => target.status.state === 'not-satisfied')).toBe(true);
});

test('citations are tokens', () => {
  expect(controlId('45 CFR 164.312(a)(2)(iv)')).toBe('hipaa-164.312-a-2-iv');
  expect(controlId('45 CFR 164.312(b)')).toBe('hipaa-164.312-b');
});
