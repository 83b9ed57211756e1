import { bucketCopies, foreignPrincipals, isAllow, namesEverybody, isBound, logBuckets, notified, sentAway, shown, statements } from '../aws.js';
import { accountCopies } from '../azure.js';
import { at, type Deployment, findUnknown, isList, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { logAccounts } from '../prove/azure/logs.js';
import { sinksOf } from '../prove/gcp/logs.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** What sends records on, and where each names the receiver. */
const SENDERS = [
  ['AWS::Logs::SubscriptionFilter', ['DestinationArn']], ['AWS::Logs::AccountPolicy', ['PolicyDocument']], ['AWS::Logs::DeliveryDestination', ['DestinationResourceArn']], ['AWS::Logs::Destination', ['TargetArn']],
  ['AWS::Route53Resolver::ResolverQueryLoggingConfig', ['DestinationArn']], ['AWS::Events::Rule', ['Targets']],
] as const;
/** Where a delivery stream names a receiver: buckets and domains by ARN, others by address. */
const BUCKETS = ['BucketARN', 'S3Configuration.BucketARN', 'S3BackupConfiguration.BucketARN', 'DomainARN', 'CatalogConfiguration.CatalogArn'] as const;
const OUTSIDE = ['EndpointConfiguration.Url', 'HECEndpoint', 'AccountUrl'] as const;

/** Why a subscription takes news out: in the clear, or to another account. Who reads a mailbox cannot be told. */
function subscribed(deployment: Deployment, subscription: Value | undefined, path: string): Defect[] {
  const where = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const [protocol, endpoint] = [at(subscription, 'Protocol'), at(subscription, 'Endpoint')];
  return protocol === 'http' ? [fail(where('Protocol'), `news goes to ${shown(endpoint)} in the clear`)] : sentAway(deployment, where('Endpoint'), endpoint, 'news');
}

/** Policies that let others take records, or news of what happened, for themselves. */
const POLICIES = [['AWS::Logs::ResourcePolicy', 'log groups'], ['AWS::SNS::TopicPolicy', 'topic'], ['AWS::SQS::QueuePolicy', 'queue']] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const [type, properties] of SENDERS) {
    for (const sender of deployment.ofType(type)) {
      // A schedule tells of nothing that happened.
      if (type === 'AWS::Events::Rule' && (sender.properties['State'] === 'DISABLED' || sender.properties['EventPattern'] === undefined)) continue;
      if (!properties.some((path) => at(sender.properties, path) !== undefined)) continue;
      yield* outcomes(sender, properties.flatMap((path) => {
        const value = at(sender.properties, path);
        return type === 'AWS::Events::Rule' && isList(value) ? value.flatMap((target, index) => sentAway(deployment, `${path}[${index}].Arn`, target instanceof Unknown ? target : at(target, 'Arn'), 'records')) : sentAway(deployment, path, value, 'records');
      }));
    }
  }
  for (const stream of deployment.ofType('AWS::KinesisFirehose::DeliveryStream')) {
    yield* outcomes(stream, Object.entries(stream.properties).flatMap(([name, value]): Defect[] => {
      if (!name.endsWith('DestinationConfiguration')) return [];
      if (value instanceof Unknown) return [unknown(name, `where records go is not known: ${value.reason}`)];
      const outside = OUTSIDE.find((path) => at(value, path) !== undefined);
      return [
        ...(outside === undefined ? [] : [fail(`${name}.${outside}`, `records go to ${shown(at(value, outside))}, outside AWS`)]),
        ...BUCKETS.flatMap((path) => sentAway(deployment, `${name}.${path}`, at(value, path), 'records')),
      ];
    }));
  }
  for (const subscription of deployment.ofType('AWS::SNS::Subscription')) yield* outcomes(subscription, subscribed(deployment, subscription.properties, ''));
  for (const topic of deployment.ofType('AWS::SNS::Topic')) {
    const inline = topic.properties['Subscription'];
    if (isList(inline)) yield* outcomes(topic, inline.flatMap((subscription, index) => subscribed(deployment, subscription, `Subscription[${index}]`)));
  }
  for (const destination of deployment.ofType('AWS::Events::ApiDestination')) yield* outcomes(destination, fail('InvocationEndpoint', `events go to ${shown(destination.properties['InvocationEndpoint'])}, outside AWS`));
  for (const bucket of logBuckets(deployment)) {
    for (const [resource, defects] of [[bucket, bucketCopies(deployment, bucket)] as const, ...notified(deployment, bucket)]) if (defects.length > 0) yield* outcomes(resource, defects);
  }
  for (const [type, what] of POLICIES) {
    for (const policy of deployment.ofType(type)) {
      const all = statements(policy.properties['PolicyDocument'], 'PolicyDocument');
      if (all instanceof Unknown) yield* outcomes(policy, unknown('PolicyDocument', all.reason));
      else {
        yield* outcomes(policy, [
          ...all.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement)).map((statement) => fail(statement.path, `everybody may use the ${what}`)),
          ...foreignPrincipals(deployment, all).map(({ path, principals }) => fail(path, `${principals} may use the ${what}, of an account that is not the deployment's`)),
        ]);
      }
    }
  }
};

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
  for (const account of logAccounts(deployment)) for (const [resource, defects] of accountCopies(deployment, account)) yield* outcomes(resource, defects);
  for (const type of EXPORTS) for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', `${type} sends records elsewhere`));
};

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const { resource, store, disabled } of sinksOf(deployment)) {
    if (disabled === true) continue;
    const destination = resource.properties['destination'];
    const gap = findUnknown(destination);
    // A topic or data set of the artifact is a store of the deployment too.
    const known = store ?? [...deployment.targets(destination)][0];
    yield* outcomes(resource, known ? true : gap || destination === undefined ? unknown('destination', `where the records go is not known${gap ? `: ${gap.reason}` : ''}`) : fail('destination', `records go to ${shown(destination)}, which is not in the artifact`));
  }
};

export const rule = defineRule({
  id: 'log-not-exported',
  title: 'Audit records go to the log vault and to nobody outside',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.312(a)(1)', '45 CFR 164.308(b)(1)'],
  why: 'Audit records name patients\' records, keys and people. A second stream to a hub, a partner, a project or an account of others is a disclosure outside the lock, the key and the agreement of the first copy.',
  fix: {
    aws: 'Use LogVault; remove the subscription filter, account policy, delivery stream, event target, bucket notification or replica, or let it lead to a destination of the own accounts, and name own accounts in the policies of log groups, topics and queues.',
    azure: 'Use LogVault; give diagnostic settings a storageAccountId and workspaceId of the workload and no eventHubAuthorizationRuleId, marketplacePartnerId or serviceBusRuleId, and the log account allowedCopyScope PrivateLink (or AAD) and no replication.',
    gcp: 'Use LogVault; remove the sink, or let its destination be a log bucket, bucket, topic or data set of the same artifact.',
  },
  checks: { aws, azure, gcp },
});
