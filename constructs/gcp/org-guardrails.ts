import type * as pulumi from '@pulumi/pulumi';
import * as assuredworkloads from '@pulumi/gcp/assuredworkloads/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as orgpolicy from '@pulumi/gcp/orgpolicy/index.js';
import type { GcpPlacement, Workload } from '../workload/workload.js';
import { ISSUER } from './attestation-condition.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { CLOSED_METADATA } from './confidential-vm.js';
import { phiLabels } from './phi-labels.js';

type PolicyRule = { enforce: 'TRUE' } | { denyAll: 'TRUE' } | { values: { allowedValues: string[] } | { deniedValues: string[] } };

const ENFORCE: PolicyRule = { enforce: 'TRUE' };
const allow = (...values: string[]): PolicyRule => ({ values: { allowedValues: values } });
const deny = (...values: string[]): PolicyRule => ({ values: { deniedValues: values } });

/** Policies of both projects. */
const EVERYWHERE: Readonly<Record<string, PolicyRule>> = {
  'cloudkms.allowedProtectionLevels': allow('is:HSM'),
  'cloudkms.disableBeforeDestroy': ENFORCE,
  'cloudkms.minimumDestroyScheduledDuration': allow('in:30d'),
  'compute.skipDefaultNetworkCreation': ENFORCE,
  'iam.disableAuditLoggingExemption': ENFORCE,
  'iam.disableServiceAccountKeyCreation': ENFORCE,
  'iam.disableServiceAccountKeyUpload': ENFORCE,
};

function workloadPolicies(placement: GcpPlacement): Readonly<Record<string, PolicyRule>> {
  const images = ['projects/confidential-space-images'];
  const gatewayProject = placement.gatewayImage?.split('/')[1];
  if (gatewayProject !== undefined) images.push(`projects/${gatewayProject}`);
  return {
    ...EVERYWHERE,
    'compute.disableSerialPortAccess': ENFORCE,
    'compute.requireOsLogin': ENFORCE,
    'compute.requireShieldedVm': ENFORCE,
    'compute.restrictNonConfidentialComputing': deny('compute.googleapis.com'),
    'compute.trustedImageProjects': allow(...images),
    'compute.vmExternalIpAccess': { denyAll: 'TRUE' },
    'gcp.restrictCmekCryptoKeyProjects': allow(`projects/${placement.project}`),
    'gcp.restrictNonCmekServices': deny('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com'),
    'storage.publicAccessPrevention': ENFORCE,
    'storage.secureHttpTransport': ENFORCE,
    'storage.uniformBucketLevelAccess': ENFORCE,
  };
}

/** In the key's project no pool may trust anybody but the attestation verifier. */
const KEY_POLICIES: Readonly<Record<string, PolicyRule>> = { ...EVERYWHERE, 'iam.workloadIdentityPoolProviders': allow(ISSUER) };

export interface OrgGuardrailsArgs {
  readonly workload: Workload;
  readonly transform?: Transform<{ policy: orgpolicy.PolicyArgs; constraint: orgpolicy.CustomConstraintArgs; assuredWorkload: assuredworkloads.WorkloadArgs }>;
}

/**
 * Organisation policies on both projects, a custom constraint for the exact TEE type (the built-in one accepts any), the
 * project metadata that closes interactive access, and on request an Assured Workloads folder for healthcare.
 */
export class OrgGuardrails extends Component {
  /** By project role and constraint: `workload-compute.requireOsLogin`. */
  readonly policies: Readonly<Record<string, orgpolicy.Policy>>;
  readonly constraint: orgpolicy.CustomConstraint;
  readonly constraintPolicy: orgpolicy.Policy;
  readonly metadata: Readonly<Record<string, compute.ProjectMetadataItem>>;
  readonly assuredWorkload: assuredworkloads.Workload | undefined;

  constructor(name: string, args: OrgGuardrailsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('OrgGuardrails', name, options);
    const placement = placementOf(args.workload);
    const policies: Record<string, orgpolicy.Policy> = {};
    const place = (role: string, project: string, constraints: Readonly<Record<string, PolicyRule>>): void => {
      for (const [constraint, rule] of Object.entries(constraints)) {
        policies[`${role}-${constraint}`] = new orgpolicy.Policy(
          `${name}-${role}-${constraint}`,
          transformed(args.transform?.policy, { parent: `projects/${project}`, name: `projects/${project}/policies/${constraint}`, spec: { rules: [rule] } }),
          this.child(),
        );
      }
    };
    place('workload', placement.project, workloadPolicies(placement));
    place('keys', placement.keyProject, KEY_POLICIES);
    this.policies = policies;

    const id = `custom.teeKit${namePrefix(args.workload).replace(/[^a-z0-9]/g, '')}Type`;
    this.constraint = new orgpolicy.CustomConstraint(
      name,
      transformed(args.transform?.constraint, {
        parent: `organizations/${placement.organization}`,
        name: id,
        displayName: `Only ${placement.confidentialType} confidential VMs`,
        description: 'An instance without a type, or of a weaker one, is refused',
        actionType: 'DENY',
        condition: `resource.confidentialInstanceConfig.confidentialInstanceType != '${placement.confidentialType}'`,
        methodTypes: ['CREATE', 'UPDATE'],
        resourceTypes: ['compute.googleapis.com/Instance'],
      }),
      this.child(),
    );
    this.constraintPolicy = new orgpolicy.Policy(
      `${name}-tee-type`,
      transformed(args.transform?.policy, { parent: `projects/${placement.project}`, name: `projects/${placement.project}/policies/${id}`, spec: { rules: [ENFORCE] } }),
      this.child({ dependsOn: [this.constraint] }),
    );
    this.metadata = Object.fromEntries(
      Object.entries(CLOSED_METADATA).map(([key, value]) => [
        key,
        new compute.ProjectMetadataItem(`${name}-${key}`, { project: placement.project, key, value }, this.child()),
      ]),
    );
    this.assuredWorkload =
      placement.assuredWorkloads === undefined
        ? undefined
        : new assuredworkloads.Workload(
            name,
            transformed(args.transform?.assuredWorkload, {
              displayName: namePrefix(args.workload),
              organization: placement.organization,
              location: placement.region,
              billingAccount: `billingAccounts/${placement.assuredWorkloads.billingAccount}`,
              complianceRegime: 'HEALTHCARE_AND_LIFE_SCIENCES_CONTROLS',
              violationNotificationsEnabled: true,
              deletionPolicy: 'PREVENT',
              labels: phiLabels(args.workload),
            }),
            this.child({ protect: true }),
          );
    this.registerOutputs({});
  }
}
