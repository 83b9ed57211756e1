import type { RuleCase } from '../rule-case.js';
import { body as awsBody, key, launchTemplate } from '../aws-fixture.js';
import { group, ref, resource, space } from '../gcp-fixture.js';

const TEMPLATE = ref('gcp:compute/regionInstanceTemplate:RegionInstanceTemplate', 'tee', 'selfLink');
const URI = 'https://compute.googleapis.com/compute/v1/projects/phi-inference/regions/us-central1/instanceGroupManagers/tee';
const ROLL = 'roll@phi-inference.iam.gserviceaccount.com';
const body = (instanceTemplate: string): string => Buffer.from(JSON.stringify({ versions: [{ name: 'x', instanceTemplate }] })).toString('base64');
const job = (target: object) => resource('gcp:cloudscheduler/job:Job', 'job', { httpTarget: { httpMethod: 'PATCH', uri: URI, body: body(TEMPLATE), oauthToken: { serviceAccountEmail: ROLL }, ...target } as never });
const config = (preservedState: object) => resource('gcp:compute/regionPerInstanceConfig:RegionPerInstanceConfig', 'one', { name: 'one', regionInstanceGroupManager: 'tee', preservedState: preservedState as never });
const fleet = [space(), group()];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the template alone', expected: 'pass', at: 'group', resources: fleet },
  { cloud: 'gcp', name: 'a schedule that takes the fleet away', expected: 'fail', at: 'job', path: 'httpTarget.httpMethod', resources: [...fleet, job({ httpMethod: 'DELETE' })] },
  { cloud: 'gcp', name: 'labels laid over it', expected: 'pass', at: 'group', resources: [space(), group({ allInstancesConfig: { labels: { team: 'x' } } })] },
  { cloud: 'gcp', name: 'metadata laid over it', expected: 'fail', at: 'group', path: 'allInstancesConfig.metadata.tee-cmd', resources: [space(), group({ allInstancesConfig: { metadata: { 'tee-cmd': '["sh"]' } } })] },
  { cloud: 'gcp', name: 'metadata that is not told', expected: 'unknown', at: 'group', resources: [space(), group({ allInstancesConfig: { metadata: '[secret]' } })] },
  { cloud: 'gcp', name: 'one machine with metadata', expected: 'fail', at: 'one', resources: [...fleet, config({ metadata: { 'tee-cmd': '["sh"]' } })] },
  { cloud: 'gcp', name: 'one machine that keeps its disk', expected: 'fail', at: 'one', path: 'preservedState.disks', resources: [...fleet, config({ disks: [{ deviceName: 'x', source: 'y' }] })] },
  { cloud: 'gcp', name: 'a schedule that starts the template', expected: 'pass', at: 'job', resources: [...fleet, job({})] },
  { cloud: 'gcp', name: 'a schedule that starts another', expected: 'fail', at: 'job', path: 'httpTarget.body', resources: [...fleet, job({ body: body('projects/mallory/global/instanceTemplates/x') })] },
  { cloud: 'gcp', name: 'a schedule that cannot be read', expected: 'unknown', at: 'job', path: 'httpTarget.body', resources: [...fleet, job({ body: '[secret]' })] },
  { cloud: 'gcp', name: 'a token for elsewhere', expected: 'fail', at: 'job', path: 'httpTarget.uri', resources: [...fleet, job({ uri: 'https://mallory.example/' })] },
  { cloud: 'gcp', name: 'a schedule as the deployer', expected: 'fail', at: 'job', path: 'httpTarget.oauthToken.serviceAccountEmail', resources: [...fleet, job({ oauthToken: { serviceAccountEmail: 'deploy@phi-inference-keys.iam.gserviceaccount.com' } })] },
];

const LATEST = { 'Fn::GetAtt': ['Host', 'LatestVersionNumber'] };
const group1 = (LaunchTemplate: object, more: object = {}) => ({ Key: key(), Host: launchTemplate(), Group: awsBody('AWS::AutoScaling::AutoScalingGroup', { LaunchTemplate, ...more } as never) });
const of = (Version: string | object | undefined) => group1({ LaunchTemplateId: { Ref: 'Host' }, Version } as object);
const fleetOf = (override: object) => ({ Key: key(), Host: launchTemplate(), Fleet: awsBody('AWS::EC2::EC2Fleet', { LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateId: { Ref: 'Host' }, Version: LATEST }, Overrides: [override] }] } as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'the version of the artifact', expected: 'pass', at: 'Group', resources: of(LATEST) },
  { cloud: 'aws', name: 'the newest version', expected: 'fail', at: 'Group', path: 'LaunchTemplate.Version', resources: of('$Latest') },
  { cloud: 'aws', name: 'the default version', expected: 'fail', at: 'Group', path: 'LaunchTemplate.Version', resources: of('$Default') },
  { cloud: 'aws', name: 'the default version by attribute', expected: 'fail', at: 'Group', resources: of({ 'Fn::GetAtt': ['Host', 'DefaultVersionNumber'] }) },
  { cloud: 'aws', name: 'no version', expected: 'fail', at: 'Group', resources: of(undefined) },
  { cloud: 'aws', name: 'a number', expected: 'unknown', at: 'Group', path: 'LaunchTemplate.Version', resources: of('1') },
  { cloud: 'aws', name: 'a template from elsewhere', expected: 'unknown', at: 'Group', path: 'LaunchTemplate', resources: group1({ LaunchTemplateId: 'lt-0123456789abcdef0', Version: '1' }) },
  { cloud: 'aws', name: 'a size laid over it', expected: 'pass', at: 'Fleet', resources: fleetOf({ InstanceType: 'm6i.4xlarge', Priority: 1 }) },
  { cloud: 'aws', name: 'an image laid over it', expected: 'fail', at: 'Fleet', path: 'LaunchTemplateConfigs[0].Overrides[0].ImageId', resources: fleetOf({ ImageId: 'ami-0aaaaaaaaaaaaaaaa' }) },
  { cloud: 'aws', name: 'no launch template', expected: 'silent', resources: { Key: key(), One: awsBody('AWS::EC2::Instance', { ImageId: 'ami-0123456789abcdef0' }) } },
];

export const cases: RuleCase[] = [...aws, ...gcp];
