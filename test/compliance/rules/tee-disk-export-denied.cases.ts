import type { RuleCase } from '../rule-case.js';
import { DEPLOYER, member, resource as gcpResource, vm } from '../gcp-fixture.js';
import { azureCase, GROUP, NOT_KNOWN, resource, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('a closed disk', 'pass', { more: [resource('compute:Disk', 'extra', { networkAccessPolicy: 'DenyAll', publicNetworkAccess: 'Disabled' })], at: 'extra' }),
  azureCase('Azure\'s default', 'fail', { more: [resource('compute:Disk', 'extra', {})], at: 'extra' }),
  azureCase('a restore point', 'fail', { more: [resource('compute:RestorePointCollection', 'copies', {})], at: 'copies' }),
  azureCase('a role that exports', 'fail', { more: [role('extra', ROLES.contributor, GROUP, STRANGER)], at: 'extra' }),
  azureCase('not known', 'unknown', { more: [resource('compute:Disk', 'extra', { networkAccessPolicy: NOT_KNOWN })], at: 'extra' }),
];

const copy = (type: string, inputs: object) => gcpResource(`gcp:compute/${type}`, 'copy', inputs as never);
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'no copy', expected: 'pass', at: 'vm', resources: [vm()] },
  { cloud: 'gcp', name: 'a snapshot', expected: 'fail', at: 'copy', resources: [vm(), copy('snapshot:Snapshot', { sourceDisk: 'vm' })] },
  { cloud: 'gcp', name: 'a machine image', expected: 'fail', at: 'copy', resources: [vm(), copy('machineImage:MachineImage', { sourceInstance: 'vm' })] },
  { cloud: 'gcp', name: 'an image of a disk', expected: 'fail', at: 'copy', resources: [vm(), copy('image:Image', { sourceDisk: 'vm' })] },
  { cloud: 'gcp', name: 'snapshots on a schedule', expected: 'fail', at: 'copy', path: 'snapshotSchedulePolicy', resources: [vm(), copy('resourcePolicy:ResourcePolicy', { snapshotSchedulePolicy: { schedule: {} } })] },
  { cloud: 'gcp', name: 'a person who copies disks', expected: 'fail', at: 'admin', path: 'role', resources: [vm(), member('project', 'admin', 'roles/compute.storageAdmin', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'the deployer', expected: 'pass', at: 'admin', resources: [vm(), member('project', 'admin', 'roles/compute.storageAdmin', DEPLOYER)] },
  { cloud: 'gcp', name: 'a role of elsewhere', expected: 'unknown', at: 'admin', resources: [vm(), member('project', 'admin', 'projects/phi-inference/roles/other', 'user:m@example.org')] },
];

export const cases: RuleCase[] = [...azure, ...gcp];
