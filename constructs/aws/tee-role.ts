import { CfnInstanceProfile, CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { roleArn } from './arn.js';
import { policy, trust, type Statement } from './policy.js';

export interface TeeRoleProps {
  /** Name of the workload; the role is `<name>-tee-<region>`: roles are global, deployments are not. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Last change of the role before it is written. Its name and path are part of PCR3 and of the key policy: leave them. */
  readonly transform?: (role: CfnRole) => void;
}

/**
 * The identity of the TEE hosts. Its name is fixed because PCR3 and the key policy hold its literal ARN. Only EC2
 * can assume it.
 */
export class TeeRole extends Construct {
  readonly role: CfnRole;
  readonly instanceProfile: CfnInstanceProfile;
  /** `<name>-tee-<region>`. */
  readonly roleName: string;
  /** Literal ARN. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TeeRoleProps) {
    super(scope, id);
    this.roleName = `${props.name}-tee-${props.region}`;
    this.arn = roleArn(props.region, props.account, this.roleName);
    this.role = new CfnRole(this, 'Role', {
      roleName: this.roleName,
      description: `Hosts of the TEE of ${props.name}`,
      maxSessionDuration: 3600,
      assumeRolePolicyDocument: trust('ec2.amazonaws.com'),
    });
    this.instanceProfile = new CfnInstanceProfile(this, 'Profile', { instanceProfileName: this.roleName, roles: [this.role.ref] });
    props.transform?.(this.role);
  }

  /** Attaches statements as a managed policy of its own, `<role>-<name>`. */
  attach(scope: Construct, id: string, name: string, statements: readonly Statement[]): CfnManagedPolicy {
    return new CfnManagedPolicy(scope, id, { managedPolicyName: `${this.roleName}-${name}`, policyDocument: policy(...statements), roles: [this.role.ref] });
  }
}
