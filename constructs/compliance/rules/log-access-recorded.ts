import { bucketOf, recordsReads } from '../aws.js';
import { lower } from '../azure.js';
import { at, findUnknown, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { logAccounts } from '../prove/azure/logs.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const trails = deployment.ofType('AWS::CloudTrail::Trail');
  for (const bucket of new Set(trails.flatMap(({ properties }) => bucketOf(deployment, properties['S3BucketName']) ?? []))) {
    const gap = trails.flatMap(({ properties }) => [findUnknown(properties['AdvancedEventSelectors']), findUnknown(properties['EventSelectors'])]).find((one) => one !== undefined);
    yield* outcomes(bucket, recordsReads(deployment, bucket) ? true : gap ? unknown('', gap.reason) : fail('', 'reading the audit records leaves no trace: no trail takes its data events, and it logs no access'));
  }
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const settings = deployment.ofType('azure-native:monitor:DiagnosticSetting').map((setting) => ({ setting, of: arm.normal(setting.properties['resourceUri']) }));
  for (const account of logAccounts(deployment)) {
    const id = arm.idOf(account);
    const own = settings.filter(({ of }) => id !== undefined && of === `${id}/blobservices/default`).map(({ setting }) => setting);
    const gaps = [...settings.filter(({ of }) => of === undefined).map(({ setting }) => `what ${setting.name} records cannot be told`), ...own.flatMap((setting) => findUnknown(setting.properties['logs'])?.reason ?? findUnknown(setting.properties['workspaceId'])?.reason ?? [])];
    const recorded = (category: string): boolean => own.some((setting) => {
      const { workspaceId } = setting.properties;
      // An account takes no records of itself; another one would do.
      const elsewhere = arm.find(setting.properties['storageAccountId']);
      if ((workspaceId === undefined || workspaceId === null || workspaceId instanceof Unknown) && (elsewhere === undefined || elsewhere === account)) return false;
      const logs = listAt(setting.properties, 'logs');
      return !(logs instanceof Unknown) && logs.some((log) => at(log, 'enabled') === true && (lower(at(log, 'category')) === category.toLowerCase() || /^(alllogs|audit)$/.test(lower(at(log, 'categoryGroup')))));
    });
    const missing = ['StorageRead', 'StorageDelete'].filter((category) => !recorded(category));
    yield* outcomes(account, missing.length === 0 ? true : gaps[0] !== undefined ? unknown('', gaps[0]) : fail('', `${missing.join(' and ')} of the audit records ${missing.length === 1 ? 'leaves' : 'leave'} no trace`));
  }
};

export const rule = defineRule({
  id: 'log-access-recorded',
  title: 'Reading the audit records leaves a record',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'Audit records say who was treated, when and by whom. A lock keeps them from being changed, not from being read; only a record of the reading shows who looked.',
  fix: {
    aws: 'Use AuditTrail, or take AWS::S3::Object data events of the trail\'s bucket, reads at least, in a trail.',
    azure: 'Use LogVault, or a diagnostic setting on blobServices/default of the log account with StorageRead and StorageDelete to a workspace (an account takes no records of itself).',
  },
  checks: { aws, azure },
});
