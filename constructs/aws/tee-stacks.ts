import { DefaultStackSynthesizer, Fn, Stack, type IStackSynthesizer } from 'aws-cdk-lib';
import type { CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { embedWorkload, WORKLOAD_KEY, type AwsPlacement, type Workload } from '../workload/index.js';
import { deployerOf, partitionOf, refOrLiteral } from './arn.js';
import { AttestationAlarms } from './attestation-alarms.js';
import { AttestedKey } from './attested-key.js';
import { AuditTrail } from './audit-trail.js';
import { EnclaveFleet } from './enclave-fleet.js';
import { AGENT_ACTIONS, storeEndpoints } from './endpoint-policies.js';
import { Gateway } from './gateway.js';
import { LogIntake } from './log-intake.js';
import { LogVault, logVaultNames } from './log-vault.js';
import { activeMeasurements, bootRelease } from './measurements.js';
import { applyPhiTags } from './phi-tags.js';
import { PhiStore } from './phi-store.js';
import { allow, sid, type Statement } from './policy.js';
import { PrivateNetwork } from './private-network.js';
import { ServiceKey } from './service-key.js';
import { TeeRole } from './tee-role.js';

/** What the workload file does not say. */
export interface TeeOptions {
  /** Id of the workload's KMS endpoint, once it is known, for a key in another account. */
  readonly kmsEndpointId?: string;
  /**
   * True opens Session Manager on the hosts, for an emergency: whoever starts a session is root there. The rule
   * `tee-no-interactive-access` fails until it is acknowledged with a reason. Default false.
   */
  readonly sessionManager?: boolean;
}

/** Everything of one workload on AWS. Constructs are public, so that a platform team can look at and transform them. */
export interface TeeDeployment {
  readonly stacks: readonly Stack[];
  readonly logs: LogVault;
  readonly intake: LogIntake;
  readonly network: PrivateNetwork;
  readonly role: TeeRole;
  readonly key: AttestedKey;
  readonly store: PhiStore;
  readonly fleet: EnclaveFleet;
  /** By gateway segment. */
  readonly gateways: Readonly<Record<string, Gateway>>;
  /** One trail per account, by account. */
  readonly trails: Readonly<Record<string, AuditTrail>>;
  /** By account. */
  readonly alarms: Readonly<Record<string, AttestationAlarms>>;
}

/**
 * Places one workload below an App or Stage: one stack per account, so a single-account deployment is one stack and
 * log archive, key and workload accounts can be three. Stacks of different accounts share literal names only.
 * @throws if the workload has no AWS placement, or any construct refuses its part of it.
 */
export function deployWorkload(scope: Construct, workload: Workload, options: TeeOptions = {}): TeeDeployment {
  const placement = workload.clouds.aws;
  if (!placement) throw new Error('clouds.aws: not in the workload file; add account, region, instance and image, or leave aws out of --cloud.');
  const { name } = workload;
  const { account, region } = placement;
  const tee = Object.entries(workload.segments).find(([, segment]) => segment.purpose === 'tee');
  if (!tee) throw new Error('segments: none has purpose tee; exactly one segment runs the enclave hosts.');

  const stacks = new Map<string, Stack>();
  const stackOf = (owner: string, suffix: string): Stack => {
    const known = stacks.get(owner);
    if (known) return known;
    const stack = teeStack(scope, owner === account ? name : `${name}-${suffix}`, workload, placement, owner);
    stacks.set(owner, stack);
    return stack;
  };
  const logAccount = placement.logAccount ?? account;
  const keyAccount = placement.keyAccount ?? account;
  const main = stackOf(account, 'workload');
  const logStack = stackOf(logAccount, 'logs');
  const keyStack = stackOf(keyAccount, 'keys');
  const deployer = (owner: string): string => deployerOf(placement, owner);
  const administrators = workload.keyAdministrators.aws ?? [];
  const sourceAccounts = [...new Set([account, keyAccount, logAccount])];
  const { retention } = workload;

  const logs = new LogVault(logStack, 'Logs', {
    name, account: logAccount, region, sourceAccounts, retentionDays: retention.days, irreversible: retention.irreversible, deploymentRole: deployer(logAccount), administrators,
  });
  const logNames = logVaultNames(name, logAccount, region);
  const partition = partitionOf(region);
  const vaultArn = refOrLiteral(main, logs, logs.bucket.attrArn, `arn:${partition}:s3:::${logNames.vault}`);

  const intake = new LogIntake(main, 'LogIntake', { name, account, region, vaultArn });

  const infrastructureKeys = new Map(sourceAccounts.map((owner) => {
    const stack = stacks.get(owner) as Stack;
    return [owner, infrastructureKey(stack, { name, account: owner, region, deploymentRole: deployer(owner), administrators })] as const;
  }));
  const infrastructure = infrastructureKeys.get(account) as ServiceKey;
  const network = new PrivateNetwork(main, 'Network', {
    name, region, cidr: workload.network.cidr, endpointsCidr: workload.network.endpoints, segments: workload.segments, flows: workload.flows,
    endpoints: storeEndpoints({ workload, placement, tee: tee[0], keyAccount, sessionManager: options.sessionManager ?? false }),
    flowLogDestination: vaultArn,
    logKeyArn: infrastructure.key.attrArn,
    retentionDays: retention.days,
  });
  if (logStack === main) network.flowLog.addResourceDependency(logs.bucketPolicy);

  const role = new TeeRole(main, 'TeeRole', { name, account, region });
  const kmsEndpoint = keyStack === main ? network.endpoints['Kms']?.attrId : options.kmsEndpointId;
  const key = new AttestedKey(keyStack, 'PhiKey', {
    workload: name,
    environment: workload.environment,
    measurements: activeMeasurements(workload),
    role: role.arn,
    deploymentRole: deployer(keyAccount),
    administrators,
    ...(workload.breakGlass.aws !== undefined && { breakGlassRole: workload.breakGlass.aws }),
    ...(kmsEndpoint !== undefined && { sourceEndpoints: [kmsEndpoint] }),
  });
  // KMS refuses a policy whose principals do not exist yet.
  if (keyStack === main) key.key.addResourceDependency(role.role);
  else keyStack.addStackDependency(main, 'the key policy names the TEE role, which KMS looks up');
  if (logStack !== main) main.addStackDependency(logStack, 'flow logs and trail are delivered there');

  const store = new PhiStore(main, 'PhiStore', {
    name, account, region, role: role.arn, deploymentRole: deployer(account), administrators,
    s3Endpoint: network.endpoints['S3']!.attrId,
    dynamodbEndpoint: network.endpoints['DynamoDb']!.attrId,
    accessLogBucket: intake.bucket.ref,
  });
  store.key.key.addResourceDependency(role.role);

  const trails: Record<string, AuditTrail> = {};
  const alarms: Record<string, AttestationAlarms> = {};
  for (const owner of sourceAccounts) {
    const stack = stacks.get(owner) as Stack;
    const ownKey = infrastructureKeys.get(owner) as ServiceKey;
    const trail = new AuditTrail(stack, 'Trail', {
      name, account: owner, region, retentionDays: retention.days,
      bucketName: refOrLiteral(stack, logs, logs.bucket.ref, logNames.vault),
      trailKeyArn: refOrLiteral(stack, logs, logs.key.key.attrArn, `arn:${partition}:kms:${region}:${logAccount}:alias/${logNames.keyAlias}`),
      logGroupKeyArn: ownKey.key.attrArn,
      ...(stack === main ? { dataBuckets: [store.bucket.attrArn], dataTables: [store.table.attrArn] } : { dataBuckets: [], dataTables: [] }),
      readBuckets: stack === logStack ? [logs.bucket.attrArn] : [],
    });
    if (stack === logStack) trail.trail.addResourceDependency(logs.bucketPolicy);
    trails[owner] = trail;
    alarms[owner] = new AttestationAlarms(stack, 'Alarms', {
      name, account: owner,
      trailLogGroup: trail.logGroup.ref,
      ...(stack === keyStack && { key: { arn: key.key.attrArn, id: key.key.ref } }),
      ...(workload.breakGlass.aws !== undefined && { breakGlassRole: workload.breakGlass.aws }),
      topicKeyArn: ownKey.key.attrArn,
      email: workload.contact,
    });
  }

  const port = listenerPort(workload, tee[0]);
  const gateways: Record<string, Gateway> = {};
  for (const [segment, { purpose }] of Object.entries(workload.segments)) {
    if (purpose !== 'gateway' || !Object.values(workload.flows).some((flow) => flow.from === segment && flow.to === tee[0])) continue;
    const gateway = (gateways[segment] = new Gateway(main, `Gateway${sid(segment)}`, {
      vpcId: network.vpc.ref,
      subnetIds: network.subnets[segment]!.map((subnet) => subnet.ref),
      securityGroupId: network.securityGroups[segment]!.attrGroupId,
      port,
      logBucket: refOrLiteral(main, logs, logs.bucket.ref, logNames.vault),
      ...(placement.consumers && { consumers: placement.consumers }),
    }));
    if (logStack === main) gateway.balancer.addResourceDependency(logs.bucketPolicy);
  }

  const fleet = new EnclaveFleet(main, 'Fleet', {
    name, account, region,
    instance: placement.instance, instances: placement.instances, image: placement.image, enclave: placement.enclave,
    release: bootRelease(workload),
    role,
    subnetIds: network.subnets[tee[0]]!.map((subnet) => subnet.ref),
    securityGroupId: network.securityGroups[tee[0]]!.attrGroupId,
    infrastructureKeyArn: infrastructure.key.attrArn,
    retentionDays: retention.days,
    port,
    targetGroupArns: Object.values(gateways).map((gateway) => gateway.targetGroup.ref),
    settings: { PROXIES: [`8000=kms.${region}.amazonaws.com`, `8001=s3.${region}.amazonaws.com`, `8002=${endpointName(network.endpoints['DynamoDb']!)}`].join(' ') },
  });
  // A group's target is reachable once its balancer listens.
  for (const gateway of Object.values(gateways)) fleet.group.addResourceDependency(gateway.listener);
  fleet.group.addResourceDependency(role.attach(main, 'TeePolicy', 'use', [
    ...fleet.roleStatements,
    ...store.roleStatements,
    ...(options.sessionManager ? [allow('SessionManager', undefined, Object.values(AGENT_ACTIONS).flat(), '*')] : []),
    ...(keyStack === main ? [] : crossAccountUse(workload, partition, region, keyAccount, key.aliasName)),
  ]));
  for (const endpoint of Object.values(network.endpoints)) fleet.group.addResourceDependency(endpoint);
  if (keyStack === main) fleet.group.addResourceDependency(key.key);

  return { stacks: [...stacks.values()], logs, intake, network, role, key, store, fleet, gateways, trails, alarms };
}

function teeStack(scope: Construct, id: string, workload: Workload, placement: AwsPlacement, account: string): Stack {
  // The class declares optional properties as possibly undefined, the interface does not; they are the same.
  const synthesizer = new DefaultStackSynthesizer(account === placement.account && placement.deploymentRole !== undefined ? { cloudFormationExecutionRole: placement.deploymentRole } : {}) as IStackSynthesizer;
  const stack = new Stack(scope, id, {
    stackName: id,
    env: { account, region: placement.region },
    description: `TEE Kit: ${workload.name} (${workload.environment})`,
    terminationProtection: workload.environment === 'production',
    synthesizer,
  });
  stack.addMetadata(WORKLOAD_KEY, JSON.parse(embedWorkload(workload)));
  applyPhiTags(stack, workload);
  return stack;
}

/** Disks, log groups and alarms: what AWS services encrypt, never PHI. */
function infrastructureKey(scope: Construct, props: { readonly name: string; readonly account: string; readonly region: string; readonly deploymentRole: string; readonly administrators: readonly string[] }): ServiceKey {
  const { name, account, region } = props;
  return new ServiceKey(scope, 'InfrastructureKey', {
    purpose: 'infrastructure',
    name: `${name}-infrastructure`,
    deploymentRole: props.deploymentRole,
    administrators: props.administrators,
    use: [
      // As in the policy of aws/ebs: the service-linked role of Auto Scaling may not exist yet, so it cannot be named.
      allow('DisksOfThisAccount', { AWS: '*' }, ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], '*', {
        StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `ec2.${region}.amazonaws.com` },
      }),
      allow('LogGroupsOfThisWorkload', { Service: `logs.${region}.amazonaws.com` }, ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], '*', {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:/tee-kit/${name}/*` },
      }),
      allow('AlarmTopicOfThisWorkload', { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] }, ['kms:Decrypt', 'kms:GenerateDataKey*'], '*', {
        StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': `arn:${partitionOf(region)}:sns:${region}:${account}:${name}-attestation` },
      }),
    ],
  });
}

/** The name of an interface endpoint without private DNS: the second half of its first entry, `<hosted zone>:<name>`. */
function endpointName(endpoint: CfnVPCEndpoint): string {
  return Fn.select(1, Fn.split(':', Fn.select(0, endpoint.attrDnsEntries)));
}

/** A key in another account needs an allow on both sides. Which PCRs belong together the key policy says. */
function crossAccountUse(workload: Workload, partition: string, region: string, account: string, aliasName: string): readonly Statement[] {
  const measurements = activeMeasurements(workload).map(([, measurement]) => measurement);
  const use = (name: string, pcr: string, values: readonly string[]): readonly Statement[] => (values.length === 0 ? [] : [
    allow(name, undefined, ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'], `arn:${partition}:kms:${region}:${account}:key/*`, {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliasName },
      StringEqualsIgnoreCase: { [`kms:RecipientAttestation:${pcr}`]: values },
    }),
  ]);
  return [
    ...use('KeyInItsOwnAccount', 'PCR0', measurements.flatMap((measurement) => (measurement.kind === 'nitro-enclave' ? [measurement.pcrs.PCR0] : []))),
    ...use('KeyInItsOwnAccountByNitroTpm', 'NitroTPMPCR4', measurements.flatMap((measurement) => (measurement.kind === 'nitro-tpm' ? [measurement.pcrs.PCR4] : []))),
  ];
}

/** The one port on which flows of the workload file reach the TEE. */
function listenerPort(workload: Workload, tee: string): number {
  const ports = [...new Set(Object.values(workload.flows).filter((flow) => flow.to === tee).map((flow) => flow.port))];
  if (ports.length !== 1) throw new Error(`flows: ${ports.length === 0 ? 'none leads' : `ports ${ports.join(', ')} lead`} to segment "${tee}"; exactly one port is handed to the enclave on AWS.`);
  return ports[0] as number;
}
