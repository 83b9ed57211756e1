import type { RuleCase } from '../rule-case.js';
import { CONDITION, gate, provider } from '../gcp-fixture.js';
import { GUARDED, keyTemplate, RA } from '../prove/aws/fixture.js';
import { pcr } from '../workload-fixture.js';
import { azureCase, branch, encode, policyOf, SAFE } from '../prove/azure/fixture.js';

const condition = (value: object, more: object = {}) => keyTemplate({ attested: { ...GUARDED.attested, Condition: value, ...more } });
const kind = (properties: object) => keyTemplate({}, { key: properties });
const denied = (operator: string) => keyTemplate({ extra: { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*', Condition: { [operator]: { [`${RA}PCR0`]: pcr('a') } } } });
const aws: RuleCase[] = [
  { name: 'guarded', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'kms:RecipientAttestation is not a key', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyPolicy.Statement[0].Condition.StringEquals', resources: condition({ StringEquals: { 'kms:RecipientAttestation': pcr('a') } }) },
  { name: 'PCR32 does not exist', cloud: 'aws', expected: 'fail', at: 'Key', resources: condition({ StringEquals: { [`${RA}PCR32`]: pcr('a') } }) },
  { name: 'wrong length', cloud: 'aws', expected: 'fail', at: 'Key', resources: condition({ StringEquals: { [`${RA}PCR0`]: 'a'.repeat(64) } }) },
  { name: 'kms:Sign carries no attestation', cloud: 'aws', expected: 'fail', at: 'Key', resources: condition(GUARDED.attested.Condition, { Action: ['kms:Decrypt', 'kms:Sign'] }) },
  { name: 'an RSA key', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeySpec', resources: kind({ KeySpec: 'RSA_4096' }) },
  { name: 'a key for signatures', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyUsage', resources: kind({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }) },
  { name: 'a kind that is not known', cloud: 'aws', expected: 'unknown', at: 'Key', path: 'KeySpec', resources: kind({ KeySpec: { 'Fn::ImportValue': 'x' } }) },
  { name: 'the kind that KMS takes by itself, written out', cloud: 'aws', expected: 'pass', at: 'Key', resources: kind({ KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' }) },
  { name: 'a Deny over all values, which holds over none', cloud: 'aws', expected: 'pass', at: 'Key', resources: denied('ForAllValues:StringNotEqualsIgnoreCase') },
  { name: 'a Deny over any value, which never holds over none', cloud: 'aws', expected: 'fail', at: 'Key', resources: denied('ForAnyValue:StringNotEqualsIgnoreCase') },
  { name: 'an Allow over all values, which holds over none', cloud: 'aws', expected: 'fail', at: 'Key', resources: condition({ 'ForAllValues:StringEquals': { [`${RA}PCR0`]: pcr('a') } }) },
  { name: 'an Allow over any value', cloud: 'aws', expected: 'pass', at: 'Key', resources: condition({ 'ForAnyValue:StringEquals': { [`${RA}PCR0`]: pcr('a') } }) },
  { name: 'StringLike', cloud: 'aws', expected: 'fail', at: 'Key', resources: condition({ StringLike: { [`${RA}PCR0`]: pcr('a') } }) },
  { name: 'in an identity policy', cloud: 'aws', expected: 'fail', at: 'Policy', resources: { Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:PutKeyPolicy', Resource: '*', Condition: { StringEquals: { [`${RA}PCR0`]: pcr('a') } } }] } } } } },
  { name: 'no attestation condition', cloud: 'aws', expected: 'silent', resources: { Key: { Type: 'AWS::KMS::Key' } } },
];

const azure: RuleCase[] = [
  azureCase('claims of the authority', 'pass', { at: 'phi' }),
  azureCase('a claim of the caller', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch([...SAFE, { claim: 'x-ms-runtime.client-payload.nonce', equals: 'MTIz' }]))]], at: 'phi' }),
  azureCase('a contradiction', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch([...SAFE, { claim: 'secureboot', equals: true }, { claim: 'secureboot', equals: 'off' }]))]], at: 'phi' }),
  azureCase('greater', 'warn', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch([...SAFE, { claim: 'x-ms-isolation-tee.x-ms-sevsnpvm-guestsvn', greaterOrEquals: 2 }]))]], at: 'phi' }),
  azureCase('not a policy', 'unknown', { edits: [['Key', 'phi', 'properties.releasePolicy.data', encode('{')]], at: 'phi' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'claims that exist', expected: 'pass', resources: gate() },
  { cloud: 'gcp', name: 'an attribute that bindings name and nothing maps', expected: 'fail', at: 'provider', path: 'attributeMapping', resources: gate(provider({ attributeMapping: { 'google.subject': 'assertion.submods.gce.instance_id' } })) },
  { cloud: 'gcp', name: 'one subject for every machine', expected: 'fail', at: 'provider', path: 'attributeMapping.google.subject', resources: gate(provider({ attributeMapping: { 'google.subject': '"workload::" + assertion.submods.container.image_digest', 'attribute.image_digest': 'assertion.submods.container.image_digest' } })) },
  { cloud: 'gcp', name: 'a claim that no token has', expected: 'fail', at: 'provider', path: 'attributeCondition', resources: gate(provider({ attributeCondition: CONDITION.replace('gce.project_id', 'gce.project') })) },
  { cloud: 'gcp', name: 'another audience', expected: 'fail', at: 'provider', path: 'oidc.allowedAudiences', resources: gate(provider({ oidc: { issuerUri: 'https://confidentialcomputing.googleapis.com/', allowedAudiences: ['https://sts.googleapis.com', 'https://partner.example'] } })) },
  { cloud: 'gcp', name: 'a condition of 5000 characters', expected: 'fail', at: 'provider', path: 'attributeCondition', resources: gate(provider({ attributeCondition: `${CONDITION} && assertion.swname != "${'x'.repeat(4200)}"` })) },
  { cloud: 'gcp', name: 'no CEL', expected: 'unknown', at: 'provider', path: 'attributeCondition', resources: gate(provider({ attributeCondition: 'assertion.swname ==' })) },
  { cloud: 'gcp', name: 'a subject that may be too long', expected: 'unknown', at: 'provider', resources: gate(provider({ attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.image_digest': 'assertion.submods.container.image_digest' } })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
