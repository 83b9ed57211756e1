import type { RuleCase } from '../rule-case.js';
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

export const cases: RuleCase[] = gcp;
