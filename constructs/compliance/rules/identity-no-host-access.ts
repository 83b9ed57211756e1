import { hostRoles } from '../aws.js';
import { processesPhi } from '../phi.js';
import { identityRights } from '../prove/aws/rights.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** Ways into a running host, and ways to decide what the next one runs. */
const INTO = ['ssm:StartSession', 'ssm:SendCommand', 'ssm:StartAutomationExecution', 'ec2-instance-connect:SendSSHPublicKey', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', 'ec2-instance-connect:OpenTunnel', 'ec2:EnableSerialConsoleAccess', 'ec2:GetConsoleScreenshot', 'ec2:GetConsoleOutput', 'ec2:GetPasswordData'] as const;
const NEXT = ['ec2:ModifyInstanceAttribute', 'ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate', 'ec2:AssociateIamInstanceProfile', 'ec2:ReplaceIamInstanceProfileAssociation', 'ec2:ReplaceRootVolume', 'ec2:CreateReplaceRootVolumeTask', 'autoscaling:UpdateAutoScalingGroup', 'autoscaling:PutLifecycleHook', 'autoscaling:DeleteLifecycleHook', 'autoscaling:AttachInstances'] as const;
/** What a host does for itself admits any machine when somebody else does it. */
const ADMIT = 'autoscaling:CompleteLifecycleAction';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const hosts = new Set(hostRoles(deployment));
  if (hosts.size === 0) return;
  for (const { resource, can, holds } of identityRights(deployment)) {
    const ways = [...INTO, ...NEXT, ...(hosts.has(resource) ? [] : [ADMIT])].filter((action) => holds(action) && ['ec2', 'autoscaling', 'ssm'].some((service) => can(action, `arn:aws:${service}:us-east-1:000000000000:any/any`) || can(action, '*')));
    yield* outcomes(resource, ways.length === 0 ? true : fail('', `can log in to a host or decide what it runs: ${ways.slice(0, 4).join(', ')}${ways.length > 4 ? ` and ${ways.length - 4} more` : ''}`));
  }
};

export const rule = defineRule({
  id: 'identity-no-host-access',
  title: 'No identity logs in to a host of the TEE or decides what it runs',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.308(a)(5)(ii)(C)'],
  why: 'A host carries the sealed traffic of its enclave and asks for its key. Whoever opens a session on it, changes its launch template or admits a machine that did not attest stands in its place.',
  fix: {
    aws: 'Leave ssm:StartSession, ssm:SendCommand, EC2 Instance Connect, the serial console, launch templates, instance profiles and lifecycle actions of the fleet to the deployment role, or limit them to hosts that are not the TEE\'s.',
  },
  checks: { aws },
});
