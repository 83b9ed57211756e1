/**
 * The form of the workload file: one zod schema from which its validation, the published JSON Schema and the reference
 * in docs/workload.md come. What spans several keys is in checks.ts.
 *
 * Every message says what is allowed and how to fix it, as one line: `<allowed>; fix: <what to do>`.
 */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { parseCidr } from './ipv4.js';
import { type Parsed, parseAzureToken, parseContainerImage, parseNitroEnclave, parseNitroTpm, sha256Problem } from './measurements.js';
import { isIsoDate, PATTERNS } from './patterns.js';
import { SIX_YEARS_IN_DAYS } from './retention.js';

/** Longest retention that every cloud's log store accepts: a Google Cloud log bucket keeps at most 3650 days. */
const MAX_RETENTION_DAYS = 3650;

/** Object id and application id are both UUIDs; this one is the application id of the Confidential VM Orchestrator, in every tenant. */
const ORCHESTRATOR_APPLICATION_ID = 'bf7b6499-ff71-4aa2-97a4-f372087be7f0';

function text(pattern: RegExp, description: string, allowed: string, fix: string, example: string) {
  const error = `must be ${allowed}; fix: ${fix}`;
  return z.string({ error }).regex(pattern, { error }).meta({ description: `${description} Allowed: ${allowed}.`, examples: [example] });
}

function choice<const T extends readonly [string, ...string[]]>(values: T, description: string, fix: string) {
  return z.enum(values, { error: `must be ${values.join(' | ')}; fix: ${fix}` }).meta({ description });
}

function whole(min: number, max: number, description: string, fix: string) {
  const error = `must be a whole number, ${min} to ${max}; fix: ${fix}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ description: `${description} Allowed: a whole number, ${min} to ${max}.` });
}

/** A mapping with exactly these keys. The message of an unknown key is the list of the allowed ones. */
function section<T extends z.core.$ZodLooseShape>(shape: T, description: string) {
  const keys = Object.keys(shape).join(', ');
  return z
    .strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : `must be a mapping with the keys ${keys}; fix: write the keys indented below it`) })
    .meta({ description });
}

function named<T extends z.core.SomeType>(key: z.core.$ZodRecordKey, value: T, description: string) {
  return z.record(key, value, { error: 'must be a mapping from names to entries; fix: write each name as a key, its entry indented below it' }).meta({ description });
}

function list<T extends z.core.SomeType>(item: T, max: number, description: string) {
  const error = `must be a list of 1 to ${max} entries; fix: write each entry on a line of its own that starts with "- "`;
  return z.array(item, { error }).min(1, { error }).max(max, { error }).meta({ description });
}

function date(description: string) {
  const error = 'must be a date that exists, written YYYY-MM-DD; fix: write it like 2027-11-30';
  return z.string({ error }).regex(PATTERNS.date, { error }).refine(isIsoDate, { error, abort: true })
    .meta({ description: `${description} Allowed: an ISO date, YYYY-MM-DD.`, examples: ['2027-11-30'] });
}

function cidr(minPrefix: number, maxPrefix: number, description: string, example: string) {
  const error = `must be an IPv4 range, /${minPrefix} to /${maxPrefix}, without bits beyond its prefix; fix: write it like ${example}`;
  return z.string({ error }).refine((value) => {
    const range = parseCidr(value);
    return range !== undefined && range.prefix >= minPrefix && range.prefix <= maxPrefix;
  }, { error }).meta({ description: `${description} Allowed: an IPv4 range, /${minPrefix} to /${maxPrefix}.`, examples: [example] });
}

const uuid = (description: string, fix: string) =>
  text(PATTERNS.uuid, description, 'a UUID in lower case', fix, '00000000-0000-4000-8000-000000000001');
const free = (description: string, example: string) =>
  text(PATTERNS.text, description, 'one line of text, 1 to 200 characters', 'write it on one line, in quotes', example);
const slug = (what: string) =>
  text(PATTERNS.slug, `Name of the ${what}.`, '2 to 40 lower-case letters, digits and single hyphens, starting with a letter', 'rename it', 'release-1');

const segmentName = text(PATTERNS.segment, 'Name of a segment.', 'the name of a segment: 2 to 20 lower-case letters, digits and single hyphens, starting with a letter, not "endpoints"', 'rename it', 'gateway');

const instances = section({
  min: whole(1, 100, 'Fewest instances.', 'write at least 1'),
  max: whole(1, 100, 'Most instances.', 'write a number that is not below min'),
}, 'How many instances run the TEE.');

const baaRecord = section({
  reference: free("The customer's own reference of the agreement.", 'BAA-2026-0117'),
  counterparty: free('The legal entity that signed.', 'Example Cloud Provider, Inc.'),
  effective: date('Day from which the agreement holds.'),
  review: date('Day by which the customer reviews the agreement again.'),
}, "The customer's record of the business associate agreement with this cloud's provider: the customer's assertion, which the kit neither makes nor checks.");

const approval = {
  owner: free('Who answers for the measurement.', 'Clinical Platform Engineering'),
  approvedBy: list(free('Name of an approver.', 'release-board@hospital.example'), 20, 'Who approved the release; at least one.'),
  approved: date('Day of the approval.'),
  expires: date('Last day, inclusive, on which the measurement may receive keys.'),
  status: choice(['active', 'retired', 'revoked'], 'Only active measurements receive keys; retired and revoked ones stay on record.', 'choose one'),
};

/** The JSON of a tool may stand in the file as a mapping or as a block of text. */
const json = z.union([z.string(), z.record(z.string(), z.unknown())], { error: 'must be the JSON that the tool prints; fix: paste it whole, from { to }' });

/** The output of a tool, read by `parse`. */
function output<T>(form: z.ZodType, parse: (value: unknown) => Parsed<T>, description: string) {
  return form
    .meta({ description })
    .transform((value, context): T => {
      const parsed = parse(value);
      if ('value' in parsed) return parsed.value;
      for (const { path, message } of parsed.problems) context.issues.push({ code: 'custom', input: value, path: [...path], message });
      return z.NEVER;
    });
}

const sha256 = text(PATTERNS.sha256, 'SHA-256 of the file.', '64 lower-case hex characters', 'paste what sha256sum prints', 'ab'.repeat(32))
  .superRefine((value, context) => {
    const problem = PATTERNS.sha256.test(value) ? sha256Problem(value) : undefined;
    if (problem) context.issues.push({ code: 'custom', input: value, message: problem });
  });

const artifact = section({
  bucket: text(PATTERNS.bucket, 'S3 bucket of the enclave image file.', 'the name of an S3 bucket', 'write the name only, without s3://', 'example-clinical-releases'),
  key: text(PATTERNS.objectKey, 'Object key.', 'an S3 object key without spaces or ".."', 'write the key only, without the bucket', 'enclave/inference.eif'),
  versionId: text(PATTERNS.versionId, 'Object version; the host fetches exactly this one.', 'an S3 version id, not "null"', 'turn on versioning of the bucket and paste the version id of the upload', '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY'),
  sha256,
}, 'The enclave image file that has these measurements.');

const nitroEnclave = section({
  tool: z.literal('nitro-cli'),
  output: output(json, parseNitroEnclave, 'The JSON that nitro-cli build-enclave or nitro-cli describe-eif prints, as a mapping or as a block of text.'),
  artifact,
  ...approval,
}, 'A Nitro enclave image.');

const nitroTpm = section({
  tool: z.literal('nitro-tpm-pcr-compute'),
  output: output(json, parseNitroTpm, 'The JSON that nitro-tpm-pcr-compute 1.1.0 or newer prints, as a mapping or as a block of text.'),
  ...approval,
}, 'An attestable AMI.');

const azureGuest = section({
  tool: z.literal('azure-attestation'),
  output: output(json, parseAzureToken, 'The payload of a guest attestation token of Microsoft Azure Attestation, as a mapping or as a block of JSON text.'),
  ...approval,
}, 'A confidential VM image, by the claims of its guest token.');

const confidentialSpace = section({
  tool: z.literal('container-image'),
  output: output(z.string({ error: 'must be registry/project/repository/image@sha256:<64 hex characters>; fix: paste the reference that the registry prints' }), parseContainerImage, 'registry/project/repository/image@sha256:<digest>, without a tag.'),
  ...approval,
}, 'A Confidential Space container, pinned by digest.');

function byTool<const T extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(options: T, tools: string) {
  return z.discriminatedUnion('tool', options, { error: `must be ${tools}; fix: name the tool that printed the output` });
}

const aws = section({
  account: text(PATTERNS.awsAccount, 'AWS account.', '12 digits in quotes', 'write it in quotes, so that YAML reads no number', '111122223333'),
  region: text(PATTERNS.awsRegion, 'AWS Region.', 'the id of an AWS Region', 'write it like us-east-1', 'us-east-1'),
  instance: text(PATTERNS.ec2Instance, 'EC2 instance type of the enclave hosts.', 'an EC2 instance type that supports Nitro Enclaves', 'write it like m6i.2xlarge', 'm6i.2xlarge'),
  instances,
  image: text(PATTERNS.ami, 'Golden AMI with nitro-cli and the AWS CLI.', 'ami- and 8 or 17 hex characters', 'paste the id of the AMI', 'ami-0abcdef1234567890'),
  enclave: section({
    vcpus: whole(1, 190, 'vCPUs that the enclave takes from the host; even on x86.', 'leave at least one core to the host'),
    memoryMiB: whole(64, 12_000_000, 'Memory in MiB that the enclave takes from the host; about four times the size of the image file at least.', 'leave at least 1024 MiB to the host'),
  }, 'What the enclave takes from its host.'),
  organization: text(PATTERNS.awsOrganization, 'AWS Organizations id, if the account is in one.', 'o- and 10 to 32 characters', 'paste the id of the organization', 'o-exampleorg1').optional(),
  deploymentRole: text(PATTERNS.awsRole, 'The one role that may change the key policy when the stack is deployed. Default: the CloudFormation execution role of the CDK bootstrap.', 'the ARN of an IAM role', 'paste the whole ARN', 'arn:aws:iam::111122223333:role/deploy').optional(),
  keyAccount: text(PATTERNS.awsAccount, 'AWS account that holds the PHI key. Default: account.', '12 digits in quotes', 'write it in quotes, so that YAML reads no number', '222233334444').optional(),
  logAccount: text(PATTERNS.awsAccount, 'AWS account that holds the logs. Default: account.', '12 digits in quotes', 'write it in quotes, so that YAML reads no number', '333344445555').optional(),
  consumers: list(
    text(PATTERNS.awsPrincipal, 'ARN of an account (root), role or user.', 'the ARN of an account (root), a role or a user', 'paste the whole ARN, without wildcards', 'arn:aws:iam::444455556666:root'),
    100,
    'Principals that may connect to the gateway through PrivateLink; each connection is accepted by hand. Without them only hosts of a gateway segment reach it.',
  ).optional(),
}, 'Amazon Web Services.');

const sshPublicKey = z
  .string({ error: 'must be an OpenSSH public key, ssh-ed25519 or ssh-rsa; fix: paste the .pub file' })
  .refine(isSshPublicKey, { error: 'must be an OpenSSH public key, ssh-ed25519 or ssh-rsa of at least 3072 bits; fix: paste the .pub file' })
  .meta({ description: 'Azure requires a credential on a Linux VM even where no network path to SSH exists. Allowed: an OpenSSH public key, ssh-ed25519 or ssh-rsa of at least 3072 bits.' });

const certificate = z
  .string({ error: 'must be an X.509 certificate in base64 DER, without PEM armour; fix: print it with openssl x509 -outform DER | base64 -w0' })
  .refine(isCertificate, { error: 'must be an X.509 certificate in base64 DER, without PEM armour; fix: print it with openssl x509 -outform DER | base64 -w0' })
  .meta({ description: 'Allowed: an X.509 certificate in base64 DER, without PEM armour.' });

const azure = section({
  subscription: uuid('Azure subscription.', 'paste the subscription id'),
  tenant: uuid('Entra tenant.', 'paste the tenant id'),
  region: text(PATTERNS.azureRegion, 'Azure region.', 'the name of an Azure region without spaces', 'write it like eastus', 'eastus'),
  instance: text(PATTERNS.azureInstance, 'VM size.', 'a confidential VM size', 'write it like Standard_DC4as_v5', 'Standard_DC4as_v5'),
  instances,
  image: section({
    publisher: text(PATTERNS.imagePart, 'Publisher.', 'a marketplace publisher', 'paste it from az vm image list', 'Canonical'),
    offer: text(PATTERNS.imagePart, 'Offer.', 'a marketplace offer', 'paste it from az vm image list', 'ubuntu-24_04-lts'),
    sku: text(PATTERNS.imagePart, 'SKU, for confidential VMs.', 'a marketplace SKU', 'paste it from az vm image list', 'cvm'),
    version: text(PATTERNS.imageVersion, 'Version; latest is refused, because it is another image tomorrow.', 'an exact version, not latest', 'paste a version from az vm image list --all', '24.04.202604160'),
  }, 'Marketplace image, pinned.'),
  confidentialVmOrchestrator: uuid("Object id (not the application id) of the tenant's Confidential VM Orchestrator service principal.", 'paste the object id from az ad sp show')
    .refine((value) => value !== ORCHESTRATOR_APPLICATION_ID, { error: 'must be the object id in your tenant, not the application id; fix: paste the id that az ad sp show --id bf7b6499-ff71-4aa2-97a4-f372087be7f0 --query id prints' }),
  sshPublicKey,
  attestationPolicySigners: list(certificate, 10, 'Certificates whose keys sign the policy of the private attestation authority. With them only the holders of these keys, and no Azure administrator, can change that policy.'),
}, 'Microsoft Azure.');

const project = (description: string) =>
  text(PATTERNS.gcpProject, description, 'the id of a project: 6 to 30 lower-case letters, digits and hyphens', 'paste the project id', 'example-phi-workload');
const projectNumber = (description: string) =>
  text(PATTERNS.gcpNumber, description, '6 to 19 digits in quotes', 'write it in quotes, so that YAML reads no number', '100000000001');

const gcp = section({
  project: project('Project of the workload.'),
  projectNumber: projectNumber('Number of the project; part of the attestation condition.'),
  keyProject: project("Project of the PHI key. Its owners must not be the workload's owners."),
  keyProjectNumber: projectNumber('Number of the key project.'),
  organization: projectNumber('Organization id.'),
  region: text(PATTERNS.gcpRegion, 'Region.', 'the name of a Google Cloud region', 'write it like us-central1', 'us-central1'),
  zone: text(PATTERNS.gcpZone, 'Zone in the region, in which the TEE type is offered.', 'the name of a zone', 'write it like us-central1-a', 'us-central1-a'),
  instance: text(PATTERNS.gcpInstance, 'Machine type.', 'a machine type that runs the confidentialType', 'write it like c3-standard-4', 'c3-standard-4'),
  instances,
  confidentialType: choice(['TDX', 'SEV', 'SEV_SNP'], 'Hardware of the TEE. Confidential Space runs on TDX and SEV.', 'write TDX unless its machines are not offered in the zone'),
  image: text(PATTERNS.gcpImage, 'Confidential Space production image. With the family, every replaced VM runs the newest one; with one name, the fleet loses the key when Google withdraws that image.', 'projects/confidential-space-images/global/images/ and confidential-space-<6 digits> or family/confidential-space, never a debug image', 'paste a name from gcloud compute images list --project confidential-space-images', 'projects/confidential-space-images/global/images/family/confidential-space'),
  oldestImage: text(PATTERNS.gcpImageVersion, 'Oldest version of the Confidential Space image that receives keys. Default: every one that Google supports as STABLE.', '6 digits in quotes', 'write the digits of an image name', '260700').optional(),
  gatewayImage: text(PATTERNS.gcpExactImage, "Exact image of the gateway's Confidential VM. Without it no gateway host is deployed.", 'projects/<project>/global/images/<image>, no family', 'paste the name of one image', 'projects/example-phi-workload/global/images/gateway-2026-11').optional(),
  deployer: text(PATTERNS.gcpMember, "IAM member that runs pulumi up. With break glass, the only one that may change the key's policy.", 'serviceAccount: or group: and an address', 'write it like serviceAccount:deploy@example-phi-keys.iam.gserviceaccount.com', 'serviceAccount:deploy@example-phi-keys.iam.gserviceaccount.com'),
  perimeter: section({
    accessPolicy: projectNumber("Number of the organisation's access policy."),
    enforced: z.boolean({ error: 'must be true or false; fix: write false first, and true when the log shows no refusal' }).meta({ description: 'False only logs what it would refuse; true refuses.' }),
  }, 'VPC Service Controls. Without it no perimeter is placed.').optional(),
  privateServiceConnect: text(PATTERNS.ipv4, 'Address, outside network.cidr, of a Private Service Connect endpoint to the Google APIs. Default: the restricted virtual IP 199.36.153.4/30.', 'an IPv4 address', 'write it like 10.21.0.5', '10.21.0.5').optional(),
  assuredWorkloads: section({
    billingAccount: text(PATTERNS.gcpBillingAccount, 'Billing account.', 'XXXXXX-XXXXXX-XXXXXX', 'paste the id of the billing account', '000000-000000-000001'),
  }, 'Assured Workloads folder for healthcare. Without it none is declared.').optional(),
}, 'Google Cloud.');

const roleArn = text(PATTERNS.awsRole, 'IAM role.', 'the ARN of an IAM role', 'paste the whole ARN', 'arn:aws:iam::111122223333:role/phi-key-administrator');
const objectId = uuid('Object id of an Entra group or user.', 'paste the object id');
const group = text(PATTERNS.gcpGroup, 'Google group.', 'group: and the address of a Google group', 'write it like group:phi-key-admins@hospital.example', 'group:phi-key-admins@hospital.example');

/** The workload file as it is written. Its output is not yet a `Workload`: `toWorkload` shapes the measurements. */
export const workloadFile = section({
  version: z.literal(1, { error: 'must be 1; fix: write version: 1' }).meta({ description: 'Version of this file format.' }),
  name: text(PATTERNS.name, 'Name of the workload; part of every resource name.', '3 to 24 lower-case letters, digits and single hyphens, starting with a letter', 'rename it', 'clinical-decision'),
  environment: choice(['production', 'staging', 'sandbox'], 'Deployment stage. Only in production is a log that is not immutable a failed gate.', 'choose one'),
  owner: free('Who answers for the workload.', 'Clinical Decision Support'),
  contact: text(PATTERNS.email, 'Where the owner is reached.', 'an e-mail address', 'write the address of a team, in quotes', 'phi-platform@hospital.example'),
  data: section({
    classification: choice(['phi', 'limited-data-set', 'de-identified'], 'What kind of data the workload processes, in the terms of HIPAA.', 'choose one'),
    phiCategories: list(slug('PHI category'), 30, 'Categories of PHI that the workload processes.'),
  }, 'The data that the workload processes.'),
  baa: section({ aws: baaRecord.optional(), azure: baaRecord.optional(), gcp: baaRecord.optional() }, 'Business associate agreements, one per cloud.'),
  clouds: section({ aws: aws.optional(), azure: azure.optional(), gcp: gcp.optional() }, 'Where the workload is deployed; at least one cloud.'),
  measurements: section({
    aws: named(slug('release'), byTool([nitroEnclave, nitroTpm], 'nitro-cli | nitro-tpm-pcr-compute'), 'Releases for AWS.').optional(),
    azure: named(slug('release'), byTool([azureGuest], 'azure-attestation'), 'Releases for Azure.').optional(),
    gcp: named(slug('release'), byTool([confidentialSpace], 'container-image'), 'Releases for Google Cloud.').optional(),
  }, 'Approved code, by release name. Each release stands as its own tool printed it.'),
  keyAdministrators: section({
    aws: list(roleArn, 10, 'IAM role ARNs.').optional(),
    azure: list(objectId, 10, 'Entra object ids.').optional(),
    gcp: list(group, 10, 'Google groups.').optional(),
  }, 'Who administers keys, per cloud. Administrators never use keys.'),
  breakGlass: section({ aws: roleArn.optional(), azure: objectId.optional(), gcp: group.optional() }, 'The one principal per cloud that may change the gate in an emergency. Alarmed wherever it acts.'),
  retention: section({
    days: whole(SIX_YEARS_IN_DAYS, MAX_RETENTION_DAYS, 'Days for which logs are kept. 2192 covers six calendar years, 45 CFR 164.316(b)(2)(i).', `write ${SIX_YEARS_IN_DAYS} unless your policy asks for more`),
    irreversible: z.boolean({ error: 'must be true or false; fix: write true to lock the logs for good' }).meta({ description: 'True locks the logs for good (Object Lock COMPLIANCE, locked retention): nothing can undo it, not even the provider. False uses the reversible form and reports that the log is not immutable.' }),
  }, 'Retention of logs.'),
  network: section({
    cidr: cidr(16, 24, 'The whole private range (RFC 1918).', '10.20.0.0/16'),
    endpoints: cidr(16, 26, "The part of it for the provider's private endpoints.", '10.20.240.0/24'),
  }, 'Address space, the same on every cloud.'),
  segments: named(segmentName, section({
    purpose: choice(['gateway', 'tee', 'phi-store', 'other'], 'What runs in the segment. Exactly one segment has tee.', 'choose one'),
    cidr: cidr(16, 26, 'Range of the segment, inside network.cidr.', '10.20.16.0/24'),
  }, 'A network segment.'), 'Network segments, by name.'),
  flows: named(slug('flow'), section({
    from: segmentName,
    to: segmentName,
    port: whole(1, 65_535, 'TCP port.', 'write the port that the target listens on'),
  }, 'One allowed flow, TCP.'), 'Allowed flows, by name. Whatever is not listed is denied.'),
}, 'One PHI workload in Trusted Execution Environments.');

/** The file after validation of its form. */
export type WorkloadFile = z.output<typeof workloadFile>;

/** The JSON Schema (draft 7, which editors support best) of the workload file. */
export function workloadJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(workloadFile, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'tee-kit workload file', ...schema };
}

function isCertificate(value: string): boolean {
  if (!PATTERNS.base64.test(value)) return false;
  try {
    const der = Buffer.from(value, 'base64');
    return new X509Certificate(der).raw.equals(der);
  } catch {
    return false;
  }
}

function isSshPublicKey(value: string): boolean {
  const match = /^(ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/]{68,2000}={0,2})(?: [\w.@-]{1,100})?$/.exec(value);
  if (!match) return false;
  const blob = Buffer.from(match[2] as string, 'base64');
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return false;
    const length = blob.readUInt32BE(at);
    if (length > blob.length - at - 4) return false;
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (fields[0]?.toString('latin1') !== match[1]) return false;
  if (match[1] === 'ssh-ed25519') return fields.length === 2 && fields[1]?.length === 32;
  // An mpint has a leading zero byte when its top bit is set.
  return fields.length === 3 && (fields[2]?.length ?? 0) >= 3072 / 8;
}
