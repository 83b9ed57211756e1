import { flag } from '../aws.js';
import { KEY } from '../azure.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { allKeys, phiKeys, processesPhi } from '../phi.js';
import { analyseSupportKeys } from '../prove/aws/support-keys.js';
import { armOf, listAt, touches } from '../prove/azure/arm.js';
import { holders } from '../prove/azure/guests.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { grantsOn, permits } from '../prove/gcp/iam.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, accesses } of analyseSupportKeys(deployment)) {
    yield* outcomes(key, accesses.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('KeyPolicy', `${principal} can call ${action} via ${via}`)));
  }
};

const KEYS = 'Microsoft.KeyVault/vaults/keys';
const USE = ['decrypt/action', 'unwrap/action', 'sign/action', 'release/action'].map((action) => `${KEYS}/${action}`);
const CHANGE = ['update/action', 'create/action', 'import/action', 'restore/action', 'backup/action', 'delete', 'purge/action'].map((action) => `${KEYS}/${action}`);
const CONTROL = ['Microsoft.KeyVault/vaults/write', 'Microsoft.Authorization/roleAssignments/write'];

/** Private uses of a key that no service of the provider needs. */
const BEYOND: ReadonlySet<string> = new Set(['decrypt', 'sign']);

/** Who else takes tokens of a service's identity. */
function borrowers(deployment: Deployment, identity: Resource): string[] {
  const arm = armOf(deployment);
  return [
    ...holders(deployment, identity).certain.map(({ name }) => `${name} runs with ${identity.name}`),
    ...deployment.ofType('azure-native:managedidentity:FederatedIdentityCredential')
      .filter((credential) => (arm.parent(credential, identity.type, 'resourceName') ?? identity) === identity)
      .map(({ name }) => `${name} lets an outside workload act as ${identity.name}`),
  ];
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const { workload } = deployment;
  const breakGlass = workload?.breakGlass.azure?.toLowerCase();
  const orchestrator = workload?.clouds.azure?.confidentialVmOrchestrator.toLowerCase();
  const administrators = new Set((workload?.keyAdministrators.azure ?? []).map((one) => one.toLowerCase()));
  const phi = new Set(phiKeys(deployment));
  const matters = [...CHANGE, ...USE];
  const grants = grantsOf(deployment).filter(({ role, scope }) => !role || scope === undefined || matters.some((action) => allows(role, 'data', action)) || CONTROL.some((action) => allows(role, 'control', action)));
  for (const key of deployment.ofType(KEY)) {
    if (phi.has(key)) continue;
    const id = arm.idOf(key);
    const exportable = at(key.properties, 'properties.attributes.exportable');
    if (exportable !== undefined && exportable !== null && flag(exportable) !== false && (at(key.properties, 'properties.releasePolicy') ?? null) === null) {
      yield* outcomes(key, (exportable instanceof Unknown ? unknown : fail)('properties.attributes.exportable', 'it may leave the vault, and no release policy says for whom'));
    }
    // Absent means every operation, and then only the roles decide.
    const uses = listAt(key.properties, 'properties.keyOps');
    const more = uses instanceof Unknown ? [] : uses.flatMap((use) => (typeof use === 'string' && BEYOND.has(use.toLowerCase()) ? [use] : []));
    if (more.length > 0) yield* outcomes(key, fail('properties.keyOps', `keyOps has ${more.join(', ')}: disks, stores and logs only wrap and unwrap`));
    yield* outcomes(key, grants.flatMap(({ assignment, scope, role, roleName, principal }) => {
      if (id === undefined || (scope !== undefined && !touches(scope, id)) || (principal.objectId !== undefined && principal.objectId === breakGlass)) return [];
      if (scope === undefined || !role) return [unknown('', `${assignment.name} assigns ${roleName}: what it allows on the key cannot be told`)];
      const uses = USE.filter((action) => allows(role, 'data', action));
      const changes = [...CHANGE.filter((action) => allows(role, 'data', action)), ...CONTROL.filter((action) => allows(role, 'control', action))];
      const service = principal.identity?.type === 'azure-native:managedidentity:UserAssignedIdentity' || (principal.objectId !== undefined && principal.objectId === orchestrator);
      const named = principal.objectId !== undefined && administrators.has(principal.objectId);
      return [
        ...(uses.length > 0 && !service ? [(workload ? fail : unknown)('', `${principal.text} may ${uses.join(', ')}, by ${roleName} through ${assignment.name}`)] : []),
        ...(uses.length > 0 && principal.identity ? borrowers(deployment, principal.identity).map((via) => fail('', `${via}, which may ${uses.join(', ')}`)) : []),
        ...(uses.length > 0 && service && scope !== id ? [fail('', `${roleName} through ${assignment.name} is wider than the key`)] : []),
        ...(changes.length > 0 && !named ? [(workload ? fail : unknown)('', `${principal.text} may ${changes.slice(0, 2).join(', ')}, by ${roleName} through ${assignment.name}`)] : []),
      ];
    }));
  }
};

/** Agents of Google's own services: one account per service and project, which no customer can act as. */
const AGENT = /^serviceAccount:[^@]+@(compute-system|gs-project-accounts|gcp-sa-[a-z0-9-]+)\.iam\.gserviceaccount\.com$/;

const gcp: Check = function* (deployment) {
  const phi = new Set(phiKeys(deployment));
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    if (phi.has(key)) continue;
    yield* outcomes(key, grantsOn(deployment, key).flatMap(({ scope, role, members, source, unreadable }): Defect[] => {
      if (unreadable !== null) return [unknown('', `${source.name}: ${unreadable}`)];
      const use = permits(deployment, role, 'decrypt');
      if (use === 'no' || members.length === 0) return [];
      if (use === 'unknown') return scope === 'key' || scope === 'ring' ? [unknown('', `what ${role} permits ${members.join(', ')} is not in the artifact`)] : [];
      return members.filter((member) => !AGENT.test(member)).map((member) => (member.includes('${') ? unknown : fail)('', `${member} may decrypt, by ${role} on the ${scope} through ${source.name}`));
    }));
  }
};

export const rule = defineRule({
  id: 'service-key-access-limited',
  title: 'Keys of disks, stores and logs are used by their service only',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(iv)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'Whoever may use the key of a disk, a store or a log reads what lies under it; whoever may change or delete it reads it later or destroys it. A key that every policy of the account opens adds nothing to the access control of the data.',
  fix: {
    aws: 'Use ServiceKey, or name the principals in KeyPolicy, and bind those of services to kms:ViaService or aws:SourceAccount; leave out the account root.',
    azure: 'Use OsDiskKey and ServiceKey; assign Crypto Service Encryption User at key scope to the service\'s own identity and Crypto Service Release User to the Confidential VM Orchestrator of the workload file, nothing else.',
    gcp: 'Use CmekKeys, or bind roles/cloudkms.cryptoKeyEncrypterDecrypter on the key to the agent of its service (…@gs-project-accounts, …@compute-system, …@gcp-sa-…) and to nobody on the ring or the project.',
  },
  checks: { aws, azure, gcp },
});
