import { at, type Deployment, findUnknown, isList, isObject, type Resource, Unknown } from '../../model.js';
import { phiKeys } from '../../phi.js';
import type { GateChanger, KeyProof, Witness } from '../types.js';
import { armOf, touches } from './arm.js';
import { holders, guestAt, isGuest, waysIn } from './guests.js';
import { decideGuestRelease, type ReleaseDecision } from './release.js';
import { allows, type Grant, grantsOf } from './roles.js';

const KEYS = 'Microsoft.KeyVault/vaults/keys';

/** Operations of the HSM on a key that give plaintext or signatures to whoever may call them, attested or not. */
const USES: Readonly<Record<string, string>> = { decrypt: `${KEYS}/decrypt/action`, unwrapKey: `${KEYS}/unwrap/action`, sign: `${KEYS}/sign/action` };

/** Ways to change under which condition a key is released, per kind of resource that takes part in the gate. */
const CHANGES = {
  key: {
    // A restored key brings the release policy that it had.
    data: [`${KEYS}/update/action`, `${KEYS}/create/action`, `${KEYS}/import/action`, `${KEYS}/restore/action`, `${KEYS}/backup/action`],
    control: ['Microsoft.KeyVault/vaults/write', 'Microsoft.Authorization/roleAssignments/write'],
  },
  identity: {
    data: [],
    control: [
      'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
      'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write',
      'Microsoft.Authorization/roleAssignments/write',
    ],
  },
  authority: { data: [], control: ['Microsoft.Attestation/attestationProviders/write', 'Microsoft.Attestation/attestationProviders/attestation/write', 'Microsoft.Authorization/roleAssignments/write'] },
  guest: {
    data: [],
    control: [
      'Microsoft.Compute/virtualMachines/write', 'Microsoft.Compute/virtualMachineScaleSets/write', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write',
      'Microsoft.Compute/virtualMachines/runCommand/action', 'Microsoft.Compute/virtualMachines/runCommands/write', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/write',
      'Microsoft.Compute/virtualMachines/extensions/write', 'Microsoft.Compute/virtualMachineScaleSets/extensions/write', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/extensions/write',
      'Microsoft.Authorization/roleAssignments/write',
    ],
  },
} as const;

/** Independent guards of a release key. */
const GUARDS = ['policy', 'operations', 'principal', 'authority', 'vault', 'guest'] as const;
type Guard = (typeof GUARDS)[number];

/** A gate changer, and whether the workload file names it for that. */
export interface NamedChanger extends GateChanger {
  readonly named: boolean;
  readonly operation: string;
}

/** The full reasoning on one key, for the rules that need a part of it. */
export interface KeyReasoning {
  readonly key: Resource;
  readonly vault: Resource | undefined;
  readonly witnesses: readonly Witness[];
  readonly unknowns: readonly string[];
  readonly lost: ReadonlyMap<Guard, string>;
  readonly changers: readonly NamedChanger[];
  readonly release: ReleaseDecision;
  /** Identities that may ask for release. */
  readonly identities: readonly Resource[];
}

const reasoned = new WeakMap<Resource, KeyReasoning>();

export function proveKeys(deployment: Deployment): readonly KeyProof[] {
  return phiKeys(deployment).map((key) => {
    const { witnesses, unknowns, lost, changers } = reasonOn(deployment, key);
    const verdict = witnesses.length > 0 ? 'bypassable' : unknowns.length > 0 ? 'unknown' : 'gated';
    return {
      cloud: 'azure',
      key: key.id,
      verdict,
      witness: witnesses[0] ?? null,
      guards: { present: GUARDS.length - lost.size, expected: GUARDS.length },
      canChangeTheGate: [...changers.map(({ principal, via }) => ({ principal, via })), OUTSIDE],
      reasons: [...unknowns, ...[...lost].map(([guard, why]) => `guard lost: ${guard}: ${why}`)],
    };
  });
}

/** Holders that no artifact of the workload shows; said every time, so that nobody reads the list as complete. */
const OUTSIDE: GateChanger = {
  principal: 'holders of Owner, Contributor, User Access Administrator or Role Based Access Control Administrator at the subscription or above',
  via: 'role assignments outside this artifact, the deployment identity among them',
};

/** Everything about one PHI key; computed once. */
export function reasonOn(deployment: Deployment, key: Resource): KeyReasoning {
  const known = reasoned.get(key);
  if (known) return known;
  const arm = armOf(deployment);
  const witnesses: Witness[] = [];
  const unknowns: string[] = [];
  const lost = new Map<Guard, string>();
  const lose = (guard: Guard, why: string): void => { if (!lost.has(guard)) lost.set(guard, why); };

  const vault = arm.parent(key, 'azure-native:keyvault:Vault', 'vaultName');
  const keyId = arm.idOf(key);
  if (!vault) unknowns.push('the vault of the key is not in the artifact: its permission model and network are not known');
  if (keyId === undefined) unknowns.push('the key\'s id cannot be told, so neither can who holds roles on it');
  if (vault) judgeVault(vault, witnesses, unknowns, lose);

  const release = decideGuestRelease(deployment, key);
  unknowns.push(...release.unknowns);
  for (const leak of release.leaks) {
    witnesses.push({ principal: 'the identity that may ask for release', action: `${KEYS}/release/action`, attestation: leak.attestation, via: leak.via });
    lose(leak.kind === 'unbound' ? 'authority' : 'policy', leak.via);
  }
  if (release.unknowns.length > 0) lose('policy', release.unknowns[0] ?? '');
  if (!release.present) {
    witnesses.push({ principal: 'whoever may use the key', action: `${KEYS}/unwrap/action`, attestation: 'absent', via: 'the key has no release policy: nothing asks for an attestation' });
    lose('policy', 'the key has no release policy');
  }
  if (release.unverifiedBoot !== undefined) lose('policy', release.unverifiedBoot);
  for (const authority of release.authorities) {
    if (authority.kind === 'shared') lose('authority', 'the authority is shared by every tenant of the region');
    if (authority.kind === 'entra') lose('authority', `${authority.provider.name} has no policy signing certificate: its administrators can rewrite its policy`);
    if (authority.kind === 'unknown') lose('authority', authority.reason);
  }

  const exportable = at(key.properties, 'properties.attributes.exportable');
  const uses = judgeOperations(key, unknowns, lose);
  if (release.present && exportable !== true) {
    if (exportable instanceof Unknown) unknowns.push(`whether the key is exportable is unknown (${exportable.reason})`);
    else unknowns.push('the key is not exportable, so its release policy never applies: whatever uses it does so inside the HSM, without attestation');
    lose('operations', 'the key is not exportable');
  }

  const grants = keyId === undefined ? [] : grantsOf(deployment).filter((grant) => grant.scope === undefined || touches(grant.scope, keyId));
  const identities = judgePrincipals(deployment, keyId, grants, uses, release, witnesses, unknowns, lose);
  const guestsOfKey = judgeGuests(deployment, identities, release, witnesses, unknowns, lose);
  const changers = gateChangers(deployment, keyId, identities, guestsOfKey, release, unknowns);
  for (const changer of changers) {
    if (changer.named) continue;
    if (deployment.workload) witnesses.push({ principal: changer.principal, action: changer.operation, attestation: 'absent', via: changer.via });
    else unknowns.push(`${changer.principal} can change the gate (${changer.via}), and no workload file says whether it may`);
    lose('principal', changer.via);
  }

  const reasoning: KeyReasoning = { key, vault, witnesses, unknowns: [...new Set(unknowns)], lost, changers, release, identities };
  reasoned.set(key, reasoning);
  return reasoning;
}

function judgeVault(vault: Resource, witnesses: Witness[], unknowns: string[], lose: (guard: Guard, why: string) => void): void {
  const properties = vault.properties['properties'];
  if (properties instanceof Unknown) {
    unknowns.push(`the properties of vault ${vault.name} are unknown (${properties.reason})`);
    return;
  }
  const rbac = at(properties, 'enableRbacAuthorization');
  if (rbac instanceof Unknown) unknowns.push(`the permission model of vault ${vault.name} is unknown (${rbac.reason})`);
  else if (rbac !== true) {
    witnesses.push({ principal: `anyone with Contributor on ${vault.name}`, action: 'Microsoft.KeyVault/vaults/accessPolicies/write', attestation: 'absent', via: `vault ${vault.name} uses access policies: a Contributor grants itself update and release` });
    lose('vault', `vault ${vault.name} uses access policies`);
  }
  const access = at(properties, 'publicNetworkAccess');
  if (access instanceof Unknown) unknowns.push(`the network of vault ${vault.name} is unknown (${access.reason})`);
  else if (typeof access !== 'string' || access.toLowerCase() !== 'disabled') lose('vault', `vault ${vault.name} is reachable from public networks (publicNetworkAccess ${access === undefined ? 'absent, and so enabled' : JSON.stringify(access)})`);
  if (at(properties, 'enablePurgeProtection') !== true) lose('vault', `vault ${vault.name} has no purge protection`);
}

/** Operations that need the public half only, bring a key in, or are the release that the policy gates. */
const PUBLIC: ReadonlySet<string> = new Set(['encrypt', 'verify', 'wrapkey', 'import', 'release']);

/** The uses that the HSM performs for callers without attestation. */
function judgeOperations(key: Resource, unknowns: string[], lose: (guard: Guard, why: string) => void): readonly string[] {
  const operations = at(key.properties, 'properties.keyOps');
  const vague = operations instanceof Unknown ? operations : findUnknown(operations);
  if (vague) {
    unknowns.push(`the key's operations are unknown (${vague.reason})`);
    lose('operations', 'the key\'s operations are unknown');
    return Object.keys(USES);
  }
  // Absent or empty means every operation of the key's type.
  const named = isList(operations) && operations.length > 0 ? operations.map((operation) => (typeof operation === 'string' ? operation.toLowerCase() : '')) : undefined;
  const strange = named?.filter((operation) => !PUBLIC.has(operation) && !Object.keys(USES).some((use) => use.toLowerCase() === operation)) ?? [];
  if (strange.length > 0) unknowns.push(`what ${strange.join(', ') || 'an operation without a name'} does with the key is not known`);
  const uses = Object.keys(USES).filter((use) => named === undefined || named.includes(use.toLowerCase()));
  if (uses.length > 0) lose('operations', `the HSM performs ${uses.join(', ')} on the key without attestation${named === undefined ? ' (keyOps is absent, and so all operations)' : ''}`);
  return uses;
}

function judgePrincipals(
  deployment: Deployment, keyId: string | undefined, grants: readonly Grant[], uses: readonly string[], release: ReleaseDecision,
  witnesses: Witness[], unknowns: string[], lose: (guard: Guard, why: string) => void,
): readonly Resource[] {
  const identities = new Set<Resource>();
  for (const { assignment, scope, principal, role, roleName } of grants) {
    const via = `role assignment ${assignment.name} (${roleName} at ${scope ?? 'an unknown scope'})`;
    if (scope === undefined) unknowns.push(`the scope of role assignment ${assignment.name} cannot be told`);
    if (!role) {
      unknowns.push(`${assignment.name} assigns ${roleName}, which the kit cannot judge`);
      lose('principal', `${assignment.name} assigns a role that the kit cannot judge`);
      continue;
    }
    for (const use of uses) {
      const action = USES[use] ?? '';
      if (allows(role, 'data', action) && !isBreakGlass(deployment, principal.objectId)) {
        witnesses.push({ principal: principal.text, action, attestation: 'absent', via });
        lose('principal', via);
        break;
      }
    }
    if (!allows(role, 'data', `${KEYS}/release/action`) || isBreakGlass(deployment, principal.objectId)) continue;
    if (scope !== keyId) lose('principal', `${via}: wider than the key`);
    if (principal.identity) {
      identities.add(principal.identity);
      continue;
    }
    lose('principal', `${via}: not an identity of this deployment`);
    if (principal.kind === 'User' || principal.kind === 'Group') {
      if (!release.bound) witnesses.push({ principal: principal.text, action: `${KEYS}/release/action`, attestation: 'a confidential VM of its own that satisfies the policy', via });
      else unknowns.push(`${via}: a person or group may ask for release; only the bound measurement stands in the way`);
    } else unknowns.push(`${via}: the kit cannot tell which machine holds it`);
  }
  return [...identities];
}

function judgeGuests(deployment: Deployment, identities: readonly Resource[], release: ReleaseDecision, witnesses: Witness[], unknowns: string[], lose: (guard: Guard, why: string) => void): readonly Resource[] {
  const found = new Set<Resource>();
  for (const identity of identities) {
    const { certain, unsure } = holders(deployment, identity);
    for (const guest of unsure) unknowns.push(`the identities of ${guest.name} are unknown: it may hold ${identity.name}`);
    if (certain.length === 0 && unsure.length === 0) unknowns.push(`no machine of the artifact holds identity ${identity.name}`);
    for (const credential of deployment.ofType('azure-native:managedidentity:FederatedIdentityCredential')) {
      const of = armOf(deployment).parent(credential, 'azure-native:managedidentity:UserAssignedIdentity', 'resourceName');
      if (of !== identity && of !== undefined) continue;
      const via = `${credential.name} lets an outside workload take tokens of ${identity.name}`;
      lose('principal', via);
      if (!release.bound) witnesses.push({ principal: `the subject of ${credential.name}`, action: `${KEYS}/release/action`, attestation: 'a confidential VM of its own that satisfies the policy', via });
      else unknowns.push(via);
    }
    for (const guest of certain) {
      found.add(guest);
      const type = isGuest(guest) ? guestAt(guest, 'securityProfile.securityType') : undefined;
      if (type instanceof Unknown) unknowns.push(`whether ${guest.name} is confidential is unknown (${type.reason})`);
      else if (type !== 'ConfidentialVM') {
        const via = `${guest.name} holds ${identity.name} and is not confidential (securityType ${type === undefined ? 'absent' : JSON.stringify(type)})`;
        lose('guest', via);
        if (!release.bound) witnesses.push({ principal: `the operator of ${guest.name}`, action: `${KEYS}/release/action`, attestation: 'a confidential VM elsewhere, with the identity\'s token taken from this machine', via });
        else unknowns.push(via);
      }
      for (const way of isGuest(guest) ? waysIn(deployment, guest) : []) {
        lose('guest', way.via);
        if (way.status === 'open') witnesses.push({ principal: way.principal, action: way.action, attestation: `the valid attestation of ${guest.name}, from code that was put into it`, via: way.via });
        else unknowns.push(way.via);
      }
    }
  }
  return [...found];
}

function isBreakGlass(deployment: Deployment, objectId: string | undefined): boolean {
  const named = deployment.workload?.breakGlass?.azure;
  return objectId !== undefined && typeof named === 'string' && named.toLowerCase() === objectId;
}

/** Everyone in the artifact who can change the gate of a key, with the resource through which. */
function gateChangers(deployment: Deployment, keyId: string | undefined, identities: readonly Resource[], guestsOfKey: readonly Resource[], release: ReleaseDecision, unknowns: string[]): readonly NamedChanger[] {
  const arm = armOf(deployment);
  const parts: (readonly [kind: keyof typeof CHANGES, id: string | undefined, name: string])[] = [['key', keyId, 'the key']];
  for (const identity of identities) if (identity.type === 'azure-native:managedidentity:UserAssignedIdentity') parts.push(['identity', arm.idOf(identity), identity.name]);
  for (const authority of release.authorities) if ('provider' in authority) parts.push(['authority', arm.idOf(authority.provider), authority.provider.name]);
  for (const guest of guestsOfKey) parts.push(['guest', arm.idOf(guest), guest.name]);
  const changers = new Map<string, NamedChanger>();
  for (const { assignment, scope, principal, role, roleName } of grantsOf(deployment)) {
    for (const [kind, id, name] of parts) {
      if (id === undefined || (scope !== undefined && !touches(scope, id))) continue;
      if (scope === undefined || !role) {
        unknowns.push(`what ${assignment.name} allows on ${name} cannot be told`);
        continue;
      }
      const { data, control } = CHANGES[kind];
      const operation = data.find((action) => allows(role, 'data', action)) ?? control.find((action) => allows(role, 'control', action));
      if (operation === undefined) continue;
      const changer = { principal: principal.text, via: `${roleName} through ${assignment.name}, on ${name}`, named: isBreakGlass(deployment, principal.objectId) && scope === keyId, operation };
      if (!changers.has(assignment.id)) changers.set(assignment.id, changer);
    }
  }
  return [...changers.values()];
}

/** Whether a value is a vault's access policy list with entries: they take effect without role-based access. */
export function hasAccessPolicies(vault: Resource): boolean {
  const entries = at(vault.properties, 'properties.accessPolicies');
  return isList(entries) && entries.some(isObject);
}
