import { proveReport } from '../../../constructs/compliance/cli/prove.js';
import type { Value } from '../../../constructs/compliance/model.js';
import { pulumiDeployments } from '../../../constructs/compliance/read/artifacts.js';

/** A small program of somebody else's: what a preview shows of it depends on what exists already. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const urn = (type: string, name: string): string => `urn:pulumi:prod::clinic::clinic:index:Tee$${type}::${name}`;
const KEY = urn('azure-native:keyvault:Key', 'key');
const IDENTITY = urn('azure-native:managedidentity:UserAssignedIdentity', 'app');
const OTHER = urn('azure-native:managedidentity:UserAssignedIdentity', 'other');
const VAULT = urn('azure-native:keyvault:Vault', 'vault');
const GROUP = 'rg';
const ID = (rest: string): string => `/subscriptions/0a/resourceGroups/${GROUP}/providers/Microsoft.${rest}`;
const OBJECT = '77777777-0000-4000-8000-000000000001';

const policy = (claims: readonly (readonly [string, Value])[]): Value => ({
  contentType: 'application/json; charset=utf-8',
  data: Buffer.from(JSON.stringify({ version: '1.0.0', anyOf: [{ authority: 'https://clinicmaa.eus.attest.azure.net', allOf: claims.map(([claim, equals]) => ({ claim, equals })) }] })).toString('base64url'),
});
const CLAIMS = [
  ['x-ms-isolation-tee.x-ms-attestation-type', 'sevsnpvm'], ['x-ms-isolation-tee.x-ms-compliance-status', 'azure-compliant-cvm'], ['x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable', false],
] as const;

interface Told { readonly scope: string; readonly principalId: string; readonly identity: string; readonly dependencies?: Value; readonly outputs?: Value; readonly keyId?: string }

/** The preview of a key that one machine's identity may have released. */
function preview({ scope, principalId, identity, dependencies, outputs, keyId }: Told, releasePolicy: Value = policy(CLAIMS)): Value {
  const step = (of: string, inputs: Value, more: object = {}): Value => ({ op: 'create', urn: of, newState: { urn: of, type: of.split('$')[1]?.split('::')[0] ?? '', inputs, ...more } }) as unknown as Value;
  const named = { resourceGroupName: GROUP, location: 'eastus' };
  return { steps: [
    step(VAULT, { ...named, vaultName: 'kv', properties: { sku: { name: 'premium' }, enableRbacAuthorization: true, enablePurgeProtection: true, publicNetworkAccess: 'Disabled' } }),
    step(KEY, { resourceGroupName: GROUP, vaultName: 'kv', keyName: 'phi', properties: { kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey'], attributes: { exportable: true }, ...(releasePolicy === null ? {} : { releasePolicy }) } }, keyId === undefined ? {} : { id: keyId }),
    step(urn('azure-native:attestation:AttestationProvider', 'maa'), { ...named, providerName: 'clinicmaa', properties: { publicNetworkAccess: 'Disabled', policySigningCertificates: { keys: [{ kty: 'RSA', alg: 'RS256', x5C: ['MII'] }] } } }),
    step(IDENTITY, { ...named, resourceName: 'id-app' }, outputs === undefined ? {} : { outputs, id: ID('ManagedIdentity/userAssignedIdentities/id-app') }),
    step(OTHER, { ...named, resourceName: 'id-other' }),
    step(urn('azure-native:compute:VirtualMachine', 'vm'), {
      ...named, vmName: 'vm', identity: { type: 'UserAssigned', userAssignedIdentities: [identity] }, hardwareProfile: { vmSize: 'Standard_DC4as_v5' },
      securityProfile: { securityType: 'ConfidentialVM', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } }, osProfile: { allowExtensionOperations: false, linuxConfiguration: { disablePasswordAuthentication: true, provisionVMAgent: false } },
    }, { propertyDependencies: { identity: [IDENTITY] } }),
    step(urn('azure-native:authorization:RoleAssignment', 'grant'), { scope, principalId, principalType: 'ServicePrincipal', roleDefinitionId: '/providers/Microsoft.Authorization/roleDefinitions/08bbd89e-9f13-488c-ac41-acfcb10c90ab' }, dependencies === undefined ? {} : { propertyDependencies: dependencies }),
  ] };
}

const verdictOf = (document: Value): string | undefined => proveReport(pulumiDeployments(document, 'preview.json', { today: '2026-11-26' })).keys[0]?.verdict;

const FROM = { scope: [KEY], principalId: [IDENTITY] };
const UNTOLD = { scope: UNKNOWN, principalId: UNKNOWN, identity: UNKNOWN };

test.each<[string, Told, string]>([
  ['nothing exists yet', { ...UNTOLD, dependencies: FROM }, 'gated'],
  ['everything exists', { scope: ID('KeyVault/vaults/kv/keys/phi'), principalId: OBJECT, identity: ID('ManagedIdentity/userAssignedIdentities/id-app'), outputs: { principalId: OBJECT } }, 'gated'],
  ['an object id whose origin alone is told', { scope: ID('KeyVault/vaults/kv/keys/phi'), principalId: OBJECT, identity: UNKNOWN, dependencies: FROM }, 'gated'],
  ['short ids of a stand-in engine', { scope: 'key_id', principalId: UNKNOWN, identity: 'app_id', keyId: 'key_id', dependencies: FROM }, 'gated'],
  ['an unknown that came of nothing', { ...UNTOLD }, 'unknown'],
  ['an unknown that came of two', { ...UNTOLD, dependencies: { scope: [KEY, VAULT], principalId: [IDENTITY] } }, 'unknown'],
  ['an identity out of two', { ...UNTOLD, dependencies: { scope: [KEY], principalId: [IDENTITY, OTHER] } }, 'unknown'],
  ['an unknown that came of a resource that is not shown', { ...UNTOLD, dependencies: { scope: [KEY.replace('::key', '::gone')], principalId: [IDENTITY] } }, 'unknown'],
  ['an object id of somebody else', { scope: ID('KeyVault/vaults/kv/keys/phi'), principalId: OBJECT, identity: UNKNOWN }, 'unknown'],
])('%s: %#', (_, told, verdict) => {
  expect(verdictOf(preview(told))).toBe(verdict);
  // Logical names may have dots, as those of DNS zones do.
  const dotted: unknown = JSON.parse(JSON.stringify(preview(told)).replaceAll('::key"', '::phi.key"').replaceAll('::vault"', '::kv.example"'));
  expect(verdictOf(dotted as Value)).toBe(verdict);
});

test('a key that loses its release policy is still one of PHI', () => {
  const report = proveReport(pulumiDeployments(preview({ ...UNTOLD, dependencies: FROM }, null), 'preview.json', { today: '2026-11-26' }));
  expect(report.keys).toMatchObject([{ verdict: 'bypassable' }]);
});
