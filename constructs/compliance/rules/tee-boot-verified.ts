import { flag, hostValue, teeHosts } from '../aws.js';
import { judgeBoot } from '../prove/aws/boot.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const host of teeHosts(deployment)) {
    if (flag(hostValue(deployment, host, 'EnclaveOptions.Enabled')) !== true) continue;
    const path = `${host.prefix}UserData`;
    const script = hostValue(deployment, host, 'UserData');
    if (script instanceof Unknown) yield* outcomes(host.resource, unknown(path, `the boot script is not in the artifact: ${script.reason}`));
    else if (typeof script !== 'string' || script.trim() === '') yield* outcomes(host.resource, unknown(path, 'no boot script: what starts the enclave is in the machine image'));
    else yield* outcomes(host.resource, judgeBoot(script, deployment.workload, (name) => deployment.target(name)?.type === 'AWS::EC2::VPCEndpoint').map(({ certain, message }) => (certain ? fail : unknown)(path, message)));
  }
};

export const rule = defineRule({
  id: 'tee-boot-verified',
  title: 'The host starts the approved image only, and joins only when it runs',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(c)(2)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'The boot script decides which image file the host starts, in which mode, and whether the fleet counts it in. An edit of one line turns debug mode on or the check of the hash off.',
  fix: {
    aws: 'Use EnclaveFleet. A script of your own is not decided: check it yourself and exempt the rule.',
  },
  checks: { aws },
});
