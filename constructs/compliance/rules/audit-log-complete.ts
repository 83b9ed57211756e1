import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'audit-log-complete',
  title: 'The audit trail leaves nothing out',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.308(a)(5)(ii)(C)'],
  why: 'Excluded key events, single regions and exempted members are the blind spots an attacker uses.',
  fix: {
    aws: 'Use LogVault, or IsMultiRegionTrail, IncludeGlobalServiceEvents and EnableLogFileValidation true, no ExcludeManagementEventSources, data events on PHI stores.',

    azure: 'Use LogVault, or categoryGroup audit and allLogs enabled on every diagnostic setting, all activity log categories on the subscription.',

    gcp: 'Use LogVault, or ADMIN_READ, DATA_READ and DATA_WRITE without exemptedMembers, sinks without exclusions.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
