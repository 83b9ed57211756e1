import type * as pulumi from '@pulumi/pulumi';
import * as kms from '@pulumi/gcp/kms/index.js';
import type { KeyPurpose } from '../workload/tags.js';
import type { Workload } from '../workload/workload.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { keyLabels } from './phi-labels.js';

/** Ninety days, in seconds: the longest rotation period the kit accepts. */
export const ROTATION_PERIOD = '7776000s';
/** Thirty days, in seconds: how long a destroyed key version can be restored. Also Cloud KMS's default. */
export const DESTROY_DELAY = '2592000s';

/** What each key encrypts, and which Google service agent uses it. Agents are derived, not looked up: a lookup needs credentials. */
const USES = {
  disk: { purpose: 'os-disk', agent: (number: string) => `service-${number}@compute-system.iam.gserviceaccount.com` },
  store: { purpose: 'infrastructure', agent: (number: string) => `service-${number}@gs-project-accounts.iam.gserviceaccount.com` },
  archive: { purpose: 'logs', agent: (number: string) => `service-${number}@gs-project-accounts.iam.gserviceaccount.com` },
  logs: { purpose: 'logs', agent: (number: string) => `service-${number}@gcp-sa-logging.iam.gserviceaccount.com` },
} as const satisfies Record<string, { purpose: KeyPurpose; agent: (projectNumber: string) => string }>;

export type CmekUse = keyof typeof USES;

export interface CmekKeysArgs {
  readonly workload: Workload;
  readonly transform?: Transform<{ key: kms.CryptoKeyArgs }>;
}

/**
 * HSM keys for disks, buckets and logs, in the workload's project: the deny policy of the PHI key's project would lock
 * out the service agents that use these. None of them protects PHI from an administrator; the attested key does.
 */
export class CmekKeys extends Component {
  readonly ring: kms.KeyRing;
  readonly keys: Readonly<Record<CmekUse, kms.CryptoKey>>;
  readonly grants: Readonly<Record<CmekUse, kms.CryptoKeyIAMMember>>;

  constructor(name: string, args: CmekKeysArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('CmekKeys', name, options);
    const placement = placementOf(args.workload);
    this.ring = new kms.KeyRing(`${name}-ring`, { name: `${namePrefix(args.workload)}-cmek`, project: placement.project, location: placement.region }, this.child());
    const key = (use: CmekUse): kms.CryptoKey =>
      new kms.CryptoKey(
        `${name}-${use}`,
        transformed(args.transform?.key, {
          name: use,
          keyRing: this.ring.id,
          purpose: 'ENCRYPT_DECRYPT',
          versionTemplate: { algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION', protectionLevel: 'HSM' },
          rotationPeriod: ROTATION_PERIOD,
          destroyScheduledDuration: DESTROY_DELAY,
          deletionPolicy: 'PREVENT',
          labels: keyLabels(args.workload, USES[use].purpose),
        }),
        this.child({ protect: true }),
      );
    const grant = (use: CmekUse): kms.CryptoKeyIAMMember =>
      new kms.CryptoKeyIAMMember(
        `${name}-${use}`,
        { cryptoKeyId: this.keys[use].id, role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', member: `serviceAccount:${USES[use].agent(placement.projectNumber)}` },
        this.child(),
      );
    this.keys = { archive: key('archive'), disk: key('disk'), logs: key('logs'), store: key('store') };
    this.grants = { archive: grant('archive'), disk: grant('disk'), logs: grant('logs'), store: grant('store') };
    this.registerOutputs({ ring: this.ring.id });
  }
}
