import {
  AttestedKey, CmekKeys, ConfidentialSpace, ConfidentialVm, FleetRefresh, Gateway, LogVault, OrgGuardrails, Perimeter, PhiStore, PhiTags, PrivateNetwork, ProjectServices, SecurityAlerts,
  VmIdentity,
} from '../../constructs/gcp/index.js';
import { placementOf } from '../../constructs/gcp/component.js';
import type { Workload } from '../../constructs/workload/workload.js';

const WORKLOAD_SERVICES = ['artifactregistry', 'cloudkms', 'cloudscheduler', 'compute', 'confidentialcomputing', 'dns', 'iam', 'logging', 'monitoring', 'orgpolicy', 'storage', 'sts'];
const KEY_SERVICES = ['cloudkms', 'iam', 'logging', 'monitoring', 'orgpolicy', 'sts'];

/** Places the Google Cloud deployment of a workload. */
export function deploy(workload: Workload): void {
  const placement = placementOf(workload);
  const dependsOn = [
    new ProjectServices('workload-services', { project: placement.project, services: WORKLOAD_SERVICES }),
    new ProjectServices('key-services', { project: placement.keyProject, services: KEY_SERVICES }),
  ];
  const after = { dependsOn };

  new OrgGuardrails('guardrails', { workload }, after);
  new PhiTags('workload-tags', { workload, projectNumber: placement.projectNumber }, after);
  new PhiTags('key-tags', { workload, projectNumber: placement.keyProjectNumber }, after);
  const keys = new CmekKeys('cmek', { workload }, after);
  new LogVault('logs', { workload, keys }, after);
  new SecurityAlerts('alerts', { workload }, after);
  if (placement.perimeter) new Perimeter('perimeter', { workload }, after);

  const network = new PrivateNetwork('network', { workload }, after);
  const identity = new VmIdentity('tee', { workload, role: 'tee', projectRoles: ['roles/confidentialcomputing.workloadUser', 'roles/logging.logWriter'] }, after);
  const attestedKey = new AttestedKey('phi-key', { workload, serviceAccount: identity.email }, after);
  new PhiStore('phi-store', { workload, keys, attestedKey }, after);
  // A release is admitted before it runs.
  const tee = new ConfidentialSpace('tee', { workload, network, identity, diskKey: keys.keys.disk.id }, { dependsOn: [...dependsOn, keys.grants.disk, attestedKey] });
  new FleetRefresh('refresh', { workload, tee }, after);
  new Gateway('gateway', { workload, network, tee }, after);

  const gateway = Object.entries(workload.segments).find(([, { purpose }]) => purpose === 'gateway');
  if (placement.gatewayImage !== undefined && gateway) {
    const gatewayIdentity = new VmIdentity('gateway-host', { workload, role: 'gateway', projectRoles: ['roles/logging.logWriter'] }, after);
    new ConfidentialVm(
      'gateway-host',
      { workload, network, segment: gateway[0], image: placement.gatewayImage, identity: gatewayIdentity, diskKey: keys.keys.disk.id },
      { dependsOn: [...dependsOn, keys.grants.disk] },
    );
  }
}
