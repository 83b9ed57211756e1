import { guardrails as organisation } from '../aws-guardrails.js';
import { list } from '../aws.js';
import { guardrails as refuses, request } from '../azure-guardrails.js';
import { at, type Deployment, Unknown } from '../model.js';
import { allowsOnly, type Constraint, denies, enforced, guardrails } from '../gcp-guardrails.js';
import { text } from '../prove/gcp/names.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Projects whose images the workload file names. */
function imageProjects(deployment: Deployment): ReadonlySet<string> {
  const placement = deployment.workload?.clouds.gcp;
  return new Set(['projects/confidential-space-images', ...[placement?.image, placement?.gatewayImage].flatMap((image) => { const project = image?.split('/')[1]; return project === undefined ? [] : [`projects/${project}`]; })]);
}

const CONSTRAINTS: readonly Constraint[] = [
  { name: 'compute.restrictNonConfidentialComputing', on: 'workload', judge: denies('compute.googleapis.com') },
  { name: 'compute.requireShieldedVm', on: 'workload', judge: enforced },
  { name: 'compute.requireOsLogin', on: 'workload', judge: enforced },
  { name: 'compute.disableSerialPortAccess', on: 'workload', judge: enforced },
  { name: 'compute.trustedImageProjects', on: 'workload', judge: allowsOnly((value, deployment) => deployment.workload === null || imageProjects(deployment).has(value)) },
];

/** The built-in constraint takes any confidential type; the exact one needs a constraint of the organisation's own. */
const exactType: Check = function* (deployment) {
  if (!deployment.workload?.clouds.gcp) return;
  const constraints = deployment.ofType('gcp:orgpolicy/customConstraint:CustomConstraint').filter(({ properties }) => (text(properties['condition']) ?? '').includes('confidentialInstanceType'));
  const [custom] = constraints;
  if (!custom) {
    yield* outcomes(deployment.root, fail('', 'no custom constraint refuses other confidential types'));
    return;
  }
  const { confidentialType } = deployment.workload.clouds.gcp;
  const action = custom.properties['actionType'];
  const type = 'resource.confidentialInstanceConfig.confidentialInstanceType';
  const condition = (text(custom.properties['condition']) ?? '').replace(/\s/g, '').replaceAll('"', "'");
  const methods = list(custom.properties['methodTypes']);
  const types = list(custom.properties['resourceTypes']);
  const instances = types instanceof Unknown || types.includes('compute.googleapis.com/Instance');
  const refuses = instances && [`${type}!='${confidentialType}'`, `'${confidentialType}'!=${type}`, `!(${type}=='${confidentialType}')`].includes(condition) && !(methods instanceof Unknown) && methods.includes('CREATE');
  yield* outcomes(custom, action instanceof Unknown ? unknown('actionType', action.reason)
    : action === 'DENY' && refuses ? true : action === 'ALLOW' || !refuses ? fail('condition', `it does not refuse everything but ${confidentialType}`) : fail('actionType', 'it does not deny'));
  const name = text(custom.properties['name']);
  const set = deployment.ofType('gcp:orgpolicy/policy:Policy').filter(({ properties }) => name !== undefined && (text(properties['name']) ?? '').endsWith(`/policies/${name}`));
  if (set.length === 0) yield* outcomes(deployment.root, fail('', `no policy enforces ${name ?? 'the custom constraint'}`));
  for (const policy of set) yield* outcomes(policy, enforced(at(policy.properties, 'spec.rules[0]') ?? null, deployment) === null ? true : fail('spec.rules[0]', 'the custom constraint is not enforced'));
};

const builtIn = guardrails(CONSTRAINTS);

export const rule = defineRule({
  id: 'guardrail-compute',
  title: 'The cloud itself refuses machines that are not confidential, and code put into them',
  theme: 'confidential-vm',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(c)(1)'],
  why: 'What the code gets right today, a machine made by hand tomorrow may not: a policy above the workload refuses it at the API, whoever asks.',
  fix: {
    aws: 'Use organisationGuardrails(), attach its service control policy to the accounts of the workload (TargetIds), and except nobody but the deployment and break-glass roles from the Deny on iam:PassRole, iam:UpdateAssumeRolePolicy and iam:PutRolePolicy.',
    azure: 'Use Guardrails, or assign deny policies (enforcementMode Default, no notScopes, no exemptions) against machines whose securityType is not ConfidentialVM, and against extensions and run commands.',
    gcp: 'Use OrgGuardrails, or orgpolicy.Policy on the workload project: compute.restrictNonConfidentialComputing, requireShieldedVm, requireOsLogin, disableSerialPortAccess, trustedImageProjects, and a CustomConstraint on confidentialInstanceType.',
  },
  checks: {
    aws: organisation('iam:PassRole', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:AddRoleToInstanceProfile', 'ec2:RunInstances', 'ec2:ModifyInstanceAttribute'),
    azure: refuses([
      ['machines that are not confidential', [request('Microsoft.Compute/virtualMachines', { 'securityProfile.securityType': null }), request('Microsoft.Compute/virtualMachineScaleSets', { 'virtualMachineProfile.securityProfile.securityType': null })]],
      ['extensions and run commands', ['virtualMachines/extensions', 'virtualMachines/runCommands', 'virtualMachineScaleSets/extensions'].map((type) => request(`Microsoft.Compute/${type}`, {}, false))],
    ]),
    gcp: function* (deployment) {
      yield* builtIn(deployment);
      yield* exactType(deployment);
    },
  },
});
