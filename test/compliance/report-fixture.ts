import { proveReport } from '../../constructs/compliance/cli/prove';
import { evaluate } from '../../constructs/compliance/evaluate';
import type { Value } from '../../constructs/compliance/model';
import { templateDeployment } from '../../constructs/compliance/read/artifacts';
import { RULES } from '../../constructs/compliance/registry';
import type { Gathered } from '../../constructs/compliance/report/model';

/** A PHI stack of many resources, nearly every one with a finding: groups open to the world, keys without a gate, public buckets. */
export function reportInput(resources: number): Gathered {
  const tags = [{ Key: 'phi-classification', Value: 'phi' }];
  const bodies: Record<string, Value> = {};
  for (let index = 0; index < resources; index++) {
    const group = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: `group ${index}`, VpcId: 'vpc-0a1b2c3d', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' }], Tags: tags } };
    const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: `bucket-${index}`, Tags: tags } };
    bodies[`Resource${index}`] = index % 3 === 0 ? bucket : group;
  }
  const deployment = templateDeployment([{ stack: 'large', file: 'large.template.json', template: { Resources: bodies } }], { today: '2026-11-25' });
  return {
    deployments: [deployment], inputs: [{ file: 'large.template.json', sha256: '0'.repeat(64) }], ignored: [], exemptions: [], rules: RULES, today: '2026-11-25', version: '0.0.0',
    evaluation: evaluate([deployment], { rules: RULES }), proved: proveReport([deployment]),
  };
}
