import { text } from '../aws.js';
import { type Deployment, type Resource, Unknown } from '../model.js';
import { tagsOf } from '../phi.js';
import { within } from '../prove/aws/flows.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** What belongs to the network itself, or is judged as a host of the TEE. */
const NETWORK = /^AWS::EC2::(?!NetworkInterface|InstanceConnectEndpoint|SpotFleet|EC2Fleet|ClientVpn)|^AWS::(AutoScaling|ElasticLoadBalancingV2|Route53Resolver|IAM|KMS|CloudFormation|RAM)::/;

/** Subnets and security groups of the segments whose purpose is a TEE. */
function places(deployment: Deployment): readonly Resource[] {
  const segments = Object.entries(deployment.workload?.segments ?? {}).filter(([, segment]) => segment?.purpose === 'tee');
  return [...deployment.ofType('AWS::EC2::Subnet'), ...deployment.ofType('AWS::EC2::SecurityGroup')].filter((resource) => {
    const tags = tagsOf(resource);
    const tag = tags instanceof Unknown ? undefined : tags['phi-segment'];
    return segments.some(([name, { cidr }]) => tag === name || within(text(resource.properties['CidrBlock']), cidr));
  });
}

const aws: Check = function* (deployment) {
  const segment = places(deployment);
  if (segment.length === 0) return;
  let clean = true;
  for (const resource of deployment.resources) {
    if (NETWORK.test(resource.type)) continue;
    const place = segment.find((one) => deployment.refersTo(resource.properties, one));
    if (!place) continue;
    clean = false;
    yield* outcomes(resource, fail('', `stands in ${place.name}, a place of attested hosts`));
  }
  if (clean) yield* outcomes(deployment.root, true);
};

export const rule = defineRule({
  id: 'tee-segment-exclusive',
  title: 'Only TEE hosts stand in a segment of the TEE',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)'],
  why: 'The segment\'s rules let attested workloads reach the stores. A function or container that joins the segment gets the same paths without being measured.',
  fix: {
    aws: 'Move it to a segment of its own in the workload file, and let a flow lead to it where it is needed.',
  },
  checks: { aws },
});
