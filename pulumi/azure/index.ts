import * as resources from '@pulumi/azure-native/resources';
import {
  AttestationAuthority,
  AttestedKey,
  AzureNames,
  ConfidentialVm,
  KeyVault,
  LogVault,
  OsDiskKey,
  PhiStore,
  PrivateNetwork,
  ServiceKey,
} from '../../constructs/azure/index.js';
import type { Segment, Workload } from '../../constructs/workload/index.js';

/** Places one workload on Azure. Nothing here decides anything: the constructs do. */
export function deploy(workload: Workload): void {
  const names = new AzureNames(workload);
  const group = new resources.ResourceGroup('workload', { resourceGroupName: names.resourceGroup, location: names.location, tags: names.tags }, { protect: true });
  const common = { workload, resourceGroup: group };

  const network = new PrivateNetwork('network', common);
  const logs = new LogVault('logs', { ...common, network });
  const phiVault = new KeyVault('phi-vault', { ...common, network, purpose: 'phi' });
  const infrastructureVault = new KeyVault('infrastructure-vault', { ...common, network, purpose: 'infrastructure' });
  const authority = new AttestationAuthority('authority', { ...common, network });
  const osDiskKey = new OsDiskKey('os-disk', { ...common, vault: infrastructureVault });
  const storeKey = new ServiceKey('phi-store', { ...common, vault: infrastructureVault });

  const vm = new ConfidentialVm('tee', { ...common, network, osDiskKey, segment: segmentOf(workload, 'tee') });
  new AttestedKey('phi', { ...common, vault: phiVault, authority, releaseTo: vm.identity.principalId });
  const store = new PhiStore('phi-store', { ...common, network, segment: segmentOf(workload, 'phi-store'), serviceKey: storeKey, accessBy: vm.identity.principalId });

  logs.collect('phi-vault', phiVault.vaultId, phiVault.vault);
  logs.collect('infrastructure-vault', infrastructureVault.vaultId, infrastructureVault.vault);
  logs.collect('authority', authority.providerId, authority.provider);
  logs.collect('phi-store', `${store.accountId}/blobServices/default`, store.blobService);
}

/** The first segment of a purpose, by name. @throws if the workload file has none. */
function segmentOf(workload: Workload, purpose: Segment['purpose']): string {
  const found = Object.entries(workload.segments).filter(([, segment]) => segment.purpose === purpose).map(([name]) => name).sort()[0];
  if (!found) throw new Error(`segments: none has purpose ${purpose}; Azure needs one`);
  return found;
}
