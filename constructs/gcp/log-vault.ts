import type * as pulumi from '@pulumi/pulumi';
import * as logging from '@pulumi/gcp/logging/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import * as resourcemanager from '@pulumi/gcp/resourcemanager/index.js';
import * as storage from '@pulumi/gcp/storage/index.js';
import { SECONDS_PER_DAY } from '../workload/retention.js';
import type { Workload } from '../workload/workload.js';
import type { CmekKeys } from './cmek-keys.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { phiLabels } from './phi-labels.js';

/** All three kinds of data access; administration writes are always logged. */
const AUDIT_LOG_TYPES = ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'];

export interface LogVaultArgs {
  readonly workload: Workload;
  readonly keys: CmekKeys;
  readonly transform?: Transform<{
    logBucket: logging.ProjectBucketConfigArgs;
    archive: storage.BucketArgs;
    sink: logging.ProjectSinkArgs;
    audit: projects.IAMAuditConfigArgs;
  }>;
}

/**
 * Where every log of both projects goes, twice: a log bucket (searchable) and a storage bucket (archive). With
 * `retention.irreversible: true` both are locked and nobody, Google included, can shorten them; without it they keep the
 * same retention but an administrator can change it, and the kit says so.
 */
export class LogVault extends Component {
  readonly logBucket: logging.ProjectBucketConfig;
  readonly archive: storage.Bucket;
  /** Sinks by source project and destination: `workload-bucket`, `workload-archive`, `keys-bucket`, `keys-archive`. */
  readonly sinks: Readonly<Record<string, logging.ProjectSink>>;
  readonly writers: Readonly<Record<string, projects.IAMMember | storage.BucketIAMMember>>;
  readonly audit: Readonly<Record<string, projects.IAMAuditConfig>>;
  readonly liens: Readonly<Record<string, resourcemanager.Lien>>;

  constructor(name: string, args: LogVaultArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('LogVault', name, options);
    const { workload, keys } = args;
    const placement = placementOf(workload);
    const { project, region } = placement;
    const prefix = namePrefix(workload);
    const { days, irreversible } = workload.retention;
    const logBucketId = `${prefix}-vault`;

    this.logBucket = new logging.ProjectBucketConfig(
      name,
      transformed(args.transform?.logBucket, {
        project,
        location: region,
        bucketId: logBucketId,
        description: 'All logs of the PHI workload',
        retentionDays: days,
        locked: irreversible,
        // Without this a destroyed stack would ask for the bucket's deletion.
        deletionPolicy: 'PREVENT',
        cmekSettings: { kmsKeyName: keys.keys.logs.id },
      }),
      this.child({ protect: true, dependsOn: [keys.grants.logs] }),
    );
    this.archive = new storage.Bucket(
      `${name}-archive`,
      transformed(args.transform?.archive, {
        name: `${placement.projectNumber}-${prefix}-logs`,
        project,
        location: region,
        storageClass: 'STANDARD',
        uniformBucketLevelAccess: true,
        publicAccessPrevention: 'enforced',
        forceDestroy: false,
        deletionPolicy: 'PREVENT',
        // Seconds, as a string. Versioning stays off: the API refuses it together with retention.
        retentionPolicy: { isLocked: irreversible, retentionPeriod: String(days * SECONDS_PER_DAY) },
        versioning: { enabled: false },
        encryption: { defaultKmsKeyName: keys.keys.archive.id },
        labels: phiLabels(workload),
      }),
      this.child({ protect: true, dependsOn: [keys.grants.archive] }),
    );

    const sources = { workload: project, keys: placement.keyProject } as const;
    const sinks: Record<string, logging.ProjectSink> = {};
    const writers: Record<string, projects.IAMMember | storage.BucketIAMMember> = {};
    const audit: Record<string, projects.IAMAuditConfig> = {};
    for (const [source, sourceProject] of Object.entries(sources)) {
      const sink = (kind: string, destination: pulumi.Input<string>): logging.ProjectSink =>
        new logging.ProjectSink(
          `${name}-${source}-${kind}`,
          // No filter: what is not sent cannot be found.
          transformed(args.transform?.sink, { name: `${prefix}-${kind}`, project: sourceProject, destination, uniqueWriterIdentity: true }),
          this.child({ dependsOn: [this.logBucket, this.archive] }),
        );
      const toBucket = (sinks[`${source}-bucket`] = sink('bucket', `logging.googleapis.com/projects/${project}/locations/${region}/buckets/${logBucketId}`));
      const toArchive = (sinks[`${source}-archive`] = sink('archive', `storage.googleapis.com/${placement.projectNumber}-${prefix}-logs`));
      // A sink into a log bucket of its own project has no writer identity; binding an empty member fails.
      if (sourceProject !== project) {
        writers[`${source}-bucket`] = new projects.IAMMember(
          `${name}-${source}-bucket`,
          {
            project, role: 'roles/logging.bucketWriter', member: toBucket.writerIdentity,
            condition: { title: 'only-the-vault', expression: `resource.name.endsWith("locations/${region}/buckets/${logBucketId}")` },
          },
          this.child(),
        );
      }
      writers[`${source}-archive`] = new storage.BucketIAMMember(
        `${name}-${source}-archive`,
        { bucket: this.archive.name, role: 'roles/storage.objectCreator', member: toArchive.writerIdentity },
        this.child(),
      );
      audit[source] = new projects.IAMAuditConfig(
        `${name}-${source}`,
        transformed(args.transform?.audit, { project: sourceProject, service: 'allServices', auditLogConfigs: AUDIT_LOG_TYPES.map((logType) => ({ logType })) }),
        this.child(),
      );
    }
    this.sinks = sinks;
    this.writers = writers;
    this.audit = audit;
    this.liens = Object.fromEntries(
      Object.entries({ workload: placement.projectNumber, keys: placement.keyProjectNumber }).map(([source, number]) => [
        source,
        new resourcemanager.Lien(
          `${name}-${source}`,
          { parent: `projects/${number}`, origin: 'tee-kit', reason: 'Holds PHI keys or their audit logs', restrictions: ['resourcemanager.projects.delete'] },
          this.child(),
        ),
      ]),
    );
    this.registerOutputs({ logBucket: this.logBucket.id, archive: this.archive.name });
  }
}
