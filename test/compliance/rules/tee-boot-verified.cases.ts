import type { RuleCase } from '../rule-case.js';
import { bootUserData } from '../../../constructs/aws/boot.js';
import { launchTemplate } from '../aws-fixture.js';
import { pcr } from '../workload-fixture.js';

const RELEASE = { kind: 'nitro-enclave', pcrs: { PCR0: pcr('a'), PCR1: pcr('b'), PCR2: pcr('c') }, artifact: { bucket: 'images', key: 'a.eif', versionId: 'v1', sha256: '8'.repeat(64) }, owner: 'o', approvedBy: ['a', 'b'], approved: '2026-01-01', expires: '2027-01-01', status: 'active' } as const;
const SETTINGS = {
  AWS_REGION: 'us-east-1', GROUP: 'g', HOOK: 'h', LOG_GROUP: '/l', PORT: '8443', ENCLAVE_CPUS: '4', ENCLAVE_MEMORY_MIB: '4096', PROXIES: '8000=kms.us-east-1.amazonaws.com', RELEASE: 'inference',
  EIF_BUCKET: 'images', EIF_KEY: 'a.eif', EIF_VERSION: 'v1', EIF_SHA256: '8'.repeat(64), PCR0: pcr('a'), PCR1: pcr('b'), PCR2: pcr('c'), PCR8: '',
};

const boot = bootUserData(SETTINGS);
const host = (script: string | object | undefined) => ({ Host: launchTemplate({ UserData: script === undefined ? { Ref: 'AWS::NoValue' } : { 'Fn::Base64': script } }) });
const edited = (from: string | RegExp, to: string): string => {
  const text = boot.replace(from, to);
  if (text === boot) throw new Error(`nothing to change: ${String(from)}`);
  return text;
};
const at = boot.indexOf("PROXIES='") + "PROXIES='".length;
const around = [`${boot.slice(0, at)}8002=`, boot.slice(boot.indexOf("'", at))];
const workload = { measurements: { aws: { inference: RELEASE }, azure: {}, gcp: {} } } as const;
const aws: RuleCase[] = [
  { name: 'the boot chain of EnclaveFleet', cloud: 'aws', expected: 'pass', at: 'Host', workload, resources: host(boot) },
  { name: 'comments and messages do not matter', cloud: 'aws', expected: 'pass', at: 'Host', workload, resources: host(edited(/^say 'starting the enclave'$/m, "# now\n\nsay 'starting it'")) },
  { name: 'debug mode', cloud: 'aws', expected: 'fail', at: 'Host', workload, resources: host(edited(/(nitro-cli run-enclave)/, '$1 --debug-mode')) },
  { name: 'the image of another release', cloud: 'aws', expected: 'fail', at: 'Host', workload, resources: host(edited(/EIF_SHA256='[0-9a-f]+'/, `EIF_SHA256='${'9'.repeat(64)}'`)) },
  { name: 'a revoked release', cloud: 'aws', expected: 'fail', at: 'Host', workload: { measurements: { aws: { inference: { ...RELEASE, status: 'revoked' } }, azure: {}, gcp: {} } }, resources: host(boot) },
  { name: 'a proxy to a stranger', cloud: 'aws', expected: 'fail', at: 'Host', workload, resources: host(edited("PROXIES='", "PROXIES='8009=collector.example.com ")) },
  { name: 'a proxy to an endpoint of the artifact', cloud: 'aws', expected: 'pass', at: 'Host', workload, resources: { ...host({ 'Fn::Join': ['', [around[0], { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::Select': [0, { 'Fn::GetAtt': ['Endpoint', 'DnsEntries'] }] }] }] }, around[1]]] }), Endpoint: { Type: 'AWS::EC2::VPCEndpoint' } } },
  { name: 'a proxy to a machine of the artifact', cloud: 'aws', expected: 'fail', at: 'Host', workload, resources: { ...host({ 'Fn::Join': ['', [around[0], { 'Fn::GetAtt': ['Machine', 'PrivateDnsName'] }, around[1]]] }), Machine: { Type: 'AWS::EC2::Instance' } } },
  { name: 'the hash no longer checked', cloud: 'aws', expected: 'unknown', at: 'Host', workload, resources: host(edited(/^.*sha256sum.*$/m, ':')) },
  { name: 'a line before the boot chain', cloud: 'aws', expected: 'unknown', at: 'Host', workload, resources: host(edited(/^exec /m, 'systemctl start sshd\nexec ')) },
  { name: 'a script of somebody else', cloud: 'aws', expected: 'unknown', at: 'Host', workload, resources: host('#!/bin/bash\nnitro-cli run-enclave --eif-path /x.eif\n') },
  { name: 'no script', cloud: 'aws', expected: 'unknown', at: 'Host', workload, resources: host(undefined) },
  { name: 'no enclave', cloud: 'aws', expected: 'silent', resources: { Host: launchTemplate({ EnclaveOptions: { Enabled: false } }) } },
];

export const cases: RuleCase[] = [...aws];
