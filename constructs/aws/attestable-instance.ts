import { Validations } from 'aws-cdk-lib';
import type { CfnInstance, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { NitroTpmMeasurement } from '../workload/index.js';
import { checkNitroTpm } from './instance-types.js';
import { attestationCondition } from './measurements.js';
import { protectedInstance, type ProtectedInstanceProps } from './protected-instance.js';

export interface AttestableInstanceProps extends ProtectedInstanceProps {
  /**
   * What `nitro-tpm-pcr-compute` printed for `image`. List it as an active measurement of the workload too: the PHI key
   * releases to these PCRs, so an image that is not attestable, or another one, gets no key.
   */
  readonly measurement: NitroTpmMeasurement;
}

/**
 * One machine that boots an attestable AMI: NitroTPM measures what booted, and KMS releases keys to PCR4, PCR7 and PCR12.
 * The whole machine is the TEE, so nobody logs in to it and its image holds no shell that others reach. The AMI must be
 * registered with TPM support v2.0 and UEFI boot, with its root file system bound by dm-verity; neither is visible in a
 * template. PCR0 and PCR1 are constants of AWS and prove nothing.
 * @throws for types without NitroTPM and for measurements that could not gate a key.
 */
export class AttestableInstance extends Construct {
  readonly launchTemplate: CfnLaunchTemplate;
  readonly instance: CfnInstance;

  constructor(scope: Construct, id: string, props: AttestableInstanceProps) {
    super(scope, id);
    checkNitroTpm(props.instance);
    attestationCondition(id, props.measurement, props.role.arn);
    const { launchTemplate, instance } = protectedInstance(this, props, {});
    this.launchTemplate = launchTemplate;
    this.instance = instance;
    Validations.of(this).acknowledge({
      id: 'tee-kit::tee-confidential-type',
      reason: 'Whether an image is attestable is a property of the AMI, not of the template. The gate of the PHI key on NitroTPM PCRs decides it whenever a key is asked for.',
    });
  }
}
