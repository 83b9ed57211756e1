import { hostRoles, isAllow, shown, statements } from '../aws.js';
import { teeGuests } from '../azure.js';
import { machines } from '../gcp.js';
import { standsOver } from '../gcp-rights.js';
import { at, type Deployment, isList, isObject, referenceKey, type Resource, strings, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { runnersAs } from '../prove/aws/runners.js';
import { armOf, userAssignedIdentities } from '../prove/azure/arm.js';
import { guests } from '../prove/azure/guests.js';
import { bindingsOf } from '../prove/gcp/iam.js';
import { impersonators, IMPERSONATING } from '../prove/gcp/keys.js';
import { emailOf, TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

/** Services whose machines can be hosts of a TEE. */
const HOSTS: ReadonlySet<string> = new Set(['ec2.amazonaws.com', 'ec2.amazonaws.com.cn']);

/** Roles of hosts, and roles that a key policy admits on an attestation. */
function roles(deployment: Deployment): readonly Resource[] {
  const result = new Set(hostRoles(deployment));
  for (const { key } of analyseKeys(deployment)) {
    for (const statement of list(at(key.properties, 'KeyPolicy.Statement'))) {
      if (!JSON.stringify(at(statement, 'Condition') ?? null).toLowerCase().includes('kms:recipientattestation')) continue;
      for (const target of deployment.targets(at(statement, 'Principal'))) if (target.type === 'AWS::IAM::Role') result.add(target);
      for (const arn of strings(at(statement, 'Principal'))) {
        const role = deployment.ofType('AWS::IAM::Role').find(({ properties }) => typeof properties['RoleName'] === 'string' && arn.endsWith(`/${properties['RoleName']}`));
        if (role) result.add(role);
      }
    }
  }
  return [...result];
}

const list = (value: Value | undefined): readonly Value[] => (isList(value) ? value : value === undefined ? [] : [value]);

function judge(role: Resource): Verdict {
  const path = 'AssumeRolePolicyDocument';
  const all = statements(role.properties[path], path);
  if (all instanceof Unknown) return unknown(path, `who may assume the role is not known: ${all.reason}`);
  const written = list(at(role.properties, `${path}.Statement`));
  return all.flatMap((statement, index) => {
    if (!isAllow(statement)) return [];
    const principal = at(written[index], 'Principal');
    const services = isObject(principal) ? [...strings(principal['Service'])] : [];
    const others = [...strings(principal)].filter((text) => !services.includes(text));
    const strange = [...services.filter((service) => !HOSTS.has(service)), ...others];
    if (statement.notPrincipal) return [fail(statement.path, 'NotPrincipal trusts everybody else')];
    return strange.length > 0 ? [fail(statement.path, `trusts ${shown(strange.join(', '))}`)] : [];
  });
}

/** Machines, which the rules of TEE hosts judge when they carry the identity of one. */
const MACHINES: ReadonlySet<string> = new Set(['AWS::EC2::LaunchTemplate', 'AWS::EC2::Instance', 'AWS::AutoScaling::LaunchConfiguration']);

/** What else acts with a role: as its own, or by way of an instance profile of it. */
function borrowed(deployment: Deployment, role: Resource): readonly Resource[] {
  const profiles = deployment.ofType('AWS::IAM::InstanceProfile').filter(({ properties }) => deployment.refersTo(properties['Roles'], role) || [...strings(properties['Roles'])].some((name) => name === role.properties['RoleName']));
  const carries = ({ properties }: Resource): boolean => profiles.some((profile) => {
    if (deployment.refersTo(properties, profile)) return true;
    const name = profile.properties['InstanceProfileName'];
    return typeof name === 'string' && [...strings(properties)].some((one) => one === name || (one.includes(':instance-profile/') && one.endsWith(`/${name}`)));
  });
  const speaks = (type: string): boolean => MACHINES.has(type) || /^AWS::(IAM|CloudFormation)::/.test(type);
  return [...new Set([...runnersAs(deployment, role).map(({ resource }) => resource), ...deployment.resources.filter((one) => !speaks(one.type) && carries(one))])];
}

const aws: Check = function* (deployment) {
  for (const role of roles(deployment)) {
    yield* outcomes(role, judge(role));
    for (const resource of borrowed(deployment, role)) yield* outcomes(resource, fail('', `acts with ${role.name}, the identity of the TEE's hosts, and is no host that the artifact shows`));
  }
};

const azure: Check = function* (deployment) {
  const arm = armOf(deployment);
  const hosts = teeGuests(deployment);
  const identities = new Set<Resource>();
  for (const host of hosts) {
    const ids = userAssignedIdentities(host);
    for (const id of ids instanceof Unknown ? [] : ids) { const identity = arm.find(id); if (identity) identities.add(identity); }
  }
  if (identities.size === 0) return;
  const machines = new Set(guests(deployment));
  const takers = deployment.resources.filter((resource) => !machines.has(resource) && resource.properties['identity'] !== undefined).map((resource) => [resource, userAssignedIdentities(resource)] as const);
  for (const identity of identities) {
    const credentials = deployment.ofType('azure-native:managedidentity:FederatedIdentityCredential').filter((credential) => {
      const of = arm.parent(credential, identity.type, 'resourceName');
      return of === identity || (of === undefined && arm.text(credential.properties['resourceName']) === undefined);
    });
    yield* outcomes(identity, [
      ...credentials.map((credential) => fail('', `${credential.name} lets a workload of another issuer take its tokens`)),
      ...takers.flatMap(([resource, ids]) => (ids instanceof Unknown || !ids.some((id) => arm.find(id) === identity) ? [] : [fail('', `${resource.name} (${resource.type.split(':').at(-1) ?? ''}) holds it too, and is no machine of the TEE`)])),
    ]);
  }
};

/** Kinds that name identities without acting as one: accounts and their bindings, pools, perimeters, firewalls. */
const IDENTITY_NAMED = /^gcp:(serviceaccount\/|iam\/|accesscontextmanager\/|orgpolicy\/|logging\/)|I[aA][mM](Member|Binding|Policy):|^tee-kit:/;

/** Settings that say as whom something acts. */
function* actsAs(value: Value | undefined, path: string): Iterable<readonly [path: string, email: string]> {
  if (isList(value)) for (const [index, item] of value.entries()) yield* actsAs(item, `${path}[${index}]`);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const at = path === '' ? name : `${path}.${name}`;
      if (typeof item === 'string' && (/(^|[a-z])[sS]erviceAccount(Email|Name|Id)?s?$|^runAs/.test(name) || (name === 'email' && /[sS]erviceAccount/.test(path)))) yield [at, item];
      else yield* actsAs(item, at);
    }
  }
}

/** Accounts of the deployment and of the workload file, with the resource to name. */
function accounts(deployment: Deployment): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  for (const account of deployment.ofType(TYPE.account)) {
    const email = emailOf(deployment, `\${${referenceKey(account.type, account.name)}.email}`);
    if (email !== undefined) found.set(email, account);
  }
  for (const machine of machines(deployment)) {
    const email = emailOf(deployment, at(machine.properties, 'serviceAccount.email'));
    if (email !== undefined && !found.has(email)) found.set(email, machine);
  }
  const deployer = deployment.workload?.clouds.gcp?.deployer;
  if (deployer?.startsWith('serviceAccount:')) found.set(deployer.slice('serviceAccount:'.length), deployment.root);
  return found;
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const [email, resource] of accounts(deployment)) {
    yield* outcomes(resource, [...impersonators(deployment, `serviceAccount:${email}`)].map(([actor, via]) => fail('', `${actor} can act as ${email}: ${via}`)));
  }
  const machinesOf = new Set<Resource>(machines(deployment));
  const emails = new Set([...machinesOf].flatMap((machine) => emailOf(deployment, at(machine.properties, 'serviceAccount.email')) ?? []));
  for (const resource of deployment.resources) {
    if (machinesOf.has(resource) || IDENTITY_NAMED.test(resource.type)) continue;
    const found = [...actsAs(resource.properties, '')].flatMap(([path, value]) => { const email = emailOf(deployment, value.replace(/^projects\/[^/]+\/serviceAccounts\//, '')); return email !== undefined && emails.has(email) ? [fail(path, `acts as ${email}, which only an attested machine should be`)] : []; });
    if (found.length > 0) yield* outcomes(resource, found);
  }
  for (const grant of deployment.resources.filter((one) => standsOver(deployment, one))) {
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members }) => (IMPERSONATING.has(role) && members.length > 0 ? [fail('role', `${members.join(', ')} can act as every service account below: ${role}`)] : [])));
  }
  for (const key of deployment.resources.filter(({ type }) => type === 'gcp:serviceaccount/key:Key' || type === 'gcp:storage/hmacKey:HmacKey')) yield* outcomes(key, fail('', 'a key file is a credential without an end'));
};

export const rule = defineRule({
  id: 'tee-identity-trust',
  title: 'Only the TEE\'s hosts take on its identity, and nobody borrows it',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(2)(i)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'The gate admits this identity together with a measurement. A function, a pipeline or a person that may assume it, by trust, federation, impersonation or a key file, holds one of the two already, and every right that needs no attestation.',
  fix: {
    aws: 'Use TeeRole, or trust ec2.amazonaws.com alone in AssumeRolePolicyDocument, and give functions, jobs, fleets without a launch template and every other service a role of their own.',
    azure: 'Use ConfidentialVm, or a user-assigned identity that only the machines of the TEE hold, without federated identity credentials.',
    gcp: 'Remove service account keys, and bind roles/iam.serviceAccountUser, serviceAccountTokenCreator and workloadIdentityUser to nobody on the accounts of the workload and the deployer or above them; federate the pipeline to the deployer outside this deployment.',
  },
  checks: { aws, azure, gcp },
});
