import type * as pulumi from '@pulumi/pulumi';
import * as storage from '@pulumi/gcp/storage/index.js';
import type { Workload } from '../workload/workload.js';
import type { AttestedKey } from './attested-key.js';
import type { CmekKeys } from './cmek-keys.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { phiLabels } from './phi-labels.js';

/** Ninety days, in seconds: how long deleted objects can be restored. The API allows at most this. */
const SOFT_DELETE_SECONDS = 7_776_000;

export interface PhiStoreArgs {
  readonly workload: Workload;
  readonly keys: CmekKeys;
  /** Whose attested principals may read and write. */
  readonly attestedKey: AttestedKey;
  readonly transform?: Transform<{ bucket: storage.BucketArgs }>;
}

/** PHI at rest: objects that the TEE encrypts under the attested key before they leave it. Only attested workloads reach it. */
export class PhiStore extends Component {
  readonly bucket: storage.Bucket;
  /** One grant per approved release. */
  readonly grants: Readonly<Record<string, storage.BucketIAMMember>>;

  constructor(name: string, args: PhiStoreArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('PhiStore', name, options);
    const placement = placementOf(args.workload);
    this.bucket = new storage.Bucket(
      name,
      transformed(args.transform?.bucket, {
        name: `${placement.projectNumber}-${namePrefix(args.workload)}-phi`,
        project: placement.project,
        location: placement.region,
        uniformBucketLevelAccess: true,
        publicAccessPrevention: 'enforced',
        versioning: { enabled: true },
        softDeletePolicy: { retentionDurationSeconds: SOFT_DELETE_SECONDS },
        forceDestroy: false,
        deletionPolicy: 'PREVENT',
        encryption: { defaultKmsKeyName: args.keys.keys.store.id },
        labels: phiLabels(args.workload),
      }),
      this.child({ protect: true, dependsOn: [args.keys.grants.store] }),
    );
    this.grants = Object.fromEntries(
      Object.entries(args.attestedKey.principals).map(([release, member]) => [
        release,
        new storage.BucketIAMMember(`${name}-${release}`, { bucket: this.bucket.name, role: 'roles/storage.objectUser', member }, this.child({ dependsOn: [args.attestedKey.pool] })),
      ]),
    );
    this.registerOutputs({ bucket: this.bucket.name });
  }
}
