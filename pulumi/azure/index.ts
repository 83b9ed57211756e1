import * as resources from '@pulumi/azure-native/resources';
import {
  AttestationAuthority,
  AttestedKey,
  AzureNames,
  ConfidentialScaleSet,
  ConfidentialVm,
  GateAlarms,
  Gateway,
  Guardrails,
  KeyVault,
  LogVault,
  OsDiskKey,
  PhiStore,
  PrivateNetwork,
  ServiceKey,
} from '../../constructs/azure/index.js';
import type { Segment, Workload } from '../../constructs/workload/index.js';

export interface AzureOptions {
  /** True for the first deployment only: the steps that Azure takes only afterwards are open: `LogVaultProps.lockPending`, `AttestationAuthorityProps.policyPending`. Default false. */
  readonly firstDeployment?: boolean;
}

/** Places one workload on Azure. Nothing here decides anything: the constructs do. */
export function deploy(workload: Workload, { firstDeployment = false }: AzureOptions = {}): void {
  const names = new AzureNames(workload);
  const group = new resources.ResourceGroup('workload', { resourceGroupName: names.resourceGroup, location: names.location, tags: names.tags }, { protect: true });
  const common = { workload, resourceGroup: group };

  new Guardrails('guardrails', common);
  const network = new PrivateNetwork('network', common);
  const logs = new LogVault('logs', { ...common, network, lockPending: firstDeployment });
  const phiVault = new KeyVault('phi-vault', { ...common, network, purpose: 'phi' });
  const infrastructureVault = new KeyVault('infrastructure-vault', { ...common, network, purpose: 'infrastructure' });
  const authority = new AttestationAuthority('authority', { ...common, network, policyPending: firstDeployment });
  const osDiskKey = new OsDiskKey('os-disk', { ...common, vault: infrastructureVault });
  const storeKey = new ServiceKey('phi-store', { ...common, vault: infrastructureVault });

  const place = { ...common, network, osDiskKey, segment: segmentOf(workload, 'tee') };
  const entry = entryOf(workload);
  const gateway = entry && new Gateway('gateway', { ...common, network, ...entry });
  // One machine can be bound by its own id; several scale behind one identity.
  const tee = names.placement.instances.max > 1
    ? new ConfidentialScaleSet('tee', { ...place, ...(gateway ? { gateway } : {}) })
    : new ConfidentialVm('tee', { ...place, ...(gateway ? { backendPools: [gateway.backendPoolId] } : {}) });
  new AttestedKey('phi', { ...common, vault: phiVault, authority, releaseTo: tee.identity.principalId });
  const store = new PhiStore('phi-store', { ...common, network, segment: segmentOf(workload, 'phi-store'), serviceKey: storeKey, accessBy: tee.identity.principalId });

  new GateAlarms('gate', { ...common, logs });
  logs.collect('phi-vault', phiVault.vaultId, phiVault.vault);
  logs.collect('infrastructure-vault', infrastructureVault.vaultId, infrastructureVault.vault);
  logs.collect('authority', authority.providerId, authority.provider);
  logs.collect('phi-store', `${store.accountId}/blobServices/default`, store.blobService);
}

/** The first flow, by name, from a gateway segment into the TEE; undefined when the workload file has none. */
function entryOf(workload: Workload): { readonly segment: string; readonly flow: string } | undefined {
  const purpose = (segment: string): Segment['purpose'] | undefined => workload.segments[segment]?.purpose;
  const found = Object.entries(workload.flows).filter(([, { from, to }]) => purpose(from) === 'gateway' && purpose(to) === 'tee').sort(([a], [b]) => (a < b ? -1 : 1))[0];
  return found && { segment: found[1].from, flow: found[0] };
}

/** The first segment of a purpose, by name. @throws if the workload file has none. */
function segmentOf(workload: Workload, purpose: Segment['purpose']): string {
  const found = Object.entries(workload.segments).filter(([, segment]) => segment.purpose === purpose).map(([name]) => name).sort()[0];
  if (!found) throw new Error(`segments: none has purpose ${purpose}; Azure needs one`);
  return found;
}
