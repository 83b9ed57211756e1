/**
 * The cloud-neutral model of one PHI workload, as validated from `workload.yaml`.
 * Plain data: no cloud SDK, no functions, serialisable as JSON.
 */

/** The three clouds the kit deploys to. */
export type Cloud = 'aws' | 'azure' | 'gcp';

/** Every cloud, in the order in which the kit reports them. */
export const CLOUDS: readonly Cloud[] = ['aws', 'azure', 'gcp'];

/** Deployment stage. Only `production` makes a log that is not immutable a failed gate. */
export type Environment = 'production' | 'staging' | 'sandbox';

/** What kind of data the workload processes (HIPAA terms). */
export type DataClassification = 'phi' | 'limited-data-set' | 'de-identified';

/** The customer's record of a business associate agreement: an assertion of the customer, never a claim of the kit. */
export interface BaaRecord {
  /** The customer's own reference of the agreement. */
  readonly reference: string;
  /** The legal entity that signed. */
  readonly counterparty: string;
  /** ISO date (YYYY-MM-DD) from which the agreement holds. */
  readonly effective: string;
  /** ISO date (YYYY-MM-DD) by which the customer reviews it again. */
  readonly review: string;
}

/** Who vouches for a measurement, until when, and whether it may receive keys. */
export interface MeasurementApproval {
  readonly owner: string;
  /** Names of the approvers; at least one. */
  readonly approvedBy: readonly string[];
  /** ISO date of the approval. */
  readonly approved: string;
  /** ISO date of the last day (inclusive) on which the measurement may receive keys. */
  readonly expires: string;
  /** `active` measurements receive keys; `retired` and `revoked` ones never do, and are kept on record. */
  readonly status: 'active' | 'retired' | 'revoked';
}

/** A Nitro enclave image, as `nitro-cli build-enclave` or `describe-eif` prints it. Hex, 96 characters, lower case. */
export interface NitroEnclaveMeasurement extends MeasurementApproval {
  readonly kind: 'nitro-enclave';
  readonly pcrs: { readonly PCR0: string; readonly PCR1: string; readonly PCR2: string; readonly PCR8?: string };
  /** The enclave image file that has these measurements; the host fetches exactly this object version. */
  readonly artifact: { readonly bucket: string; readonly key: string; readonly versionId: string; readonly sha256: string };
}

/** An attestable AMI, as `nitro-tpm-pcr-compute` prints it. Hex, 96 characters, lower case. */
export interface NitroTpmMeasurement extends MeasurementApproval {
  readonly kind: 'nitro-tpm';
  /** PCR12 of all zeros is the documented normal value; PCR4 and PCR7 must not be zero. */
  readonly pcrs: { readonly PCR4: string; readonly PCR7: string; readonly PCR12: string };
}

/** A Confidential Space container, pinned by digest. */
export interface ConfidentialSpaceMeasurement extends MeasurementApproval {
  readonly kind: 'confidential-space';
  /** Registry reference without tag or digest. */
  readonly image: string;
  /** `sha256:` and 64 hex characters. */
  readonly imageDigest: string;
}

/** Guest claims of a confidential VM, taken from a token of Microsoft Azure Attestation. */
export interface AzureGuestMeasurement extends MeasurementApproval {
  readonly kind: 'azure-guest';
  /** Flattened claim paths (`x-ms-isolation-tee.x-ms-attestation-type`) and the value each must equal. */
  readonly claims: Readonly<Record<string, string | boolean | number>>;
}

export type AwsMeasurement = NitroEnclaveMeasurement | NitroTpmMeasurement;

/** A network segment. It becomes subnets and a security group, application security group or secure tag of the same name. */
export interface Segment {
  /** What runs in it. Exactly one segment has `tee`; `phi-store` marks segments that hold PHI at rest. */
  readonly purpose: 'gateway' | 'tee' | 'phi-store' | 'other';
  /** IPv4 range of the segment, inside `network.cidr`, /16 to /26. */
  readonly cidr: string;
}

/** One allowed flow, TCP only. Whatever is not listed is denied. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** 1 to 65535. */
  readonly port: number;
}

export interface AwsPlacement {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** EC2 instance type of the enclave hosts, for example `m6i.2xlarge`. */
  readonly instance: string;
  readonly instances: { readonly min: number; readonly max: number };
  /** Golden AMI with nitro-cli, the AWS CLI and the kit's boot scripts' needs; `ami-` and 8 or 17 hex characters. */
  readonly image: string;
  /** vCPUs (even on x86) and memory (MiB) that the enclave takes from the host. */
  readonly enclave: { readonly vcpus: number; readonly memoryMiB: number };
  /** AWS Organizations id (`o-…`), if the account is in one. */
  readonly organization?: string;
  /**
   * The one role that may change the key policy when the stack is deployed.
   * Default: the CDK bootstrap's CloudFormation execution role of the account and region.
   */
  readonly deploymentRole?: string;
  /** Account (12 digits) that holds the PHI key. Default: `account`. */
  readonly keyAccount?: string;
  /** Account (12 digits) that holds the logs. Default: `account`. */
  readonly logAccount?: string;
  /** ARNs of accounts (root), roles and users that may connect to the gateway through PrivateLink. Default: none. */
  readonly consumers?: readonly string[];
}

export interface AzurePlacement {
  /** UUID. */
  readonly subscription: string;
  /** UUID of the Entra tenant. */
  readonly tenant: string;
  readonly region: string;
  /** VM size, for example `Standard_DC4as_v5`. */
  readonly instance: string;
  readonly instances: { readonly min: number; readonly max: number };
  /** Marketplace image with a pinned version; `latest` is refused. */
  readonly image: { readonly publisher: string; readonly offer: string; readonly sku: string; readonly version: string };
  /** Object id (not the application id) of the tenant's Confidential VM Orchestrator service principal. */
  readonly confidentialVmOrchestrator: string;
  /** Azure requires a credential on a Linux VM even if no network path to SSH exists; `ssh-ed25519 …` or `ssh-rsa …`. */
  readonly sshPublicKey: string;
  /**
   * X.509 certificates (base64 DER, no PEM armour) whose keys sign the policy of the private attestation authority; at
   * least one. With them only the holders of these keys, and no Azure administrator, can change that policy.
   */
  readonly attestationPolicySigners: readonly string[];
}

export interface GcpPlacement {
  readonly project: string;
  /** Numeric id of `project`; part of the attestation condition. */
  readonly projectNumber: string;
  /** A separate project for the PHI key, whose owners are not the workload's owners. */
  readonly keyProject: string;
  readonly keyProjectNumber: string;
  /** Organisation id, digits. */
  readonly organization: string;
  readonly region: string;
  /** Zone inside `region` in which the TEE type is offered. */
  readonly zone: string;
  /** Machine type, for example `c3-standard-4`. */
  readonly instance: string;
  readonly instances: { readonly min: number; readonly max: number };
  /** `TDX` or `SEV` for Confidential Space; `SEV_SNP` only for plain Confidential VMs. */
  readonly confidentialType: 'TDX' | 'SEV' | 'SEV_SNP';
  /** Confidential Space production image, `projects/confidential-space-images/global/images/…` or its family `…/images/family/confidential-space`; never a debug family. */
  readonly image: string;
  /** Oldest version of the Confidential Space image that receives keys, 6 digits. Default: every one that Google supports as STABLE. */
  readonly oldestImage?: string;
  /** Exact image of the gateway's Confidential VM, `projects/…/global/images/…`. Without it no gateway host is deployed. */
  readonly gatewayImage?: string;
  /** IAM member that runs `pulumi up` (`serviceAccount:…`, `group:…`). With break glass, the only one that may change the key's policy. */
  readonly deployer: string;
  /** VPC Service Controls. Without it no perimeter is placed: it needs the organisation's access policy. */
  readonly perimeter?: {
    /** Number of the access policy, digits. */
    readonly accessPolicy: string;
    /** False (first step) only logs what it would refuse; true refuses. */
    readonly enforced: boolean;
  };
  /** IPv4 address outside `network.cidr` of a Private Service Connect endpoint to the Google APIs. Default: the restricted VIP 199.36.153.4/30. */
  readonly privateServiceConnect?: string;
  /** Assured Workloads folder for healthcare. Without it none is declared. */
  readonly assuredWorkloads?: {
    /** `XXXXXX-XXXXXX-XXXXXX`. */
    readonly billingAccount: string;
  };
}

/** One validated workload file. */
export interface Workload {
  readonly version: 1;
  /** 3 to 24 characters, lower-case letters, digits and hyphens. Part of every resource name. */
  readonly name: string;
  readonly environment: Environment;
  readonly owner: string;
  readonly contact: string;
  readonly data: { readonly classification: DataClassification; readonly phiCategories: readonly string[] };
  readonly baa: Partial<Readonly<Record<Cloud, BaaRecord>>>;
  readonly clouds: { readonly aws?: AwsPlacement; readonly azure?: AzurePlacement; readonly gcp?: GcpPlacement };
  /** Keyed by the release name; the key is the handle used in reports. */
  readonly measurements: {
    readonly aws: Readonly<Record<string, AwsMeasurement>>;
    readonly azure: Readonly<Record<string, AzureGuestMeasurement>>;
    readonly gcp: Readonly<Record<string, ConfidentialSpaceMeasurement>>;
  };
  /** Per cloud: IAM role ARNs, Entra object ids, or `group:` members. They administer keys and never use them. */
  readonly keyAdministrators: Partial<Readonly<Record<Cloud, readonly string[]>>>;
  /** Per cloud: the one principal that may change the gate in an emergency. Alarmed wherever it acts. */
  readonly breakGlass: Partial<Readonly<Record<Cloud, string>>>;
  readonly retention: {
    /** Days for which logs are kept. At least 2192: six calendar years, 45 CFR 164.316(b)(2)(i). */
    readonly days: number;
    /** True locks the logs for good (Object Lock COMPLIANCE, locked retention). Nothing can undo it, not even the provider. */
    readonly irreversible: boolean;
  };
  readonly network: {
    /** The whole private range, IPv4. */
    readonly cidr: string;
    /** The part of it that holds the provider's private endpoints; overlaps no segment. */
    readonly endpoints: string;
  };
  readonly segments: Readonly<Record<string, Segment>>;
  readonly flows: Readonly<Record<string, Flow>>;
}
