import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Fn, RemovalPolicy, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { NitroEnclaveMeasurement } from '../workload/index.js';
import { bootUserData } from './boot.js';
import { checkEnclaveFits, checkImage } from './instance-types.js';
import { pcr } from './measurements.js';
import { partitionOf } from './arn.js';
import { logGroupRetention } from './log-retention.js';
import { allow, type Statement } from './policy.js';
import type { TeeRole } from './tee-role.js';

/** Seconds that a host has to attest itself before it is abandoned: the enclave image loads at about 1 GiB a minute. */
const BOOT_TIMEOUT_SECONDS = 900;
const DAY_SECONDS = 86_400;

export interface EnclaveFleetProps {
  /** Name of the workload; the group is `<name>-tee`. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** EC2 instance type, checked against the table of types that host enclaves. */
  readonly instance: string;
  readonly instances: { readonly min: number; readonly max: number };
  /** AMI id: `ami-` and 8 or 17 hexadecimal characters. */
  readonly image: string;
  readonly enclave: { readonly vcpus: number; readonly memoryMiB: number };
  readonly release: { readonly handle: string; readonly measurement: NitroEnclaveMeasurement };
  readonly role: TeeRole;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** ARN of the key for disks and the host's log: never the PHI key. */
  readonly infrastructureKeyArn: string;
  readonly retentionDays: number;
  /** TCP port on which the host hands connections to the enclave, TLS untouched. */
  readonly port: number;
  /** Target groups of the gateway. Default: none. */
  readonly targetGroupArns?: readonly string[];
  /** Days after which a host is replaced, 1 to 365. Default 7: keys, memory and patches do not grow old. */
  readonly maxLifetimeDays?: number;
  /** Settings handed to the boot chain, for example the DynamoDB endpoint's name. Keys: upper-case letters and `_`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Last change of the launch template before it is written. */
  readonly transform?: (template: CfnLaunchTemplate) => void;
}

/**
 * Nitro Enclave hosts in an Auto Scaling group. A new host enters service only after its boot chain fetched the
 * enclave image by version, verified hash and PCRs, ran it and saw it running outside debug mode; otherwise the
 * lifecycle hook abandons it. A timer keeps asserting the same and takes a drifted host out.
 * @throws for instance types that cannot host the enclave, an image id of wrong form, wrong group sizes and lifetimes.
 */
export class EnclaveFleet extends Construct {
  readonly launchTemplate: CfnLaunchTemplate;
  readonly group: CfnAutoScalingGroup;
  readonly logGroup: CfnLogGroup;
  /** What the role's own policy needs to allow. */
  readonly roleStatements: readonly Statement[];

  constructor(scope: Construct, id: string, props: EnclaveFleetProps) {
    super(scope, id);
    validate(props);
    const groupName = `${props.name}-tee`;
    const hook = 'attested';
    this.logGroup = new CfnLogGroup(this, 'LogGroup', {
      logGroupName: `/tee-kit/${props.name}/hosts`,
      retentionInDays: logGroupRetention(props.retentionDays),
      kmsKeyId: props.infrastructureKeyArn,
      deletionProtectionEnabled: true,
    });
    this.logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN);

    this.launchTemplate = new CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateName: groupName,
      launchTemplateData: {
        imageId: props.image,
        instanceType: props.instance,
        enclaveOptions: { enabled: true },
        hibernationOptions: { configured: false },
        ebsOptimized: true,
        monitoring: { enabled: true },
        instanceInitiatedShutdownBehavior: 'terminate',
        iamInstanceProfile: { arn: props.role.instanceProfile.attrArn },
        metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1, httpProtocolIpv6: 'disabled', instanceMetadataTags: 'disabled' },
        networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: false, deleteOnTermination: true, groups: [props.securityGroupId] }],
        blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { encrypted: true, kmsKeyId: props.infrastructureKeyArn, volumeType: 'gp3', volumeSize: 30, deleteOnTermination: true } }],
        userData: Fn.base64(bootUserData({
          AWS_REGION: props.region,
          GROUP: groupName,
          HOOK: hook,
          LOG_GROUP: `/tee-kit/${props.name}/hosts`,
          PORT: String(props.port),
          ENCLAVE_CPUS: String(props.enclave.vcpus),
          ENCLAVE_MEMORY_MIB: String(props.enclave.memoryMiB),
          ...props.settings,
          ...releaseSettings(props.release),
        })),
      },
    });
    this.group = new CfnAutoScalingGroup(this, 'Group', {
      autoScalingGroupName: groupName,
      minSize: String(props.instances.min),
      maxSize: String(props.instances.max),
      vpcZoneIdentifier: [...props.subnetIds],
      launchTemplate: { launchTemplateId: this.launchTemplate.ref, version: this.launchTemplate.attrLatestVersionNumber },
      healthCheckType: 'ELB',
      healthCheckGracePeriod: BOOT_TIMEOUT_SECONDS,
      maxInstanceLifetime: (props.maxLifetimeDays ?? 7) * DAY_SECONDS,
      newInstancesProtectedFromScaleIn: false,
      lifecycleHookSpecificationList: [{
        lifecycleHookName: hook,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        defaultResult: 'ABANDON',
        heartbeatTimeout: BOOT_TIMEOUT_SECONDS,
      }],
      metricsCollection: [{ granularity: '1Minute' }],
      ...(props.targetGroupArns && { targetGroupArns: [...props.targetGroupArns] }),
    });
    this.group.cfnOptions.updatePolicy = { autoScalingRollingUpdate: { minInstancesInService: Math.min(props.instances.min, props.instances.max - 1), maxBatchSize: 1, waitOnResourceSignals: false } };
    Tags.of(this.group).add('Name', groupName, { applyToLaunchedInstances: true });

    const artifacts = `arn:${partitionOf(props.region)}:s3:::${props.release.measurement.artifact.bucket}/*`;
    const groupArn = `arn:${partitionOf(props.region)}:autoscaling:${props.region}:${props.account}:autoScalingGroup:*:autoScalingGroupName/${groupName}`;
    this.roleStatements = [
      allow('EnclaveImage', undefined, ['s3:GetObjectVersion'], artifacts),
      allow('AdmitOrAbandonItself', undefined, ['autoscaling:CompleteLifecycleAction', 'autoscaling:SetInstanceHealth'], groupArn),
      allow('HostLog', undefined, ['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.attrArn),
    ];
    props.transform?.(this.launchTemplate);
  }
}

/** The one part of the launch template that a rotation changes. */
function releaseSettings({ handle, measurement }: EnclaveFleetProps['release']): Record<string, string> {
  const { artifact, pcrs } = measurement;
  const where = `measurements.aws.${handle}`;
  return {
    RELEASE: handle,
    EIF_BUCKET: artifact.bucket,
    EIF_KEY: artifact.key,
    EIF_VERSION: artifact.versionId,
    EIF_SHA256: artifact.sha256,
    PCR0: pcr(`${where}.PCR0`, pcrs.PCR0),
    PCR1: pcr(`${where}.PCR1`, pcrs.PCR1),
    PCR2: pcr(`${where}.PCR2`, pcrs.PCR2),
    PCR8: pcrs.PCR8 === undefined ? '' : pcr(`${where}.PCR8`, pcrs.PCR8),
  };
}

function validate(props: EnclaveFleetProps): void {
  checkEnclaveFits(props.instance, props.enclave);
  checkImage(props.image);
  const { min, max } = props.instances;
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 1 || max < min) throw new Error(`instances: min ${min}, max ${max}; allowed: whole numbers with 1 <= min <= max.`);
  const days = props.maxLifetimeDays ?? 7;
  if (!Number.isInteger(days) || days < 1 || days > 365) throw new Error(`maxLifetimeDays: ${days}; allowed: 1 to 365 (Auto Scaling's limits).`);
  if (!/^[0-9a-f]{64}$/i.test(props.release.measurement.artifact.sha256)) throw new Error(`measurements.aws.${props.release.handle}.artifact.sha256: "${props.release.measurement.artifact.sha256}"; allowed: 64 hexadecimal characters (sha256sum of the .eif file).`);
}
