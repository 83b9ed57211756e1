import { flag, list, shown } from '../aws.js';
import { at, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** How a managed service says whom it answers: `true` for the internet, undefined where the artifact does not tell. */
type Exposure = (service: Resource) => boolean | undefined;

const always: Exposure = () => true;
/** By a switch; `absent` is what the provider takes when it is not set. */
const ifOn = (path: string, absent: boolean): Exposure => ({ properties }) => {
  const value = flag(at(properties, path)) ?? absent;
  return value instanceof Unknown ? undefined : value;
};
/** Unless a switch is on. */
const ifOff = (path: string): Exposure => ({ properties }) => {
  const value = flag(at(properties, path)) ?? false;
  return value instanceof Unknown ? undefined : !value;
};
/** Unless a setting has one of the private values. */
const unless = (path: string, ...closed: readonly string[]): Exposure => ({ properties }) => {
  const values = list(at(properties, path));
  if (values instanceof Unknown || values.some((value) => value instanceof Unknown)) return undefined;
  return values.length === 0 || !values.every((value) => typeof value === 'string' && closed.some((one) => one.toLowerCase() === value.toLowerCase()));
};
/** Unless a setting is there at all. */
const without = (path: string): Exposure => ({ properties }) => {
  const value = at(properties, path);
  return value instanceof Unknown ? undefined : value === undefined || value === null;
};

function exposed(services: Readonly<Record<string, Exposure>>): Check {
  return function* (deployment) {
    if (!processesPhi(deployment)) return;
    for (const [type, exposure] of Object.entries(services)) {
      for (const service of deployment.ofType(type)) {
        const open = exposure(service);
        yield* outcomes(service, open === false ? true : (open === undefined ? unknown : fail)('', `${shown(service.type)} ${open === undefined ? 'may answer' : 'answers'} the internet`));
      }
    }
  };
}

const CLOSED = unless('publicNetworkAccess', 'Disabled', 'SecuredByPerimeter');
const INGRESS = ['INGRESS_TRAFFIC_INTERNAL_ONLY', 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'ALLOW_INTERNAL_ONLY', 'ALLOW_INTERNAL_AND_GCLB'] as const;

export const rule = defineRule({
  id: 'service-not-exposed',
  title: 'No function, API, cluster or managed service of the deployment answers the internet',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A managed service has an address of its own outside the network: security groups and routes say nothing about it, and the identity that it runs under stands inside the account of the PHI.',
  fix: {
    aws: 'Remove the function URL, public API or distribution, or make the service private: EndpointConfiguration PRIVATE, VPCOptions, EndpointPublicAccess false, PubliclyAccessible false; clients come through Gateway.',
    azure: 'Set publicNetworkAccess Disabled (private cluster, internal ingress) and reach the service through a private endpoint of PrivateNetwork; clients come through Gateway.',
    gcp: 'Set ingress INGRESS_TRAFFIC_INTERNAL_ONLY (ALLOW_INTERNAL_ONLY), a private cluster endpoint or no public address; clients come through Gateway.',
  },
  checks: {
    aws: exposed({
      'AWS::Lambda::Url': always, 'AWS::CloudFront::VpcOrigin': always, 'AWS::ApiGateway::VpcLink': always, 'AWS::ApiGatewayV2::VpcLink': always, 'AWS::ApiGatewayV2::Api': always, 'AWS::CloudFront::Distribution': always, 'AWS::Lightsail::Instance': always,
      'AWS::ApiGateway::RestApi': unless('EndpointConfiguration.Types', 'PRIVATE'), 'AWS::AppSync::GraphQLApi': unless('Visibility', 'PRIVATE'), 'AWS::Transfer::Server': unless('EndpointType', 'VPC', 'VPC_ENDPOINT'),
      'AWS::AppRunner::Service': ifOn('NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible', true), 'AWS::EKS::Cluster': ifOn('ResourcesVpcConfig.EndpointPublicAccess', true), 'AWS::Redshift::Cluster': ifOn('PubliclyAccessible', false),
      'AWS::DMS::ReplicationInstance': ifOn('PubliclyAccessible', true), 'AWS::OpenSearchService::Domain': without('VPCOptions'), 'AWS::Elasticsearch::Domain': without('VPCOptions'), 'AWS::SageMaker::NotebookInstance': unless('DirectInternetAccess', 'Disabled'),
    }),
    azure: exposed({
      ...Object.fromEntries([
        'web:WebApp', 'web:WebAppSlot', 'containerregistry:Registry', 'cognitiveservices:Account', 'machinelearningservices:Workspace', 'search:Service', 'eventhub:Namespace', 'servicebus:Namespace', 'eventgrid:Topic', 'eventgrid:Domain',
        'appconfiguration:ConfigurationStore', 'datafactory:Factory', 'synapse:Workspace', 'databricks:Workspace', 'apimanagement:ApiManagementService', 'redis:Redis', 'batch:BatchAccount', 'healthcareapis:Workspace',
      ].map((name) => [`azure-native:${name}`, CLOSED])),
      'azure-native:containerservice:ManagedCluster': ifOff('apiServerAccessProfile.enablePrivateCluster'),
      'azure-native:app:ContainerApp': ifOn('configuration.ingress.external', false),
      'azure-native:containerinstance:ContainerGroup': unless('ipAddress.type', 'Private'),
      'azure-native:cdn:Profile': always, 'azure-native:cdn:AFDEndpoint': always, 'azure-native:cdn:AFDOrigin': always, 'azure-native:cdn:Endpoint': always, 'azure-native:cdn:Origin': always,
    }),
    gcp: exposed({
      'gcp:cloudrunv2/service:Service': unless('ingress', ...INGRESS), 'gcp:cloudfunctions/function:Function': unless('ingressSettings', ...INGRESS), 'gcp:cloudfunctionsv2/function:Function': unless('serviceConfig.ingressSettings', ...INGRESS),
      'gcp:cloudrun/service:Service': ({ properties }) => {
        const annotations = at(properties, 'metadata.annotations');
        if (annotations instanceof Unknown) return undefined;
        const ingress = annotations !== undefined && annotations !== null && typeof annotations === 'object' && 'run.googleapis.com/ingress' in annotations ? annotations['run.googleapis.com/ingress'] : undefined;
        return ingress instanceof Unknown ? undefined : ingress !== 'internal' && ingress !== 'internal-and-cloud-load-balancing';
      },
      'gcp:container/cluster:Cluster': ifOff('privateClusterConfig.enablePrivateEndpoint'), 'gcp:workbench/instance:Instance': ifOff('gceSetup.disablePublicIp'), 'gcp:notebooks/instance:Instance': ifOff('noPublicIp'),
      'gcp:appengine/application:Application': always, 'gcp:apigateway/gateway:Gateway': always,
    }),
  },
});
