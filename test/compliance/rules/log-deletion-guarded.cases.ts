import { body, bucket, key, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { KEY_PROJECT, archive, key as keyOf, lien, logBucket, logs } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'all retained', expected: 'pass', resources: { Trail: trail(), Logs: bucket(), LogKey: key() } },
  { cloud: 'aws', name: 'the bucket goes', expected: 'fail', at: 'Logs', path: 'DeletionPolicy', resources: { Trail: trail(), Logs: bucket({}, {}), LogKey: key() } },
  { cloud: 'aws', name: 'the trail goes', expected: 'fail', at: 'Trail', resources: { Trail: trail({}, { DeletionPolicy: 'Delete' }), Logs: bucket(), LogKey: key() } },
  { cloud: 'aws', name: 'the key goes', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket(), LogKey: key({}, {}) } },
  { cloud: 'aws', name: 'a log group goes', expected: 'fail', at: 'Group', resources: { Group: body('AWS::Logs::LogGroup', {}) } },
];

const azure: RuleCase[] = [
  azureCase('protected', 'pass'),
  azureCase('no lock', 'fail', { gone: [['ManagementLockByScope', 'logs-lock']], at: 'logs' }),
  azureCase('no versions', 'fail', { edits: [['BlobServiceProperties', 'logs', 'isVersioningEnabled', false]], at: 'logs' }),
  azureCase('no recovery of containers', 'fail', { edits: [['BlobServiceProperties', 'logs', 'containerDeleteRetentionPolicy.enabled', false]], at: 'logs' }),
  azureCase('no blob service settings', 'fail', { gone: [['BlobServiceProperties', 'logs']], at: 'logs' }),
  azureCase('an unprotected workspace', 'fail', { more: [resource('operationalinsights:Workspace', 'second', { workspaceName: 'second' })], at: 'second' }),
  azureCase('not known', 'unknown', { edits: [['BlobServiceProperties', 'logs', 'deleteRetentionPolicy', NOT_KNOWN]], at: 'logs' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'protected, with liens', expected: 'pass', resources: logs() },
  { cloud: 'gcp', name: 'not protected', expected: 'fail', at: 'vault', path: 'protect', resources: logs(logBucket({}, {})) },
  { cloud: 'gcp', name: 'deleted by the provider', expected: 'fail', at: 'archive', path: 'deletionPolicy', resources: logs(archive({ deletionPolicy: 'DELETE' })) },
  { cloud: 'gcp', name: 'emptied with the bucket', expected: 'fail', at: 'archive', path: 'forceDestroy', resources: logs(archive({ forceDestroy: true })) },
  { cloud: 'gcp', name: 'no lien', expected: 'fail', at: 'vault', resources: logs(lien('lien', 'elsewhere')) },
  { cloud: 'gcp', name: 'a lien on something else', expected: 'fail', at: 'gcp', resources: logs(lien('lien-keys', KEY_PROJECT, { restrictions: ['resourcemanager.projects.update'] })) },
  { cloud: 'gcp', name: 'a keyOf that goes', expected: 'fail', at: 'vault', resources: logs(keyOf('logs', 'logs', {}, {})) },
  { cloud: 'gcp', name: 'a policy that is not told', expected: 'unknown', at: 'archive', path: 'deletionPolicy', resources: logs(archive({ deletionPolicy: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
