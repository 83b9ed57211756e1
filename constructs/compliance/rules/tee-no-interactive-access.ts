import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-no-interactive-access',
  title: 'Nobody logs in to the TEE or its host',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(5)(ii)(C)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'A shell, an agent or a serial console on the host (or inside the VM) is a way around every other control.',
  fix: {
    aws: 'Use EnclaveFleet, or set no KeyName and attach no Session Manager, CodeDeploy or Run Command policy to the role of the instances.',

    azure: 'Use ConfidentialVm in sealed mode: disablePasswordAuthentication, provisionVMAgent false or allowExtensionOperations false, no extensions, no run command, no boot diagnostics console.',

    gcp: 'Use ConfidentialSpace, or metadata enable-oslogin TRUE, block-project-ssh-keys TRUE and serial-port-enable FALSE.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
