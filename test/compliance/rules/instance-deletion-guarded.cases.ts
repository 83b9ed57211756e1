import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { vm } from '../gcp-fixture.js';

const balancer = (...LoadBalancerAttributes: object[]) => ({ Front: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { LoadBalancerAttributes } as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a guarded load balancer', expected: 'pass', at: 'Front', resources: balancer({ Key: 'deletion_protection.enabled', Value: 'true' }) },
  { cloud: 'aws', name: 'a load balancer by default', expected: 'fail', at: 'Front', path: 'LoadBalancerAttributes', resources: balancer() },
  { cloud: 'aws', name: 'a guarded machine', expected: 'pass', at: 'Box', resources: { Box: body('AWS::EC2::Instance', { DisableApiTermination: true }) } },
  { cloud: 'aws', name: 'a machine by default', expected: 'fail', at: 'Box', path: 'DisableApiTermination', resources: { Box: body('AWS::EC2::Instance', {}) } },
  { cloud: 'aws', name: 'a value that is not known', expected: 'unknown', at: 'Front', resources: balancer({ Key: 'deletion_protection.enabled', Value: { Ref: 'P' } }) },
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'guarded', expected: 'pass', resources: [vm({ deletionProtection: true })] },
  { cloud: 'gcp', name: 'by default', expected: 'fail', at: 'vm', path: 'deletionProtection', resources: [vm()] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'vm', path: 'deletionProtection', resources: [vm({ deletionProtection: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...gcp];
