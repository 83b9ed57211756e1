import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { resource } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const service = (type: string, properties: object) => ({ Service: body(`AWS::${type}`, properties as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'an API that leads into the network', expected: 'fail', at: 'Service', resources: service('ApiGateway::VpcLink', {}) },
  { cloud: 'aws', name: 'a private API', expected: 'pass', at: 'Service', resources: service('ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE'] } }) },
  { cloud: 'aws', name: 'an API as it is by default', expected: 'fail', at: 'Service', resources: service('ApiGateway::RestApi', {}) },
  { cloud: 'aws', name: 'the address of a function', expected: 'fail', at: 'Service', resources: service('Lambda::Url', { AuthType: 'AWS_IAM' }) },
  { cloud: 'aws', name: 'a cluster whose endpoint is private', expected: 'pass', at: 'Service', resources: service('EKS::Cluster', { ResourcesVpcConfig: { EndpointPublicAccess: false } }) },
  { cloud: 'aws', name: 'a cluster as it is by default', expected: 'fail', at: 'Service', resources: service('EKS::Cluster', { ResourcesVpcConfig: {} }) },
  { cloud: 'aws', name: 'a search domain outside the network', expected: 'fail', at: 'Service', resources: service('OpenSearchService::Domain', {}) },
  { cloud: 'aws', name: 'a search domain in the network', expected: 'pass', at: 'Service', resources: service('OpenSearchService::Domain', { VPCOptions: { SubnetIds: ['subnet-1'] } }) },
  { cloud: 'aws', name: 'not known', expected: 'unknown', at: 'Service', resources: service('AppSync::GraphQLApi', { Visibility: { 'Fn::ImportValue': 'x' } }) },
];

const azure: RuleCase[] = [
  azureCase('a closed app', 'pass', { more: [azureResource('web:WebApp', 'app', { publicNetworkAccess: 'Disabled' })], at: 'app' }),
  azureCase('an app as it is by default', 'fail', { more: [azureResource('web:WebApp', 'app', {})], at: 'app' }),
  azureCase('a cluster with a public endpoint', 'fail', { more: [azureResource('containerservice:ManagedCluster', 'cluster', {})], at: 'cluster' }),
  azureCase('a private cluster', 'pass', { more: [azureResource('containerservice:ManagedCluster', 'cluster', { apiServerAccessProfile: { enablePrivateCluster: true } })], at: 'cluster' }),
  azureCase('an origin of Front Door', 'fail', { more: [azureResource('cdn:AFDOrigin', 'origin', { originName: 'origin' })], at: 'origin' }),
  azureCase('an external container app', 'fail', { more: [azureResource('app:ContainerApp', 'app', { configuration: { ingress: { external: true } } })], at: 'app' }),
  azureCase('not known', 'unknown', { more: [azureResource('web:WebApp', 'app', { publicNetworkAccess: NOT_KNOWN })], at: 'app' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'an internal service', expected: 'pass', at: 'run', resources: [resource('gcp:cloudrunv2/service:Service', 'run', { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' })] },
  { cloud: 'gcp', name: 'a service as it is by default', expected: 'fail', at: 'run', resources: [resource('gcp:cloudrunv2/service:Service', 'run', {})] },
  { cloud: 'gcp', name: 'an older service that is internal', expected: 'pass', at: 'run', resources: [resource('gcp:cloudrun/service:Service', 'run', { metadata: { annotations: { 'run.googleapis.com/ingress': 'internal' } } })] },
  { cloud: 'gcp', name: 'an older service', expected: 'fail', at: 'run', resources: [resource('gcp:cloudrun/service:Service', 'run', {})] },
  { cloud: 'gcp', name: 'a cluster with a public endpoint', expected: 'fail', at: 'cluster', resources: [resource('gcp:container/cluster:Cluster', 'cluster', { privateClusterConfig: { enablePrivateNodes: true } })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'run', resources: [resource('gcp:cloudrunv2/service:Service', 'run', { ingress: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
