import type { CfnInstance, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { checkSevSnp } from './instance-types.js';
import { protectedInstance, type ProtectedInstanceProps } from './protected-instance.js';

export interface ConfidentialInstanceProps extends ProtectedInstanceProps {
  /** Id of a Dedicated Host (`h-…`), which offers SEV-SNP in every commercial region. Default: shared tenancy, us-east-2 and eu-west-1 only. */
  readonly dedicatedHostId?: string;
}

/**
 * One AMD SEV-SNP machine: its memory is encrypted against the host. KMS has NO condition key for SEV-SNP, so no key of
 * KMS is ever released to its attestation, and an AttestedKey refuses it. It is for code that brings its own key broker,
 * or that needs memory encryption and holds no key to PHI. For attested keys use EnclaveFleet or AttestableInstance.
 * @throws for types, sizes and regions without SEV-SNP. Nitro Enclaves and hibernation exclude it and are off.
 */
export class ConfidentialInstance extends Construct {
  readonly launchTemplate: CfnLaunchTemplate;
  readonly instance: CfnInstance;

  constructor(scope: Construct, id: string, props: ConfidentialInstanceProps) {
    super(scope, id);
    checkSevSnp(props.instance, props.region, props.dedicatedHostId);
    const { launchTemplate, instance } = protectedInstance(this, props, {
      cpuOptions: { amdSevSnp: 'enabled' },
      ...(props.dedicatedHostId !== undefined && { placement: { tenancy: 'host', hostId: props.dedicatedHostId } }),
    });
    this.launchTemplate = launchTemplate;
    this.instance = instance;
  }
}
