import { isAllow, namesEverybody, speaksOf, statements, type PolicyStatement } from '../aws.js';
import { at, Unknown } from '../model.js';
import { allKeys, phiKeys } from '../phi.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { grantsOn, permits } from '../prove/gcp/iam.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const ADMINISTER = ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:UpdateAlias', 'kms:EnableKeyRotation', 'kms:CancelKeyDeletion'];
const USE = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:DeriveSharedSecret', 'kms:CreateGrant'];

/** The principals that a policy lets do any of these. */
function allowed(all: readonly PolicyStatement[], actions: readonly string[]): Map<string, PolicyStatement> {
  const result = new Map<string, PolicyStatement>();
  for (const statement of all) {
    if (!isAllow(statement) || !actions.some((action) => speaksOf(statement, action))) continue;
    for (const principal of namesEverybody(statement) ? ['*'] : (statement.principals ?? [])) result.set(principal, statement);
  }
  return result;
}

const aws: Check = function* (deployment) {
  for (const key of phiKeys(deployment)) {
    const all = statements(key.properties['KeyPolicy'], 'KeyPolicy');
    if (all instanceof Unknown) {
      yield* outcomes(key, unknown('KeyPolicy', `the key policy is not known: ${all.reason}`));
      continue;
    }
    if (all.length === 0) {
      yield* outcomes(key, fail('KeyPolicy', 'no statements: KMS puts its default policy there, which lets every administrator of the account use the key'));
      continue;
    }
    const users = allowed(all, USE);
    const administrators = allowed(all, ADMINISTER);
    const both = [...administrators.keys()].filter((principal) => users.has(principal) || users.has('*') || principal === '*');
    const roots = [...new Set([...users.keys(), ...administrators.keys()])].filter((principal) => /^\d{12}$|:root$/.test(principal));
    yield* outcomes(key, [
      ...both.map((principal) => fail((administrators.get(principal) as PolicyStatement).path, `${principal} may both administer and use the key`)),
      ...roots.filter((principal) => !both.includes(principal)).map((principal) => fail((users.get(principal) ?? administrators.get(principal) as PolicyStatement).path, `${principal} hands the decision to every IAM administrator of the account`)),
    ]);
  }
};

const AZURE_KEYS = 'Microsoft.KeyVault/vaults/keys';
const AZURE_ADMINISTER = ['update/action', 'create/action', 'import/action', 'delete', 'purge/action', 'backup/action', 'restore/action', 'rotate/action', 'recover/action'].map((action) => `${AZURE_KEYS}/${action}`);
const AZURE_USE = ['decrypt/action', 'unwrap/action', 'sign/action', 'encrypt/action', 'wrap/action', 'release/action'].map((action) => `${AZURE_KEYS}/${action}`);

const azure: Check = function* (deployment) {
  const arm = armOf(deployment);
  const { workload } = deployment;
  const breakGlass = workload?.breakGlass.azure?.toLowerCase();
  const administrators = new Set((workload?.keyAdministrators.azure ?? []).map((id) => id.toLowerCase()));
  for (const key of phiKeys(deployment)) {
    const id = arm.idOf(key);
    const defects: Defect[] = [];
    const holders = new Map<string, { administers: string; uses: string; named: boolean }>();
    if (id === undefined) defects.push(unknown('', 'the key\'s id cannot be told, so neither can who holds roles on it'));
    for (const { assignment, scope, role, roleName, principal } of grantsOf(deployment)) {
      if (id === undefined || (scope !== undefined && !covers(scope, id))) continue;
      if (!role || scope === undefined) {
        defects.push(unknown('', `${assignment.name} assigns ${roleName}: what it allows on the key cannot be told`));
        continue;
      }
      // The emergency principal is named for both, on this key alone.
      if (principal.objectId !== undefined && principal.objectId === breakGlass && scope === id) continue;
      const held = holders.get(principal.text) ?? { administers: '', uses: '', named: principal.objectId !== undefined && administrators.has(principal.objectId) };
      holders.set(principal.text, held);
      if (AZURE_ADMINISTER.some((action) => allows(role, 'data', action)) || allows(role, 'control', 'Microsoft.KeyVault/vaults/write')) held.administers ||= `${roleName} (${assignment.name})`;
      if (AZURE_USE.some((action) => allows(role, 'data', action))) held.uses ||= `${roleName} (${assignment.name})`;
    }
    for (const [principal, { administers, uses, named }] of holders) {
      if (administers !== '' && uses !== '') defects.push(fail('', `${principal} may both administer the key, by ${administers}, and use it, by ${uses}`));
      else if (uses !== '' && named) defects.push(fail('', `${principal} is a key administrator and may use the key, by ${uses}`));
      else if (administers !== '' && !named && workload) defects.push(fail('', `${principal} may administer the key, by ${administers}, and is not among keyAdministrators of the workload file`));
    }
    yield* outcomes(key, defects);
  }
};

/** Basic roles are everything at once. */
const BASIC_ROLES: ReadonlySet<string> = new Set(['roles/owner', 'roles/editor']);
const USING_ROLES = /^roles\/cloudkms\.(cryptoKey(En|De)crypter.*|cryptoOperator|signer.*)$/;

/** What nobody may hold above the key: its own policy is where power over it is listed. */
const WIDE_POWERS = ['decrypt', 'administer', 'setPolicy', 'changePool'] as const;

const gcp: Check = function* (deployment) {
  for (const key of phiKeys(deployment)) {
    const defects: Defect[] = [];
    const users = new Set<string>();
    const administrators = new Map<string, string>();
    for (const { role, members, scope, source, unreadable } of grantsOn(deployment, key)) {
      const via = `${role} on the ${scope}, bound by ${source.name}`;
      if (unreadable !== null) defects.push(unknown('', `${source.name}: ${unreadable}`));
      for (const member of members) {
        if (BASIC_ROLES.has(role)) defects.push(fail('', `${member} may both administer and use the key: ${via}`));
        else if (scope !== 'key' && scope !== 'ring' && WIDE_POWERS.some((power) => permits(deployment, role, power) === 'yes')) {
          defects.push(fail('', `${member} holds power over the key that its own policy does not show: ${via}; only a deny policy stands against it`));
        }
        if (permits(deployment, role, 'decrypt') === 'yes' || USING_ROLES.test(role)) users.add(member);
        const administers = permits(deployment, role, 'administer');
        if (administers === 'yes') administrators.set(member, via);
        if (administers === 'unknown' && (scope === 'key' || scope === 'ring')) defects.push(unknown('', `what ${role} permits ${member} is not in the artifact`));
      }
    }
    for (const [member, via] of administrators) if (users.has(member)) defects.push(fail('', `${member} may both administer and use the key: ${via}`));
    yield* outcomes(key, defects);
  }
  // Whatever else a key encrypts, it is nobody's who cannot be named.
  for (const key of allKeys(deployment)) {
    yield* outcomes(key, grantsOn(deployment, key).filter(({ scope }) => scope === 'key' || scope === 'ring').flatMap(({ role, members, source }) =>
      members.filter((member) => member === 'allUsers' || member === 'allAuthenticatedUsers').map((member) => fail('', `${member} holds ${role} on the key ${key.name}, bound by ${source.name}`))));
  }
};

export const rule = defineRule({
  id: 'key-administrators-separated',
  title: 'Key administrators never use the key, key users never administer it',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(a)(1)'],
  why: 'Who can both use and administer a PHI key can give itself plaintext without a second person.',
  fix: {
    aws: 'Use AttestedKey with keyAdministrators of the workload file; in the key policy give administrators no Decrypt, Encrypt, GenerateDataKey*, ReEncrypt*, CreateGrant or kms:*.',

    azure: 'Use AttestedKey; assign Key Vault Crypto Service Release User to the workload only and an administrative role to the administrators only, never Crypto Officer or Crypto User.',

    gcp: 'Use AttestedKey; give roles/cloudkms.admin and the encrypter/decrypter roles to different members, never roles/owner or roles/editor on the key project.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
