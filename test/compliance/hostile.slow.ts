/**
 * Artifacts built to keep an evaluator busy: products of roles and statements, meshes, chains, and conditions with more
 * combinations than anybody can look at. Each command ends within its limits, and what it did not get to is not "safe".
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../corpus/mutator.js';
import { ROOT, shipped, templatePath } from '../shipped.js';
import { temporaryFolder } from './cli-fixture.js';

const { write } = temporaryFolder();
const read = (file: string): JsonObject => JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const object = (value: Json | undefined): JsonObject => value as JsonObject;

const aws = (edit: (resources: JsonObject) => void) => (): JsonObject => {
  const template = read(templatePath(shipped()));
  edit(object(template['Resources']));
  return template;
};
const preview = (cloud: 'azure' | 'gcp', edit: (steps: JsonObject[], add: (type: string, name: string, inputs: JsonObject) => void) => void) => (): JsonObject => {
  const document = read(join(shipped(), cloud, 'preview.json'));
  const steps = document['steps'] as JsonObject[];
  edit(steps, (type, name, inputs) => {
    const urn = `urn:pulumi:${cloud}::tee-kit::${type}::${name}`;
    steps.push({ op: 'create', urn, newState: { urn, custom: true, type, inputs } });
  });
  return document;
};
const inputsOf = (steps: readonly JsonObject[], type: string, name?: RegExp): JsonObject => {
  const step = steps.find((one) => object(one['newState'])['type'] === type && (name === undefined || name.test(String(one['urn'] as string))));
  return object(object(step?.['newState'])['inputs']);
};
const keyStatements = (resources: JsonObject): Json[] => {
  const key = Object.values(resources).find((one) => object(one)['Type'] === 'AWS::KMS::Key' && JSON.stringify(one).toLowerCase().includes('recipientattestation'));
  return object(object(object(key)['Properties'])['KeyPolicy'])['Statement'] as Json[];
};
const arn = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;

const AWS: Readonly<Record<string, () => JsonObject>> = {
  'roles by statements': aws((resources) => {
    for (const role of many(1500, String)) {
      resources[`Role${role}`] = { Type: 'AWS::IAM::Role', Properties: { RoleName: `r${role}`,
        AssumeRolePolicyDocument: { Statement: many(20, (n) => ({ Effect: 'Allow', Principal: { AWS: arn(`r${(Number(role) + n + 1) % 1500}`) }, Action: 'sts:AssumeRole' })) },
        Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: many(50, (n) => ({ Effect: n % 2 ? 'Allow' : 'Deny', Action: ['kms:*', 's3:*', 'iam:*'], Resource: `arn:aws:*:*:*:*${n}*`, Condition: { StringLike: { [`aws:PrincipalTag/t${n}`]: [`*${role}*`, `a*${n}`] } } })) } }] } };
    }
  }),
  'conditions that multiply': aws((resources) => {
    keyStatements(resources).push(...many(60, (n) => ({ Sid: `Many${n}`, Effect: n % 3 ? 'Deny' : 'Allow', Principal: '*', Action: 'kms:*', Resource: '*', Condition: {
      StringLike: Object.fromEntries(many(12, (m) => [`aws:PrincipalTag/t${(n + m) % 40}`, [`*a${n}*`, `b${m}*`, `c?${n}`]])), NumericLessThan: { 'kms:GrantConstraintType': String(n) }, IpAddress: { 'aws:SourceIp': `10.${n}.0.0/16` },
    } })));
  }),
  'groups fully meshed': aws((resources) => {
    const named = (type: string): string => Object.keys(resources).find((name) => object(resources[name])['Type'] === type) ?? '';
    for (const group of many(2000, Number)) {
      resources[`Group${group}`] = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', VpcId: { Ref: named('AWS::EC2::VPC') },
        SecurityGroupIngress: many(40, (n) => ({ IpProtocol: '-1', SourceSecurityGroupId: { 'Fn::GetAtt': [`Group${(group * 7 + n * 53) % 2000}`, 'GroupId'] } })) } };
      resources[`Host${group}`] = { Type: 'AWS::EC2::Instance', Properties: { SubnetId: { Ref: named('AWS::EC2::Subnet') }, SecurityGroupIds: [{ 'Fn::GetAtt': [`Group${group}`, 'GroupId'] }] } };
    }
  }),
  'stores by roles': aws((resources) => {
    for (const store of many(1500, String)) {
      resources[`Store${store}`] = { Type: 'AWS::S3::Bucket', Properties: {} };
      resources[`Policy${store}`] = { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: `Store${store}` }, PolicyDocument: { Statement: many(20, (n) => ({ Effect: n % 2 ? 'Allow' : 'Deny', Principal: { AWS: arn(`r${n}`) }, Action: 's3:*', Resource: '*', Condition: { StringLike: { 'aws:PrincipalArn': many(5, (m) => `*${store}*${n}*${m}`) } } })) } } };
      resources[`Role${store}`] = { Type: 'AWS::IAM::Role', Properties: { RoleName: `r${store}`, AssumeRolePolicyDocument: { Statement: [] }, ManagedPolicyArns: [`arn:aws:iam::111122223333:policy/p${store}`] } };
    }
  }),
};

const SCOPE = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/clinical-decision-production';
const AZURE: Readonly<Record<string, () => JsonObject>> = {
  'rules by groups': preview('azure', (steps, add) => {
    const groups = many(150, (n) => `${SCOPE}/providers/Microsoft.Network/networkSecurityGroups/nsg${n}`);
    const network = inputsOf(steps, 'azure-native:network:VirtualNetwork');
    (network['subnets'] as Json[]).push(...groups.map((id, n) => ({ name: `s${n}`, addressPrefix: `10.21.${n}.0/24`, networkSecurityGroup: { id } })));
    for (const n of groups.keys()) {
      add('azure-native:network:NetworkSecurityGroup', `nsg${n}`, { networkSecurityGroupName: `nsg${n}`, resourceGroupName: 'clinical-decision-production', location: 'eastus', securityRules: many(300, (rule) => ({
        name: `r${rule}`, access: rule % 2 ? 'Allow' : 'Deny', direction: rule % 3 ? 'Inbound' : 'Outbound', priority: 100 + rule, protocol: 'Tcp', sourcePortRange: '*',
        sourceAddressPrefixes: many(10, (m) => `10.${rule % 256}.${m}.0/24`), destinationAddressPrefixes: many(10, (m) => `10.21.${(m * rule) % 256}.0/24`), destinationPortRanges: many(5, (m) => `${rule * 10 + m}-${rule * 10 + m * 100}`),
      })) });
    }
  }),
  'assignments by identities': preview('azure', (_, add) => {
    for (const n of many(1500, Number)) {
      add('azure-native:managedidentity:UserAssignedIdentity', `id${n}`, { resourceName: `id${n}`, resourceGroupName: 'clinical-decision-production', location: 'eastus' });
      add('azure-native:authorization:RoleDefinition', `def${n}`, { roleName: `def${n}`, roleDefinitionId: `${n}`.padStart(8, '0').concat('-0000-4000-8000-000000000000'), scope: SCOPE, permissions: [{ actions: many(60, (m) => `Microsoft.*${m}/*/${n}*/write`), notActions: many(60, (m) => `*/${m}/*`), dataActions: ['*'] }] });
      add('azure-native:authorization:RoleAssignment', `as${n}`, { principalId: `\${azure-native:managedidentity:UserAssignedIdentity::id${n}.principalId}`, principalType: 'ServicePrincipal', roleDefinitionId: `\${azure-native:authorization:RoleDefinition::def${n}.id}`, scope: n % 2 ? SCOPE : `${SCOPE}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id${n + 1}` });
    }
  }),
  'release policy that multiplies': preview('azure', (steps) => {
    const key = inputsOf(steps, 'azure-native:keyvault:Key', /AttestedKey/);
    const policy = object(object(key['properties'])['releasePolicy']);
    const grammar = JSON.parse(Buffer.from(String(policy['data'] as string), 'base64url').toString('utf8')) as JsonObject;
    const first = object((grammar['anyOf'] as Json[])[0]);
    grammar['anyOf'] = many(60, (n) => ({ ...first, allOf: [...(first['allOf'] as Json[]), ...many(30, (m) => ({ anyOf: many(8, (k) => ({ claim: `x-ms-claim-${(n + m) % 40}`, equals: `v${k}` })) }))] }));
    policy['data'] = Buffer.from(JSON.stringify(grammar)).toString('base64url');
  }),
};

const GCP: Readonly<Record<string, () => JsonObject>> = {
  'firewall rules by machines': preview('gcp', (_, add) => {
    for (const n of many(3000, Number)) {
      add('gcp:compute/firewall:Firewall', `fw${n}`, { name: `fw${n}`, network: '${gcp:compute/network:Network::network.id}', direction: n % 2 ? 'INGRESS' : 'EGRESS', priority: n, [n % 5 ? 'allows' : 'denies']: [{ protocol: 'tcp', ports: many(20, (m) => `${n * 3 + m}-${n * 3 + m + 500}`) }], [n % 2 ? 'sourceRanges' : 'destinationRanges']: many(10, (m) => `10.${n % 256}.${m}.0/24`), targetTags: [`t${n % 400}`] });
    }
    for (const n of many(400, Number)) {
      add('gcp:compute/instance:Instance', `vm${n}`, { name: `vm${n}`, machineType: 'n2d-standard-2', zone: 'us-central1-a', tags: [`t${n}`], networkInterfaces: [{ network: '${gcp:compute/network:Network::network.id}', subnetwork: '${gcp:compute/subnetwork:Subnetwork::network-gateway.id}' }] });
    }
  }),
  'impersonation chain': preview('gcp', (_, add) => {
    const account = (n: number): string => `chain${n}@example-phi-workload.iam.gserviceaccount.com`;
    for (const n of many(2500, Number)) {
      add('gcp:serviceaccount/account:Account', `chain${n}`, { accountId: `chain${n}`, project: 'example-phi-workload' });
      add('gcp:serviceaccount/iAMMember:IAMMember', `link${n}`, { serviceAccountId: `\${gcp:serviceaccount/account:Account::chain${n + 1}.name}`, role: 'roles/iam.serviceAccountTokenCreator', member: `serviceAccount:${account(n)}` });
      add('gcp:projects/iAMMember:IAMMember', `grant${n}`, { project: 'example-phi-workload', role: n % 100 ? 'roles/viewer' : 'roles/cloudkms.cryptoKeyDecrypter', member: `serviceAccount:${account(n)}` });
    }
  }),
  'condition that multiplies': preview('gcp', (steps) => {
    const provider = inputsOf(steps, 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider');
    const terms = many(40, (n) => `(${many(6, (m) => `assertion.submods.container.env.V${(n * m) % 37} == "${m}"`).join(' || ')} || assertion.submods.container.env.W${n}.matches("^(a+)+$"))`);
    provider['attributeCondition'] = `(${String(provider['attributeCondition'] as string)}) || (${terms.join(' && ')})`;
  }),
};

const CASES = Object.entries({ aws: AWS, azure: AZURE, gcp: GCP }).flatMap(([cloud, cases]) => Object.entries(cases).map(([name, make], index) => [cloud, name, make, index === 0] as const));

/** Seconds that a command may take: the budget of all rules, or of the proofs, with reading and rendering; twice for a diff. */
const LIMITS = { check: 90, prove: 60, diff: 200 } as const;

/** Runs the command as a user does, and ends it when it hangs. */
function command(...args: readonly string[]): { readonly code: number | null; readonly seconds: number; readonly out: string; readonly err: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'constructs', 'compliance', 'bin.js'), ...args], { encoding: 'utf8', timeout: 300_000, maxBuffer: 1 << 30 });
  return { code: status, seconds: (performance.now() - start) / 1000, out: stdout, err: stderr };
}

// Diff takes the longest, and ends the same way whatever the artifact: one for each cloud.
test.each(CASES)('%s: %s', (cloud, name, make, compared) => {
  const suffix = cloud === 'aws' ? 'template' : 'preview';
  const head = write(`${name.replaceAll(' ', '-')}.${suffix}.json`, make());
  const base = cloud === 'aws' ? templatePath(shipped()) : join(shipped(), cloud, 'preview.json');
  const told: string[] = [];
  for (const [verb, limit] of Object.entries(LIMITS)) {
    if (verb === 'diff' && !compared) continue;
    const { code, seconds, out, err } = command(verb, ...(verb === 'diff' ? [base, head] : [head]), '--format', 'json');
    told.push(`${verb} ${seconds.toFixed(1)} s${code === 2 ? ', refused' : /took (more|too) /.test(out) ? ', unknown in part' : ''}`);
    expect(seconds).toBeLessThan(limit);
    if (code === 2) {
      // Only a comparison may give up as a whole, and says so.
      expect([verb, err]).toEqual(['diff', expect.stringMatching(/take more than \d+ ms to compare/)]);
      continue;
    }
    expect(err).toBe('');
    expect(/took (more|too) /.test(out) ? [1] : [0, 1]).toContain(code);
    expect(() => JSON.parse(out) as unknown).not.toThrow();
  }
  console.info(`${cloud}: ${name}: ${told.join('; ')}`);
}, 900_000);
