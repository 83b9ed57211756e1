import { tee, temporaryFolder } from '../cli-fixture.js';

const { root, write } = temporaryFolder();

/** Text that breaks formats which do not quote. */
export const NASTY = 'a<b>&"c",\n=1+1\u0007é';

const open = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };
/** An assembly with findings: one exempt, one in a resource whose source line is recorded. */
write('app/manifest.json', {
  version: '36.0.0',
  artifacts: {
    Stack: {
      type: 'aws:cloudformation:stack', environment: 'aws://111122223333/us-east-1', properties: { templateFile: 'Stack.template.json' },
      metadata: { '/Stack/Group': [{ type: 'aws:cdk:logicalId', data: 'Group', trace: [`new Group (${process.cwd()}/lib/my stack.ts:12:5)`] }] },
    },
  },
});
write('app/Stack.template.json', {
  Resources: {
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: NASTY, SecurityGroupIngress: [open] } },
    Exempt: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'x', SecurityGroupIngress: [open], SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/8' }] } },
    [`Trail`]: { Type: 'AWS::CloudTrail::Trail', Properties: { IsLogging: true, S3BucketName: 'elsewhere', EnableLogFileValidation: true, IsMultiRegionTrail: true } },
  },
});
const exemptions = write('exemptions.json', [{ rule: 'network-no-open-ingress', resource: 'Stack/Exempt', reason: `until then ${NASTY}`, owner: 'a', approver: 'b', expiry: '2999-01-01' }]);

export const APP = `${root}/app`;

/** The output of `tee-kit check` in one format. */
export async function formatted(format: string): Promise<string> {
  const { out, code, err } = await tee('check', APP, '--exemptions', exemptions, '--format', format);
  if (code !== 1) throw new Error(`check ended with ${code}: ${err}`);
  return out;
}
