import { at, type Deployment, isList, isObject, type Resource, Unknown, type Value } from '../model.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Shapes that nothing but a credential has, whatever the setting is called. */
const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  ['an access key of AWS', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  ['a key of a storage account', /AccountKey=[A-Za-z0-9+/]{86}==/],
  ['an API key of Google', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}/],
  ['a password in an address', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'${}<>]+:[^\s/@"'${}<>]+@/i],
];
/** Settings that hold a secret by their name. */
const NAMES = /(?:^|[_.\-/])(?:password|passwd|pwd|secret_?key|api_?key|access_?key|private_?key|auth_?token|access_?token|connection_?string)$|[_.\-/]secret$|(?:Password|SecretKey|ClientSecret|AuthToken|ConnectionString)$/i;
/** Values that lead to a secret and are none: references, ARNs, addresses and names in a secret store. */
const POINTER = /\$\{|\{\{resolve:|^arn:|^projects\/|^@Microsoft\.KeyVault\(|^secretref:|^[a-z]+:\/\/|^(true|false|\d*)$/i;

function judge(name: string, value: string, path: string): Defect[] {
  const text = /^[A-Za-z0-9+/\s]{40,}={0,2}$/.test(value) ? `${value}\n${Buffer.from(value, 'base64').toString('latin1')}` : value;
  const shape = SHAPES.find(([, pattern]) => pattern.test(text));
  if (shape) return [fail(path, `holds ${shape[0]} in plain text`)];
  return NAMES.test(name) && value !== '' && !POINTER.test(value) ? [fail(path, `${name} stands there in plain text`)] : [];
}

/** Every text inside a value with the name that goes with it: of a property, or of an entry `{ name, value }`. */
function secretsIn(value: Value | undefined, path: string, name: string): Defect[] {
  if (typeof value === 'string') return judge(name, value, path);
  if (isList(value)) return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`, name));
  if (!isObject(value)) return [];
  const label = value['Name'] ?? value['name'];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, path === '' ? key : `${path}.${key}`, key.toLowerCase() === 'value' && typeof label === 'string' ? label : key));
}

/** A check of what carries code, settings or a password. */
const settings = (...types: readonly string[]): Check => function* (deployment) {
  for (const type of types) for (const resource of deployment.ofType(type)) yield* outcomes(resource, secretsIn(resource.properties, '', ''));
};

/** Resources whose inputs are the secret itself, by the property that holds it. */
const HOLDERS: Readonly<Record<string, string>> = {
  'gcp:kms/secretCiphertext:SecretCiphertext': 'plaintext',
  'gcp:secretmanager/secretVersion:SecretVersion': 'secretData',
  'gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion': 'secretData',
  'azure-native:keyvault:Secret': 'properties.value',
};

function held(resource: Resource, property: string): Defect[] {
  const value = at(resource.properties, property);
  if (value === undefined || value === null) return [];
  // Hidden from the preview is not out of the state: the engine keeps what it was given.
  return [value instanceof Unknown && !value.reason.includes('secret') ? unknown(property, value.reason) : fail(property, `${property} lies in the state of the deployment: whoever reads the state has it`)];
}

function* holders(deployment: Deployment): ReturnType<Check> {
  for (const [type, property] of Object.entries(HOLDERS)) for (const resource of deployment.ofType(type)) yield* outcomes(resource, held(resource, property));
}

const GCP_MACHINES = ['gcp:compute/instance:Instance', 'gcp:compute/disk:Disk', 'gcp:compute/instanceTemplate:InstanceTemplate', 'gcp:compute/regionInstanceTemplate:RegionInstanceTemplate'] as const;
const gcpSettings = settings(...GCP_MACHINES, 'gcp:compute/projectMetadata:ProjectMetadata', 'gcp:compute/projectMetadataItem:ProjectMetadataItem', 'gcp:cloudrunv2/service:Service', 'gcp:cloudrunv2/job:Job', 'gcp:cloudrun/service:Service', 'gcp:cloudfunctions/function:Function', 'gcp:cloudfunctionsv2/function:Function');
const azureSettings = settings(...['compute:VirtualMachine', 'compute:VirtualMachineScaleSet', 'web:WebApp', 'web:WebAppApplicationSettings', 'containerinstance:ContainerGroup', 'app:ContainerApp', 'resources:AzureCliScript', 'resources:AzurePowerShellScript', 'sql:Server', 'dbforpostgresql:Server', 'dbformysql:Server'].map((name) => `azure-native:${name}`));
const awsSettings = settings('AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::LaunchConfiguration', 'AWS::Lambda::Function', 'AWS::ECS::TaskDefinition', 'AWS::Batch::JobDefinition', 'AWS::CodeBuild::Project', 'AWS::SSM::Document', 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster', 'AWS::ElastiCache::ReplicationGroup');

export const rule = defineRule({
  id: 'key-plaintext-not-in-state',
  title: 'No key, password or token lies in the artifact or the state of the deployment',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(a)(2)(iv)', '45 CFR 164.308(a)(5)(ii)(D)'],
  why: 'Templates, states, environments and user data are read by pipelines, consoles and everybody with a read-only role: a secret in them has been handed to all of these, attested or not.',
  fix: {
    aws: 'Take the credential out of user data, environment variables and properties: encrypt it inside the TEE with the AttestedKey, or refer to it ({{resolve:secretsmanager:…}}, Secrets of the task) and rotate the one that stood there.',
    azure: 'Take the credential out of customData, app settings and properties: release it to the TEE with the AttestedKey, or refer to it (@Microsoft.KeyVault(…), secretRef), write vault secrets outside the deployment, and rotate the one that stood there.',
    gcp: 'Encrypt inside the TEE with the AttestedKey, or write the secret version outside the deployment and refer to it; give disks kmsKeySelfLink, never a raw key; rotate what stood in metadata or environment variables.',
  },
  checks: {
    aws: awsSettings,
    azure: function* (deployment) {
      yield* holders(deployment);
      yield* azureSettings(deployment);
    },
    gcp: function* (deployment) {
      yield* holders(deployment);
      yield* gcpSettings(deployment);
      for (const machine of GCP_MACHINES.flatMap((type) => deployment.ofType(type))) if (JSON.stringify(machine.properties).includes('KeyRaw":')) yield* outcomes(machine, fail('', 'a raw disk key lies in the state of the deployment'));
    },
  },
});
