import type { RuleCase } from '../rule-case.js';
import { body, launchTemplate } from '../aws-fixture.js';
import { resource, vm } from '../gcp-fixture.js';
import { azureCase, resource as azureResource } from '../prove/azure/fixture.js';

const run = (variables: object) => ({ Function: body('AWS::Lambda::Function', { Environment: { Variables: variables } } as never) });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a host without secrets', expected: 'pass', at: 'Host', resources: { Host: launchTemplate({ UserData: base64('#!/bin/bash\nnitro-cli run-enclave --eif-path /opt/image.eif --memory 4096') }) } },
  { cloud: 'aws', name: 'an access key in user data', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.UserData', resources: { Host: launchTemplate({ UserData: base64('#!/bin/bash\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE') }) } },
  { cloud: 'aws', name: 'a password in the environment', expected: 'fail', at: 'Function', path: 'Environment.Variables.DB_PASSWORD', resources: run({ DB_PASSWORD: 'correct-horse' }) },
  { cloud: 'aws', name: 'where a password is', expected: 'pass', at: 'Function', resources: run({ DB_SECRET: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db', DB_PASSWORD: '{{resolve:secretsmanager:db:SecretString:password}}', TOKEN_URL: 'https://login.example.org/token', SECRET_NAME: 'db' }) },
  { cloud: 'aws', name: 'an address with a password', expected: 'fail', at: 'Function', resources: run({ DATABASE: 'postgres://app:hunter2@db.internal:5432/records' }) },
  { cloud: 'aws', name: 'the password of a database', expected: 'fail', at: 'Db', path: 'MasterUserPassword', resources: { Db: body('AWS::RDS::DBInstance', { MasterUserPassword: 'correct-horse' }) } },
  { cloud: 'aws', name: 'a database whose password RDS keeps', expected: 'pass', at: 'Db', resources: { Db: body('AWS::RDS::DBInstance', { ManageMasterUserPassword: true, MasterUsername: 'app' }) } },
];

const azure: RuleCase[] = [
  azureCase('a machine without secrets', 'pass', { at: 'tee' }),
  azureCase('a key of an account in customData', 'fail', { edits: [['VirtualMachine', 'tee', 'osProfile.customData', base64(`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${'a'.repeat(86)}==`)]], at: 'tee' }),
  azureCase('an app setting', 'fail', { more: [azureResource('web:WebApp', 'app', { siteConfig: { appSettings: [{ name: 'API_KEY', value: 'correct-horse' }] } })], at: 'app', path: 'siteConfig.appSettings[0].value' }),
  azureCase('an app setting that refers to a vault', 'pass', { more: [azureResource('web:WebApp', 'app', { siteConfig: { appSettings: [{ name: 'API_KEY', value: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)' }] } })], at: 'app' }),
  azureCase('a secret that the deployment writes', 'fail', { more: [azureResource('keyvault:Secret', 'secret', { vaultName: 'infra-vault', secretName: 's', properties: { value: '[secret]' } })], at: 'secret' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a secret written elsewhere', expected: 'pass', resources: [resource('gcp:secretmanager/secretVersion:SecretVersion', 'version', { secret: 's' })] },
  { cloud: 'gcp', name: 'a plaintext', expected: 'fail', at: 'cipher', path: 'plaintext', resources: [resource('gcp:kms/secretCiphertext:SecretCiphertext', 'cipher', { cryptoKey: 'k', plaintext: 'x' })] },
  { cloud: 'gcp', name: 'a plaintext that the preview hides', expected: 'fail', at: 'version', path: 'secretData', resources: [resource('gcp:secretmanager/secretVersion:SecretVersion', 'version', { secretData: '[secret]' })] },
  { cloud: 'gcp', name: 'a raw disk key', expected: 'fail', at: 'vm', resources: [vm({ bootDisk: { diskEncryptionKeyRaw: 'x' } })] },
  { cloud: 'gcp', name: 'a private key in metadata', expected: 'fail', at: 'vm', path: 'metadata.startup', resources: [vm({ metadata: { startup: 'cat <<E\n-----BEGIN PRIVATE KEY-----\nMII\nE' } })] },
  { cloud: 'gcp', name: 'a password in the environment of a service', expected: 'fail', at: 'run', resources: [resource('gcp:cloudrunv2/service:Service', 'run', { template: { containers: [{ envs: [{ name: 'DB_PASSWORD', value: 'correct-horse' }] }] } })] },
  { cloud: 'gcp', name: 'a password taken from a secret', expected: 'pass', at: 'run', resources: [resource('gcp:cloudrunv2/service:Service', 'run', { template: { containers: [{ envs: [{ name: 'DB_PASSWORD', valueSource: { secretKeyRef: { secret: 's' } } }] }] } })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
