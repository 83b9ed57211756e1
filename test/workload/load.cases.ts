/** Wrong workload files and the exact lines that they get. */
import { between } from './edits.js';

export interface Case {
  readonly name: string;
  /** Edits of the shipped file: text that occurs once, and what replaces it. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** Per error: a piece of the edited file with `^` in front of the place, and the line after file, line and column. */
  readonly errors: readonly (readonly [place: string, text: string])[];
}

export const CASES: readonly Case[] = [
  {
    name: 'version',
    edits: [[`version: 1\n`, `version: 2\n`]],
    errors: [
      [`\nversion: ^2`, 'version: 2: must be 1; fix: write version: 1'],
    ],
  },
  {
    name: 'missing key',
    edits: [[`owner: Clinical Decision Support\n`, '']],
    errors: [
      ['^version: 1', 'owner: missing; must be one line of text, 1 to 200 characters; fix: write it on one line, in quotes'],
    ],
  },
  {
    name: 'empty value',
    edits: [[`owner: Clinical Decision Support\n`, `owner:\n`]],
    errors: [
      [`\nowner:^`, 'owner: null: must be one line of text, 1 to 200 characters; fix: write it on one line, in quotes'],
    ],
  },
  {
    name: 'misspelt key',
    edits: [['    region: us-east-1', '    regoin: us-east-1']],
    errors: [
      [`ds:\n  ^aws:`, 'clouds.aws.region: missing; must be the id of an AWS Region; fix: write it like us-east-1'],
      ['^regoin: us-east-1', 'clouds.aws.regoin: unknown key; allowed: account, region, instance, instances, image, enclave, organization, deploymentRole, keyAccount, logAccount, consumers; fix: did you mean region?'],
    ],
  },
  {
    name: 'unknown key, nothing near',
    edits: [[`version: 1\n`, `version: 1\nzebra: 1\n`]],
    errors: [
      ['^zebra: 1', 'zebra: unknown key; allowed: version, name, environment, owner, contact, data, baa, clouds, measurements, keyAdministrators, breakGlass, retention, network, segments, flows; fix: remove it or see docs/workload.md'],
    ],
  },
  {
    name: 'duplicate key',
    edits: [[`version: 1\n`, `version: 1\nname: other\n`]],
    errors: [
      ['^name: clinical-decision', 'name: key given twice; allowed: each key once; fix: keep one of them'],
    ],
  },
  {
    name: 'name too long',
    edits: [[`name: clinical-decision\n`, `name: clinical-decision-support-inference\n`]],
    errors: [
      ['^clinical-decision-support-infe', 'name: "clinical-decision-support-inference": must be 3 to 24 lower-case letters, digits and single hyphens, starting with a letter; fix: rename it'],
    ],
  },
  {
    name: 'name with capital',
    edits: [[`name: clinical-decision\n`, `name: Clinical\n`]],
    errors: [
      ['name: ^Clinical', 'name: "Clinical": must be 3 to 24 lower-case letters, digits and single hyphens, starting with a letter; fix: rename it'],
    ],
  },
  {
    name: 'environment',
    edits: [['environment: production', 'environment: prod']],
    errors: [
      ['^prod', 'environment: "prod": must be production | staging | sandbox; fix: choose one'],
    ],
  },
  {
    name: 'contact',
    edits: [['contact: phi-platform@hospital.example', 'contact: call us']],
    errors: [
      ['^call us', 'contact: "call us": must be an e-mail address; fix: write the address of a team, in quotes'],
    ],
  },
  {
    name: 'classification',
    edits: [['classification: phi', 'classification: secret']],
    errors: [
      ['^secret', 'data.classification: "secret": must be phi | limited-data-set | de-identified; fix: choose one'],
    ],
  },
  {
    name: 'categories empty',
    edits: [[`  phiCategories:\n    - diagnoses\n    - medications\n    - laboratory-results\n    - vital-signs\n`, `  phiCategories: []\n`]],
    errors: [
      ['^[]', 'data.phiCategories: []: must be a list of 1 to 30 entries; fix: write each entry on a line of its own that starts with "- "'],
    ],
  },
  {
    name: 'category form',
    edits: [['    - vital-signs', '    - Vital Signs']],
    errors: [
      ['^Vital Signs', 'data.phiCategories.3: "Vital Signs": must be 2 to 40 lower-case letters, digits and single hyphens, starting with a letter; fix: rename it'],
    ],
  },
  {
    name: 'scalar for section',
    edits: [[between('data:\n', '\n# The customer'), 'data: phi\n']],
    errors: [
      ['data: ^phi', 'data: "phi": must be a mapping with the keys classification, phiCategories; fix: write the keys indented below it'],
    ],
  },
  {
    name: 'date that does not exist',
    edits: [[`reference: BAA-2026-0117\n    counterparty: Amazon Web Services, Inc.\n    effective: "2026-01-15"`, `reference: BAA-2026-0117\n    counterparty: Amazon Web Services, Inc.\n    effective: "2026-02-30"`]],
    errors: [
      ['^"2026-02-30"', 'baa.aws.effective: "2026-02-30": must be a date that exists, written YYYY-MM-DD; fix: write it like 2027-11-30'],
    ],
  },
  {
    name: 'date with time',
    edits: [['effective: "2026-02-02"', 'effective: "2026-02-02T00:00:00Z"']],
    errors: [
      ['^"2026-02-02T00:00:00Z"', 'baa.gcp.effective: "2026-02-02T00:00:00Z": must be a date that exists, written YYYY-MM-DD; fix: write it like 2027-11-30'],
    ],
  },
  {
    name: 'review before effective',
    edits: [['effective: "2026-02-02"', 'effective: "2028-02-02"']],
    errors: [
      [`2"\n    review: ^"2027-11-30"`, 'baa.gcp.review: "2027-11-30": must not be before effective 2028-02-02; fix: correct one of the two dates'],
    ],
  },
  {
    name: 'no BAA for a cloud',
    edits: [[`  gcp:\n    reference: BAA-2026-0119\n    counterparty: Google LLC\n    effective: "2026-02-02"\n    review: "2027-11-30"\n`, '']],
    errors: [
      ['^baa:', 'baa.gcp: must be there because clouds.gcp is; fix: record the agreement with reference, counterparty, effective and review'],
    ],
  },
  {
    name: 'no clouds',
    edits: [[between('clouds:\n', '\n# Approved code'), 'clouds: {}\n']],
    errors: [
      ['^{}', 'clouds: {}: must hold aws, azure or gcp; fix: add at least one cloud'],
    ],
  },
  {
    name: 'account as number',
    edits: [['account: "111122223333"', 'account: 111122223333']],
    errors: [
      [' ^111122223333', 'clouds.aws.account: 111122223333: must be 12 digits in quotes; fix: write it in quotes, so that YAML reads no number'],
    ],
  },
  {
    name: 'account too short',
    edits: [['account: "111122223333"', 'account: "1111"']],
    errors: [
      ['^"1111"', 'clouds.aws.account: "1111": must be 12 digits in quotes; fix: write it in quotes, so that YAML reads no number'],
    ],
  },
  {
    name: 'region',
    edits: [['region: us-east-1', 'region: virginia']],
    errors: [
      ['^virginia', 'clouds.aws.region: "virginia": must be the id of an AWS Region; fix: write it like us-east-1'],
    ],
  },
  {
    name: 'instance without enclaves',
    edits: [['instance: m6i.2xlarge', 'instance: t3.2xlarge']],
    errors: [
      ['^t3.2xlarge', 'clouds.aws.instance: "t3.2xlarge": must be an EC2 instance type that supports Nitro Enclaves: burstable T families do not support Nitro Enclaves; fix: choose for example m6i.2xlarge'],
    ],
  },
  {
    name: 'instance too small',
    edits: [['instance: m6i.2xlarge', 'instance: m6i.large']],
    errors: [
      ['^m6i.large', 'clouds.aws.instance: "m6i.large": must be an EC2 instance type that supports Nitro Enclaves: m6i supports Nitro Enclaves from a larger size than large; fix: choose for example m6i.2xlarge'],
    ],
  },
  {
    name: 'instance metal',
    edits: [['instance: m6i.2xlarge', 'instance: m6i.metal']],
    errors: [
      ['^m6i.metal', 'clouds.aws.instance: "m6i.metal": must be an EC2 instance type that supports Nitro Enclaves: metal sizes do not support Nitro Enclaves; fix: choose for example m6i.2xlarge'],
    ],
  },
  {
    name: 'instance that is none',
    edits: [['instance: m6i.2xlarge', 'instance: m6i.huge']],
    errors: [
      ['^m6i.huge', 'clouds.aws.instance: "m6i.huge": must be an EC2 instance type that supports Nitro Enclaves: no EC2 instance type has that form; fix: choose for example m6i.2xlarge'],
    ],
  },
  {
    name: 'odd vcpus',
    edits: [['vcpus: 4', 'vcpus: 3']],
    errors: [
      ['^3, memoryMiB: 16384 }', 'clouds.aws.enclave.vcpus: 3: must be even: an enclave takes whole cores and m6i.2xlarge has two vCPUs per core; fix: write 4'],
    ],
  },
  {
    name: 'too many vcpus',
    edits: [['vcpus: 4', 'vcpus: 8']],
    errors: [
      ['^8, memoryMiB: 16384 }', 'clouds.aws.enclave.vcpus: 8: must be at most 6: m6i.2xlarge has 8 and keeps one core; fix: lower it or choose a larger instance'],
    ],
  },
  {
    name: 'too much memory',
    edits: [['memoryMiB: 16384', 'memoryMiB: 32768']],
    errors: [
      ['^32768 }', 'clouds.aws.enclave.memoryMiB: 32768: must be at most 31744: m6i.2xlarge has 32768 and keeps 1024; fix: lower it or choose a larger instance'],
    ],
  },
  {
    name: 'fractional vcpus',
    edits: [['vcpus: 4', 'vcpus: 2.5']],
    errors: [
      ['^2.5, memoryMiB: 16384 }', 'clouds.aws.enclave.vcpus: 2.5: must be a whole number, 1 to 190; fix: leave at least one core to the host'],
    ],
  },
  {
    name: 'min above max',
    edits: [['image: ami-0abcdef1234567890', `image: ami-0abcdef1234567890\n    deploymentRole: arn:aws:iam::444455556666:role/deploy`], [`instance: m6i.2xlarge\n    instances: { min: 2, max: 4 }`, `instance: m6i.2xlarge\n    instances: { min: 5, max: 4 }`]],
    errors: [
      ['5, max: ^4 }', 'clouds.aws.instances.max: 4: must not be below min 5; fix: correct one of the two'],
      ['^arn:aws:iam::444455556666:role', 'clouds.aws.deploymentRole: "arn:aws:iam::444455556666:role/deploy": must be in account 111122223333; fix: name the role of that account'],
    ],
  },
  {
    name: 'ami',
    edits: [['image: ami-0abcdef1234567890', 'image: ami-latest']],
    errors: [
      ['^ami-latest', 'clouds.aws.image: "ami-latest": must be ami- and 8 or 17 hex characters; fix: paste the id of the AMI'],
    ],
  },
  {
    name: 'organization aws',
    edits: [['organization: o-exampleorg1', 'organization: exampleorg']],
    errors: [
      ['^exampleorg', 'clouds.aws.organization: "exampleorg": must be o- and 10 to 32 characters; fix: paste the id of the organization'],
    ],
  },
  {
    name: 'uuid',
    edits: [['subscription: 00000000-0000-4000-8000-000000000001', 'subscription: my-subscription']],
    errors: [
      ['^my-subscription', 'clouds.azure.subscription: "my-subscription": must be a UUID in lower case; fix: paste the subscription id'],
    ],
  },
  {
    name: 'uuid in capitals',
    edits: [['subscription: 00000000-0000-4000-8000-000000000001', 'subscription: 00000000-0000-4000-8000-00000000000A']],
    errors: [
      ['subscription: ^00000000-0000-4000-8000-000000', 'clouds.azure.subscription: "00000000-0000-4000-8000-00000000000A": must be a UUID in lower case; fix: paste the subscription id'],
    ],
  },
  {
    name: 'azure size not confidential',
    edits: [['instance: Standard_DC4as_v5', 'instance: Standard_D4s_v5']],
    errors: [
      ['^Standard_D4s_v5', 'clouds.azure.instance: "Standard_D4s_v5": must be a confidential VM size (DCasv5, DCadsv5, ECasv5, ECadsv5, DCasv6, DCadsv6, ECasv6, ECadsv6, DCesv5, DCedsv5, ECesv5, ECedsv5, DCesv6, DCedsv6, ECesv6, ECedsv6); fix: choose for example Standard_DC4as_v5'],
    ],
  },
  {
    name: 'azure size of other hardware',
    edits: [['instance: Standard_DC4as_v5', 'instance: Standard_DC4es_v6']],
    errors: [
      [`5).\n      output:\n        ^{`, 'measurements.azure.inference-1.output: a mapping: must come from a tdxvm VM: clouds.azure.instance Standard_DC4es_v6 is one; fix: attest on that size or change the size'],
    ],
  },
  {
    name: 'azure latest image',
    edits: [['version: 24.04.202604160', 'version: latest']],
    errors: [
      ['^latest', 'clouds.azure.image.version: "latest": must be an exact version, not latest; fix: paste a version from az vm image list --all'],
    ],
  },
  {
    name: 'orchestrator application id',
    edits: [['confidentialVmOrchestrator: 00000000-0000-4000-8000-000000000003', 'confidentialVmOrchestrator: bf7b6499-ff71-4aa2-97a4-f372087be7f0']],
    errors: [
      ['^bf7b6499-ff71-4aa2-97a4-f37208', 'clouds.azure.confidentialVmOrchestrator: "bf7b6499-ff71-4aa2-97a4-f372087be7f0": must be the object id in your tenant, not the application id; fix: paste the id that az ad sp show --id bf7b6499-ff71-4aa2-97a4-f372087be7f0 --query id prints'],
    ],
  },
  {
    name: 'ssh key',
    edits: [['AAAAC3NzaC1lZDI1NTE5AAAAIA08vZEmDsnsq3hF3U5/EpX8ioKllbzj5LTu4MqVTxFT', 'AAAA']],
    errors: [
      ['^ssh-ed25519 AAAA', 'clouds.azure.sshPublicKey: "ssh-ed25519 AAAA": must be an OpenSSH public key, ssh-ed25519 or ssh-rsa of at least 3072 bits; fix: paste the .pub file'],
    ],
  },
  {
    name: 'certificate',
    edits: [[between('      - MII', '\n'), '      - TUlJRQ==']],
    errors: [
      ['^TUlJRQ==', 'clouds.azure.attestationPolicySigners.0: "TUlJRQ==": must be an X.509 certificate in base64 DER, without PEM armour; fix: print it with openssl x509 -outform DER | base64 -w0'],
    ],
  },
  {
    name: 'key project is the project',
    edits: [['keyProject: example-phi-keys', 'keyProject: example-phi-workload']],
    errors: [
      ['keyProject: ^example-phi-workload', 'clouds.gcp.keyProject: "example-phi-workload": must not be the project of the workload, whose owners could use its keys; fix: name a project of its own'],
    ],
  },
  {
    name: 'key project number',
    edits: [['keyProjectNumber: "100000000002"', 'keyProjectNumber: "100000000001"']],
    errors: [
      ['keyProjectNumber: ^"100000000001"', 'clouds.gcp.keyProjectNumber: "100000000001": must not be the number of the project of the workload; fix: paste the number of keyProject'],
    ],
  },
  {
    name: 'project number unquoted',
    edits: [['projectNumber: "100000000001"', 'projectNumber: 100000000001']],
    errors: [
      ['^100000000001', 'clouds.gcp.projectNumber: 100000000001: must be 6 to 19 digits in quotes; fix: write it in quotes, so that YAML reads no number'],
    ],
  },
  {
    name: 'zone in other region',
    edits: [['zone: us-central1-a', 'zone: us-east5-b']],
    errors: [
      ['^us-east5-b', 'clouds.gcp.zone: "us-east5-b": must be in region us-central1; fix: write it like us-central1-a'],
    ],
  },
  {
    name: 'zone without TDX',
    edits: [['zone: us-central1-a', 'zone: us-central1-f']],
    errors: [
      ['^us-central1-f', 'clouds.gcp.zone: "us-central1-f": must offer the TEE: TDX on c3-standard-4 is offered in us-central1-a, us-central1-b, us-central1-c, us-east1-c, us-east1-d, us-east4-a, us-east4-c, us-east5-b, us-east5-c, us-west1-a, us-west1-b; fix: choose one of them'],
    ],
  },
  {
    name: 'machine without TDX',
    edits: [['instance: c3-standard-4', 'instance: n2d-standard-4']],
    errors: [
      ['^n2d-standard-4', 'clouds.gcp.instance: "n2d-standard-4": must be a machine type that runs TDX (c3-standard without local SSD, or a3-highgpu-1g); fix: choose for example c3-standard-4'],
    ],
  },
  {
    name: 'machine with local ssd',
    edits: [['instance: c3-standard-4', 'instance: c3-standard-4-lssd']],
    errors: [
      ['^c3-standard-4-lssd', 'clouds.gcp.instance: "c3-standard-4-lssd": must be a machine type that runs TDX (c3-standard without local SSD, or a3-highgpu-1g); fix: choose for example c3-standard-4'],
    ],
  },
  {
    name: 'SEV_SNP',
    edits: [['confidentialType: TDX', 'confidentialType: SEV_SNP']],
    errors: [
      ['^SEV_SNP', 'clouds.gcp.confidentialType: "SEV_SNP": must be TDX | SEV: Confidential Space, which releases the keys, does not run on SEV_SNP; fix: write TDX'],
    ],
  },
  {
    name: 'confidential type',
    edits: [['confidentialType: TDX', 'confidentialType: SGX']],
    errors: [
      ['^SGX', 'clouds.gcp.confidentialType: "SGX": must be TDX | SEV | SEV_SNP; fix: write TDX unless its machines are not offered in the zone'],
    ],
  },
  {
    name: 'debug image',
    edits: [['images/family/confidential-space', 'images/confidential-space-debug-260700']],
    errors: [
      ['^projects/confidential-space-im', 'clouds.gcp.image: "projects/confidential-space-images/global/images/confidential-space-debug-26070…: must be projects/confidential-space-images/global/images/ and confidential-space-<6 digits> or family/confidential-space, never a debug image; fix: paste a name from gcloud compute images list --project confidential-space-images'],
    ],
  },
  {
    name: 'debug family',
    edits: [['images/family/confidential-space', 'images/family/confidential-space-debug']],
    errors: [
      ['^projects/confidential-space-im', 'clouds.gcp.image: "projects/confidential-space-images/global/images/family/confidential-space-debu…: must be projects/confidential-space-images/global/images/ and confidential-space-<6 digits> or family/confidential-space, never a debug image; fix: paste a name from gcloud compute images list --project confidential-space-images'],
    ],
  },
  {
    name: 'deployer',
    edits: [['deployer: serviceAccount:deploy@example-phi-keys.iam.gserviceaccount.com', 'deployer: user:mallory@hospital.example']],
    errors: [
      ['^user:mallory@hospital.example', 'clouds.gcp.deployer: "user:mallory@hospital.example": must be serviceAccount: or group: and an address; fix: write it like serviceAccount:deploy@example-phi-keys.iam.gserviceaccount.com'],
    ],
  },
  {
    name: 'private service connect inside',
    edits: [['confidentialType: TDX', `confidentialType: TDX\n    privateServiceConnect: 10.20.0.9`]],
    errors: [
      ['^10.20.0.9', 'clouds.gcp.privateServiceConnect: "10.20.0.9": must be outside network.cidr 10.20.0.0/16; fix: choose an address that no subnet uses'],
    ],
  },
  {
    name: 'private service connect form',
    edits: [['confidentialType: TDX', `confidentialType: TDX\n    privateServiceConnect: 10.21.0.256`]],
    errors: [
      ['^10.21.0.256', 'clouds.gcp.privateServiceConnect: "10.21.0.256": must be an IPv4 address; fix: write it like 10.21.0.5'],
    ],
  },
  {
    name: 'gateway image family',
    edits: [[between('    gatewayImage: ', '\n'), '    gatewayImage: projects/example-phi-workload/global/images/family/gateway']],
    errors: [
      ['^projects/example-phi-workload/', 'clouds.gcp.gatewayImage: "projects/example-phi-workload/global/images/family/gateway": must be projects/<project>/global/images/<image>, no family; fix: paste the name of one image'],
    ],
  },
  {
    name: 'unknown tool',
    edits: [['tool: nitro-cli', 'tool: nitro']],
    errors: [
      [' ^nitro', 'measurements.aws.inference-1.tool: "nitro": must be nitro-cli | nitro-tpm-pcr-compute; fix: name the tool that printed the output'],
    ],
  },
  {
    name: 'tool of another cloud',
    edits: [['tool: container-image', 'tool: nitro-cli']],
    errors: [
      [`p:\n    inference-1:\n      tool: ^nitro-cli`, 'measurements.gcp.inference-1.tool: "nitro-cli": must be container-image; fix: name the tool that printed the output'],
    ],
  },
  {
    name: 'PCR0 all zero',
    edits: [['3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4', '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000']],
    errors: [
      ['PCR0": ^"00000000000000000000000000000', 'measurements.aws.inference-1.output.Measurements.PCR0: "0000000000000000000000000000000000000000000000000000000000000000000000000000000…: must not be all zeros: that is the value of a debug or unmeasured image; fix: build and measure the release image'],
    ],
  },
  {
    name: 'PCR0 too short',
    edits: [['3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4', 'eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4']],
    errors: [
      ['^"eaa317a778ee207fab894f6b42c55', 'measurements.aws.inference-1.output.Measurements.PCR0: "eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f11…: must be 96 hex characters, without wildcards (95 given); fix: paste PCR0 as the tool prints it'],
    ],
  },
  {
    name: 'PCR0 wildcard',
    edits: [['3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4', '3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee*']],
    errors: [
      ['^"3eaa317a778ee207fab894f6b42c5', 'measurements.aws.inference-1.output.Measurements.PCR0: "3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f1…: must be 96 hex characters, without wildcards; fix: paste PCR0 as the tool prints it'],
    ],
  },
  {
    name: 'PCR0 as number',
    edits: [['"PCR0": "3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4"', '"PCR0": 0']],
    errors: [
      ['PCR0": ^0,', 'measurements.aws.inference-1.output.Measurements.PCR0: 0: must be 96 hex characters, without wildcards; fix: paste PCR0 as the tool prints it'],
    ],
  },
  {
    name: 'PCR8 all zero',
    edits: [['e6eb66339de75e8ed2939e9524cba83aa96f2c79eaf5d5ac3bacf2cb76c75a31f983d0b80f55b29f0acd256b8cff1999', '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000']],
    errors: [
      ['PCR8": ^"00000000000000000000000000000', 'measurements.aws.inference-1.output.Measurements.PCR8: "0000000000000000000000000000000000000000000000000000000000000000000000000000000…: must not be all zeros: that is the value of a debug or unmeasured image; fix: build and measure the release image'],
    ],
  },
  {
    name: 'PCR3 pasted by hand',
    edits: [['"PCR8": "', `"PCR3": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",\n            "PCR8": "`]],
    errors: [
      ['^"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'measurements.aws.inference-1.output.Measurements.PCR3: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…: is not allowed: the kit derives it from the role that the host runs as; fix: remove PCR3'],
    ],
  },
  {
    name: 'hash algorithm',
    edits: [['"Sha384 { ... }"', '"Sha256"']],
    errors: [
      ['^"Sha256",', 'measurements.aws.inference-1.output.Measurements.HashAlgorithm: "Sha256": must be SHA384; fix: paste the output of nitro-cli unchanged'],
    ],
  },
  {
    name: 'output without measurements',
    edits: [['"Measurements": {', '"Measurement": {']],
    errors: [
      [`4).\n      ^output:`, 'measurements.aws.inference-1.output.Measurements: missing; must be the Measurements object that nitro-cli prints; fix: paste the whole output, from { to }'],
    ],
  },
  {
    name: 'output of describe-enclaves',
    edits: [['"Measurements": {', '"EnclaveID": "i-1", "Flags": "DEBUG_MODE", "Measurements": {']],
    errors: [
      [`4).\n      output:\n        ^{`, 'measurements.aws.inference-1.output: a mapping: must not be the output of nitro-cli describe-enclaves, which shows release values for a debug enclave too; fix: paste the output of nitro-cli describe-eif'],
    ],
  },
  {
    name: 'damaged image',
    edits: [['"Measurements": {', '"CheckCRC": false, "Measurements": {']],
    errors: [
      ['^false, "Measurements": {', 'measurements.aws.inference-1.output.CheckCRC: false: must be true: the image file is damaged; fix: rebuild the image and measure it again'],
    ],
  },
  {
    name: 'unsigned with PCR8',
    edits: [['"Measurements": {', '"IsSigned": false, "Measurements": {']],
    errors: [
      ['^"e6eb66339de75e8ed2939e9524cba', 'measurements.aws.inference-1.output.Measurements.PCR8: "e6eb66339de75e8ed2939e9524cba83aa96f2c79eaf5d5ac3bacf2cb76c75a31f983d0b80f55b29…: must be absent for an unsigned image; fix: paste the output of nitro-cli describe-eif unchanged'],
    ],
  },
  {
    name: 'signed without PCR8',
    edits: [['"Measurements": {', '"IsSigned": true, "Measurements": {'], [`,\n            "PCR8": "e6eb66339de75e8ed2939e9524cba83aa96f2c79eaf5d5ac3bacf2cb76c75a31f983d0b80f55b29f0acd256b8cff1999"`, '']],
    errors: [
      ['^"Measurements": {', 'measurements.aws.inference-1.output.Measurements.PCR8: missing; must be there for a signed image; fix: paste the output of nitro-cli describe-eif unchanged'],
    ],
  },
  {
    name: 'broken signature',
    edits: [['"Measurements": {', '"IsSigned": true, "SignatureCheck": false, "Measurements": {']],
    errors: [
      ['^false, "Measurements": {', 'measurements.aws.inference-1.output.SignatureCheck: false: must be true: the signature of the image does not verify; fix: sign the image again'],
    ],
  },
  {
    name: 'artifact version',
    edits: [['versionId: 3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY', 'versionId: "null"']],
    errors: [
      ['^"null"', 'measurements.aws.inference-1.artifact.versionId: "null": must be an S3 version id, not "null"; fix: turn on versioning of the bucket and paste the version id of the upload'],
    ],
  },
  {
    name: 'artifact of nothing',
    edits: [['sha256: 6080ee8896df6e50a1747b54ad7b591b5944cc759abfdc4f5fda3e3a783088ef', 'sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']],
    errors: [
      ['^e3b0c44298fc1c149afbf4c8996fb9', 'measurements.aws.inference-1.artifact.sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": must not be the digest of an empty file; fix: paste the digest of the real artifact'],
    ],
  },
  {
    name: 'artifact key climbs',
    edits: [['key: inference/1/inference.eif', 'key: inference/../inference.eif']],
    errors: [
      ['^inference/../inference.eif', 'measurements.aws.inference-1.artifact.key: "inference/../inference.eif": must be an S3 object key without spaces or ".."; fix: write the key only, without the bucket'],
    ],
  },
  {
    name: 'attestable AMI alone',
    edits: [[between('      tool: nitro-cli', '      owner: Clinical Platform'), `      tool: nitro-tpm-pcr-compute\n      output: {"Measurements": {"HashAlgorithm": "SHA384", "PCR4": "c4b56f291c0923f99dc915dbe97c2cfebf71554766b74cdd65c882f5d6559f65d11ebc11c541c10313b51f25f4c59bcd", "PCR7": "98441c7f7625d10058c47683aec486ce311c633235eb555593a7ee791121e3578ae72d04ecef661f272d59058b77af35", "PCR12": "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"}}\n`]],
    errors: [
      [`s:\n    ^inference-1:`, 'measurements.aws: a mapping: must hold at least one active measurement of nitro-cli because clouds.aws is there; fix: add the release that may receive keys'],
    ],
  },
  {
    name: 'attestable AMI with PCR0',
    edits: [[between('      tool: nitro-cli', '      owner: Clinical Platform'), `      tool: nitro-tpm-pcr-compute\n      output: {"Measurements": {"HashAlgorithm": "SHA384", "PCR4": "c4b56f291c0923f99dc915dbe97c2cfebf71554766b74cdd65c882f5d6559f65d11ebc11c541c10313b51f25f4c59bcd", "PCR7": "98441c7f7625d10058c47683aec486ce311c633235eb555593a7ee791121e3578ae72d04ecef661f272d59058b77af35", "PCR12": "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", "PCR0": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}\n`]],
    errors: [
      [`s:\n    ^inference-1:`, 'measurements.aws: a mapping: must hold at least one active measurement of nitro-cli because clouds.aws is there; fix: add the release that may receive keys'],
      ['^"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'measurements.aws.inference-1.output.Measurements.PCR0: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…: is not allowed: it is the same constant on every EC2 instance; fix: remove PCR0'],
    ],
  },
  {
    name: 'output that is no JSON',
    edits: [[`      output:\n        {\n          "Measurements": {\n            "HashAlgorithm": "Sha384 { ... }",\n            "PCR0": "3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4",\n            "PCR1": "aca6e62ffbf5f7deccac452d7f8cee1b94048faf62afc16c8ab68c9fed8c38010c73a669f9a36e596032f0b973d21895",\n            "PCR2": "ea436e643c31f2891161803e3f22084a12d38f807ef733379cadf789ec85d51e3bb787f48f3cad0c291fbc82fe7ca27d",\n            "PCR8": "e6eb66339de75e8ed2939e9524cba83aa96f2c79eaf5d5ac3bacf2cb76c75a31f983d0b80f55b29f0acd256b8cff1999"\n          }\n        }\n`, `      output: PCR0 3eaa317a\n`]],
    errors: [
      ['^PCR0 3eaa317a', 'measurements.aws.inference-1.output: "PCR0 3eaa317a": must be the JSON that nitro-cli build-enclave or describe-eif prints; fix: paste the whole output, from { to }'],
    ],
  },
  {
    name: 'azure debuggable',
    edits: [['"x-ms-sevsnpvm-is-debuggable": false', '"x-ms-sevsnpvm-is-debuggable": true']],
    errors: [
      ['debuggable": ^true,', 'measurements.azure.inference-1.output.x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable: true: must be false; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'azure kernel debugging',
    edits: [['"x-ms-azurevm-kerneldebug-enabled": false', '"x-ms-azurevm-kerneldebug-enabled": true']],
    errors: [
      ['kerneldebug-enabled": ^true,', 'measurements.azure.inference-1.output.x-ms-azurevm-kerneldebug-enabled: true: must be false; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'azure debuggers',
    edits: [['"x-ms-azurevm-debuggersdisabled": true', '"x-ms-azurevm-debuggersdisabled": false']],
    errors: [
      ['debuggersdisabled": ^false,', 'measurements.azure.inference-1.output.x-ms-azurevm-debuggersdisabled: false: must be true; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'azure secure boot',
    edits: [['"secureboot": true', '"secureboot": false']],
    errors: [
      ['secureboot": ^false,', 'measurements.azure.inference-1.output.secureboot: false: must be true; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'azure wrong hardware',
    edits: [['"sevsnpvm"', '"sgx"']],
    errors: [
      ['^"sgx",', 'measurements.azure.inference-1.output.x-ms-isolation-tee.x-ms-attestation-type: "sgx": must be sevsnpvm or tdxvm; fix: attest inside a confidential VM'],
    ],
  },
  {
    name: 'azure not compliant',
    edits: [['"azure-compliant-cvm"', '"azure-signed-uvm"']],
    errors: [
      ['^"azure-signed-uvm",', 'measurements.azure.inference-1.output.x-ms-isolation-tee.x-ms-compliance-status: "azure-signed-uvm": must be azure-compliant-cvm; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'azure migration',
    edits: [['"x-ms-sevsnpvm-migration-allowed": false', '"x-ms-sevsnpvm-migration-allowed": true']],
    errors: [
      ['migration-allowed": ^true,', 'measurements.azure.inference-1.output.x-ms-isolation-tee.x-ms-sevsnpvm-migration-allowed: true: must be false; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'azure platform token',
    edits: [['"x-ms-isolation-tee": {', '"isolation": {']],
    errors: [
      [`5).\n      ^output:`, 'measurements.azure.inference-1.output.x-ms-isolation-tee: missing; must be the nested object of a guest token (x-ms-attestation-type azurevm); fix: paste the payload of a token that a confidential VM asked for, not a platform token'],
    ],
  },
  {
    name: 'azure wildcard claim',
    edits: [['"x-ms-compliance-status": "azure-compliant-cvm"', '"x-ms-compliance-status": "*"']],
    errors: [
      ['^"*",', 'measurements.azure.inference-1.output.x-ms-isolation-tee.x-ms-compliance-status: "*": must be azure-compliant-cvm; fix: take the token from a compliant VM with secure boot and without debugging'],
    ],
  },
  {
    name: 'container by tag',
    edits: [['us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df', 'us-central1-docker.pkg.dev/example-phi-workload/clinical/inference:latest']],
    errors: [
      ['^us-central1-docker.pkg.dev/exa', 'measurements.gcp.inference-1.output: "us-central1-docker.pkg.dev/example-phi-workload/clinical/inference:latest": must be registry/project/repository/image@sha256:<64 hex characters>: a tag can be moved to another image; fix: pin the digest'],
    ],
  },
  {
    name: 'container by tag and digest',
    edits: [['us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df', 'us-central1-docker.pkg.dev/example-phi-workload/clinical/inference:v1@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df']],
    errors: [
      ['^us-central1-docker.pkg.dev/exa', 'measurements.gcp.inference-1.output: "us-central1-docker.pkg.dev/example-phi-workload/clinical/inference:v1@sha256:67…: must be registry/project/repository/image@sha256:<64 hex characters>, without a tag; fix: remove the tag in front of @'],
    ],
  },
  {
    name: 'container digest all zero',
    edits: [['sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df', 'sha256:0000000000000000000000000000000000000000000000000000000000000000']],
    errors: [
      ['^us-central1-docker.pkg.dev/exa', 'measurements.gcp.inference-1.output: "us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:00000…: digest must not be all zeros; fix: paste the real digest'],
    ],
  },
  {
    name: 'container digest too short',
    edits: [['sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df', 'sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95d']],
    errors: [
      ['^us-central1-docker.pkg.dev/exa', 'measurements.gcp.inference-1.output: "us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:67682…: digest must be 64 lower-case hex characters; fix: paste the digest that sha256sum or the registry prints'],
    ],
  },
  {
    name: 'container sha512',
    edits: [['sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df', 'sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']],
    errors: [
      ['^us-central1-docker.pkg.dev/exa', 'measurements.gcp.inference-1.output: "us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha512:aaaaa…: must be registry/project/repository/image@sha256:<64 hex characters>; fix: pin the sha256 digest'],
    ],
  },
  {
    name: 'container in other registry',
    edits: [['us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@', 'docker.io/library/nginx@']],
    errors: [
      ['^docker.io/library/nginx@sha256', 'measurements.gcp.inference-1.output: "docker.io/library/nginx@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c33026…: must be in Artifact Registry (<region>-docker.pkg.dev) or gcr.io: the VM has no path to any other registry; fix: mirror the image, which keeps its digest'],
    ],
  },
  {
    name: 'expires before approved',
    edits: [[`6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]\n      approved: "2026-11-02"\n      expires: "2027-11-30"`, `6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]\n      approved: "2026-11-02"\n      expires: "2026-11-01"`]],
    errors: [
      ['^"2026-11-01"', 'measurements.gcp.inference-1.expires: "2026-11-01": must not be before approved 2026-11-02; fix: correct one of the two dates'],
    ],
  },
  {
    name: 'nobody approved',
    edits: [[`6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]`, `6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: []`]],
    errors: [
      ['^[]', 'measurements.gcp.inference-1.approvedBy: []: must be a list of 1 to 20 entries; fix: write each entry on a line of its own that starts with "- "'],
    ],
  },
  {
    name: 'no active release',
    edits: [[`      output: us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]\n      approved: "2026-11-02"\n      expires: "2027-11-30"\n      status: active`, `      output: us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]\n      approved: "2026-11-02"\n      expires: "2027-11-30"\n      status: retired`]],
    errors: [
      [`p:\n    ^inference-1:`, 'measurements.gcp: a mapping: must hold at least one active measurement because clouds.gcp is there; fix: add the release that may receive keys'],
    ],
  },
  {
    name: 'revoked values active again',
    edits: [[`\n# Administrators`, `    inference-2:\n      tool: container-image\n      # Digest of the container in the sample token (nginx 1.27.0) of\n      # https://cloud.google.com/confidential-computing/confidential-space/docs/reference/token-claims;\n      # an image keeps its digest when it is mirrored into a registry that the VM can reach.\n      output: us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]\n      approved: "2026-11-02"\n      expires: "2027-11-30"\n      status: revoked\n\n# Administrators`]],
    errors: [
      [`df\n      owner: Clinical Platform Engineering\n      approvedBy: [release-board@hospital.example, security@hospital.example]\n      approved: "2026-11-02"\n      expires: "2027-11-30"\n      status: ^active`, 'measurements.gcp.inference-1.status: "active": must not be active: measurements.gcp.inference-2 has the same values and receives no keys; fix: remove the release that no longer stands'],
    ],
  },
  {
    name: 'administrator is break glass',
    edits: [[`breakGlass:\n  aws: arn:aws:iam::111122223333:role/phi-break-glass`, `breakGlass:\n  aws: arn:aws:iam::111122223333:role/phi-key-administrator`]],
    errors: [
      ['aws: ^arn:aws:iam::111122223333:role', 'breakGlass.aws: "arn:aws:iam::111122223333:role/phi-key-administrator": must not be one of keyAdministrators.aws; fix: name a principal that has no everyday role'],
    ],
  },
  {
    name: 'administrator is root',
    edits: [['    - arn:aws:iam::111122223333:role/phi-key-administrator', '    - arn:aws:iam::111122223333:root']],
    errors: [
      ['^arn:aws:iam::111122223333:root', 'keyAdministrators.aws.0: "arn:aws:iam::111122223333:root": must be the ARN of an IAM role; fix: paste the whole ARN'],
    ],
  },
  {
    name: 'administrator wildcard',
    edits: [['    - arn:aws:iam::111122223333:role/phi-key-administrator', '    - arn:aws:iam::111122223333:role/*']],
    errors: [
      ['- ^arn:aws:iam::111122223333:role', 'keyAdministrators.aws.0: "arn:aws:iam::111122223333:role/*": must be the ARN of an IAM role; fix: paste the whole ARN'],
    ],
  },
  {
    name: 'administrators listed twice',
    edits: [['    - group:phi-key-administrators@hospital.example', `    - group:phi-key-administrators@hospital.example\n    - group:phi-key-administrators@hospital.example`]],
    errors: [
      [`e\n    - ^group:phi-key-administrators@h`, 'keyAdministrators.gcp.1: "group:phi-key-administrators@hospital.example": must not be listed twice; fix: remove one of them'],
    ],
  },
  {
    name: 'everybody administers',
    edits: [['    - group:phi-key-administrators@hospital.example', '    - allUsers']],
    errors: [
      ['^allUsers', 'keyAdministrators.gcp.0: "allUsers": must be group: and the address of a Google group; fix: write it like group:phi-key-admins@hospital.example'],
    ],
  },
  {
    name: 'no break glass',
    edits: [[`  gcp: group:phi-break-glass@hospital.example\n`, '']],
    errors: [
      ['^breakGlass:', 'breakGlass.gcp: must be there because clouds.gcp is; fix: name the one emergency principal'],
    ],
  },
  {
    name: 'no administrators',
    edits: [[`  gcp:\n    - group:phi-key-administrators@hospital.example\n`, '']],
    errors: [
      ['^keyAdministrators:', 'keyAdministrators.gcp: must be there because clouds.gcp is; fix: list who administers its keys'],
    ],
  },
  {
    name: 'retention too short',
    edits: [['days: 2192', 'days: 2190']],
    errors: [
      ['^2190', 'retention.days: 2190: must be a whole number, 2192 to 3650; fix: write 2192 unless your policy asks for more'],
    ],
  },
  {
    name: 'retention in text',
    edits: [['days: 2192', 'days: six years']],
    errors: [
      ['^six years', 'retention.days: "six years": must be a whole number, 2192 to 3650; fix: write 2192 unless your policy asks for more'],
    ],
  },
  {
    name: 'irreversible in text',
    edits: [['irreversible: true', 'irreversible: yes']],
    errors: [
      ['^yes', 'retention.irreversible: "yes": must be true or false; fix: write true to lock the logs for good'],
    ],
  },
  {
    name: 'public network',
    edits: [['cidr: 10.20.0.0/16', 'cidr: 8.8.0.0/16']],
    errors: [
      ['^8.8.0.0/16', 'network.cidr: "8.8.0.0/16": must be inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918); fix: choose a private range'],
      ['^10.20.240.0/24', 'network.endpoints: "10.20.240.0/24": must be inside network.cidr 8.8.0.0/16; fix: choose a range inside it or widen network.cidr'],
      ['^10.20.0.0/24 }', 'segments.gateway.cidr: "10.20.0.0/24": must be inside network.cidr 8.8.0.0/16; fix: choose a range inside it or widen network.cidr'],
      ['^10.20.16.0/24 }', 'segments.tee.cidr: "10.20.16.0/24": must be inside network.cidr 8.8.0.0/16; fix: choose a range inside it or widen network.cidr'],
      ['^10.20.32.0/24 }', 'segments.phi-store.cidr: "10.20.32.0/24": must be inside network.cidr 8.8.0.0/16; fix: choose a range inside it or widen network.cidr'],
    ],
  },
  {
    name: 'cidr with host bits',
    edits: [['cidr: 10.20.16.0/24', 'cidr: 10.20.16.1/24']],
    errors: [
      ['^10.20.16.1/24 }', 'segments.tee.cidr: "10.20.16.1/24": must be an IPv4 range, /16 to /26, without bits beyond its prefix; fix: write it like 10.20.16.0/24'],
    ],
  },
  {
    name: 'cidr with leading zero',
    edits: [['cidr: 10.20.16.0/24', 'cidr: 10.020.16.0/24']],
    errors: [
      ['^10.020.16.0/24 }', 'segments.tee.cidr: "10.020.16.0/24": must be an IPv4 range, /16 to /26, without bits beyond its prefix; fix: write it like 10.20.16.0/24'],
    ],
  },
  {
    name: 'segment outside',
    edits: [['cidr: 10.20.16.0/24', 'cidr: 10.21.16.0/24']],
    errors: [
      ['^10.21.16.0/24 }', 'segments.tee.cidr: "10.21.16.0/24": must be inside network.cidr 10.20.0.0/16; fix: choose a range inside it or widen network.cidr'],
    ],
  },
  {
    name: 'segments overlap',
    edits: [['cidr: 10.20.32.0/24', 'cidr: 10.20.16.128/25']],
    errors: [
      ['^10.20.16.128/25 }', 'segments.phi-store.cidr: "10.20.16.128/25": must not overlap segments.tee; fix: choose a free range'],
    ],
  },
  {
    name: 'segment overlaps endpoints',
    edits: [['cidr: 10.20.32.0/24', 'cidr: 10.20.240.0/26']],
    errors: [
      ['^10.20.240.0/26 }', 'segments.phi-store.cidr: "10.20.240.0/26": must not overlap network.endpoints; fix: choose a free range'],
    ],
  },
  {
    name: 'segment too small',
    edits: [['cidr: 10.20.32.0/24', 'cidr: 10.20.32.0/27']],
    errors: [
      ['^10.20.32.0/27 }', 'segments.phi-store.cidr: "10.20.32.0/27": must be an IPv4 range, /16 to /26, without bits beyond its prefix; fix: write it like 10.20.16.0/24'],
    ],
  },
  {
    name: 'two TEE segments',
    edits: [['purpose: phi-store,', 'purpose: tee,']],
    errors: [
      ['^tee, cidr: 10.20.32.0/24 }', 'segments.phi-store.purpose: "tee": must not be tee twice: segments.tee has it too; fix: put the TEE into one segment'],
    ],
  },
  {
    name: 'no TEE segment',
    edits: [['purpose: tee,', 'purpose: other,']],
    errors: [
      ['^gateway: { purpose: gateway, c', 'segments: a mapping: must hold one segment with purpose: tee; fix: add it'],
    ],
  },
  {
    name: 'segment called endpoints',
    edits: [['  phi-store: { purpose', '  endpoints: { purpose']],
    errors: [
      ['^endpoints: { purpose: phi-stor', 'segments.endpoints: must be the name of a segment: 2 to 20 lower-case letters, digits and single hyphens, starting with a letter, not "endpoints"; fix: rename it'],
      ['^phi-store, port: 443 }', 'flows.tee-to-phi-store.to: "phi-store": must be a segment: gateway | tee | endpoints; fix: add the segment or correct the name'],
    ],
  },
  {
    name: 'flow from nowhere',
    edits: [['from: gateway,', 'from: gatway,']],
    errors: [
      ['^gatway, to: tee, port: 8443 }', 'flows.gateway-to-tee.from: "gatway": must be a segment: gateway | tee | phi-store; fix: did you mean gateway?'],
    ],
  },
  {
    name: 'flow port',
    edits: [['port: 8443', 'port: 70000']],
    errors: [
      ['^70000 }', 'flows.gateway-to-tee.port: 70000: must be a whole number, 1 to 65535; fix: write the port that the target listens on'],
    ],
  },
  {
    name: 'flow repeated',
    edits: [['  tee-to-phi-store:', `  again: { from: gateway, to: tee, port: 8443 }\n  tee-to-phi-store:`]],
    errors: [
      ['again: ^{ from: gateway, to: tee, port', 'flows.again: a mapping: must not repeat flows.gateway-to-tee; fix: remove one of them'],
    ],
  },
  {
    name: 'flow name',
    edits: [['  gateway-to-tee:', '  Gateway_TEE:']],
    errors: [
      ['^Gateway_TEE: { from: gateway, ', 'flows.Gateway_TEE: must be 2 to 40 lower-case letters, digits and single hyphens, starting with a letter; fix: rename it'],
    ],
  },
  {
    name: 'alias',
    edits: [['owner: Clinical Decision Support', 'owner: &o Clinical Decision Support'], ['contact: phi-platform@hospital.example', 'contact: *o']],
    errors: [
      ['^Clinical Decision Support', 'owner: "&o": anchor; allowed: values without anchors; fix: remove the anchor'],
      ['^*o', 'contact: "*o": alias; allowed: values written out, so that each approval can be read where it stands; fix: write the value out'],
    ],
  },
  {
    name: 'tag',
    edits: [[`version: 1\n`, `version: !!int "1"\n`]],
    errors: [
      ['^"1"', 'version: "tag:yaml.org,2002:int": tag; allowed: values without tags; fix: remove the tag'],
    ],
  },
  {
    name: 'key that is a number',
    edits: [[`version: 1\n`, `version: 1\n7: 1\n`]],
    errors: [
      ['^7: 1', '7: key; allowed: text as key; fix: write the key in quotes'],
    ],
  },
  {
    name: 'prototype',
    edits: [[`version: 1\n`, `version: 1\n__proto__: { polluted: true }\n`]],
    errors: [
      ['^__proto__: { polluted: true }', '"__proto__": key; allowed: the keys in docs/workload.md; fix: remove it'],
    ],
  },
  {
    name: 'merge key',
    edits: [['    region: us-east-1', '    <<: { region: us-east-1 }']],
    errors: [
      [`ds:\n  ^aws:`, 'clouds.aws.region: missing; must be the id of an AWS Region; fix: write it like us-east-1'],
      ['^<<: { region: us-east-1 }', 'clouds.aws."<<": unknown key; allowed: account, region, instance, instances, image, enclave, organization, deploymentRole, keyAccount, logAccount, consumers; fix: remove it or see docs/workload.md'],
    ],
  },
  {
    name: 'bad indentation',
    edits: [['  days: 2192', '   days: 2192']],
    errors: [
      ['^  irreversible: true', 'not valid YAML: All mapping items must start at the same column; allowed: YAML 1.2; fix: correct the text at this place'],
    ],
  },
  {
    name: 'unclosed text',
    edits: [['owner: Clinical Decision Support', 'owner: "Clinical Decision Support']],
    errors: [
      ['Support^', 'not valid YAML: Missing closing "quote; allowed: YAML 1.2; fix: correct the text at this place'],
    ],
  },
  {
    name: 'control character in text',
    edits: [['owner: Clinical Decision Support', 'owner: "Clinical\\u001b[2J"']],
    errors: [
      ['^"Clinical\\u001b[2J"', 'owner: "Clinical\\u001b[2J": must be one line of text, 1 to 200 characters; fix: write it on one line, in quotes'],
    ],
  },
  {
    name: 'two documents',
    edits: [[`version: 1\n`, `version: 1\n---\n`]],
    errors: [
      ['^---', 'not valid YAML: a second document starts here; allowed: YAML 1.2; fix: correct the text at this place'],
    ],
  },
  {
    name: 'several at once',
    edits: [[`version: 1\n`, `version: 1\nzebra: 1\n`], ['port: 8443', 'port: 0'], ['vcpus: 4', 'vcpus: 5'], ['"secureboot": true', '"secureboot": false'], ['cidr: 10.20.32.0/24', 'cidr: 10.20.16.0/24']],
    errors: [
      ['^zebra: 1', 'zebra: unknown key; allowed: version, name, environment, owner, contact, data, baa, clouds, measurements, keyAdministrators, breakGlass, retention, network, segments, flows; fix: remove it or see docs/workload.md'],
      ['^5, memoryMiB: 16384 }', 'clouds.aws.enclave.vcpus: 5: must be even: an enclave takes whole cores and m6i.2xlarge has two vCPUs per core; fix: write 6'],
      ['secureboot": ^false,', 'measurements.azure.inference-1.output.secureboot: false: must be true; fix: take the token from a compliant VM with secure boot and without debugging'],
      ['store, cidr: ^10.20.16.0/24 }', 'segments.phi-store.cidr: "10.20.16.0/24": must not overlap segments.tee; fix: choose a free range'],
      ['^0 }', 'flows.gateway-to-tee.port: 0: must be a whole number, 1 to 65535; fix: write the port that the target listens on'],
    ],
  },
];
