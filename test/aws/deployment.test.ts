import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { App, Stage, Validations } from 'aws-cdk-lib';
import { HIPAASecurityChecks, NIST80053R5Checks } from 'cdk-nag';
import { deployWorkload, organisationGuardrails } from '../../constructs/aws/index.js';
import { TeeKitValidation } from '../../constructs/compliance/adapters/cdk-plugin.js';
import type { AwsPlacement, NitroEnclaveMeasurement, Workload } from '../../constructs/workload/index.js';
import { pcr, TODAY } from '../compliance/workload-fixture.js';
import { named, ofType, SIGNED, synth, type Template } from './synth.js';

const r2 = SIGNED.measurements.aws['r2'] as NitroEnclaveMeasurement;
const r3: NitroEnclaveMeasurement = { ...r2, pcrs: { PCR0: pcr('1'), PCR1: pcr('2'), PCR2: pcr('3'), PCR8: pcr('f') }, approved: '2026-11-01', artifact: { ...r2.artifact, key: 'r3.eif', versionId: 'v3', sha256: '3'.repeat(64) } };
const placed = (aws: Partial<AwsPlacement>): Pick<Workload, 'clouds'> => ({ clouds: { ...SIGNED.clouds, aws: { ...SIGNED.clouds.aws!, ...aws } } });
const releases = (aws: Workload['measurements']['aws']): Partial<Workload> => ({ measurements: { ...SIGNED.measurements, aws: { ...SIGNED.measurements.aws, ...aws } } });

describe('rotation of a measurement', () => {
  const quick = { packs: false } as const;
  const before = synth({}, quick).template();
  const both = synth(releases({ r3 }), quick).template();
  const after = synth(releases({ r2: { ...r2, status: 'retired' }, r3 }), quick).template();
  /** The resources that an update touches, and how; whatever is not a resource but metadata is left out. */
  const changes = (from: Template, to: Template): Record<string, { readonly impact: ResourceImpact; readonly properties: string[] }> =>
    Object.fromEntries(fullDiff(from, to).resources.logicalIds.flatMap((id) => {
      const change = fullDiff(from, to).resources.get(id);
      return change.isDifferent ? [[id.replace(/[0-9A-F]{8}$/, ''), { impact: change.changeImpact, properties: Object.keys(change.propertyUpdates) }]] : [];
    }));

  test('adding one changes the key policy and what new hosts boot; nothing is replaced', () => {
    expect(changes(before, both)).toEqual({
      PhiKey: { impact: ResourceImpact.WILL_UPDATE, properties: ['KeyPolicy'] },
      FleetLaunchTemplate: { impact: ResourceImpact.WILL_UPDATE, properties: ['LaunchTemplateData'] },
    });
  });

  test('retiring the old one changes the key policy only', () => {
    expect(changes(both, after)).toEqual({ PhiKey: { impact: ResourceImpact.WILL_UPDATE, properties: ['KeyPolicy'] } });
  });

  test('the statement of the new measurement is all that the key policy gains, beside its place in the Deny', () => {
    const statements = (template: Template): Record<string, unknown> => Object.fromEntries((named(template, 'AWS::KMS::Key', 'PhiKey').Properties['KeyPolicy'] as { Statement: { Sid: string }[] }).Statement.map((one) => [one.Sid, one]));
    const [old, mixed] = [statements(before), statements(both)];
    expect(Object.keys(mixed).filter((sid) => !(sid in old))).toEqual(['AttestedUseR3']);
    expect(Object.keys(old).filter((sid) => JSON.stringify(old[sid]) !== JSON.stringify(mixed[sid]))).toEqual(['NoUseWithoutApprovedMeasurement']);
    expect(Object.keys(statements(after)).filter((sid) => sid.startsWith('AttestedUse'))).toEqual(['AttestedUseR3']);
  });

  test('hosts wait for the key policy', () => {
    const [[key]] = ofType(before, 'AWS::KMS::Key').filter(([id]) => id.startsWith('PhiKey')) as [readonly [string, unknown]];
    expect(named(before, 'AWS::AutoScaling::AutoScalingGroup', 'Fleet').DependsOn).toContain(key);
  });
});

/** Every logical id that a template's resources refer to or depend on. */
function edges(template: Template): Map<string, Set<string>> {
  const ids = new Set(Object.keys(template.Resources));
  const graph = new Map<string, Set<string>>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const found = new Set<string>(resource.DependsOn ?? []);
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(walk);
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) {
          if (key === 'Ref' && typeof inner === 'string') found.add(inner);
          else if (key === 'Fn::GetAtt' && Array.isArray(inner)) found.add(String(inner[0]));
          else walk(inner);
        }
      }
    };
    walk(resource.Properties);
    graph.set(id, new Set([...found].filter((one) => ids.has(one))));
  }
  return graph;
}

function cycle(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(id)) return [...path, id];
    if (done.has(id)) return null;
    for (const next of graph.get(id) ?? []) {
      const found = visit(next, [...path, id]);
      if (found) return found;
    }
    done.add(id);
    return null;
  };
  for (const id of graph.keys()) {
    const found = visit(id, []);
    if (found) return found;
  }
  return null;
}

test('the finder of cycles finds one', () => {
  expect(cycle(new Map([['a', new Set(['b'])], ['b', new Set(['c'])], ['c', new Set(['b'])]]))).toEqual(['a', 'b', 'c', 'b']);
});

describe('three accounts', () => {
  const [KEYS, LOGS, OWN] = ['222233334444', '333344445555', '111122223333'];
  const { outdir, template: read } = synth(placed({ keyAccount: KEYS!, logAccount: LOGS! }), { options: { kmsEndpointId: 'vpce-0123456789abcdef0' } });
  const [main, keys, logs] = ['inference', 'inference-keys', 'inference-logs'].map((name) => read(name)) as [Template, Template, Template];
  const all = { [OWN!]: main, [KEYS!]: keys, [LOGS!]: logs };

  test('no stack imports from another, and none has a cycle', () => {
    for (const template of Object.values(all)) {
      expect(JSON.stringify(template)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
      expect(cycle(edges(template))).toBeNull();
    }
    expect(readdirSync(outdir).filter((name) => name.endsWith('.template.json')).sort()).toEqual(['inference-keys.template.json', 'inference-logs.template.json', 'inference.template.json']);
  });

  test('logs are deployed first, the key last', () => {
    const manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as { artifacts: Record<string, { dependencies?: string[]; environment?: string }> };
    expect(manifest.artifacts['inference']?.dependencies).toContain('inference-logs');
    expect(manifest.artifacts['inference-keys']?.dependencies).toContain('inference');
    expect(manifest.artifacts['inference-keys']?.environment).toContain(KEYS);
  });

  test('the key policy names the role that the workload stack creates, and the workload may use that key alone', () => {
    const roleName = String(named(main, 'AWS::IAM::Role', 'TeeRole').Properties['RoleName']);
    const policy = JSON.stringify(named(keys, 'AWS::KMS::Key', 'PhiKey').Properties['KeyPolicy']);
    expect(policy).toContain(`arn:aws:iam::${OWN}:role/${roleName}`);
    expect(policy).toContain(`arn:aws:iam::${KEYS}:role/cdk-hnb659fds-cfn-exec-role-${KEYS}-us-east-1`);
    expect(policy).not.toContain(':role/Deploy');
    const alias = String(named(keys, 'AWS::KMS::Alias', 'PhiKey').Properties['AliasName']);
    const use = (named(main, 'AWS::IAM::ManagedPolicy', 'TeePolicy').Properties['PolicyDocument'] as { Statement: { Sid: string; Resource: string; Condition: object }[] }).Statement.find(({ Sid }) => Sid === 'KeyInItsOwnAccount');
    expect(use).toMatchObject({ Resource: `arn:aws:kms:us-east-1:${KEYS}:key/*`, Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias }, StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': [pcr('a')] } } });
  });

  test('trails and flow logs of every account reach the vault by its name, and the vault lets them in', () => {
    const vault = named(logs, 'AWS::S3::Bucket', 'Logs').Properties['BucketName'] as string;
    const bucketPolicy = JSON.stringify(named(logs, 'AWS::S3::BucketPolicy', 'Logs').Properties['PolicyDocument']);
    for (const [account, template] of Object.entries(all)) {
      const [[, trail]] = ofType(template, 'AWS::CloudTrail::Trail') as [readonly [string, Template['Resources'][string]]];
      if (account !== LOGS) expect(trail.Properties['S3BucketName']).toBe(vault);
      expect(bucketPolicy).toContain(`arn:aws:cloudtrail:us-east-1:${account}:trail/${String(trail.Properties['TrailName'])}`);
    }
    expect(ofType(main, 'AWS::EC2::FlowLog')[0]?.[1].Properties['LogDestination']).toBe(`arn:aws:s3:::${vault}`);
    const replication = named(main, 'AWS::IAM::Role', 'LogIntake').Properties['RoleName'] as string;
    expect(bucketPolicy).toContain(`arn:aws:iam::${OWN}:role/${replication}`);
    const key = JSON.stringify(named(logs, 'AWS::KMS::Key', 'Logs').Properties['KeyPolicy']);
    for (const account of Object.keys(all)) expect(key).toContain(`:${account}:trail/inference`);
    expect(ofType(main, 'AWS::CloudTrail::Trail')[0]?.[1].Properties['KMSKeyId']).toBe(`arn:aws:kms:us-east-1:${LOGS}:${String(named(logs, 'AWS::KMS::Alias', 'Logs').Properties['AliasName'])}`);
  });

  test('the alarms on the key are where the key is', () => {
    const concerns = (template: Template): string[] => ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => String(Properties['MetricName'])).sort();
    expect(concerns(keys)).toEqual(['BreakGlassUsed', 'DebugMeasurement', 'DeniedUse', 'GateChanged', 'LogWeakened', 'UseWithoutAttestation']);
    expect(concerns(main)).toEqual(['BreakGlassUsed', 'LogWeakened']);
    expect(concerns(logs)).toEqual(['BreakGlassUsed', 'LogWeakened']);
  });
});

describe('two regions', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'tee-kit-aws-'));
  const app = new App({ outdir, analyticsReporting: false, postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  Validations.of(app).addPlugins(new TeeKitValidation({ today: TODAY }), new HIPAASecurityChecks(app), new NIST80053R5Checks(app));
  for (const region of ['us-east-1', 'us-west-2']) deployWorkload(new Stage(app, region), { ...SIGNED, clouds: { ...SIGNED.clouds, aws: { ...SIGNED.clouds.aws!, region } } });

  test('both pass every gate, and no global name is taken twice', () => {
    const assembly = app.synth();
    const templates = ['us-east-1', 'us-west-2'].map((region) => assembly.getNestedAssembly(`assembly-${region}`).stacks[0]!.template as Template);
    const globals = (template: Template): string[] => Object.values(template.Resources).flatMap(({ Properties }) => ['RoleName', 'ManagedPolicyName', 'InstanceProfileName', 'BucketName'].flatMap((name) => {
      const value = (Properties as Record<string, unknown>)[name];
      return typeof value === 'string' ? [`${name} ${value}`] : [];
    }));
    const [one, two] = templates.map(globals) as [string[], string[]];
    expect(one.length).toBeGreaterThan(8);
    expect(one.filter((name) => two.includes(name))).toEqual([]);
    for (const template of templates) {
      expect(cycle(edges(template))).toBeNull();
      expect(named(template, 'AWS::KMS::Key', 'PhiKey').Properties['MultiRegion']).toBe(false);
    }
    // Each region's role has its own PCR3.
    const pcr3 = templates.map((template) => /"kms:RecipientAttestation:PCR3":"([0-9a-f]{96})"/.exec(JSON.stringify(template))?.[1]);
    expect(new Set(pcr3).size).toBe(2);
  });
});

describe('options', () => {
  test('Session Manager is off; turned on, the gate fails until somebody says why', () => {
    expect(JSON.stringify(synth({}, { packs: false }).template())).not.toMatch(/ssmmessages/);
    expect(() => synth({}, { options: { sessionManager: true } })).toThrow(/tee-no-interactive-access/);
  });

  test('consumers come through PrivateLink and every gate stays closed', () => {
    const template = synth(placed({ consumers: ['arn:aws:iam::444455556666:root'] })).template();
    expect(ofType(template, 'AWS::EC2::VPCEndpointService')).toHaveLength(1);
    expect(ofType(template, 'AWS::ElasticLoadBalancingV2::Listener').map(([, { Properties }]) => Properties['Protocol'])).toEqual(['TCP']);
  });
});

describe('the store', () => {
  const template = synth({}, { packs: false }).template();
  const statements = (named(template, 'AWS::S3::BucketPolicy', 'PhiStore').Properties['PolicyDocument'] as { Statement: { Sid: string; Effect: string; Condition?: object; Action: string[] | string; Resource: unknown }[] }).Statement;

  test('state counters are created once and never deleted', () => {
    expect(statements.find(({ Sid }) => Sid === 'CountersAreWrittenOnce')).toMatchObject({ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Condition: { Null: { 's3:if-none-match': 'true' } } });
    expect(statements.find(({ Sid }) => Sid === 'CountersNeverFall')).toMatchObject({ Effect: 'Deny', Principal: '*', Action: expect.arrayContaining(['s3:DeleteObject', 's3:DeleteObjectVersion']) });
    expect(statements.find(({ Sid }) => Sid === 'CountersNeverFall')).not.toHaveProperty('Condition');
    for (const sid of ['CountersAreWrittenOnce', 'CountersNeverFall']) expect(JSON.stringify(statements.find(({ Sid }) => Sid === sid)?.Resource)).toContain('/counters/*');
  });

  test('hosts reach DynamoDB by the name of its endpoint, which the DNS firewall lets through', () => {
    const data = JSON.stringify(named(template, 'AWS::EC2::LaunchTemplate', 'Fleet').Properties['LaunchTemplateData']);
    expect(data).toMatch(/8002=.*Fn::Select.*DnsEntries/);
    expect(JSON.stringify(ofType(template, 'AWS::Route53Resolver::FirewallDomainList'))).toContain('*.us-east-1.vpce.amazonaws.com.');
    expect(named(template, 'AWS::EC2::VPCEndpoint', 'NetworkEndpointS3').Properties['DnsOptions']).toEqual({ PrivateDnsOnlyForInboundResolverEndpoint: 'AllResolvers' });
  });
});

describe('guardrails', () => {
  const { scp, rcp } = organisationGuardrails({ ...SIGNED, ...placed({ keyAccount: '222233334444', logAccount: '333344445555' }) });

  test('fit AWS Organizations, deny only, and spare only who deploys and who breaks glass', () => {
    for (const document of [scp, rcp]) {
      expect(JSON.stringify(document).length).toBeLessThanOrEqual(5120);
      for (const { Effect } of document.Statement) expect(Effect).toBe('Deny');
    }
    for (const { Principal } of scp.Statement) expect(Principal).toBeUndefined();
    for (const { Principal } of rcp.Statement) expect(Principal).toBe('*');
    const spared = new Set(scp.Statement.flatMap(({ Condition }) => [Condition?.['ArnNotLike']?.['aws:PrincipalArn'] ?? []].flat().map(String)));
    expect([...spared].sort()).toEqual(['arn:aws:iam::111122223333:role/BreakGlass', 'arn:aws:iam::111122223333:role/Deploy', 'arn:aws:iam::222233334444:role/cdk-hnb659fds-cfn-exec-role-222233334444-us-east-1', 'arn:aws:iam::333344445555:role/cdk-hnb659fds-cfn-exec-role-333344445555-us-east-1']);
  });

  test.each(['cloudtrail:StopLogging', 'ec2:DeleteFlowLogs', 'logs:PutRetentionPolicy', 'ec2:AttachInternetGateway', 'iam:UpdateAssumeRolePolicy', 'iam:PassRole', 'kms:PutKeyPolicy', 'organizations:LeaveOrganization'])('%s is denied', (action) => {
    expect(scp.Statement.filter(({ Action }) => [Action].flat().includes(action))).not.toEqual([]);
  });

  test('records of the vault are denied removal to everybody, and without an organisation there are no guardrails', () => {
    expect(rcp.Statement.find(({ Sid }) => Sid === 'RecordsStay')).toMatchObject({ Resource: 'arn:aws:s3:::inference-logs-333344445555-us-east-1/*' });
    expect(rcp.Statement.find(({ Sid }) => Sid === 'RecordsStay')?.Condition).toBeUndefined();
    const { organization: _none, ...aws } = SIGNED.clouds.aws!;
    expect(() => organisationGuardrails({ ...SIGNED, clouds: { aws } })).toThrow(/organization: missing/);
  });
});
