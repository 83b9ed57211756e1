import { filtersOf, fired, hasWatch, takes, unreadFilters, vaultRecords, watched } from '../alarms.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** CloudTrail writes a refusal as `AccessDenied` or `AccessDeniedException`. */
const REFUSED = /errorCode\s*=\s*"?[^"\s)]*(AccessDenied|\*)/;

const aws: Check = function* (deployment) {
  if (!hasWatch(deployment)) return;
  const seen = watched(deployment).some((pattern) => REFUSED.test(pattern) && /\bDecrypt\b/.test(pattern));
  yield* outcomes(deployment.root, seen ? true : (unreadFilters(deployment) ? unknown : fail)('', 'no alarm on a refused use of the PHI key (Decrypt with errorCode AccessDenied)'));
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment) || !deployment.workload?.clouds.azure) return;
  const seen = fired(deployment, vaultRecords(deployment, 'KeyRelease', 'refused'));
  yield* outcomes(deployment.root, seen === true ? true : (seen === undefined ? unknown : fail)('', `no alert on a refused release of a key (KeyRelease whose result is not OK)${seen === undefined ? ' that its query and its times tell for certain' : ''}`));
};

/** Terms that leave the requests that failed. */
const FAILED = /^(protoPayload\.status\.code\s*(>\s*0|>=\s*1|!=\s*0|=\s*"?7"?|:\*)|severity\s*>?=\s*"?ERROR"?)$/;

const gcp: Check = function* (deployment) {
  const placement = deployment.workload?.clouds.gcp;
  if (!processesPhi(deployment) || !placement) return;
  const act = { name: 'a refused decryption', on: 'keys', service: 'cloudkms.googleapis.com', method: 'Decrypt' } as const;
  const answers = filtersOf(deployment, placement.keyProject).map((filter) => {
    const terms = filter.split(/\s+AND\s+/);
    const others = terms.filter((term) => !FAILED.test(term.trim()));
    return others.length === terms.length || others.length === 0 ? false : takes(others.join(' AND '), act);
  });
  yield* outcomes(deployment.root, answers.includes(true) ? true : (answers.includes(undefined) ? unknown : fail)('', `no alert in project ${placement.keyProject} on a refused decryption (cloudkms Decrypt with status.code above 0)`));
};

export const rule = defineRule({
  id: 'denied-release-alarmed',
  title: 'A refused key release raises an alarm',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(5)(ii)(C)', '45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.308(a)(6)(ii)'],
  why: 'To ask for a PHI key is to log in to the records. A refusal is a retired image, a stranger or a probe of the gate, and the only warning before the request that gets through.',
  fix: {
    aws: 'Use AttestationAlarms, or a metric filter with an alarm on Decrypt and GenerateDataKey where errorCode is AccessDenied*.',
    azure: 'Use GateAlarms, or a ScheduledQueryRule on AZKVAuditLogs where OperationName is KeyRelease and ResultSignature is not OK, with an action group.',
    gcp: 'Use SecurityAlerts, or an AlertPolicy in the key project with conditionMatchedLog on cloudkms Decrypt and protoPayload.status.code>0, with a notification channel.',
  },
  checks: { aws, azure, gcp },
});
