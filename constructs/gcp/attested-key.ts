import type * as pulumi from '@pulumi/pulumi';
import * as iam from '@pulumi/gcp/iam/index.js';
import * as kms from '@pulumi/gcp/kms/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import type { GcpPlacement, Workload } from '../workload/workload.js';
import { ATTRIBUTE_MAPPING, attestationCondition, AUDIENCE, ISSUER } from './attestation-condition.js';
import { DESTROY_DELAY, ROTATION_PERIOD } from './cmek-keys.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { keyLabels } from './phi-labels.js';
import { activeDigests, attestedPrincipals, denyPrincipal, poolId } from './principals.js';

/** Administrators see and rotate the key and can switch versions off. They cannot use it, destroy it or change who may. */
const ADMINISTRATOR_PERMISSIONS = [
  'cloudkms.cryptoKeys.get',
  'cloudkms.cryptoKeys.getIamPolicy',
  'cloudkms.cryptoKeys.list',
  'cloudkms.cryptoKeyVersions.create',
  'cloudkms.cryptoKeyVersions.get',
  'cloudkms.cryptoKeyVersions.list',
  'cloudkms.cryptoKeyVersions.update',
];

/** The deployer and break glass change the gate, and nothing else can. Neither uses the key. */
const GATE_PERMISSIONS = [
  'cloudkms.cryptoKeys.get',
  'cloudkms.cryptoKeys.getIamPolicy',
  'cloudkms.cryptoKeys.setIamPolicy',
  'cloudkms.cryptoKeys.update',
  'cloudkms.cryptoKeyVersions.destroy',
  'cloudkms.cryptoKeyVersions.get',
  'cloudkms.cryptoKeyVersions.list',
  'cloudkms.cryptoKeyVersions.restore',
  'cloudkms.cryptoKeyVersions.update',
];

/** Decryption in every spelling; `ViaDelegation` is the one that `roles/cloudkms.admin` holds. */
const DECRYPT_PERMISSIONS = ['cloudkms.googleapis.com/cryptoKeyVersions.useToDecrypt', 'cloudkms.googleapis.com/cryptoKeyVersions.useToDecryptViaDelegation'];

/** Everything that would open the gate or destroy what it guards. */
const GATE_CHANGES = [
  'cloudkms.googleapis.com/cryptoKeyVersions.destroy',
  'cloudkms.googleapis.com/cryptoKeys.setIamPolicy',
  'cloudkms.googleapis.com/keyRings.setIamPolicy',
  'cloudresourcemanager.googleapis.com/projects.setIamPolicy',
  'iam.googleapis.com/roles.update',
  'iam.googleapis.com/workloadIdentityPoolProviders.create',
  'iam.googleapis.com/workloadIdentityPoolProviders.undelete',
  'iam.googleapis.com/workloadIdentityPoolProviders.update',
  'iam.googleapis.com/workloadIdentityPools.undelete',
  'iam.googleapis.com/workloadIdentityPools.update',
];

export interface AttestedKeyArgs {
  readonly workload: Workload;
  /** Email of the service account that the TEE's VMs run as; part of the condition. */
  readonly serviceAccount: string;
  readonly transform?: Transform<{
    key: kms.CryptoKeyArgs;
    pool: iam.WorkloadIdentityPoolArgs;
    provider: iam.WorkloadIdentityPoolProviderArgs;
    keyPolicy: kms.CryptoKeyIAMPolicyArgs;
    denyPolicy: iam.DenyPolicyArgs;
  }>;
}

/**
 * The PHI key: an HSM key in its own project, usable only by principals whose attestation token passed the pool's
 * condition and names an approved image digest. Two guards hold independently: the authoritative key policy binds only
 * those principals, and an IAM deny policy refuses decryption to everyone else, project owners included.
 *
 * Revocation is one change of the workload file: a measurement that is no longer `active` leaves the bindings, the deny
 * policy's exceptions and the condition; when none is left, the pool is disabled too, which ends tokens already issued.
 */
export class AttestedKey extends Component {
  readonly ring: kms.KeyRing;
  readonly ringPolicy: kms.KeyRingIAMPolicy;
  readonly key: kms.CryptoKey;
  readonly keyPolicy: kms.CryptoKeyIAMPolicy;
  readonly pool: iam.WorkloadIdentityPool;
  readonly provider: iam.WorkloadIdentityPoolProvider;
  readonly administratorRole: projects.IAMCustomRole;
  readonly gateRole: projects.IAMCustomRole;
  readonly denyPolicy: iam.DenyPolicy;
  /** The principal sets that may use the key, by release. */
  readonly principals: Readonly<Record<string, string>>;

  /** @throws if the confidential type is SEV_SNP (no Confidential Space), or the key would live in the workload's own project. */
  constructor(name: string, args: AttestedKeyArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('AttestedKey', name, options);
    const { workload } = args;
    const placement = placementOf(workload);
    const hardware = confidentialSpaceHardware(placement);
    if (placement.keyProject === placement.project || placement.keyProjectNumber === placement.projectNumber) {
      throw new Error(`clouds.gcp.keyProject: '${placement.keyProject}' is the workload's project; its owners could use the key. Name a project of its own`);
    }
    const prefix = namePrefix(workload);
    const digests = activeDigests(workload);
    this.principals = attestedPrincipals(workload, placement);
    const principals = Object.values(this.principals);

    this.ring = new kms.KeyRing(`${name}-ring`, { name: `${prefix}-phi`, project: placement.keyProject, location: placement.region }, this.child({ protect: true }));
    this.ringPolicy = new kms.KeyRingIAMPolicy(`${name}-ring`, { keyRingId: this.ring.id, policyData: JSON.stringify({ bindings: [] }) }, this.child());
    this.key = new kms.CryptoKey(
      name,
      transformed(args.transform?.key, {
        name: 'phi',
        keyRing: this.ring.id,
        purpose: 'ENCRYPT_DECRYPT',
        versionTemplate: { algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION', protectionLevel: 'HSM' },
        rotationPeriod: ROTATION_PERIOD,
        destroyScheduledDuration: DESTROY_DELAY,
        // Deleting the resource would schedule every version for destruction.
        deletionPolicy: 'PREVENT',
        labels: keyLabels(workload, 'phi'),
      }),
      this.child({ protect: true, dependsOn: [this.ringPolicy] }),
    );

    const role = (id: string, title: string, permissions: readonly string[]): projects.IAMCustomRole =>
      new projects.IAMCustomRole(`${name}-${id}`, { project: placement.keyProject, roleId: roleId(workload, id), title, permissions: [...permissions], stage: 'GA' }, this.child());
    this.administratorRole = role('administrator', `${prefix}: administer the PHI key`, ADMINISTRATOR_PERMISSIONS);
    this.gateRole = role('gate', `${prefix}: change who may use the PHI key`, GATE_PERMISSIONS);
    const roleName = (id: string): string => `projects/${placement.keyProject}/roles/${roleId(workload, id)}`;

    const administrators = workload.keyAdministrators.gcp ?? [];
    const gatekeepers = [...new Set([placement.deployer, ...(workload.breakGlass.gcp === undefined ? [] : [workload.breakGlass.gcp])])];
    const bindings = [
      { role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', members: principals },
      { role: roleName('administrator'), members: [...administrators] },
      { role: roleName('gate'), members: gatekeepers },
    ].filter(({ members }) => members.length > 0);

    const revoked = digests.length === 0;
    const makePolicy = (after: readonly pulumi.Resource[]): kms.CryptoKeyIAMPolicy =>
      new kms.CryptoKeyIAMPolicy(
        name,
        transformed(args.transform?.keyPolicy, { cryptoKeyId: this.key.id, policyData: JSON.stringify({ bindings }) }),
        this.child({ dependsOn: [this.administratorRole, this.gateRole, ...after] }),
      );
    const makePool = (after: readonly pulumi.Resource[]): iam.WorkloadIdentityPool =>
      new iam.WorkloadIdentityPool(
        name,
        transformed(args.transform?.pool, {
          project: placement.keyProject,
          workloadIdentityPoolId: poolId(workload),
          displayName: 'Attested PHI workload',
          mode: 'FEDERATION_ONLY',
          disabled: revoked,
        }),
        this.child({ dependsOn: [...after] }),
      );
    const makeProvider = (pool: iam.WorkloadIdentityPool, after: pulumi.Resource): iam.WorkloadIdentityPoolProvider =>
      new iam.WorkloadIdentityPoolProvider(
        name,
        transformed(args.transform?.provider, {
          project: placement.keyProject,
          workloadIdentityPoolId: pool.workloadIdentityPoolId,
          workloadIdentityPoolProviderId: 'confidential-space',
          displayName: 'Confidential Space attestation',
          attributeCondition: attestationCondition({
            hardware,
            project: placement.project,
            projectNumber: placement.projectNumber,
            serviceAccount: args.serviceAccount,
            imageDigests: digests.map(([, digest]) => digest),
            ...(placement.oldestImage === undefined ? {} : { oldestImage: placement.oldestImage }),
          }),
          attributeMapping: { ...ATTRIBUTE_MAPPING },
          oidc: { issuerUri: ISSUER, allowedAudiences: [AUDIENCE] },
          disabled: revoked,
        }),
        this.child({ dependsOn: [after] }),
      );
    // The documented order of a revocation: the binding goes first (seconds), then what admits tokens. With nothing left
    // to admit the pool follows the binding too; until then the binding needs the pool it names.
    if (revoked) {
      this.keyPolicy = makePolicy([]);
      this.pool = makePool([this.keyPolicy]);
    } else {
      this.pool = makePool([]);
      this.keyPolicy = makePolicy([this.pool]);
    }
    this.provider = makeProvider(this.pool, this.keyPolicy);

    this.denyPolicy = new iam.DenyPolicy(
      name,
      transformed(args.transform?.denyPolicy, {
        name: `${prefix}-phi-key`,
        displayName: 'PHI key: attested workloads only',
        parent: encodeURIComponent(`cloudresourcemanager.googleapis.com/projects/${placement.keyProject}`),
        rules: [
          {
            description: 'Only attested workloads decrypt',
            denyRule: { deniedPrincipals: ['principalSet://goog/public:all'], exceptionPrincipals: principals, deniedPermissions: DECRYPT_PERMISSIONS },
          },
          {
            description: 'Only the deployer and break glass change the gate',
            denyRule: { deniedPrincipals: ['principalSet://goog/public:all'], exceptionPrincipals: gatekeepers.map(denyPrincipal), deniedPermissions: GATE_CHANGES },
          },
        ],
      }),
      // Created last: on the first deployment it would refuse the deployer nothing, but a failed one must not lock it out.
      this.child({ dependsOn: [this.keyPolicy, this.ringPolicy] }),
    );
    this.registerOutputs({ key: this.key.id, principals: this.principals });
  }
}

function roleId(workload: Workload, id: string): string {
  return `teeKit_${namePrefix(workload).replace(/-/g, '_')}_${id}`;
}

/** @throws for SEV_SNP, which Confidential Space does not run on. */
export function confidentialSpaceHardware(placement: GcpPlacement): readonly ('TDX' | 'SEV')[] {
  if (placement.confidentialType === 'SEV_SNP') {
    throw new Error('clouds.gcp.confidentialType: SEV_SNP is not offered by Confidential Space, so no key can be bound to it; use TDX (default) or SEV');
  }
  return [placement.confidentialType];
}
