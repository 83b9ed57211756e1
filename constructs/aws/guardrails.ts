import type { Workload } from '../workload/index.js';
import { deployerOf, partitionOf, roleArn } from './arn.js';
import { logVaultNames } from './log-vault.js';
import { phiStoreNames } from './phi-store.js';
import { deny, policy, type PolicyDocument } from './policy.js';

/** Longest service or resource control policy that AWS Organizations accepts, in characters. */
const LIMIT = 5120;

/** Policies for AWS Organizations. The kit writes them and never deploys them: they belong to another account and another team. */
export interface Guardrails {
  /** Service control policy for the accounts of the workload: what their own administrators cannot do. */
  readonly scp: PolicyDocument;
  /** Resource control policy for the same accounts: what nobody outside the organisation can do to their keys, buckets and roles. */
  readonly rcp: PolicyDocument;
}

/**
 * The guardrails of one workload. They close what resource policies cannot: an administrator who stops the trail,
 * shortens a log group, opens a way to the internet, or lends the TEE role to other hosts. The deployment role and the
 * break-glass role stay able to act, and are alarmed.
 * @throws if the workload has no AWS placement or no organisation, or a policy exceeds 5120 characters.
 */
export function organisationGuardrails(workload: Workload): Guardrails {
  const placement = workload.clouds.aws;
  if (!placement?.organization) throw new Error('clouds.aws.organization: missing; guardrails are policies of an organisation (o-…). Add it to the workload file.');
  const { account, region, organization } = placement;
  const { name } = workload;
  const partition = partitionOf(region);
  const logAccount = placement.logAccount ?? account;
  const owners = [...new Set([account, placement.keyAccount ?? account, logAccount])];
  const deployers = owners.map((owner) => deployerOf(placement, owner));
  const changers = [...new Set([...deployers, ...(workload.breakGlass.aws !== undefined ? [workload.breakGlass.aws] : [])])];
  const unlessChanger = { ArnNotLike: { 'aws:PrincipalArn': changers } };
  const vault = `arn:${partition}:s3:::${logVaultNames(name, logAccount, region).vault}`;
  const store = `arn:${partition}:s3:::${phiStoreNames(name, account, region).bucket}`;
  const teeRole = roleArn(region, account, `${name}-tee-${region}`);

  const scp = policy(
    deny('LogsStayOn', undefined, [
      'cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:PutInsightSelectors', 'cloudtrail:StopLogging', 'cloudtrail:UpdateTrail',
    ], owners.map((owner) => `arn:${partition}:cloudtrail:${region}:${owner}:trail/${name}`), unlessChanger),
    deny('FlowLogsAndDnsStay', undefined, [
      'ec2:DeleteFlowLogs', 'route53resolver:DeleteFirewallRule', 'route53resolver:DeleteResolverQueryLogConfig', 'route53resolver:DisassociateFirewallRuleGroup', 'route53resolver:DisassociateResolverQueryLogConfig',
      'route53resolver:UpdateFirewallConfig', 'route53resolver:UpdateFirewallDomains', 'route53resolver:UpdateFirewallRule',
    ], '*', unlessChanger),
    deny('LogGroupsKeepTheirRecords', undefined, ['logs:DeleteLogGroup', 'logs:DeleteLogStream', 'logs:DeleteRetentionPolicy', 'logs:DisassociateKmsKey', 'logs:PutLogGroupDeletionProtection', 'logs:PutRetentionPolicy'],
      `arn:${partition}:logs:*:*:log-group:/tee-kit/${name}/*`, unlessChanger),
    deny('AlarmsStay', undefined, ['cloudwatch:DeleteAlarms', 'cloudwatch:DisableAlarmActions', 'cloudwatch:SetAlarmState'], `arn:${partition}:cloudwatch:*:*:alarm:${name}-*`, unlessChanger),
    deny('NoWayOut', undefined, [
      'ec2:AcceptVpcPeeringConnection', 'ec2:AttachInternetGateway', 'ec2:AttachVpnGateway', 'ec2:CreateEgressOnlyInternetGateway', 'ec2:CreateNatGateway', 'ec2:CreateTransitGatewayVpcAttachment', 'ec2:CreateVpcPeeringConnection',
    ], '*', unlessChanger),
    deny('TeeRoleIsNotLent', undefined, [
      'iam:AttachRolePolicy', 'iam:DeleteRolePermissionsBoundary', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:AddRoleToInstanceProfile',
    ], [teeRole, teeRole.replace(':role/', ':instance-profile/')], unlessChanger),
    deny('PhiKeysKeepTheirGate', undefined, ['kms:CreateGrant', 'kms:DisableKey', 'kms:PutKeyPolicy', 'kms:ReplicateKey', 'kms:ScheduleKeyDeletion', 'kms:UpdateAlias'], '*', {
      StringEquals: { 'aws:ResourceTag/key-purpose': 'phi' }, ...unlessChanger,
    }),
    deny('PhiKeysStayMarked', undefined, ['kms:TagResource', 'kms:UntagResource'], '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['key-purpose'] }, ...unlessChanger }),
    deny('AccountsStay', undefined, ['account:CloseAccount', 'organizations:LeaveOrganization'], '*'),
  );
  const outside = { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': organization }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } };
  const rcp = policy(
    deny('OrganisationOnly', '*', ['kms:*', 's3:*', 'sts:AssumeRole'], '*', outside),
    deny('ServicesForThisOrganisationOnly', '*', ['kms:*', 's3:*', 'sts:AssumeRole'], '*', {
      StringNotEqualsIfExists: { 'aws:SourceOrgID': organization }, Null: { 'aws:SourceAccount': 'false' }, Bool: { 'aws:PrincipalIsAWSService': 'true' },
    }),
    deny('RecordsStay', '*', ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion', 's3:PutObjectLegalHold', 's3:PutObjectRetention'], `${vault}/*`),
    deny('VersionsStay', '*', 's3:DeleteObjectVersion', `${store}/*`),
    deny('LocksStay', '*', ['s3:DeleteBucket', 's3:DeleteBucketPolicy', 's3:PutBucketObjectLockConfiguration', 's3:PutBucketPolicy', 's3:PutBucketVersioning', 's3:PutLifecycleConfiguration', 's3:PutReplicationConfiguration'], [vault, store], unlessChanger),
    deny('TlsOnly', '*', ['kms:*', 's3:*', 'sts:*'], '*', { BoolIfExists: { 'aws:SecureTransport': 'false' } }),
  );
  for (const [kind, document] of Object.entries({ scp, rcp })) {
    const size = JSON.stringify(document).length;
    if (size > LIMIT) throw new Error(`${kind}: ${size} characters; AWS Organizations accepts ${LIMIT}. Shorten role names or place keys and logs in fewer accounts.`);
  }
  return { scp, rcp };
}
