import { lower } from '../azure.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Arm, armOf, listAt } from '../prove/azure/arm.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** What must be refused at deployment, by what a deny policy about it speaks of. */
const REFUSED: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['machines that are not confidential', /securityProfile\.securityType/i],
  ['extensions and run commands', /virtualMachines\/(extensions|runCommands)/i],
  ['vaults with access policies or a public network', /Microsoft\.KeyVault\/vaults\/?(enableRbacAuthorization|publicNetworkAccess|enablePurgeProtection)/i],
  ['storage accounts with a public network or shared keys', /storageAccounts\/(publicNetworkAccess|allowSharedKeyAccess|allowBlobPublicAccess)/i],
  ['public addresses', /Microsoft\.Network\/publicIPAddresses/i],
  ['security rules open to everybody', /securityRules/i],
  ['roles that change the gate', /roleAssignments\/roleDefinitionId|roleDefinitionId/i],
];

/** The deny policies that an assignment carries out, by id of what it assigns. */
function denied(deployment: Deployment, assignment: Resource, arm: Arm): readonly Value[] | Unknown {
  const id = arm.normal(assignment.properties['policyDefinitionId']);
  if (id === undefined) return new Unknown('which policy is assigned cannot be told');
  const name = id.split('/').at(-1);
  const own = (type: string, property: string, wanted: string | undefined): Resource | undefined => deployment.ofType(type).find((resource) => arm.text(resource.properties[property])?.toLowerCase() === wanted);
  const definition = own('azure-native:authorization:PolicyDefinition', 'policyDefinitionName', name);
  const set = own('azure-native:authorization:PolicySetDefinition', 'policySetDefinitionName', name);
  const members = set ? listAt(set.properties, 'policyDefinitions') : [];
  if (members instanceof Unknown) return members;
  const found = definition ? [definition] : members.map((member) => own('azure-native:authorization:PolicyDefinition', 'policyDefinitionName', arm.normal(at(member, 'policyDefinitionId'))?.split('/').at(-1))).filter((one) => one !== undefined);
  return found.filter(({ properties }) => lower(at(properties, 'policyRule.then.effect')) === 'deny').map(({ properties }) => at(properties, 'policyRule') ?? null);
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const rules: Value[] = [];
  const defects: Defect[] = [];
  for (const assignment of deployment.ofType('azure-native:authorization:PolicyAssignment')) {
    const carried = denied(deployment, assignment, arm);
    if (carried instanceof Unknown) { defects.push(unknown('', carried.reason)); continue; }
    if (carried.length === 0) continue;
    const outside = listAt(assignment.properties, 'notScopes');
    const off = lower(assignment.properties['enforcementMode']) === 'donotenforce';
    yield* outcomes(assignment, [
      ...(off ? [fail('enforcementMode', 'enforcementMode is DoNotEnforce: nothing is refused')] : []),
      ...(outside instanceof Unknown || outside.length > 0 ? [fail('notScopes', 'leaves out scopes: what is deployed there is not refused')] : []),
    ]);
    if (!off) rules.push(...carried);
  }
  const texts = rules.map((rule) => JSON.stringify(rule));
  const missing = REFUSED.filter(([, pattern]) => !texts.some((text) => pattern.test(text))).map(([what]) => what);
  for (const exemption of deployment.ofType('azure-native:authorization:PolicyExemption')) yield* outcomes(exemption, fail('', 'an exemption takes resources out of the guardrails'));
  yield* outcomes(deployment.root, missing.length === 0 ? true : defects.length > 0 ? defects : fail('', `no enforced deny policy against ${missing.join(', ')}`));
};

export const rule = defineRule({
  id: 'guardrails-enforced',
  title: 'Unsafe shapes are refused by the cloud itself',
  theme: 'confidential-vm',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.308(a)(8)'],
  why: 'What is checked before deployment can be changed after it, by hand or by another program. A deny policy refuses the change where it is made.',
  fix: { azure: 'Use Guardrails, or assign deny policies (enforcementMode Default, no notScopes, no exemptions) against plain machines, extensions, open vaults and accounts, public addresses, open security rules and gate-changing roles.' },
  checks: { azure },
});
