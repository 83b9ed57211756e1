import { firewallHoles, KEY, VAULT, wants, wantsOneOf } from '../azure.js';
import { at, type Deployment, type Resource } from '../model.js';
import { phiKeys, processesPhi } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { hasAccessPolicies } from '../prove/azure/keys.js';
import { type Check, type Defect, defineRule, fail, outcomes } from '../rule.js';

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  for (const [type, why] of BESIDE) for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', why));
  const phi = new Set(phiKeys(deployment).map((key) => (key.type === KEY ? arm.parent(key, VAULT, 'vaultName') : undefined)));
  for (const vault of deployment.ofType(VAULT)) {
    yield* outcomes(vault, [
      ...wants(at(vault.properties, 'properties.enableRbacAuthorization'), 'properties.enableRbacAuthorization', true, 'access policies hold: whoever may write the vault gives itself every key', false),
      ...tenantOf(deployment, vault),
      ...(hasAccessPolicies(vault) ? [fail('properties.accessPolicies', 'access policies stand ready: they take effect when the vault leaves RBAC')] : []),
      // Storage and disk encryption reach a vault of infrastructure keys as services of Azure.
      ...firewallHoles(vault, 'properties.networkAcls', phi.has(vault) ? 'None' : 'AzureServices'),
      ...[['enabledForDeployment', 'virtual machines take secrets from the vault'], ['enabledForTemplateDeployment', 'every template deployment reads the vault'], ['enabledForDiskEncryption', 'disk encryption of Azure takes keys and secrets']]
        .flatMap(([name = '', why = '']) => wants(at(vault.properties, `properties.${name}`), `properties.${name}`, false, why, false)),
    ]);
  }
};

/** Tokens of which directory the vault takes. */
function tenantOf(deployment: Deployment, vault: Resource): Defect[] {
  const own = deployment.workload?.clouds.azure?.tenant;
  return own === undefined ? [] : wantsOneOf(at(vault.properties, 'properties.tenantId'), 'properties.tenantId', [own], 'the vault takes the tokens of another directory than the workload file names');
}

/** Approvals and entries that stand beside the vault they open. */
const BESIDE: readonly (readonly [type: string, why: string])[] = [
  ['azure-native:keyvault:AccessPolicy', 'an access policy stands ready: it takes effect when the vault leaves RBAC'],
  ['azure-native:keyvault:PrivateEndpointConnection', 'approves a private endpoint that this artifact does not show'],
];

export const rule = defineRule({
  id: 'key-vault-closed',
  title: 'A vault makes no exceptions',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'Services of Azure, addresses and template deployments that are let through reach the keys past the private endpoint; access policies and another directory let in people whom no role names.',
  fix: { azure: 'Use KeyVault, or enableRbacAuthorization true, tenantId of the workload file, networkAcls with bypass None (AzureServices for infrastructure keys only), defaultAction Deny and empty rules, and enabledForDeployment, enabledForTemplateDeployment and enabledForDiskEncryption false.' },
  checks: { azure },
});
