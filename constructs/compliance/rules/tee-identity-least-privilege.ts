import { covers, hostRoles, hostValue, isAllow, list, type PolicyStatement, rolePolicies, shown, statements, teeHosts } from '../aws.js';
import { teeGuests } from '../azure.js';
import { at, type Resource, strings, Unknown } from '../model.js';
import { phiKeys, processesPhi } from '../phi.js';
import { armOf, userAssignedIdentities } from '../prove/azure/arm.js';
import { allows, type Grant, grantsOf } from '../prove/azure/roles.js';
import { machines, runsConfidentialSpace } from '../gcp.js';
import { bindingsOf, customPermissions } from '../prove/gcp/iam.js';
import { impersonators } from '../prove/gcp/keys.js';
import { emailOf } from '../prove/gcp/names.js';
import { networkOf } from '../prove/gcp/network.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** AWS-managed policies that give more than one workload needs. */
const BROAD = /:aws:policy\/(.*\/)?(AdministratorAccess|PowerUserAccess|IAMFullAccess|.*FullAccess|ReadOnlyAccess|SecurityAudit|.*PowerUser)$/;
/** Actions with which an identity makes itself another one. */
const ESCALATIONS = ['iam:PassRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:CreatePolicyVersion', 'iam:CreateAccessKey', 'kms:PutKeyPolicy', 'kms:CreateGrant', 'lambda:UpdateFunctionCode', 'ssm:SendCommand'];
/** Whether a statement lets the identity become any role, or any of another account. */
const assumesAny = (statement: PolicyStatement): boolean => statement.actions.some((pattern) => covers(pattern, 'sts:AssumeRole')) && (statement.notResources || statement.resources.some((text) => /[*?]/.test(text)));

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const profiles = deployment.ofType('AWS::IAM::InstanceProfile');
  for (const host of teeHosts(deployment)) {
    const profile = hostValue(deployment, host, 'IamInstanceProfile');
    const known = profile === undefined || profiles.some((one) => deployment.refersTo(profile, one) || [...strings(profile)].some((name) => typeof one.properties['InstanceProfileName'] === 'string' && (name === one.properties['InstanceProfileName'] || name.endsWith(`/${one.properties['InstanceProfileName']}`))));
    if (!known) yield* outcomes(host.resource, unknown(`${host.prefix}IamInstanceProfile`, `the profile ${shown(profile)} is not in the artifact, so what the host may do is not known`));
  }
  for (const role of hostRoles(deployment)) {
    const managed = list(role.properties['ManagedPolicyArns']);
    const broad = managed instanceof Unknown ? [unknown('ManagedPolicyArns', managed.reason)]
      : managed.flatMap((arn, index) => (arn instanceof Unknown ? [unknown(`ManagedPolicyArns[${index}]`, arn.reason)] : typeof arn === 'string' && BROAD.test(arn) ? [fail(`ManagedPolicyArns[${index}]`, `attaches ${arn}`)] : []));
    yield* outcomes(role, broad);
    for (const { resource, path, document } of rolePolicies(deployment, role)) {
      const all = statements(document, path);
      if (all instanceof Unknown) {
        yield* outcomes(resource, unknown(path, `the policy is not known: ${all.reason}`));
        continue;
      }
      yield* outcomes(resource, all.filter(isAllow).flatMap((statement) => {
        if (statement.notActions) return [fail(statement.path, 'NotAction allows every action that is not named')];
        const wild = statement.actions.filter((action) => action === '*' || /^[\w-]+:\*$/.test(action));
        const escalations = ESCALATIONS.filter((action) => statement.actions.some((pattern) => covers(pattern, action)));
        return [
          ...(wild.length === 0 && assumesAny(statement) ? [fail(statement.path, `may assume ${shown(statement.resources.join(', '))}`)] : []),
          ...(wild.length > 0 ? [fail(statement.path, `allows ${shown(wild.join(', '))}`)] : []),
          ...(wild.length === 0 && escalations.length > 0 ? [fail(statement.path, `allows ${escalations.join(', ')}: the identity can make itself another one`)] : []),
        ];
      }));
    }
  }
};

/** Scopes below which everything of a kind lies, and what the narrow scope is. */
const WIDE: readonly (readonly [scope: RegExp, narrow: string])[] = [
  [/^$|^\/providers\/microsoft\.management\//, 'a resource'], [/^\/subscriptions\/[^/]+$/, 'a resource'], [/\/resourcegroups\/[^/]+$/, 'a resource'],
  [/\/microsoft\.keyvault\/vaults\/[^/]+$/, 'one key'], [/\/microsoft\.storage\/storageaccounts\/[^/]+$/, 'one container'],
];
/** Rights over keys that let the holder use or change them without attestation. */
const KEY_RIGHTS = ['decrypt/action', 'unwrap/action', 'sign/action', 'encrypt/action', 'wrap/action', 'update/action', 'create/action', 'import/action', 'backup/action', 'delete', 'purge/action'].map((action) => `Microsoft.KeyVault/vaults/keys/${action}`);
/** Rights with which an identity makes itself another one, or changes what guards it. */
const CONTROL = ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.KeyVault/vaults/write', 'Microsoft.Compute/virtualMachines/write', 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', 'Microsoft.ManagedIdentity/userAssignedIdentities/write', 'Microsoft.Storage/storageAccounts/write', 'Microsoft.Storage/storageAccounts/listkeys/action', 'Microsoft.Network/networkSecurityGroups/write', 'Microsoft.Attestation/attestationProviders/write', 'Microsoft.Attestation/attestationProviders/attestation/write', 'Microsoft.Insights/diagnosticSettings/write', 'Microsoft.OperationalInsights/workspaces/write', 'Microsoft.Resources/deployments/write'];
const BLOB_OWNERSHIP = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/manageOwnership/action';

function broad({ role, scope, roleName }: Grant): readonly Defect[] {
  if (!role) return [unknown('roleDefinitionId', `${roleName} is not known to the kit: what it allows cannot be told`)];
  if (scope === undefined) return [unknown('scope', 'the scope cannot be told')];
  const control = CONTROL.filter((action) => allows(role, 'control', action));
  const keys = KEY_RIGHTS.filter((action) => allows(role, 'data', action));
  const wide = WIDE.find(([pattern]) => pattern.test(scope));
  return [
    ...(control.length > 0 ? [fail('roleDefinitionId', `${roleName} allows ${control.slice(0, 3).join(', ')}: the identity changes what guards it`)] : []),
    ...(keys.length > 0 ? [fail('roleDefinitionId', `${roleName} allows ${keys.slice(0, 3).join(', ')} without attestation`)] : []),
    ...(allows(role, 'data', BLOB_OWNERSHIP) ? [fail('roleDefinitionId', `${roleName} lets the identity change who may read`)] : []),
    ...(wide && (role.dataActions.length > 0 || control.length > 0) ? [fail('scope', `the scope is ${scope === '' ? 'the root' : scope}; ${wide[1]} is enough`)] : []),
  ];
}

const azure: Check = function* (deployment) {
  const arm = armOf(deployment);
  const held = new Set<Resource>();
  for (const guest of teeGuests(deployment)) {
    held.add(guest);
    const ids = userAssignedIdentities(guest);
    const type = at(guest.properties, 'identity.type');
    const system = typeof type === 'string' && /systemassigned/i.test(type);
    if (ids instanceof Unknown) yield* outcomes(guest, unknown('identity', `the identities are not known: ${ids.reason}`));
    else {
      for (const id of ids) { const identity = arm.find(id); if (identity) held.add(identity); }
      yield* outcomes(guest, [
        ...(system ? [fail('identity.type', `identity.type is ${type}: a system-assigned identity appears with the machine, before anybody granted or reviewed it`)] : []),
        ...(ids.length > 1 ? [fail('identity.userAssignedIdentities', `${ids.length} identities: the workload has the rights of each`)] : []),
      ]);
    }
  }
  const phi = new Set(phiKeys(deployment).map((key) => arm.idOf(key)));
  for (const grant of grantsOf(deployment)) {
    if (!grant.principal.identity || !held.has(grant.principal.identity)) continue;
    // The keys of disks and stores are the platform's to ask for.
    const strange = grant.role && grant.scope !== undefined && /\/vaults\/[^/]+\/keys\//.test(grant.scope) && !phi.has(grant.scope) && allows(grant.role, 'data', 'Microsoft.KeyVault/vaults/keys/release/action');
    yield* outcomes(grant.assignment, [...broad(grant), ...(strange ? [fail('scope', `${grant.scope} is no key of PHI: the workload has no business with it`)] : [])]);
  }
};

/** Roles with which an identity becomes another one, or reads what is not its own. */
const BROAD_ROLES = /^roles\/(owner|editor|viewer)$|^roles\/(cloudkms|iam|resourcemanager|orgpolicy|deploymentmanager|secretmanager|storage|compute|container|bigquery|logging\.(admin|configWriter|privateLogViewer)|accesscontextmanager)\b|[aA]dmin$|serviceAgent$/;
const NARROW_ROLES = /^roles\/(compute\.viewer|storage\.objectCreator|logging\.logWriter|artifactregistry\.(reader|writer)|confidentialcomputing\.workloadUser)$/;
const ESCALATING = /^(iam\.(serviceAccounts\.(actAs|getAccessToken|signBlob|signJwt|implicitDelegation|getOpenIdToken)|serviceAccountKeys\.create|roles\.update)|.*\.setIamPolicy|cloudkms\.cryptoKeyVersions\.useTo.*|compute\.instances\.(setMetadata|setServiceAccount)|deploymentmanager\..*\.create)$/;

const gcp: Check = function* (deployment) {
  const all = machines(deployment);
  const emails = new Map<string, Resource[]>();
  for (const machine of all) {
    const value = at(machine.properties, 'serviceAccount');
    const email = at(value, 'email');
    const path = 'serviceAccount.email';
    const known = emailOf(deployment, email);
    if (value instanceof Unknown || email instanceof Unknown) yield* outcomes(machine, unknown(path, 'the identity is not known'));
    else if (value === undefined || value === null) yield* outcomes(machine, runsConfidentialSpace(machine) ? fail(path, 'no service account: the workload cannot attest') : true);
    else if (known === undefined) yield* outcomes(machine, email === undefined || email === null ? fail(path, 'no email: the machine takes the default account of the project') : unknown(path, 'the service account is not in the artifact'));
    else if (/-compute@developer\.gserviceaccount\.com$|@(appspot|cloudservices)\.gserviceaccount\.com$|^default$/.test(known)) yield* outcomes(machine, fail(path, `${known} is a default account, which others use too`));
    else {
      yield* outcomes(machine, true);
      emails.set(known, [...(emails.get(known) ?? []), machine]);
    }
  }
  const { hosts } = networkOf(deployment);
  for (const [email, holders] of emails) {
    for (const [actor, via] of impersonators(deployment, `serviceAccount:${email}`)) for (const machine of holders) yield* outcomes(machine, fail('serviceAccount.email', `${actor} can act as ${email}: ${via}`));
    const places = new Set(hosts.filter(({ resource, subnet }) => resource && subnet.declared && holders.includes(resource)).map(({ subnet }) => subnet.place));
    if (places.size > 1) for (const machine of holders) yield* outcomes(machine, fail('serviceAccount.email', `${email} is the identity of machines in ${[...places].sort().join(' and ')}: the key's condition cannot tell them apart`));
    for (const grant of deployment.resources.filter(({ type }) => /[iI][aA][mM](Member|Binding|Policy):/.test(type))) {
      const wide = /^gcp:(projects|folder|organizations)\//.test(grant.type);
      yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members }): Defect[] => {
        if (!members.some((member) => emailOf(deployment, member) === email && member.startsWith('serviceAccount:'))) return [];
        const permissions = customPermissions(deployment, role);
        if (permissions === 'unknown') return [unknown('role', `what ${role} permits ${email} is not in the artifact`)];
        if (permissions) return permissions.filter((permission) => ESCALATING.test(permission)).map((permission) => fail('role', `${email} holds ${permission}`));
        return BROAD_ROLES.test(role) && !NARROW_ROLES.test(role) && (wide || /cloudkms|iam\.|[aA]dmin$|\.writer$|legacyBucketOwner$/.test(role)) ? [fail('role', `${email} holds ${role}`)] : [];
      }));
    }
  }
};

export const rule = defineRule({
  id: 'tee-identity-least-privilege',
  title: 'The identity of the TEE can do only its own work',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(i)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'One identity per workload with exact rights limits what a compromised host can reach.',
  fix: {
    aws: 'Use EnclaveFleet, or a dedicated role with exact actions and resources: no wildcard action, no administrator policy, no iam:PassRole, no kms:* beyond the key.',

    azure: 'Use ConfidentialVm with its own user-assigned identity and Key Vault Crypto Service Release User at key scope; no Contributor or Owner.',

    gcp: 'Use ConfidentialVm with a dedicated service account and scopes cloud-platform only with narrow roles; never the default compute account, roles/owner or roles/editor.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
