import type { RuleCase } from '../rule-case.js';
import { azureCase, resource } from '../prove/azure/fixture.js';
import { gate, resource as gcpResource } from '../gcp-fixture.js';

const azure: RuleCase[] = [
  azureCase('all of it', 'pass'),
  azureCase('a network manager', 'unknown', { more: [resource('network:NetworkManager', 'manager', { networkManagerName: 'manager' })], at: 'manager' }),
  azureCase('a packet capture', 'fail', { more: [resource('network:PacketCapture', 'capture', { packetCaptureName: 'capture' })], at: 'capture' }),
  azureCase('a cluster', 'unknown', { more: [resource('containerservice:ManagedCluster', 'cluster', { resourceName: 'cluster' })], at: 'cluster' }),
  azureCase('of another API version', 'unknown', { more: [{ ...resource('x:y', 'cluster', { resourceName: 'cluster' }), type: 'azure-native_containerservice_v20240501:containerservice:ManagedCluster' }], at: 'cluster' }),
  azureCase('a cluster beside the PHI plane', 'pass', { more: [resource('containerservice:ManagedCluster', 'cluster', { resourceName: 'cluster', tags: { 'phi-plane': 'no-phi' } })] }),
  azureCase('a network manager that says so', 'unknown', { more: [resource('network:NetworkManager', 'manager', { networkManagerName: 'manager', tags: { 'phi-plane': 'no-phi' } })], at: 'manager' }),
  azureCase('a component of Application Insights', 'pass', { more: [resource('applicationinsights:Component', 'telemetry', { resourceName: 'telemetry', kind: 'web', applicationType: 'web' })] }),
  azureCase('a dashboard', 'pass', { more: [resource('portal:Dashboard', 'board', { dashboardName: 'board' })] }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the gate', expected: 'pass', resources: gate() },
  { cloud: 'gcp', name: 'a dashboard and a metric', expected: 'pass', resources: [...gate(), gcpResource('gcp:monitoring/dashboard:Dashboard', 'board', {}), gcpResource('gcp:logging/metric:Metric', 'metric', { name: 'errors' })] },
  { cloud: 'gcp', name: 'keys that services make for themselves', expected: 'unknown', at: 'auto', resources: [...gate(), gcpResource('gcp:kms/autokeyConfig:AutokeyConfig', 'auto', { folder: 'folders/1', keyProject: 'projects/elsewhere' })] },
  { cloud: 'gcp', name: 'a member of a group', expected: 'unknown', at: 'more', resources: [...gate(), gcpResource('gcp:cloudidentity/groupMembership:GroupMembership', 'more', { group: 'groups/x' })] },
  { cloud: 'gcp', name: 'a build', expected: 'unknown', at: 'build', resources: [...gate(), gcpResource('gcp:cloudbuild/trigger:Trigger', 'build', {})] },
  { cloud: 'gcp', name: 'a job beside the PHI plane', expected: 'pass', resources: [...gate(), gcpResource('gcp:cloudrunv2/job:Job', 'cluster', { labels: { 'phi-plane': 'no-phi' } })] },
  { cloud: 'gcp', name: 'programs installed on machines', expected: 'fail', at: 'agents', resources: [...gate(), gcpResource('gcp:compute/zoneVmExtensionPolicy:ZoneVmExtensionPolicy', 'agents', {})] },
  { cloud: 'gcp', name: 'an interconnection that says so', expected: 'unknown', at: 'wire', resources: [...gate(), gcpResource('gcp:compute/wireGroup:WireGroup', 'wire', { labels: { 'phi-plane': 'no-phi' } })] },
];

export const cases: RuleCase[] = [...azure, ...gcp];
