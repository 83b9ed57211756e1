import type { AwsPlacement, Workload } from '../workload/index.js';
import { partitionOf } from './arn.js';
import { phiStoreNames } from './phi-store.js';
import { allow } from './policy.js';
import type { Endpoint } from './private-network.js';

/** The interface endpoints that enclave hosts need, each with the narrowest policy that lets the workload run. */
export function storeEndpoints(props: { readonly workload: Workload; readonly placement: AwsPlacement; readonly tee: string; readonly keyAccount: string }): Readonly<Record<string, Endpoint>> {
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
        allow('EnclaveImages', '*', 's3:GetObjectVersion', artifacts.map((bucket) => `arn:${partition}:s3:::${bucket}/*`), { StringEquals: own }),
      ],
    },
    DynamoDb: {
      service: 'dynamodb',
      ...inStore,
      from,
      // The service has no private DNS: the enclave is given the endpoint's own name.
      privateDns: false,
      policy: [
        allow('PhiItems', '*', 'dynamodb:*Item', [names.table, names.counters].map((table) => `arn:${partition}:dynamodb:${region}:${account}:table/${table}`), { StringEquals: own }),
        allow('PhiQueries', '*', 'dynamodb:Query', `arn:${partition}:dynamodb:${region}:${account}:table/${names.table}`, { StringEquals: own }),
      ],
    },
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
