import type { RuleCase } from '../rule-case.js';
import { azureCase, resource, scaleSet } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('the number of machines', 'pass', { more: [{ ...scaleSet(), attributes: { ignoreChanges: ['sku.capacity'] } }], at: 'fleet' }),
  azureCase('the release policy', 'fail', { more: [resource('keyvault:Key', 'second', {}, { ignoreChanges: ['properties.releasePolicy'] })], at: 'second' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the number of machines', expected: 'pass', resources: [{ type: 'gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', name: 'fleet', inputs: {}, attributes: { ignoreChanges: ['targetSize'] } }] },
  { cloud: 'gcp', name: 'the attestation condition', expected: 'fail', at: 'provider', resources: [{ type: 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', name: 'provider', inputs: {}, attributes: { ignoreChanges: ['attributeCondition'] } }] },
];

export const cases: RuleCase[] = [...azure, ...gcp];
