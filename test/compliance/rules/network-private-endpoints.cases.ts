import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';
import { azureCase, id, resource } from '../prove/azure/fixture.js';
import { PERIMETER, SERVICES, bucket, net, perimeter, resource as gcpResource, route, subnet } from '../gcp-fixture.js';
import type { Value } from '../../../constructs/compliance/model.js';

const endpoint = (PolicyDocument: object, service = 'kms', PrivateDnsEnabled = true): TemplateResources[string] =>
  body('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', ServiceName: `com.amazonaws.us-east-1.${service}`, PrivateDnsEnabled, PolicyDocument } as never);

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'own account only', expected: 'pass', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': '111122223333' } } }] }) } },
  { cloud: 'aws', name: 'no policy', expected: 'fail', at: 'Kms', path: 'PolicyDocument', resources: { Kms: endpoint({ Ref: 'AWS::NoValue' }) } },
  { cloud: 'aws', name: 'a policy that allows everything', expected: 'fail', at: 'Kms', path: 'PolicyDocument.Statement[0]', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }) } },
  { cloud: 'aws', name: 'a condition that any account meets', expected: 'fail', at: 'Kms', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:PrincipalAccount': '*' } } }] }) } },
  { cloud: 'aws', name: 'a condition that holds when the key is absent', expected: 'fail', at: 'Kms', resources: { Kms: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Condition: { StringEqualsIfExists: { 'aws:PrincipalAccount': '111122223333' } } }] }) } },
  { cloud: 'aws', name: 'named buckets', expected: 'pass', resources: { S3: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*' }] }, 's3') } },
  { cloud: 'aws', name: 'every bucket', expected: 'fail', at: 'S3', resources: { S3: endpoint({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' }] }, 's3') } },
  { cloud: 'aws', name: 'names resolve to the public address', expected: 'fail', at: 'Kms', path: 'PrivateDnsEnabled', resources: { Kms: endpoint({ Statement: [] }, 'kms', false) } },
  { cloud: 'aws', name: 'a host and no KMS endpoint', expected: 'fail', at: 'aws', resources: { Vpc: body('AWS::EC2::VPC', {}), Host: launchTemplate() } },
];

const azure: RuleCase[] = [
  azureCase('each service privately', 'pass'),
  azureCase('a public authority', 'fail', { edits: [['AttestationProvider', 'authority', 'properties.publicNetworkAccess', undefined]], at: 'authority' }),
  azureCase('a vault without endpoint', 'fail', { gone: [['PrivateEndpoint', 'phi-vault']], at: 'phi-vault' }),
  azureCase('a workspace outside the scope', 'fail', { gone: [['PrivateLinkScopedResource', 'workspace']], at: 'workspace' }),
  azureCase('service endpoints', 'fail', { more: [resource('network:Subnet', 'bare', { virtualNetworkName: 'vnet', subnetName: 'bare', addressPrefix: '10.20.3.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] })], at: 'bare' }),
  azureCase('an endpoint of somebody else\'s service', 'unknown', { more: [resource('network:PrivateEndpoint', 'exit', { privateEndpointName: 'exit', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/tee` }, privateLinkServiceConnections: [{ groupIds: ['blob'], privateLinkServiceId: '/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/z' }] })], at: 'exit' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'private access inside a perimeter', expected: 'pass', resources: [...net(), bucket('phi')] },
  { cloud: 'gcp', name: 'administrators let into every service', expected: 'fail', at: 'perimeter', path: 'status.ingressPolicies[0].ingressTo.operations', resources: net(perimeter({ ...PERIMETER, ingressPolicies: [{ ingressFrom: { identities: ['serviceAccount:deploy@phi-inference-keys.iam.gserviceaccount.com'], sources: [{ accessLevel: '*' }] }, ingressTo: { resources: ['*'], operations: [{ serviceName: '*' }] } }] })) },
  { cloud: 'gcp', name: 'no private access', expected: 'fail', at: 'tee', path: 'privateIpGoogleAccess', resources: net(subnet('tee', '10.20.1.0/24', { privateIpGoogleAccess: undefined })) },
  { cloud: 'gcp', name: 'a perimeter in dry run', expected: 'fail', at: 'perimeter', path: 'status', resources: net(perimeter(undefined), gcpResource('gcp:accesscontextmanager/servicePerimeter:ServicePerimeter', 'perimeter', { spec: PERIMETER })) },
  { cloud: 'gcp', name: 'no perimeter around a bucket', expected: 'fail', at: 'gcp', resources: [...net().filter(({ name }) => name !== 'perimeter'), bucket('phi')] },
  { cloud: 'gcp', name: 'a service that is not restricted', expected: 'fail', at: 'perimeter', path: 'status.restrictedServices', resources: net(perimeter({ ...PERIMETER, restrictedServices: SERVICES.slice(0, -1) })) },
  { cloud: 'gcp', name: 'services inside without restriction', expected: 'fail', at: 'perimeter', path: 'status.vpcAccessibleServices.enableRestriction', resources: net(perimeter({ ...PERIMETER, vpcAccessibleServices: undefined } as unknown as Value)) },
  { cloud: 'gcp', name: 'a rule for every identity', expected: 'fail', at: 'perimeter', path: 'status.ingressPolicies', resources: net(perimeter({ ...PERIMETER, ingressPolicies: [{ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] }, ingressTo: { operations: [{ serviceName: 'storage.googleapis.com' }] } }] })) },
  { cloud: 'gcp', name: 'the addresses that ignore the perimeter', expected: 'fail', at: 'private', path: 'destRange', resources: net(route('private', { destRange: '199.36.153.8/30' })) },
  { cloud: 'gcp', name: 'services that are not told', expected: 'unknown', at: 'perimeter', path: 'status.restrictedServices', resources: net(perimeter({ ...PERIMETER, restrictedServices: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
