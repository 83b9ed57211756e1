import type { RuleCase } from '../rule-case.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

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

export const cases: RuleCase[] = [...azure];
