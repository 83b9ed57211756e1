import { Fn, RemovalPolicy, Tags } from 'aws-cdk-lib';
import { CfnInstance, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.js';
import { checkImage } from './instance-types.js';
import type { TeeRole } from './tee-role.js';

/** What every single machine of the kit is given. */
export interface ProtectedInstanceProps {
  /** Name tag of the machine. */
  readonly name: string;
  readonly region: string;
  /** EC2 instance type, checked against the tables of `instance-types.ts`. */
  readonly instance: string;
  /** AMI id: `ami-` and 8 or 17 hexadecimal characters; built for UEFI boot. */
  readonly image: string;
  readonly role: TeeRole;
  readonly subnetId: string;
  readonly securityGroupId: string;
  /** ARN of the key for the disk: never the PHI key. */
  readonly infrastructureKeyArn: string;
  /** What the machine runs at first boot, as a shell script. No secrets: everybody on the machine reads it. Default: nothing. */
  readonly userData?: string;
  /** Size of the root disk in GiB, at least 8. Default 30. */
  readonly diskGiB?: number;
  /** Root device of the image. Default `/dev/xvda`. */
  readonly rootDevice?: string;
  /** Last change of the launch template before it is written. */
  readonly transform?: (template: CfnLaunchTemplate) => void;
}

/**
 * One machine in a private subnet: no key pair, no public address, IMDSv2 with hop limit 1, an encrypted disk, kept from
 * termination. CloudFormation knows the TEE settings on launch templates only, so the machine takes them from one.
 * @throws for an image id of wrong form and a disk below 8 GiB.
 */
export function protectedInstance(scope: Construct, props: ProtectedInstanceProps, tee: Pick<CfnLaunchTemplate.LaunchTemplateDataProperty, 'cpuOptions' | 'placement'>): { readonly launchTemplate: CfnLaunchTemplate; readonly instance: CfnInstance } {
  checkImage(props.image);
  const disk = props.diskGiB ?? 30;
  if (!Number.isInteger(disk) || disk < 8) throw new Error(`diskGiB: ${disk}; allowed: whole GiB from 8.`);
  const launchTemplate = new CfnLaunchTemplate(scope, 'LaunchTemplate', {
    launchTemplateData: {
      imageId: props.image,
      instanceType: props.instance,
      ...tee,
      enclaveOptions: { enabled: false },
      hibernationOptions: { configured: false },
      ebsOptimized: true,
      monitoring: { enabled: true },
      iamInstanceProfile: { arn: props.role.instanceProfile.attrArn },
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1, httpProtocolIpv6: 'disabled', instanceMetadataTags: 'disabled' },
      networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: false, deleteOnTermination: true, subnetId: props.subnetId, groups: [props.securityGroupId] }],
      blockDeviceMappings: [{ deviceName: props.rootDevice ?? '/dev/xvda', ebs: { encrypted: true, kmsKeyId: props.infrastructureKeyArn, volumeType: 'gp3', volumeSize: disk, deleteOnTermination: true } }],
      ...(props.userData !== undefined && { userData: Fn.base64(props.userData) }),
    },
  });
  const instance = new CfnInstance(scope, 'Instance', {
    launchTemplate: { launchTemplateId: launchTemplate.ref, version: launchTemplate.attrLatestVersionNumber },
    disableApiTermination: true,
    // cdk-nag does not look into the launch template for these.
    ebsOptimized: true,
    monitoring: true,
    iamInstanceProfile: props.role.instanceProfile.ref,
    propagateTagsToVolumeOnCreation: true,
  });
  instance.applyRemovalPolicy(RemovalPolicy.DESTROY);
  acknowledge(instance, 'EC2InstancesInVPC', 'The network interface of the launch template names the subnet and refuses a public address; EC2 does not accept a subnet beside it.');
  Tags.of(instance).add('Name', props.name);
  props.transform?.(launchTemplate);
  return { launchTemplate, instance };
}
