import { findUnknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const SETTINGS = ['azure-native:monitor:DiagnosticSetting', 'azure-native:monitor:SubscriptionDiagnosticSetting'] as const;
/** Resources that send records of a workspace or account elsewhere. */
const EXPORTS = ['azure-native:operationalinsights:DataExport', 'azure-native:eventgrid:SystemTopic', 'azure-native:eventgrid:EventSubscription', 'azure-native:storage:StorageTaskAssignment'] as const;

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  for (const type of SETTINGS) {
    for (const setting of deployment.ofType(type)) {
      const defects: Defect[] = ['eventHubAuthorizationRuleId', 'marketplacePartnerId', 'serviceBusRuleId'].flatMap((name) => {
        const value = setting.properties[name];
        return value === undefined || value === null || value === '' ? [] : [fail(name, 'records also leave by a stream that nothing here shows')];
      });
      for (const name of ['storageAccountId', 'workspaceId']) {
        const value = setting.properties[name];
        if (value === undefined || value === null) continue;
        const gap = findUnknown(value);
        if (gap) defects.push(unknown(name, `where records go is not known: ${gap.reason}`));
        else if (!arm.find(value)) defects.push(unknown(name, 'records go to a store that is not among the artifacts: whose it is cannot be told'));
      }
      yield* outcomes(setting, defects);
    }
  }
  for (const type of EXPORTS) for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', `${type} sends records elsewhere`));
};

export const rule = defineRule({
  id: 'log-export-declared',
  title: 'Audit records go to the log vault and nowhere else',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.312(a)(1)', '45 CFR 164.308(b)(1)'],
  why: 'Audit records name patients\' records, people and keys. A second stream to an event hub, a partner or another subscription is a disclosure that the lock on the first copy does not see.',
  fix: { azure: 'Use LogVault; give diagnostic settings a storageAccountId and workspaceId of the workload and no eventHubAuthorizationRuleId, marketplacePartnerId or serviceBusRuleId.' },
  checks: { azure },
});
