import { foreignPrincipals, hostRoles, isAllow, isBound, list, namesEverybody, ownAccounts, type PolicyStatement, shown, statements } from '../aws.js';
import { lower } from '../azure.js';
import { at, referenceKey, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { bindingsOf } from '../prove/gcp/iam.js';
import { emailOf, TYPE } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Whether a token issuer is trusted for whoever it vouches for: no condition names a subject, or one like `repo:*`. */
function anySubject({ conditions }: PolicyStatement): boolean {
  return !conditions.some(({ operator, key, values }) => (key.endsWith(':sub') || key === 'cognito-identity.amazonaws.com:aud') && /^(foranyvalue:)?(stringequals|stringequalsignorecase|stringlike)$/.test(operator)
    && values.length > 0 && values.every((value) => !/^([a-z]*:)?[*?]/i.test(value)));
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const own = ownAccounts(deployment);
  // tee-identity-trust judges those of the TEE.
  const hosts = new Set(hostRoles(deployment));
  for (const role of deployment.ofType('AWS::IAM::Role')) {
    if (hosts.has(role)) continue;
    const path = 'AssumeRolePolicyDocument';
    const all = statements(role.properties[path], path);
    if (all instanceof Unknown) {
      yield* outcomes(role, unknown(path, `who may assume the role is not known: ${all.reason}`));
      continue;
    }
    const trusted = all.filter(isAllow);
    yield* outcomes(role, [
      ...trusted.filter((statement) => namesEverybody(statement) && !isBound(statement)).map(({ path: where }) => fail(where, 'everybody may assume the role')),
      ...foreignPrincipals(deployment, all).map(({ path: where, principals }) => fail(where, `trusts ${principals}, of an account that is not the deployment's`)),
      ...trusted.filter((statement) => statement.actions.some((action) => action.startsWith('sts:assumerolewithwebidentity')) && anySubject(statement)).map(({ path: where }) => fail(where, 'trusts everybody whom the token issuer vouches for: no condition names a subject')),
    ]);
  }
  for (const share of deployment.ofType('AWS::RAM::ResourceShare')) {
    const principals = list(share.properties['Principals']);
    yield* outcomes(share, principals instanceof Unknown ? unknown('Principals', principals.reason) : principals.flatMap((principal, index): Defect[] => {
      const account = typeof principal === 'string' ? /^(?:arn:[^:]*:iam::)?(\d{12})(?::|$)/.exec(principal)?.[1] : undefined;
      return account !== undefined && own.size > 0 && !own.has(account) ? [fail(`Principals[${index}]`, `shares with account ${account}, which is not the deployment's`)] : [];
    }));
  }
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const credential of deployment.ofType('azure-native:managedidentity:FederatedIdentityCredential')) {
    const subject = credential.properties['subject'];
    const pattern = at(credential.properties, 'claimsMatchingExpression.value');
    yield* outcomes(credential, pattern instanceof Unknown || subject instanceof Unknown ? unknown('subject', 'whose tokens are taken is not known')
      : typeof pattern === 'string' && /[*?]/.test(pattern) ? fail('claimsMatchingExpression', `takes the tokens of every subject like ${shown(pattern)}`) : true);
  }
  for (const assignment of deployment.ofType('azure-native:authorization:RoleAssignment')) {
    const foreign = lower(assignment.properties['principalType']) === 'foreigngroup' || (assignment.properties['delegatedManagedIdentityResourceId'] ?? null) !== null;
    if (foreign) yield* outcomes(assignment, fail('principalType', 'gives a role to a principal of another directory'));
  }
  const tenant = deployment.workload?.clouds.azure?.tenant.toLowerCase();
  for (const vault of tenant === undefined ? [] : deployment.ofType('azure-native:keyvault:Vault')) {
    const found = at(vault.properties, 'properties.tenantId');
    if (typeof found === 'string' && /^[0-9a-f-]{36}$/i.test(found) && found.toLowerCase() !== tenant) yield* outcomes(vault, fail('properties.tenantId', `the vault believes directory ${found}; the workload file names ${tenant ?? ''}`));
  }
};

/** Projects of Google in which its services keep their agents. */
const AGENTS = /^(gcp-sa-[a-z0-9-]+|gs-project-accounts|compute-system|container-engine-robot|containerregistry|serverless-robot-prod|gcf-admin-robot|service-networking|cloud-filer|cloud-redis|dataproc-accounts|dataflow-service-producer-prod|dlp-api|security-center-api|cloudcomposer-accounts)$/;

interface Own {
  readonly projects: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
}

/** The defect of a member of elsewhere. Of persons and groups no artifact tells the directory. */
function foreign(own: Own, member: string, role: string): Defect[] {
  const of = (whom: string): Defect[] => [fail('', `${whom} holds ${role}: ${member}`)];
  if (member === 'allUsers' || member === 'allAuthenticatedUsers' || member === 'principalSet://goog/public:all') return of('everybody');
  const pool = /\/\/iam\.googleapis\.com\/projects\/(\d+)\/locations\/[^/]+\/workloadIdentityPools\//.exec(member)?.[1];
  if (pool !== undefined) return own.numbers.size > 0 && !own.numbers.has(pool) ? of(`a pool of project ${pool}`) : [];
  const [, local = '', domain = ''] = /^serviceAccount:([^@]+)@([^@]+)$/.exec(member) ?? [];
  if (domain === '' || own.projects.size === 0 || member.includes('${') || own.accounts.has(`${local}@${domain}`)) return [];
  const project = /^(.+)\.iam\.gserviceaccount\.com$/.exec(domain)?.[1];
  if (project === undefined) {
    // Default accounts carry the number of their project, App Engine's its name.
    const owner = /^(\d+)(?:-compute)?$/.exec(local)?.[1] ?? local;
    return own.numbers.has(owner) || own.projects.has(owner) ? [] : of(`an account of project ${owner}`);
  }
  if (own.projects.has(project) || AGENTS.test(project)) return [];
  return /^service-\d+$/.test(local) ? [unknown('', `${member} holds ${role}: whether it is an agent of Google cannot be told`)] : of(`an account of project ${project}`);
}

/** Bindings that rules about keys, stores and images judge already. */
const ELSEWHERE = /^gcp:(kms|storage|artifactregistry)\//;

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const { workload } = deployment;
  const placement = workload?.clouds.gcp;
  const accounts = deployment.ofType(TYPE.account).map((account: Resource) => emailOf(deployment, `\${${referenceKey(account.type, account.name)}.email}`)).filter((email) => email !== undefined);
  const named = [placement?.deployer, workload?.breakGlass.gcp, ...(workload?.keyAdministrators.gcp ?? [])].flatMap((member) => (member === undefined ? [] : [member.replace(/^serviceAccount:/, '')]));
  const own = { projects: new Set(placement ? [placement.project, placement.keyProject] : []), numbers: new Set(placement ? [placement.projectNumber, placement.keyProjectNumber] : []), accounts: new Set([...accounts, ...named]) };
  for (const grant of deployment.resources.filter(({ type }) => /[iI][aA][mM](Member|Binding|Policy):/.test(type) && !ELSEWHERE.test(type))) {
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members }) => members.flatMap((member) => foreign(own, member, role))));
  }
};

export const rule = defineRule({
  id: 'identity-external-trust',
  title: 'Nobody outside the deployment is trusted with a role in it',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.308(b)(1)', '45 CFR 164.312(d)'],
  why: 'Another account, directory, project or token issuer decides for itself who its members are. Trusting it with any role lets it into the accounts of the PHI, and makes whoever runs it a business associate.',
  fix: {
    aws: 'Name principals of the own accounts in AssumeRolePolicyDocument, bind tokens of an issuer to one subject (<issuer>:sub), and share by AWS::RAM::ResourceShare with own accounts only; a partner that must stay is an exemption with an owner and an end.',
    azure: 'Remove roles of foreign groups and wildcards in claimsMatchingExpression, and give vaults the tenant of the workload file; a partner that must stay is an exemption with an owner and an end.',
    gcp: 'Bind roles to accounts and pools of the two projects of the workload file, never to allUsers, allAuthenticatedUsers or accounts of other projects; a partner that must stay is an exemption with an owner and an end.',
  },
  checks: { aws, azure, gcp },
});
