import * as authorization from '@pulumi/azure-native/authorization';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps } from './component.js';
import { type Guardrail, guardrails } from './guardrail-policies.js';
import type { GuestMode } from './guest.js';

export interface GuardrailsProps extends AzureComponentProps {
  /** Mode of the guests. `managed` leaves out the guardrail against extensions. Default `sealed`. */
  readonly mode?: GuestMode;
}

/** The built-in initiative HITRUST/HIPAA; its version is Microsoft's to change. */
const HIPAA_INITIATIVE = '/providers/Microsoft.Authorization/policySetDefinitions/a169a624-5599-4385-a696-c8d643089fab';

/**
 * What Azure Policy adds to a gate in CI: the unsafe shapes are refused by Azure itself, also to a person in the portal,
 * and Microsoft's HIPAA initiative reports on the resource group. The initiative only reports (`DoNotEnforce`): some of
 * its policies would otherwise deploy resources of their own into the network.
 *
 * The definitions live in the subscription, the assignments on the workload's resource group.
 */
export class Guardrails extends AzureComponent {
  /** By guardrail id. */
  readonly definitions: Readonly<Record<string, authorization.PolicyDefinition>>;
  readonly set: authorization.PolicySetDefinition;
  readonly deny: authorization.PolicyAssignment;
  readonly hipaa: authorization.PolicyAssignment;

  constructor(name: string, props: GuardrailsProps, opts?: pulumi.ComponentResourceOptions) {
    super('Guardrails', name, props, opts);
    const { names } = this;
    const breakGlass = props.workload.breakGlass.azure;
    const rules = guardrails({ breakGlass: breakGlass ? [breakGlass] : [], sealed: (props.mode ?? 'sealed') === 'sealed' });
    this.definitions = Object.fromEntries(rules.map((rule) => [rule.id, this.define(name, rule)]));
    const policySetDefinitionName = `${names.resourceGroup}-guardrails`;
    this.set = new authorization.PolicySetDefinition(
      name,
      {
        policySetDefinitionName,
        policyType: 'Custom',
        displayName: `${names.resourceGroup}: unsafe shapes`,
        description: 'Shapes that would open the TEE, its keys or its network',
        policyDefinitions: rules.map(({ id }) => ({ policyDefinitionId: this.definitionId(id), policyDefinitionReferenceId: id })),
      },
      this.child(...Object.values(this.definitions)),
    );
    this.deny = new authorization.PolicyAssignment(
      `${name}-deny`,
      {
        scope: names.resourceGroupId,
        policyAssignmentName: 'phi-guardrails',
        displayName: `${names.resourceGroup}: unsafe shapes`,
        policyDefinitionId: `${names.subscriptionId}/providers/Microsoft.Authorization/policySetDefinitions/${policySetDefinitionName}`,
        enforcementMode: 'Default',
        nonComplianceMessages: rules.map(({ id, refuses }) => ({ policyDefinitionReferenceId: id, message: refuses })),
      },
      this.child(this.set),
    );
    this.hipaa = new authorization.PolicyAssignment(
      `${name}-hipaa`,
      {
        scope: names.resourceGroupId,
        policyAssignmentName: 'hitrust-hipaa',
        displayName: `${names.resourceGroup}: HITRUST/HIPAA`,
        policyDefinitionId: HIPAA_INITIATIVE,
        enforcementMode: 'DoNotEnforce',
        location: names.location,
        // Asked for by the initiative's deploy policies; it holds no role, so it can deploy nothing.
        identity: { type: 'SystemAssigned' },
      },
      this.child(),
    );
    this.registerOutputs({ set: this.set.id });
  }

  private definitionName(id: string): string {
    return `${this.names.resourceGroup}-${id}`;
  }

  private definitionId(id: string): string {
    return `${this.names.subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/${this.definitionName(id)}`;
  }

  private define(name: string, { id, refuses, when }: Guardrail): authorization.PolicyDefinition {
    return new authorization.PolicyDefinition(
      `${name}-${id}`,
      {
        policyDefinitionName: this.definitionName(id),
        policyType: 'Custom',
        // All: role assignments, subnets' children and the like carry neither tags nor a location.
        mode: 'All',
        displayName: `${this.names.resourceGroup}: ${id}`,
        description: `${refuses}.`,
        // oxlint-disable-next-line unicorn/no-thenable -- the policy language's own key; Pulumi awaits real promises only
        policyRule: { if: when, then: { effect: 'deny' } },
      },
      this.child(),
    );
  }
}
