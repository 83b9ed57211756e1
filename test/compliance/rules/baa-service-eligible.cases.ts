import type { RuleCase } from '../rule-case.js';

export const cases: RuleCase[] = [
  { cloud: 'aws', name: 'eligible services', expected: 'pass', resources: { Key: { Type: 'AWS::KMS::Key' }, Role: { Type: 'AWS::IAM::Role' }, Custom: { Type: 'Custom::Thing' } } },
  { cloud: 'aws', name: 'a service outside the agreement', expected: 'fail', at: 'Game', resources: { Key: { Type: 'AWS::KMS::Key' }, Game: { Type: 'AWS::GameLift::Fleet' } } },
  { cloud: 'aws', name: 'no PHI in sight', expected: 'silent', workload: null, resources: { Game: { Type: 'AWS::GameLift::Fleet' } } },
  { cloud: 'azure', name: 'services in scope', expected: 'pass', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: {} }, { type: 'tee-kit:azure:AttestedKey', name: 'component', inputs: {} }] },
  { cloud: 'azure', name: 'a service outside the agreement', expected: 'fail', at: 'map', resources: [{ type: 'azure-native:mixedreality:SpatialAnchorsAccount', name: 'map', inputs: {} }] },
  { cloud: 'gcp', name: 'covered products', expected: 'pass', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }, { type: 'gcp:projects/iAMMember:IAMMember', name: 'member', inputs: {} }] },
  { cloud: 'gcp', name: 'a covered product by the name of its API', expected: 'pass', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }, { type: 'gcp:projects/service:Service', name: 'api', inputs: { service: 'aiplatform.googleapis.com' } }] },
  { cloud: 'gcp', name: 'an API that nobody listed', expected: 'unknown', at: 'api', path: 'service', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }, { type: 'gcp:projects/service:Service', name: 'api', inputs: { service: 'gameservices.googleapis.com' } }] },
  { cloud: 'gcp', name: 'a product outside the agreement', expected: 'fail', at: 'game', resources: [{ type: 'gcp:gameservices/realm:Realm', name: 'game', inputs: {} }] },
];
