import type { RuleCase } from '../rule-case.js';
import { organisationCases } from '../aws-fixture.js';
import { ENFORCED, onBoth, orgPolicy } from '../gcp-fixture.js';

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'both projects', expected: 'pass', resources: onBoth('iam.disableAuditLoggingExemption', ENFORCED) },
  { cloud: 'gcp', name: 'one project', expected: 'fail', at: 'gcp', resources: [orgPolicy('iam.disableAuditLoggingExemption', ENFORCED)] },
  { cloud: 'gcp', name: 'of the organisation', expected: 'pass', resources: [{ type: 'gcp:orgpolicy/policy:Policy', name: 'all', inputs: { parent: 'organizations/345678901234', name: 'organizations/345678901234/policies/iam.disableAuditLoggingExemption', spec: { rules: ENFORCED } } }] },
];

export const cases: RuleCase[] = [...organisationCases('cloudtrail:StopLogging'), ...gcp];
