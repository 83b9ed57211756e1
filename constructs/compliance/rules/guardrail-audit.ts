import { guardrails as organisation } from '../aws-guardrails.js';
import { enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-audit',
  title: 'The cloud itself refuses to stop or thin out the audit log',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'A trail that is stopped, or a member that is exempted, leaves no trace of decryptions or token exchanges, and either is one call by an administrator.',
  fix: {
    aws: 'Use organisationGuardrails(), attach its service control policy to the accounts of the workload (TargetIds), and except nobody but the deployment and break-glass roles from the Deny on cloudtrail:StopLogging, ec2:DeleteFlowLogs, logs:DeleteLogGroup and cloudwatch:DisableAlarmActions.',
    gcp: 'Use OrgGuardrails, or orgpolicy.Policy iam.disableAuditLoggingExemption enforced on both projects.',
  },
  checks: {
    aws: organisation('cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors', 'ec2:DeleteFlowLogs', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy', 'cloudwatch:DisableAlarmActions'),
    gcp: guardrails([{ name: 'iam.disableAuditLoggingExemption', on: 'both', judge: enforced }]),
  },
});
