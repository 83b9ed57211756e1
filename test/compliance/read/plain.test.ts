import { evaluate } from '../../../constructs/compliance/evaluate.js';
import type { Value } from '../../../constructs/compliance/model.js';
import { prove } from '../../../constructs/compliance/prove/index.js';
import { apart, templateDeployment } from '../../../constructs/compliance/read/artifacts.js';
import type { TemplateSource } from '../../../constructs/compliance/read/template.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import { WORKLOAD_KEY } from '../../../constructs/workload/facts.js';
import { keyTemplate, json } from '../prove/aws/fixture.js';

const source = (stack: string, template: object, more: Partial<TemplateSource> = {}): TemplateSource => ({ stack, file: `${stack}.template.json`, template: json(template), ...more });
const group = (RetentionInDays: unknown): object => ({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } });

describe('parameters of a template on its own', () => {
  const judged = (parameter: object, resources: object): string[] => {
    const { findings } = evaluate([templateDeployment([source('own', { Parameters: { P: parameter }, Resources: { ...resources, Key: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'key-purpose', Value: 'phi' }, { Key: 'phi-workload', Value: 'x' }] } } } })])], { rules: RULES });
    return findings.filter(({ rule }) => rule === 'audit-log-retention' || rule === 'artifact-readable').map(({ rule, status, resource }) => `${rule} ${status} ${resource}`);
  };

  test.each([
    ['a default that is long enough', { Type: 'Number', Default: 2192 }, ['artifact-readable unknown own/Parameters.P']],
    ['a default that is too short', { Type: 'Number', Default: 30 }, ['artifact-readable unknown own/Parameters.P', 'audit-log-retention fail own/Group']],
    ['no default', { Type: 'Number' }, ['audit-log-retention unknown own/Group']],
    ['a value that is read from a store', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '2192' }, ['audit-log-retention unknown own/Group']],
    ['one allowed value', { Type: 'String', AllowedValues: ['2192'], Default: '2192' }, []],
  ])('%s', (_, parameter, expected) => {
    expect(judged(parameter, { Group: group({ Ref: 'P' }) }).sort()).toEqual(expected);
  });

  test('a default is not told where nothing uses the parameter', () => {
    expect(judged({ Type: 'String', Default: 'x' }, { Group: group(2192) })).toEqual([]);
  });

  test('a key is not gated by a measurement that the deployment gives', () => {
    const resources = JSON.parse(JSON.stringify(keyTemplate()).replaceAll(/"(a{96})"/g, '{"Ref":"P"}')) as Value;
    const deployment = templateDeployment([source('own', { Parameters: { P: { Type: 'String', Default: 'a'.repeat(96) } }, Resources: resources })]);
    expect(prove(deployment).keys).toEqual([expect.objectContaining({ verdict: 'unknown' })]);
  });

  test('an administrator named by a parameter is one role', () => {
    const admin = { Effect: 'Allow', Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/${P}' } }, Action: ['kms:ScheduleKeyDeletion', 'kms:DescribeKey'], Resource: '*' };
    const deployment = templateDeployment([source('own', { Parameters: { P: { Type: 'String' } }, Resources: keyTemplate({ admin }) })]);
    expect(prove(deployment).keys).toEqual([expect.objectContaining({ verdict: 'gated' })]);
  });
});

describe('stacks that are judged together', () => {
  const embedding = (stack: string, workload: string | null, more: Partial<TemplateSource> = {}): TemplateSource => source(stack, { ...(workload === null ? {} : { Metadata: { [WORKLOAD_KEY]: { name: workload } } }), Resources: {} }, more);
  const east = { account: '111122223333', region: 'us-east-1' };
  const west = { account: '111122223333', region: 'us-west-2' };

  test.each<[string, readonly TemplateSource[], readonly (readonly string[])[]]>([
    ['one workload', [embedding('a', 'w'), embedding('b', 'w'), embedding('c', null)], [['a', 'b', 'c']]],
    ['no workload', [embedding('a', null), embedding('b', null)], [['a', 'b']]],
    ['a workload for each stage', [embedding('a', 'prod', { file: 'prod/a.template.json' }), embedding('b', 'test', { file: 'test/b.template.json' }), embedding('c', null, { file: 'test/c.template.json' })], [['a'], ['b', 'c']]],
    ['a workload for each region', [embedding('a', 'east', east), embedding('b', 'west', west), embedding('c', null, west)], [['a'], ['b', 'c']]],
    ['a stack that belongs nowhere', [embedding('a', 'east', east), embedding('b', 'west', west), embedding('c', null)], [['a', 'c'], ['b', 'c']]],
  ])('%s', (_, sources, expected) => {
    expect(apart(sources).map((stacks) => stacks.map(({ stack }) => stack))).toEqual(expected);
  });

  test('exports are followed from one to the other', () => {
    const exporting = source('a', { Outputs: { Days: { Value: 30, Export: { Name: 'days' } } }, Resources: {} });
    const importing = source('b', { Resources: { Group: group({ 'Fn::ImportValue': 'days' }) } });
    expect(templateDeployment([importing], {}, [exporting, importing]).byId.get('b/Group')?.properties).toEqual({ RetentionInDays: 30 });
  });
});
