import type { Json, JsonObject, Mutator } from '../mutator.js';
import { ACCOUNT, ADMINISTRATOR, allowTo, arr, dotted, getAtt, harmlessIn, isContextDeny, isGate, isNetworkDeny, isUnattestedDeny, obj, PCR, ref, says, some, type Template, text } from './template.js';

const key = harmlessIn('attested-key');
const vm = harmlessIn('confidential-vm');
const network = harmlessIn('private-network');
const log = harmlessIn('immutable-log');
const tag = harmlessIn('baa-tag');

/** Applies a change to every object of a value, innermost first. */
function walk(value: Json, change: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, change);
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) walk(item, change);
    change(value);
  }
}
const reordered = (value: Json): Json => (Array.isArray(value) ? value.map(reordered) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).reverse().map(([name, item]) => [name, reordered(item)])) : value);
const statementsOf = (template: Template): JsonObject[] => {
  const found: JsonObject[] = [];
  walk(template.resources, (object) => {
    if (Array.isArray(object['Statement'])) found.push(object);
  });
  return found;
};
const gates = (template: Template): readonly JsonObject[] => some(template.phiKey.statements('KeyPolicy').filter(isGate), 'gate');
const attestation = (statement: JsonObject, change: (keys: JsonObject) => void): void => Object.values(obj(statement['Condition'])).map(obj).filter((keys) => says(keys, PCR)).forEach(change);
const secondBuild = { PCR0: '1a'.repeat(48), PCR1: '2b'.repeat(48), PCR2: '3c'.repeat(48), PCR8: '4d'.repeat(48) };

/** A second release, in the workload file and in the key policy. */
function addRelease(template: Template): void {
  const measurements = obj(obj(template.workload['measurements'])['aws']);
  const [first] = Object.values(measurements);
  measurements['inference-2'] = { ...obj(structuredClone(first ?? null)), pcrs: secondBuild };
  const copy = structuredClone(gates(template)[0] as JsonObject);
  attestation(copy, (keys) => {
    for (const [pcr, value] of Object.entries(secondBuild)) if (keys[`${PCR}${pcr}`] !== undefined) keys[`${PCR}${pcr}`] = value;
  });
  template.phiKey.push('KeyPolicy', { ...copy, Sid: 'AttestedUseInference2' });
  for (const statement of template.phiKey.statements('KeyPolicy').filter(isUnattestedDeny)) attestation(statement, (keys) => (keys[`${PCR}PCR0`] = [keys[`${PCR}PCR0`] ?? null, secondBuild.PCR0].flat()));
}

export const harmless: readonly Mutator[] = [
  key('statements-in-reverse-order', (template) => statementsOf(template).forEach((document) => arr(document['Statement']).reverse())),
  key('lists-of-actions-in-reverse-order', (template) => statementsOf(template).forEach((document) => arr(document['Statement']).forEach((statement) => Array.isArray(obj(statement)['Action']) && arr(obj(statement)['Action']).reverse()))),
  key('keys-in-reverse-order', (template) => (template.raw['Resources'] = reordered(template.resources))),
  key('without-sids', (template) => statementsOf(template).forEach((document) => arr(document['Statement']).forEach((statement) => delete obj(statement)['Sid']))),
  key('actions-in-other-case', (template) => template.phiKey.statements('KeyPolicy').forEach((statement) => (statement['Action'] = [statement['Action'] ?? null].flat().map((action) => text(action).toLowerCase())))),
  key('single-values-as-lists', (template) => walk(template.phiKey.p['KeyPolicy'] as Json, (object) => {
    for (const name of ['Action', 'Resource', 'AWS', `${PCR}PCR0`]) if (typeof object[name] === 'string') object[name] = [object[name]];
  })),
  key('one-statement-as-an-object', (template) => {
    const role = template.teeRole;
    obj(role.p['AssumeRolePolicyDocument'])['Statement'] = arr(obj(role.p['AssumeRolePolicyDocument'])['Statement'])[0] as Json;
  }),
  key('measurements-in-upper-case', (template) => template.phiKey.statements('KeyPolicy').filter((one) => isGate(one) || isUnattestedDeny(one)).forEach((statement) => attestation(statement, (keys) => Object.keys(keys).forEach((name) => (keys[name] = [keys[name] ?? null].flat().map((value) => text(value).toUpperCase())))))),
  key('condition-keys-in-other-case', (template) => template.phiKey.statements('KeyPolicy').filter(isUnattestedDeny).forEach((statement) => attestation(statement, (keys) => {
    keys['KMS:recipientattestation:pcr0'] = keys[`${PCR}PCR0`] ?? null;
    delete keys[`${PCR}PCR0`];
  }))),
  key('image-digest-for-pcr0', (template) => template.phiKey.statements('KeyPolicy').filter((one) => isGate(one) || isUnattestedDeny(one)).forEach((statement) => attestation(statement, (keys) => {
    keys[`${PCR}ImageSha384`] = keys[`${PCR}PCR0`] ?? null;
    delete keys[`${PCR}PCR0`];
  }))),
  key('allow-split-in-two', (template) => {
    for (const statement of gates(template)) {
      const [first, ...rest] = arr(statement['Action']);
      template.phiKey.push('KeyPolicy', { ...structuredClone(statement), Sid: 'Rest', Action: rest });
      statement['Action'] = [first ?? null];
    }
  }),
  key('deny-split-in-two', (template) => {
    for (const statement of some(template.phiKey.statements('KeyPolicy').filter(isUnattestedDeny), 'deny')) {
      const [first, ...rest] = arr(statement['Action']);
      template.phiKey.push('KeyPolicy', { ...structuredClone(statement), Sid: 'RestOfDeny', Action: rest });
      statement['Action'] = first ?? null;
    }
  }),
  key('deny-of-every-operation-of-others', (template) => template.phiKey.push('KeyPolicy', { Effect: 'Deny', Principal: '*', Action: ['kms:Decrypt', 'kms:ReEncrypt*'], Resource: '*', Condition: { StringNotEqualsIfExists: { 'aws:PrincipalAccount': ACCOUNT } } })),
  key('deny-with-if-exists', (template) => template.phiKey.statements('KeyPolicy').filter(isUnattestedDeny).forEach((statement) => (statement['Condition'] = Object.fromEntries(Object.entries(obj(statement['Condition'])).map(([name, keys]) => [`${name}IfExists`, keys]))))),
  key('deny-of-other-kernels-too', (template) => template.phiKey.push('KeyPolicy', { Effect: 'Deny', Principal: '*', Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'], Resource: '*', Condition: { StringNotEqualsIgnoreCase: { [`${PCR}PCR1`]: Object.values(obj(obj(template.workload['measurements'])['aws'])).map((measurement) => obj(obj(measurement)['pcrs'])['PCR1'] ?? null) } } })),
  key('allow-also-bound-to-the-account', (template) => gates(template).forEach((statement) => Object.assign(obj((obj(statement['Condition'])['StringEquals'] ??= {})), { 'aws:PrincipalAccount': ACCOUNT }))),
  key('allow-also-bound-to-the-network', (template) => {
    const [deny] = some(template.phiKey.statements('KeyPolicy').filter(isNetworkDeny), 'network deny');
    gates(template).forEach((statement) => Object.assign(obj((obj(statement['Condition'])['StringEquals'] ??= {})), obj(obj((deny as JsonObject)['Condition'])['StringNotEquals'])));
  }),
  key('deny-of-unencrypted-context', (template) => template.phiKey.push('KeyPolicy', { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*', Condition: { Null: { 'kms:EncryptionContextKeys': 'true' } } })),
  key('context-denies-in-one-statement-each', (template) => {
    for (const statement of some(template.phiKey.statements('KeyPolicy').filter(isContextDeny), 'context deny')) statement['Sid'] = `${String(statement['Sid'] as string)}Always`;
  }),
  key('administrator-may-only-describe', (template) => template.phiKey.statements('KeyPolicy').filter(allowTo(ADMINISTRATOR)).forEach((statement) => (statement['Action'] = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags']))),
  key('release-revoked-in-file-and-policy', (template) => {
    addRelease(template);
    const measurements = obj(obj(template.workload['measurements'])['aws']);
    const [handle] = Object.keys(measurements);
    const old = obj(measurements[handle as string]);
    old['status'] = 'revoked';
    const pcr0 = obj(old['pcrs'])['PCR0'];
    template.phiKey.keep('KeyPolicy', (statement) => !(isGate(statement) && says(statement['Condition'], String(pcr0 as string))));
    for (const statement of template.phiKey.statements('KeyPolicy').filter(isUnattestedDeny)) attestation(statement, (keys) => (keys[`${PCR}PCR0`] = [keys[`${PCR}PCR0`] ?? null].flat().filter((value) => value !== pcr0)));
    template.boot(/RELEASE='[^']+'/, "RELEASE='inference-2'");
    for (const [pcr, value] of Object.entries(secondBuild)) template.boot(new RegExp(`^${pcr}='[0-9a-f]+'`, 'm'), `${pcr}='${value}'`);
  }),
  key('second-release-beside-the-first', addRelease),
  key('policy-as-text', (template) => (template.one('AWS::S3::BucketPolicy').p['PolicyDocument'] = { ...obj(template.one('AWS::S3::BucketPolicy').p['PolicyDocument']), Id: 'policy' })),
  key('rotation-twice-a-year', (template) => (template.phiKey.p['RotationPeriodInDays'] = 180)),
  key('another-description', (template) => (template.phiKey.p['Description'] = 'released to attested code only')),
  key('another-infrastructure-key', (template) => {
    const infrastructure = template.key('infrastructure');
    template.resources['Spare'] = structuredClone(infrastructure.raw);
  }),
  key('role-description', (template) => (template.teeRole.p['Description'] = 'hosts')),
  key('sessions-left-to-the-default', (template) => delete template.teeRole.p['MaxSessionDuration']),
  key('role-with-a-boundary', (template) => {
    template.add('Boundary', 'AWS::IAM::ManagedPolicy', { PolicyDocument: structuredClone(template.teePolicy.p['PolicyDocument']) ?? null });
    arr(obj(obj(obj(template.resources['Boundary'])['Properties'])['PolicyDocument'])['Statement']).push({ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'], Resource: '*' });
    template.teeRole.p['PermissionsBoundary'] = ref('Boundary');
  }),
  key('tee-role-with-a-deny', (template) => template.teePolicy.push('PolicyDocument', { Effect: 'Deny', Action: 'iam:*', Resource: '*' })),
  key('trust-bound-to-the-account', (template) => template.teeRole.statements('AssumeRolePolicyDocument').forEach((statement) => (statement['Condition'] = { StringEquals: { 'aws:SourceAccount': ACCOUNT } }))),
  key('logical-ids-renamed', (template) => {
    const ids = Object.keys(template.resources);
    const names = new Map(ids.map((id, index) => [id, `Renamed${index}`]));
    const rename = (value: Json): Json => {
      if (typeof value === 'string') return names.get(value) ?? value;
      if (Array.isArray(value)) return value.map(rename);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === 'Ref' || name === 'Fn::GetAtt' || name === 'DependsOn' || typeof item === 'object' ? rename(item) : item]));
    };
    template.raw['Resources'] = Object.fromEntries(Object.entries(template.resources).map(([id, body]) => [names.get(id) as string, rename(body)]));
  }),
  key('join-written-as-sub', (template) => {
    walk(template.resources, (object) => {
      const join = object['Fn::Join'];
      if (!Array.isArray(join) || join[0] !== '') return;
      const parts = arr(join[1]).map((part) => (typeof part === 'string' ? part.replaceAll('${', '${!') : Object.keys(obj(part))[0] === 'Fn::GetAtt' ? `\${${dotted(obj(part)['Fn::GetAtt'])}}` : Object.keys(obj(part))[0] === 'Ref' ? `\${${String(obj(part)['Ref'] as string)}}` : null));
      if (parts.includes(null)) return;
      delete object['Fn::Join'];
      object['Fn::Sub'] = parts.join('');
    });
  }),
  key('attributes-in-dotted-form', (template) => walk(template.resources, (object) => {
    if (Array.isArray(object['Fn::GetAtt'])) object['Fn::GetAtt'] = dotted(object['Fn::GetAtt']);
  })),
  key('account-by-pseudo-parameter', (template) => {
    const text = JSON.stringify(template.resources);
    const found = JSON.parse(text, (_, value: Json) => (typeof value === 'string' && value.startsWith('arn:aws:iam::') && !value.includes('${') ? { 'Fn::Sub': value.replace(ACCOUNT, '${AWS::AccountId}').replace('arn:aws:', 'arn:${AWS::Partition}:') } : value)) as JsonObject;
    template.raw['Resources'] = found;
  }),

  vm('larger-instance', (template) => (template.host['InstanceType'] = 'm6i.4xlarge')),
  vm('more-instances', (template) => (template.fleet.p['MaxSize'] = '8')),
  vm('shorter-lifetime', (template) => (template.fleet.p['MaxInstanceLifetime'] = 86400)),
  vm('longer-heartbeat', (template) => arr(template.fleet.p['LifecycleHookSpecificationList']).forEach((hook) => (obj(hook)['HeartbeatTimeout'] = 1200))),
  vm('hook-default-left-out', (template) => arr(template.fleet.p['LifecycleHookSpecificationList']).forEach((hook) => delete obj(hook)['DefaultResult'])),
  vm('hook-as-a-resource', (template) => {
    const hooks = arr(template.fleet.p['LifecycleHookSpecificationList']).map(obj);
    delete template.fleet.p['LifecycleHookSpecificationList'];
    hooks.forEach((hook, index) => template.add(`Hook${index}`, 'AWS::AutoScaling::LifecycleHook', { ...hook, AutoScalingGroupName: ref(template.fleet.id) }));
  }),
  vm('larger-volume', (template) => arr(template.host['BlockDeviceMappings']).forEach((mapping) => (obj(obj(mapping)['Ebs'])['VolumeSize'] = 60))),
  vm('second-encrypted-volume', (template) => arr(template.host['BlockDeviceMappings']).push({ ...obj(structuredClone(arr(template.host['BlockDeviceMappings'])[0] as Json)), DeviceName: '/dev/xvdb' })),
  vm('settings-as-text', (template) => {
    obj(template.host['MetadataOptions'])['HttpPutResponseHopLimit'] = '1';
    template.host['EnclaveOptions'] = { Enabled: 'true' };
  }),
  vm('termination-hook-too', (template) => arr(template.fleet.p['LifecycleHookSpecificationList']).push({ LifecycleHookName: 'drain', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING', DefaultResult: 'CONTINUE', HeartbeatTimeout: 300 })),
  vm('boot-says-more', (template) => template.boot(/^say 'starting the enclave'$/m, "# the enclave\nsay 'starting the enclave now'")),
  vm('metadata-defaults-left-out', (template) => delete obj(template.host['MetadataOptions'])['InstanceMetadataTags']),

  network('one-endpoint-statement-split', (template) => {
    const endpoint = template.endpoint('kms');
    const [first] = endpoint.statements();
    const [action, ...rest] = arr((first as JsonObject)['Action']);
    endpoint.push('PolicyDocument', { ...structuredClone(first as JsonObject), Sid: 'Rest', Action: rest });
    (first as JsonObject)['Action'] = action ?? null;
  }),
  network('endpoint-denies-more', (template) => template.endpoint('kms').push('PolicyDocument', { Effect: 'Deny', Principal: '*', Action: 'kms:CreateGrant', Resource: '*' })),
  network('deny-entry-in-the-acl', (template) => void template.add('DenyAcl', 'AWS::EC2::NetworkAclEntry', { NetworkAclId: template.one('AWS::EC2::NetworkAcl').raw['Type'] === undefined ? null : ref(template.one('AWS::EC2::NetworkAcl').id), RuleNumber: 1, Protocol: -1, RuleAction: 'deny', Egress: false, CidrBlock: '203.0.113.0/24' })),
  network('rule-descriptions', (template) => template.all('AWS::EC2::SecurityGroupIngress').forEach(({ p }) => (p['Description'] = 'as agreed'))),
  network('rules-inline', (template) => {
    for (const rule of template.all('AWS::EC2::SecurityGroupIngress')) {
      const { GroupId, Tags: _, ...rest } = rule.p;
      const group = template.one('AWS::EC2::SecurityGroup', ({ id }) => says(GroupId, id));
      (group.p['SecurityGroupIngress'] ??= []);
      arr(group.p['SecurityGroupIngress']).push(rest);
      template.remove(rule);
    }
  }),
  network('group-that-nothing-carries', (template) => void template.add('Spare', 'AWS::EC2::SecurityGroup', { GroupDescription: 'spare', VpcId: ref(template.vpc.id), SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 }] })),
  network('firewall-blocks-more', (template) => {
    template.add('Bad', 'AWS::Route53Resolver::FirewallDomainList', { Domains: ['exfil.example.com.'] });
    arr(template.one('AWS::Route53Resolver::FirewallRuleGroup').p['FirewallRules']).unshift({ Action: 'BLOCK', BlockResponse: 'NXDOMAIN', FirewallDomainListId: getAtt('Bad', 'Id'), Priority: 50 });
  }),
  network('second-flow-log', (template) => {
    template.resources['SecondFlowLog'] = structuredClone(template.one('AWS::EC2::FlowLog').raw);
  }),

  log('longer-lock', (template) => (obj(obj(obj(template.vault.p['ObjectLockConfiguration'])['Rule'])['DefaultRetention'])['Days'] = 3650)),
  log('lock-in-years', (template) => {
    const retention = obj(obj(obj(template.vault.p['ObjectLockConfiguration'])['Rule'])['DefaultRetention']);
    delete retention['Days'];
    retention['Years'] = 7;
  }),
  log('longer-log-groups', (template) => template.all('AWS::Logs::LogGroup').forEach(({ p }) => (p['RetentionInDays'] = 3653))),
  log('records-to-cold-storage-later', (template) => arr(obj(template.vault.p['LifecycleConfiguration'])['Rules']).forEach((rule) => arr(obj(rule)['Transitions']).forEach((transition) => (obj(transition)['TransitionInDays'] = 180)))),
  log('uploads-that-failed-are-aborted', (template) => arr(obj(template.vault.p['LifecycleConfiguration'])['Rules']).push({ Id: 'abort', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } })),
  log('vault-denies-more', (template) => template.policyOf(template.vault).push('PolicyDocument', { Effect: 'Deny', Principal: '*', Action: 's3:PutBucketAcl', Resource: getAtt(template.vault.id, 'Arn') })),
  log('trail-records-more', (template) => arr(template.trail.p['AdvancedEventSelectors']).push({ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::Lambda::Function'] }] })),
  log('trail-of-every-object', (template) => {
    for (const selector of arr(template.trail.p['AdvancedEventSelectors']).map(obj)) if (says(selector, 'AWS::S3::Object') && !says(selector, 'readOnly')) selector['FieldSelectors'] = arr(selector['FieldSelectors']).filter((field) => obj(field)['Field'] !== 'resources.ARN');
  }),
  log('table-tag-order', (template) => template.all('AWS::DynamoDB::Table').forEach(({ p }) => arr(p['Tags']).reverse())),
  log('stricter-tls', (template) => walk(template.resources, (object) => {
    if (object['s3:TlsVersion'] === '1.2') object['s3:TlsVersion'] = '1.3';
  })),

  network('dns-rules-renumbered', (template) => arr(template.one('AWS::Route53Resolver::FirewallRuleGroup').p['FirewallRules']).map(obj).forEach((rule) => (rule['Priority'] = Number(rule['Priority']) * 2))),
  log('trail-bucket-by-its-name', (template) => (template.trail.p['S3BucketName'] = template.vault.p['BucketName'] as Json)),
  log('alarms-look-closer', (template) => template.all('AWS::CloudWatch::Alarm').forEach(({ p }) => Object.assign(p, { Period: 10, Statistic: 'Maximum', DatapointsToAlarm: 1 }))),
  log('filters-name-their-group', (template) => template.all('AWS::Logs::MetricFilter').forEach(({ p }) => (p['LogGroupName'] = template.one('AWS::Logs::LogGroup', ({ id }) => says(p['LogGroupName'], id)).p['LogGroupName'] as Json))),
  log('intake-keeps-longer', (template) => arr(obj(template.intake.p['LifecycleConfiguration'])['Rules']).map(obj).forEach((rule) => (rule['ExpirationInDays'] = 180))),
  network('store-names-its-endpoint-by-reference', (template) => template.policyOf(template.store).statements().forEach((statement) => walk(statement['Condition'] ?? null, (keys) => { const own = keys['aws:SourceVpce']; if (own !== undefined) keys['aws:SourceVpce'] = ref(template.endpoint('s3').id); }))),
  vm('tee-rights-inside-the-role', (template) => {
    const policy = template.teePolicy;
    template.teeRole.p['Policies'] = [{ PolicyName: 'use', PolicyDocument: policy.p['PolicyDocument'] ?? null }];
    template.remove(policy);
    for (const body of Object.values(template.resources).map(obj)) if (Array.isArray(body['DependsOn'])) body['DependsOn'] = body['DependsOn'].filter((id) => id !== policy.id);
  }),
  vm('fleet-scales-by-load', (template) => void template.add('Scale', 'AWS::AutoScaling::ScalingPolicy', { AutoScalingGroupName: ref(template.fleet.id), PolicyType: 'TargetTrackingScaling', TargetTrackingConfiguration: { TargetValue: 60, PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' } } })),
  key('role-that-reads-metrics', (template) => void template.add('Metrics', 'AWS::IAM::Role', { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] }, Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['cloudwatch:GetMetricData', 'ec2:DescribeInstances'], Resource: '*' }] } }] })),
  log('alarms-say-more', (template) => template.all('AWS::CloudWatch::Alarm').forEach(({ p }) => Object.assign(p, { AlarmDescription: 'See the runbook', OKActions: p['AlarmActions'] }))),
  key('gate-names-the-role-by-reference', (template) => gates(template).forEach((statement) => (statement['Principal'] = { AWS: getAtt(template.teeRole.id, 'Arn') }))),

  tag('another-tag', (template) => template.all('AWS::S3::Bucket').forEach(({ p }) => arr(p['Tags']).push({ Key: 'cost-centre', Value: '4711' }))),
  tag('tags-in-reverse-order', (template) => template.all('AWS::KMS::Key').forEach(({ p }) => arr(p['Tags']).reverse())),
  tag('topic-with-tags-and-key', (template) => void template.add('Topic', 'AWS::SNS::Topic', { KmsMasterKeyId: ref(template.key('infrastructure').id) })),
  tag('alarm-with-tags', (template) => void template.add('Alarm', 'AWS::CloudWatch::Alarm', { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, MetricName: 'CPUUtilization', Namespace: 'AWS/EC2', Period: 60, Statistic: 'Average', Threshold: 90 })),
  tag('dashboard', (template) => void template.add('Dashboard', 'AWS::CloudWatch::Dashboard', { DashboardBody: '{"widgets":[]}' })),
  tag('output', (template) => (template.raw['Outputs'] = { ...obj(template.raw['Outputs'] ?? {}), Vpc: { Value: ref(template.vpc.id) } })),
  tag('template-description', (template) => (template.raw['Description'] = 'Clinical decision support')),
  tag('conditions-that-hold', (template) => {
    template.raw['Conditions'] = { ...obj(template.raw['Conditions'] ?? {}), Always: { 'Fn::Equals': ['a', 'a'] } };
    template.vpc.raw['Condition'] = 'Always';
  }),
  tag('metadata-of-resources', (template) => Object.values(template.resources).forEach((body) => (obj(body)['Metadata'] = { note: 'reviewed' }))),
];
