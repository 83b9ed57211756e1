import * as authorization from '@pulumi/azure-native/authorization';
import type * as pulumi from '@pulumi/pulumi';
import type { AzureNames } from './names.js';

/** One role assignment. */
export interface RoleGrantProps {
  readonly names: AzureNames;
  /** Role definition id (full ARM id) or the GUID of a built-in role. */
  readonly role: string;
  /** Full ARM id; keep it as narrow as the role allows. */
  readonly scope: string;
  readonly principalId: pulumi.Input<string>;
  /**
   * `ServicePrincipal` for identities of this deployment: without it the assignment fails until Entra has replicated
   * them. Left out for principals that exist already, whose kind the workload file does not say.
   */
  readonly principalType?: 'ServicePrincipal';
  readonly description: string;
}

/** A role assignment whose name is derived from scope, role and grant name, so that it is the same on every run. */
export function grantRole(name: string, props: RoleGrantProps, opts: pulumi.CustomResourceOptions): authorization.RoleAssignment {
  const { names } = props;
  return new authorization.RoleAssignment(
    name,
    {
      roleAssignmentName: names.uuid('role-assignment', name, props.scope, props.role),
      roleDefinitionId: props.role.startsWith('/') ? props.role : names.roleDefinitionId(props.role),
      scope: props.scope,
      principalId: props.principalId,
      ...(props.principalType ? { principalType: props.principalType } : {}),
      description: props.description,
    },
    opts,
  );
}
