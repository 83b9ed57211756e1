import type { AwsPlacement, Workload } from '../workload/index.js';
import { partitionOf } from './arn.js';
import { COUNTERS, phiStoreNames } from './phi-store.js';
import { allow } from './policy.js';
import type { Endpoint } from './private-network.js';

/** What the agent of Session Manager calls. */
export const AGENT_ACTIONS = {
  ssm: ['ssm:UpdateInstanceInformation'],
  ssmmessages: ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'],
} as const;

/** Buckets of AWS from which Amazon Linux and the agent fetch packages. Source: https://github.com/aws-samples/data-perimeter-policy-examples, read 2026-11. */
function awsOwnedBuckets(region: string): readonly string[] {
  return [`al2023-repos-${region}-de612dc2`, `amazon-ssm-${region}`, `amazon-ssm-packages-${region}`, `aws-ssm-${region}`, `aws-ssm-document-attachments-${region}`, `patch-baseline-snapshot-${region}`];
}

/** The interface endpoints that enclave hosts need, each with the narrowest policy that lets the workload run. */
export function storeEndpoints(props: {
  readonly workload: Workload;
  readonly placement: AwsPlacement;
  readonly tee: string;
  readonly keyAccount: string;
  /** Whether hosts are reached by Session Manager. */
  readonly sessionManager: boolean;
}): Readonly<Record<string, Endpoint>> {
  const { workload, placement, keyAccount } = props;
  const { account, region, organization } = placement;
  const partition = partitionOf(region);
  const own = {
    'aws:PrincipalAccount': account,
    ...(organization !== undefined && { 'aws:PrincipalOrgID': organization }),
  };
  const names = phiStoreNames(workload.name, account, region);
  const artifacts = [...new Set(Object.values(workload.measurements.aws).flatMap((measurement) => (measurement.kind === 'nitro-enclave' ? [measurement.artifact.bucket] : [])))].sort();
  const from = [props.tee];
  // Stores live where the workload file says PHI is kept, if the TEE may reach it by HTTPS.
  const store = Object.values(workload.flows).find((flow) => flow.from === props.tee && flow.port === 443 && workload.segments[flow.to]?.purpose === 'phi-store')?.to;
  const inStore = store === undefined ? {} : { segment: store };
  return {
    Kms: {
      service: 'kms',
      from,
      policy: [
        allow('OwnKeys', '*', ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:GenerateDataKeyWithoutPlaintext'], '*', {
          StringEquals: { ...own, 'aws:ResourceAccount': [...new Set([account, keyAccount])] },
        }),
        // Has no key, hence no resource account.
        allow('Randomness', '*', 'kms:GenerateRandom', '*', { StringEquals: own }),
      ],
    },
    S3: {
      service: 's3',
      ...inStore,
      from,
      policy: [
        allow('PhiObjects', '*', ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:ListMultipartUploadParts', 's3:PutObject'], `arn:${partition}:s3:::${names.bucket}/*`, { StringEquals: own }),
        allow('StateCounters', '*', 's3:ListBucket', `arn:${partition}:s3:::${names.bucket}`, { StringEquals: own, StringLike: { 's3:prefix': `${COUNTERS}*` } }),
        allow('EnclaveImages', '*', 's3:GetObjectVersion', artifacts.map((bucket) => `arn:${partition}:s3:::${bucket}/*`), { StringEquals: own }),
        // Agents and packages are fetched unsigned: a condition on the caller would break them. Reading buckets of AWS takes nothing out.
        ...(props.sessionManager ? [allow('PackagesOfAws', '*', 's3:GetObject', awsOwnedBuckets(region).map((bucket) => `arn:${partition}:s3:::${bucket}/*`))] : []),
      ],
    },
    DynamoDb: {
      service: 'dynamodb',
      ...inStore,
      from,
      // The service has no private DNS: the enclave is given the endpoint's own name.
      privateDns: false,
      policy: [
        allow('PhiItems', '*', 'dynamodb:*Item', `arn:${partition}:dynamodb:${region}:${account}:table/${names.table}`, { StringEquals: own }),
        allow('PhiQueries', '*', 'dynamodb:Query', `arn:${partition}:dynamodb:${region}:${account}:table/${names.table}`, { StringEquals: own }),
      ],
    },
    ...(props.sessionManager && {
      Ssm: { service: 'ssm', from, policy: [allow('Agent', '*', AGENT_ACTIONS.ssm, '*', { StringEquals: own })] },
      SsmMessages: { service: 'ssmmessages', from, policy: [allow('Sessions', '*', AGENT_ACTIONS.ssmmessages, '*', { StringEquals: own })] },
    }),
    Logs: {
      service: 'logs',
      from,
      policy: [allow('OwnLogs', '*', ['logs:CreateLogStream', 'logs:PutLogEvents'], `arn:${partition}:logs:${region}:${account}:log-group:/tee-kit/${workload.name}/*`, { StringEquals: own })],
    },
    AutoScaling: {
      service: 'autoscaling',
      from,
      policy: [
        allow('OwnGroup', '*', ['autoscaling:CompleteLifecycleAction', 'autoscaling:SetInstanceHealth'], `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${workload.name}-tee`, { StringEquals: own }),
      ],
    },
  };
}
