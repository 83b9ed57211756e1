import { atOnce, rings } from '../alarms.js';
import { ownAccounts, rolePolicies, text } from '../aws.js';
import { at, type Cloud, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, speaksOfPhi, tagsOf } from '../phi.js';
import { canonical, embedded, identical, type Rewrite } from './canonical.js';
import { changesNothing } from '../data/azure-types.js';
import { declared } from './declared.js';
import { isDurable } from './destroy.js';
import { type Matching, ownName } from './match.js';
import { Names } from '../prove/aws/iam/policy.js';
import { asksAsMuch } from '../kql.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { bindingsOf } from '../prove/gcp/iam.js';
import { gains } from './policy.js';
import type { Draft } from './types.js';

/**
 * What the rules and proofs make of a type's settings. `decided`: they judge every setting that bears on protection, so
 * a change that leaves all of them unmoved is neutral. `except` names settings that none of them reads.
 */
interface Coverage {
  readonly types: RegExp;
  readonly except?: RegExp;
}

const DECIDED: Readonly<Record<Cloud, readonly Coverage[]>> = {
  aws: [
    { types: /^AWS::KMS::(Key|ReplicaKey)$/, except: /^(KeyPolicy|MultiRegion|BypassPolicyLockoutSafetyCheck|Origin|KeySpec|KeyUsage)$/ },
    { types: /^AWS::EC2::(SecurityGroup|SecurityGroupIngress|SecurityGroupEgress|NetworkAcl|NetworkAclEntry|SubnetNetworkAclAssociation|RouteTable|SubnetRouteTableAssociation|Subnet|VPC|InternetGateway|EgressOnlyInternetGateway|NatGateway|Volume|InstanceConnectEndpoint)$/ },
    { types: /^AWS::EC2::FlowLog$/, except: /^(LogFormat|MaxAggregationInterval)$/ },
    { types: /^AWS::EC2::VPCEndpoint$/, except: /^PolicyDocument$/ },
    { types: /^AWS::EC2::(LaunchTemplate|Instance)$/, except: /(^|\.)(UserData|IamInstanceProfile|ImageId)$/ },
    { types: /^AWS::AutoScaling::AutoScalingGroup$/, except: /^(MaxInstanceLifetime|HealthCheckType|HealthCheckGracePeriod|TerminationPolicies|TargetGroupARNs|LoadBalancerNames|TrafficSources)$/ },
    { types: /^AWS::AutoScaling::LifecycleHook$/ },
    { types: /^AWS::CloudTrail::Trail$/, except: /^(InsightSelectors|CloudWatchLogs\w+|S3BucketName)$/ },
    { types: /^AWS::Logs::LogGroup$/, except: /^(DataProtectionPolicy|ResourcePolicyDocument|DeletionProtectionEnabled)$/ },
    { types: /^AWS::Route53Resolver::(FirewallConfig|FirewallRuleGroupAssociation|ResolverQueryLogging\w+)$/ },
    { types: /^AWS::S3::Bucket$/, except: /^(?!ObjectLock|PublicAccessBlockConfiguration|MetricsConfigurations|AccelerateConfiguration|IntelligentTiering)/ },
    { types: /^AWS::DynamoDB::(Table|GlobalTable)$/, except: /^(TimeToLiveSpecification|ResourcePolicy|StreamSpecification|KinesisStreamSpecification|DeletionProtectionEnabled|PointInTimeRecoverySpecification)$/ },
    { types: /^AWS::(RDS::DB(Instance|Cluster)|EFS::FileSystem)$/, except: /^(FileSystemPolicy|AssociatedRoles|DeletionProtection|BackupRetentionPeriod)$/ },
    { types: /^AWS::ElasticLoadBalancingV2::/ },
    { types: /^AWS::IAM::/, except: /Policy|Policies|Roles|Users|Groups|PermissionsBoundary|ManagedPolicyArns|MaxSessionDuration|Path/ },
    { types: /^AWS::S3::BucketPolicy$/, except: /^PolicyDocument$/ },
  ],
  azure: [
    { types: /^azure-native:keyvault:Key$/, except: /^properties\.(kty|keySize|curveName|keyOps)$/ },
    { types: /^azure-native:keyvault:Vault$/, except: /^properties\.(enabledFor\w+|networkAcls|createMode)$/ },
    { types: /^azure-native:authorization:(RoleAssignment|RoleDefinition)$/, except: /^(principalId|scope|roleDefinitionId|condition|permissions|assignableScopes)$/ },
    { types: /^azure-native:managedidentity:UserAssignedIdentity$/ },
    { types: /^azure-native:compute:(VirtualMachine|VirtualMachineScaleSet|DiskEncryptionSet)$/, except: /(osProfile\.(customData|linuxConfiguration|windowsConfiguration|secrets)|userData|extensionProfile|applicationProfile|capacityReservation|extendedLocation|priorityMixPolicy|serviceArtifactReference|virtualMachineScaleSet)$/ },
    { types: /^azure-native:network:LoadBalancer$/, except: /^probes$/ },
    { types: /^azure-native:network:NetworkInterface$/, except: /^(enableIPForwarding|ipConfigurations)$/ },
    { types: /^azure-native:network:(?!VirtualNetworkPeering|VirtualNetworkGateway|ExpressRoute|BastionHost)/, except: /^enableIPForwarding$/ },
    { types: /^azure-native:privatedns:/ },
    { types: /^azure-native:storage:BlobServiceProperties$/, except: /^(isVersioningEnabled|deleteRetentionPolicy|containerDeleteRetentionPolicy|changeFeed|cors)$/ },
    { types: /^azure-native:storage:(StorageAccount|BlobContainer)$/, except: /^(minimumTlsVersion|allowedCopyScope|allowCrossTenantReplication|encryption|isLocalUserEnabled|isSftpEnabled|sasPolicy|keyPolicy|customDomain|routingPreference|azureFilesIdentityBasedAuthentication|extendedLocation|denyEncryptionScopeOverride)$/ },
    { types: /^azure-native:monitor:(DiagnosticSetting|SubscriptionDiagnosticSetting|PrivateLink\w+|AutoscaleSetting)$/ },
    { types: /^azure-native:operationalinsights:/, except: /^replication$/ },
    { types: /^azure-native:resources:ResourceGroup$/ },
  ],
  gcp: [
    { types: /^gcp:kms\// },
    { types: /^gcp:iam\/(workloadIdentityPool|workloadIdentityPoolProvider|denyPolicy)/ },
    { types: /^gcp:compute\/(instance|instanceTemplate|regionInstanceTemplate|instanceFromTemplate):/, except: /^metadata(?!\.tee-container-log-redirect$)/ },
    { types: /^gcp:compute\/(?!networkPeering|vpn|interconnect|router|haVpn|externalVpn)/ },
    { types: /^gcp:storage\/bucket:/, except: /^(lifecycleRules|versioning|encryption|cors|website|logging)$/ },
    { types: /^gcp:logging\/(projectBucketConfig|projectSink|organizationSink|folderSink)/ },
    { types: /^gcp:projects\/(iAMAuditConfig|iAMCustomRole|service):/ },
    { types: /^gcp:(serviceaccount\/account|dns\/|tags\/|resourcemanager\/lien|artifactregistry\/repository:)/ },
  ],
};

/** Settings that only protect more where there was none: added, they are neutral. */
const PROTECTING = /^(VersioningConfiguration|OwnershipControls|BucketEncryption|PermissionsBoundary|PointInTimeRecoverySpecification|InsightSelectors|KmsMasterKeyId|versioning|encryption)$/;
/** Switches of a protection: on is neutral, off is not. */
const SWITCH = /^(DeletionProtectionEnabled|DeletionProtection)$/;

/** Types on which protection hangs; a change of others is neutral unless it touches a key, a log or a PHI store. */
const RELEVANT: Readonly<Record<Cloud, RegExp>> = {
  aws: /^AWS::(IAM|KMS|SecretsManager|SSM::(Document|Parameter|Association)|CloudTrail|Logs|Config|GuardDuty|SecurityHub|Macie|AccessAnalyzer|Organizations|ControlTower|RAM|SSO|RolesAnywhere|Cognito|ACMPCA|CertificateManager|EC2|AutoScaling|ElasticLoadBalancing|ElasticLoadBalancingV2|NetworkFirewall|NetworkManager|Route53Resolver|VpcLattice|PrivateLink|S3|S3ObjectLambda|DynamoDB|RDS|EFS|Backup|Events|CloudWatch::(Alarm|CompositeAlarm)|SNS::(Subscription|TopicPolicy)|WAFv2|Signer|CloudFormation::(Macro|HookVersion|HookDefaultVersion|StackSet))/,
  azure: /^azure-native:(keyvault|attestation|authorization|managedidentity|network|privatedns|dnsresolver|storage|monitor|insights|operationalinsights|operationsmanagement|security|securityinsights|policyinsights|compute|documentdb|sql|dbfor\w+|eventhub|recoveryservices|dataprotection|confidentialledger|management|aad|azureadb2c)/,
  gcp: /^gcp:(?!monitoring\/(dashboard|uptimeCheckConfig|slo|customService|genericService|group|metricDescriptor):|logging\/(metric|savedQuery):|(projects|folder|organizations)\/(accessApprovalSettings|defaultServiceAccounts|serviceIdentity):)(kms|iam|serviceaccount|serviceAccount|projects|organizations|folder|orgpolicy|accesscontextmanager|compute|storage|logging|monitoring|dns|secretmanager|resourcemanager|resourceManager|tags|artifactregistry|securitycenter|binaryauthorization|essentialcontacts|privilegedaccessmanager|networksecurity|certificateauthority|confidential\w*|bigquery|sql|spanner|servicenetworking|vpcaccess|networkconnectivity|networkservices|backupdisasterrecovery|cloudasset)/,
};

/** What watches or holds something: taking it away is weaker, adding it is not. */
const GUARDS: Readonly<Record<Cloud, RegExp>> = {
  aws: /^AWS::(CloudWatch::(Alarm|CompositeAlarm)$|Events::Rule|Logs::MetricFilter|GuardDuty|SecurityHub|Config|AccessAnalyzer|Macie|Organizations::Policy|Backup|WAFv2|NetworkFirewall|Route53Resolver::Firewall|SNS::Subscription|EC2::FlowLog|EC2::NetworkAcl|AutoScaling::LifecycleHook)/,
  azure: /^azure-native:(authorization:(ManagementLock|PolicyAssignment|PolicyDefinition|PolicySetDefinition|DenyAssignment)|monitor:|insights:|security:|securityinsights:|policyinsights:|network:(FlowLog|NetworkSecurityGroup|AzureFirewall|FirewallPolicy|DdosProtectionPlan)|recoveryservices:|dataprotection:)/,
  gcp: /^gcp:(orgpolicy|iam\/(denyPolicy|\w+PolicyBinding|principalAccessBoundaryPolicy|accessBoundaryPolicy)|resourcemanager\/lien|accesscontextmanager|monitoring\/(alertPolicy|notificationChannel)|projects\/iAMAuditConfig|organizations\/iamAuditConfig|folder\/iamAuditConfig|logging|securitycenter|binaryauthorization|essentialcontacts|cloudasset|compute\/networkFirewallPolicyAssociation|tags\/tagBinding|dns\/(policy|responsePolicy))/,
};

/** Settings that decide how big, how many or what it is called. Tags are a rule's business. */
const NEUTRAL = /^(Description|GroupDescription|description|displayName|title|comment|Comment|Tags|tags|labels|userLabels|TagSpecifications|LaunchTemplateData\.(InstanceType|EbsOptimized|Monitoring|TagSpecifications)|InstanceType|MinSize|MaxSize|DesiredCapacity|hardwareProfile|machineType|minCpuPlatform|autoscalingPolicy|targetSize|sku|BillingMode|TableClass|ProvisionedThroughput|MemorySize|Timeout|ReservedConcurrentExecutions|availabilityZone|zones|documentation|alertStrategy|AlarmDescription|OKActions|InsufficientDataActions|metadata\.tee-restart-policy)$/;

/** Types of AWS that scale, look or remember: a new one opens nothing. */
const OPENS_NOTHING = /^AWS::(AutoScaling::(ScalingPolicy|ScheduledAction)|SSM::Parameter|Logs::QueryDefinition|EC2::NetworkInsights\w+)$/;

/** Grants: adding one may open something, removing one cannot. */
const GRANTS = /IAMMember:|IamMember:|:RoleAssignment$|^AWS::(IAM::(ManagedPolicy|Policy|RolePolicy|UserPolicy|GroupPolicy|UserToGroupAddition|InstanceProfile|Role|User|Group)|Lambda::Permission|KMS::Grant)$/;

/** Settings under which others are grouped. */
const WRAPPERS: ReadonlySet<string> = new Set(['metadata', 'LaunchTemplateData', 'properties', 'osProfile', 'virtualMachineProfile']);

/** Judges the changes that no rule and no proof moved for. */
export function compareSettings(base: Deployment, matching: Matching, logs: ReadonlySet<string>): Draft[] {
  const { pairs, removed, added, aligned, original } = matching;
  const { cloud } = base;
  const drafts: Draft[] = [];
  const back = new Map([...original].map(([copy, resource]) => [resource, copy]));
  const [before, after] = [spelt(declared(base.workload, cloud), cloud), spelt(declared(aligned.workload, cloud), cloud)];
  const watched = (deployment: Deployment): ReadonlySet<Resource> => new Set([...allKeys(deployment), ...deployment.resources.filter((one) => logs.has(one.id) || isDurable(one))]);
  const [watchedBefore, watchedAfter] = [watched(base), watched(aligned)];
  const touches = (deployment: Deployment, watchedOnes: ReadonlySet<Resource>, value: Value | undefined): boolean => {
    for (const target of deployment.targets(value)) if (watchedOnes.has(target)) return true;
    return false;
  };
  const of = (resource: Resource) => ({ cloud, resource: resource.id, kind: 'setting' }) as const;

  for (const [head, was] of pairs) {
    const now = back.get(head) ?? head;
    if (identical(now.properties, was.properties) && identical(now.attributes, was.attributes)) continue;
    const unsaid = saidOfPhi(was).find((tag) => !saidOfPhi(now).includes(tag));
    if (unsaid !== undefined) drafts.push({ ...of(was), verdict: 'weaker', detail: 'Tags', what: `it no longer says ${unsaid}`, before: unsaid, after: null, rule: 'tag-convention-kept' });
    for (const [path, old, fresh] of changed(was, now, before, after)) {
      if (cloud === 'aws' && canonical(old, spelledOut(base, was, before)) === canonical(fresh, spelledOut(aligned, now, after))) continue;
      if (path === ownName(was) || NEUTRAL.test(path)) continue;
      const relevant = RELEVANT[cloud].test(was.type);
      const stranger = cloud === 'aws' && gains(path, old, fresh) === undefined ? strangers(aligned, fresh).find((account) => !strangers(base, old).includes(account)) : undefined;
      if (stranger !== undefined) {
        drafts.push({ ...of(was), verdict: 'unknown', detail: path, what: `${path} names account ${stranger}, which is not the deployment's`, before: shown(old), after: shown(fresh) });
        continue;
      }
      const granted = cloud === 'gcp' ? grantsMore(was.type, path, old, fresh, before, after) : undefined;
      if (granted !== undefined) drafts.push({ ...of(was), verdict: 'unknown', detail: path, what: `${path}: ${granted}`, before: shown(old), after: shown(fresh) });
      if (granted !== undefined || isDecided(was, path)) continue;
      if (old === undefined && PROTECTING.test(path)) continue;
      if (SWITCH.test(path) && (fresh === true || fresh === 'true')) continue;
      if (isBetter(path, old, fresh) || (cloud === 'azure' && protectsMore(was.type, path, old, fresh)) || (cloud === 'aws' && (stillRings(now, path, fresh) || (path === 'LaunchTemplateData.IamInstanceProfile' && sameProfile(base, old, aligned, fresh))))) continue;
      // What a dry run would refuse changes nothing.
      if (was.type.startsWith('gcp:accesscontextmanager/servicePerimeter:') && /^(spec|useExplicitDryRunSpec)$/.test(path) && now.properties['status'] !== undefined) continue;
      if (cloud === 'gcp' && (canonical(spelled(base, old)) === canonical(spelled(aligned, fresh)) || (path === 'spec' && guardsTighter(old, fresh)))) continue;
      if (/^(LifecycleConfiguration|lifecycleRules)$/.test(path) && (logs.has(was.id) || canonical(deletions(old)) === canonical(deletions(fresh)) || keepsLonger(old, fresh))) continue;
      if (GATED_BY_PROOF.test(was.type) && !opensStore(aligned, now)) continue;
      const unread = findUnknown(fresh);
      if (unread && !findUnknown(old)) {
        if (relevant || touches(base, watchedBefore, old)) drafts.push({ ...of(was), verdict: 'unknown', detail: path, what: `${path} can no longer be read: ${unread.reason}`, before: shown(old), after: shown(fresh), rule: 'artifact-readable' });
        continue;
      }
      if (!relevant && !touches(base, watchedBefore, old) && !touches(aligned, watchedAfter, fresh)) continue;
      const gained = gains(path, old, fresh, before, after);
      if (was.type === ROLE && /^(Policies|ManagedPolicyArns)$/.test(path) && ofArtifact(aligned, path, old, fresh) && mayNoMore(base, aligned, [now], before, after)) continue;
      if (gained === 'nothing' || (gained && cloud === 'aws' && gains(path, old, fresh, spelledOut(base, was, before), spelledOut(aligned, now, after)) === 'nothing')) continue;
      drafts.push({ ...of(was), verdict: 'unknown', detail: path, what: typeof gained === 'object' ? `${path}: ${gained.what}; no rule and no proof decides what that opens` : `${path} changed, and no rule and no proof judges it`, before: shown(old), after: shown(fresh) });
    }
    const [ignored, ignores] = [was.attributes['ignoreChanges'], now.attributes['ignoreChanges']];
    if (RELEVANT[cloud].test(was.type) && ignores !== undefined && canonical(ignored) !== canonical(ignores) && isList(ignores) && ignores.length > 0) {
      drafts.push({ ...of(was), verdict: 'unknown', detail: 'ignoreChanges', what: 'what the code says no longer reaches the cloud (ignoreChanges)', before: shown(ignored), after: shown(ignores) });
    }
    const [replaced, replaces] = [was.attributes['replaceOnChanges'], now.attributes['replaceOnChanges']];
    if (isDurable(was) && isList(replaced) && canonical(replaced) !== canonical(replaces)) {
      drafts.push({ ...of(was), verdict: 'unknown', detail: 'replaceOnChanges', what: 'a change that needs a new resource may now be tried in place (replaceOnChanges)', before: shown(replaced), after: shown(replaces) });
    }
    if (cloud === 'azure' && !canonical(was.properties).includes(FORWARDS) && canonical(now.properties).includes(FORWARDS)) {
      drafts.push({ ...of(was), verdict: 'unknown', detail: 'enableIPForwarding', what: 'it may pass on packets of others (enableIPForwarding)', before: null, after: 'true' });
    }
    const exists = now.attributes['Condition'];
    if (RELEVANT[cloud].test(was.type) && findUnknown(exists) && !findUnknown(was.attributes['Condition'])) {
      drafts.push({ ...of(was), verdict: 'unknown', detail: 'Condition', what: 'whether it exists can no longer be told', before: null, after: shown(exists) });
    }
  }
  // One more of what there was, for another build of the workload file, is the build's business.
  const among = (deployment: Deployment, types: ReadonlySet<string>, rewrite: Rewrite): Set<string> => new Set(deployment.resources.filter(({ type }) => types.has(type)).map((one) => sameBut(one, rewrite)));
  const known = among(base, new Set(added.map(({ type }) => type)), before);
  const still = among(aligned, new Set(removed.map(({ type }) => type)), after);
  for (const was of removed) {
    if (still.has(sameBut(was, before))) continue;
    if (was.type === ROUTED && unrouted(base, aligned, was)) drafts.push({ ...of(was), verdict: 'unknown', detail: 'removed', what: 'its subnet falls back to the main route table of the VPC, whose routes the artifact does not show', before: 'present', after: null });
    if (GUARDS[cloud].test(was.type)) drafts.push({ ...of(was), verdict: 'weaker', detail: 'removed', what: `${was.type} is removed: what it watched or held is no longer`, before: 'present', after: null });
    else if (RELEVANT[cloud].test(was.type) && !isDurable(was) && !GRANTS.test(was.type) && !wholly(was)) drafts.push({ ...of(was), verdict: 'unknown', detail: 'removed', what: `${was.type} is removed, and no rule and no proof judges it`, before: 'present', after: null });
  }
  for (const resource of added) {
    const now = back.get(resource) ?? resource;
    if (cloud === 'azure' && changesNothing(now.type)) continue;
    if (OPENS_NOTHING.test(now.type) || (now.type === ROLE && now.properties['ManagedPolicyArns'] === undefined && gains('Policies', [], rolePolicies(aligned, now).map(({ document }) => document ?? null)) === 'nothing')) continue;
    if (known.has(sameBut(now, after)) || now.type.startsWith('tee-kit:') || wholly(now) || GUARDS[cloud].test(now.type)) continue;
    if (now.type === 'AWS::IAM::ManagedPolicy' && !['Roles', 'Users', 'Groups'].some((name) => now.properties[name] !== undefined) && !isAttached(aligned, now)) continue;
    if (BESIDE_ROLES.test(now.type) && ['Users', 'UserName', 'Groups', 'GroupName'].every((name) => now.properties[name] === undefined) && mayNoMore(base, aligned, aligned.ofType(ROLE).filter((role) => rolePolicies(aligned, role).some(({ resource }) => resource === now)), before, after)) continue;
    if ((GATED_BY_PROOF.test(now.type) && !opensStore(aligned, now)) || (now.type.endsWith('ManagementPolicy') && !canonical(now.properties).includes('"delete"'))) continue;
    if (now.type.startsWith('gcp:privilegedaccessmanager/entitlement:') && bindingsOf(now).every(({ role, members, unreadable }) => unreadable === null && (HARMLESS_ROLE.test(role) || members.every((member) => member === aligned.workload?.clouds.gcp?.deployer || member === aligned.workload?.breakGlass.gcp)))) continue;
    if (/IAMMember$/i.test(now.type) && HARMLESS_ROLE.test(String(now.properties['role'] as string))) continue;
    const grants = Object.entries(now.properties).filter(([path]) => !isDecided(now, path) && !NEUTRAL.test(path) && !PROTECTING.test(path) && !SWITCH.test(path) && path !== ownName(now));
    const foreign = cloud === 'aws' ? grants.find(([path, value]) => gains(path, undefined, value) === undefined && strangers(aligned, value).length > 0) : undefined;
    if (foreign) {
      drafts.push({ ...of(now), verdict: 'unknown', detail: 'added', what: `${now.type} is new, and names account ${strangers(aligned, foreign[1])[0] ?? ''}, which is not the deployment's, in ${foreign[0]}`, before: null, after: shown(foreign[1]) });
      continue;
    }
    const opens = grants.find(([path, value]) => gains(path, undefined, value) !== 'nothing');
    if (!opens) continue;
    if (RELEVANT[cloud].test(now.type) || touches(aligned, watchedAfter, now.properties)) {
      drafts.push({ ...of(now), verdict: 'unknown', detail: 'added', what: `${now.type} is new, and no rule and no proof judges its ${opens[0]}`, before: null, after: shown(opens[1]) });
    }
  }
  return drafts;
}

/** With ids of Azure in lower case, as Azure compares them. */
const spelt = (rewrite: Rewrite, cloud: Cloud): Rewrite => (cloud === 'azure' ? (text) => { const result = rewrite(text); return /^\/(subscriptions|providers)\/\S*$/i.test(result) ? result.toLowerCase() : result; } : rewrite);

/** Tags that speak of PHI, HIPAA or a BAA in an organisation's own words; the kit's are judged by rules of theirs. */
function saidOfPhi(resource: Resource): readonly string[] {
  const tags = tagsOf(resource);
  if (tags instanceof Unknown) return [];
  return Object.entries(tags).flatMap(([key, value]) => (typeof value === 'string' && !/^(phi|baa)-[a-z]+$|^key-purpose$/.test(key) && (speaksOfPhi(key) || speaksOfPhi(value)) ? [`${key} ${value}`] : []));
}

/** Receivers of an action group: one more is one more who hears. */
const RECEIVERS = /Receivers$/;
/** Uses of a key that need its public half only. */
const PUBLIC_USES: ReadonlySet<string> = new Set(['encrypt', 'verify', 'wrapkey']);

/** Settings of Azure of which one end protects more. */
function protectsMore(type: string, path: string, old: Value | undefined, fresh: Value | undefined): boolean {
  const list = (value: Value | undefined): readonly Value[] | undefined => (value === undefined || value === null ? [] : isList(value) ? value : undefined);
  const [was, now] = [list(old), list(fresh)];
  const kept = (kind: RegExp): boolean => kind.test(type) && was !== undefined && now !== undefined && !findUnknown(fresh) && was.every((one) => now.some((other) => canonical(other) === canonical(one)));
  if (OFF.test(path)) return flagOf(fresh) === false;
  if (/^(isVersioningEnabled|changeFeed)$/.test(path)) return flagOf(isObject(fresh) ? fresh['enabled'] : fresh) === true;
  if (/^(containerD|d)eleteRetentionPolicy$/.test(path)) return isObject(fresh) && flagOf(fresh['enabled']) === true && flagOf(fresh['allowPermanentDelete'] ?? false) === false && Number(fresh['days']) >= Number((isObject(old) ? old['days'] : undefined) ?? 0);
  if (path === 'ipConfigurations') return subnetsOf(old) === subnetsOf(fresh);
  if (RECEIVERS.test(path)) return kept(/:ActionGroup$/);
  if (path === 'properties.keyOps') return was !== undefined && was.length > 0 && now !== undefined && now.length > 0 && now.every((use) => typeof use === 'string' && (PUBLIC_USES.has(use.toLowerCase()) || was.some((one) => canonical(one).toLowerCase() === canonical(use).toLowerCase())));
  if (path === 'probes') return canonical(old).replace(PACE, '') === canonical(fresh).replace(PACE, '');
  if (path === 'policyRule') return isObject(old) && isObject(fresh) && canonical(old['then']) === canonical(fresh['then']) && takesMore(old['if'], fresh['if']);
  if (path === 'condition') return type.endsWith(':ActivityLogAlert') && takesMore(old, fresh);
  if (POLICY.test(type) && TELLING.test(path)) return true;
  if (path === 'policyDefinitions') return kept(/:PolicySetDefinition$/);
  if (path === 'level') return /:ManagementLock\w+$/.test(type) && /^readonly$/i.test(String(fresh as string)) && /^(cannotdelete|readonly)$/i.test(String(old as string));
  if (path === 'notes') return /:ManagementLock\w+$/.test(type);
  if (/:ScheduledQueryRule$|:MetricAlert$/.test(type)) {
    if (UPKEEP.test(path)) return true;
    if (path === 'criteria') return ringsAsOften(old, fresh);
    if (path === 'windowSize') return minutes(fresh) >= minutes(old);
    if (path === 'severity') return Number(fresh) <= Number(old);
    // What is looked at and how long, the rules judge; more often is never less.
    if (path === 'evaluationFrequency') return minutes(fresh) <= minutes(old);
  }
  return false;
}

/** Switches that open something when they are on, and are off by default. */
const OFF = /^(properties\.enabledFor\w+|isLocalUserEnabled|isSftpEnabled|allowCrossTenantReplication)$/;
const flagOf = (value: Value | undefined): boolean | undefined => (typeof value === 'boolean' ? value : typeof value === 'string' && /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined);

/** Where the addresses of an interface stand; the rest of them the rules judge. */
const subnetsOf = (value: Value | undefined): string => (isList(value) ? [...new Set(value.map((one) => canonical(at(one, 'subnet.id'))))].sort().join(' ') : canonical(value));

const POLICY = /:(PolicyDefinition|PolicySetDefinition|PolicyAssignment)$/;
/** What a policy says of itself and to those it refuses. */
const TELLING = /^(metadata(\..+)?|nonComplianceMessages|policyDefinitionGroups)$/;
/** What becomes of an alert after it rang, and where its query is kept. */
const UPKEEP = /^(autoMitigate|checkWorkspaceAlertsStorageConfigured|skipQueryValidation|ruleResolveConfiguration)$/;

/** Whether the conditions of a query alert ring for everything for which they rang. */
function ringsAsOften(old: Value | undefined, fresh: Value | undefined): boolean {
  const [was, now] = [at(old, 'allOf'), at(fresh, 'allOf')];
  if (!isList(was) || !isList(now) || was.length !== now.length || findUnknown(fresh)) return false;
  return was.every((one, index) => {
    const other = now[index];
    if (!isObject(one) || !isObject(other)) return false;
    const rest = ({ query: _query, threshold: _threshold, operator: _operator, ...more }: Readonly<Record<string, Value>>): string => canonical(more);
    const [before, after] = [one['query'], other['query']];
    return rest(one) === rest(other) && typeof before === 'string' && typeof after === 'string' && asksAsMuch(after, before)
      && (canonical([one['threshold'] ?? null, one['operator'] ?? null]) === canonical([other['threshold'] ?? null, other['operator'] ?? null]) || atOnce(other['threshold'], other['operator']));
  });
}

/** How often a probe asks. */
const PACE = /"(intervalInSeconds|numberOfProbes|probeThreshold)":"?[^,"}]*"?,?/g;

/** Minutes of a duration such as PT5M or PT1H; NaN for what is none. */
function minutes(value: Value | undefined): number {
  const match = typeof value === 'string' ? /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(value) : null;
  return match ? Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0) : Number.NaN;
}

/** A condition with its lists of values as alternatives. */
function spread(condition: Value | undefined): Value | undefined {
  const values = at(condition, 'containsAny');
  return isObject(condition) && isList(values) && Object.keys(condition).every((name) => name === 'field' || name === 'containsAny') ? { anyOf: values.map((equals) => ({ field: condition['field'] ?? null, equals })) } : condition;
}

/** Whether a condition holds for everything for which the old one does: alternatives may be added, demands taken away. */
function takesMore(before: Value | undefined, after: Value | undefined): boolean {
  const [old, fresh] = [spread(before), spread(after)];
  if (canonical(old) === canonical(fresh)) return true;
  if (!isObject(old) || !isObject(fresh) || findUnknown(old) || findUnknown(fresh)) return false;
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  for (const name of names) {
    const [was, now] = [old[name], fresh[name]];
    if (canonical(was) === canonical(now)) continue;
    if (!isList(was) || !isList(now)) return false;
    if (name === 'anyOf' || name === 'in' || name === 'containsAny') { if (!was.every((one) => now.some((other) => takesMore(one, other)))) return false; }
    else if (name === 'allOf') { if (!now.every((one) => was.some((other) => takesMore(other, one)))) return false; }
    else if (name === 'notIn') { if (!now.every((one) => was.some((other) => canonical(other) === canonical(one)))) return false; }
    else return false;
  }
  return true;
}

const FORWARDS = '"enableIPForwarding":"true"';
/** Grants that the proofs judge wherever they bear on a key or a log. */
const GATED_BY_PROOF = /^azure-native:authorization:RoleAssignment$/;

/** Whether a role assignment reaches PHI at rest, or what stands around it. */
function opensStore(deployment: Deployment, assignment: Resource): boolean {
  const arm = armOf(deployment);
  const stores = deployment.resources.filter((one) => /^azure-native:(storage:StorageAccount|documentdb:|sql:|network:NetworkSecurityGroup$)/.test(one.type)).map((one) => arm.idOf(one));
  return grantsOf(deployment).some(({ assignment: one, scope, role }) => one === assignment && (scope === undefined || stores.some((id) => id !== undefined && covers(scope, id)))
    && (!role || STORE_DATA.some((operation) => allows(role, 'data', operation)) || STORE_CONTROL.some((operation) => allows(role, 'control', operation))));
}
const STORE_DATA = ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read', 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write', 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'];
const STORE_CONTROL = ['Microsoft.Storage/storageAccounts/listKeys/action', 'Microsoft.Storage/storageAccounts/write', 'Microsoft.Storage/storageAccounts/delete', 'Microsoft.Network/networkSecurityGroups/write', 'Microsoft.Network/virtualNetworks/write', 'Microsoft.Authorization/roleAssignments/write'];

/** Settings of an alarm of which its ringing at one event is all that counts. */
const ALARMED = /^(Threshold|ComparisonOperator|Statistic|Period|EvaluationPeriods|DatapointsToAlarm|TreatMissingData)$/;

/** Whether an alarm of the deployment's own metrics rings at one event, whatever was changed of how it counts. */
const stillRings = (alarm: Resource, path: string, fresh: Value | undefined): boolean => alarm.type === 'AWS::CloudWatch::Alarm' && ALARMED.test(path) && !text(alarm.properties['Namespace']).startsWith('AWS/') && !findUnknown(fresh) && rings(alarm);

/** Whether two settings name one instance profile, by ARN or by name. */
function sameProfile(base: Deployment, old: Value | undefined, head: Deployment, fresh: Value | undefined): boolean {
  const [was, now] = [base.target(at(old, 'Arn') ?? at(old, 'Name')), head.target(at(fresh, 'Arn') ?? at(fresh, 'Name'))];
  return was !== undefined && was.id === now?.id;
}

/** A lifecycle of which every rule leaves things at least as long as before. */
function keepsLonger(old: Value | undefined, fresh: Value | undefined): boolean {
  const [was, now] = [deletions(old), deletions(fresh)];
  if (!isList(was) || !isList(now) || was.length !== now.length) return false;
  const days = /"(ExpirationInDays|NoncurrentDays|NoncurrentVersionExpirationInDays)":"(\d+)"/g;
  return was.every((rule, index) => {
    const [before, after] = [canonical(rule), canonical(now[index])];
    const [lasted, lasts] = [before, after].map((one) => [...one.matchAll(days)].map((match) => Number(match[2])));
    return before.replace(days, '$1') === after.replace(days, '$1') && lasted!.every((count, at) => count <= (lasts![at] as number));
  });
}

/** Settings with an order, of which one end protects more. */
function isBetter(path: string, old: Value | undefined, fresh: Value | undefined): boolean {
  // A role's sessions last one hour unless it says otherwise; machines live for ever.
  if (path === 'MaxSessionDuration') return Number(fresh ?? 3600) <= Number(old ?? 3600);
  if (path === 'MaxInstanceLifetime') return Number(fresh ?? Infinity) <= Number(old ?? Infinity);
  // Flow logs aggregate ten minutes unless they say otherwise.
  if (path === 'MaxAggregationInterval') return Number(fresh ?? 600) <= Number(old ?? 600);
  // Point-in-time recovery reaches back 35 days unless it says otherwise.
  if (path === 'PointInTimeRecoverySpecification') return String(at(fresh, 'PointInTimeRecoveryEnabled') as string) === 'true' && Number(at(fresh, 'RecoveryPeriodInDays') ?? 35) >= Number(at(old, 'RecoveryPeriodInDays') ?? 35);
  if (path === 'notificationChannels' && isList(old) && isList(fresh)) return old.every((one) => fresh.some((now) => canonical(now) === canonical(one)));
  // Where undelivered messages wait; an account of others is met before.
  if (path === 'RedrivePolicy') return true;
  if (path.endsWith('keySize')) return Number(fresh) >= Number(old);
  if (path === 'minimumTlsVersion') return typeof fresh === 'string' && typeof old === 'string' && /^TLS1_\d$/.test(fresh) && fresh >= old;
  if (path === 'FirewallRules' && isList(old) && isList(fresh)) {
    // Rules are asked in the order of their numbers, whatever the numbers are.
    const ordered = (rules: readonly Value[]): string => canonical(Object.fromEntries([...rules].sort((a, b) => Number(at(a, 'Priority')) - Number(at(b, 'Priority'))).map((rule, index) => [String(index), isObject(rule) ? { ...rule, Priority: '' } : rule])));
    if (!findUnknown(old) && !findUnknown(fresh) && ordered(old) === ordered(fresh)) return true;
    const [was, now] = [old.map((rule) => canonical(rule)), fresh.map((rule) => canonical(rule))];
    return was.every((rule) => now.includes(rule)) && fresh.every((rule, index) => was.includes(now[index] as string) || at(rule, 'Action') === 'BLOCK');
  }
  if (path === 'status' && isObject(old) && isObject(fresh) && 'restrictedServices' in old) return guardsMore(old, fresh);
  if (/UserData$|customData$/.test(path) && typeof old === 'string' && typeof fresh === 'string') return withoutComments(old) === withoutComments(fresh);
  return false;
}

/** A value of Google Cloud as the API takes it: references by the name they stand for, switches as booleans, filters on one line. */
function spelled(deployment: Deployment, value: Value | undefined): Value {
  if (typeof value === 'string') {
    const attribute = /^\$\{[^}]+\.(\w+)\}$/.exec(value)?.[1];
    const meant = attribute === undefined ? undefined : deployment.target(value)?.properties[attribute];
    if (typeof meant === 'string' && !meant.includes('${')) return meant;
    if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
    const line = value.replace(/^is:(?=[A-Z_]+$)/, '').replace(/\s*\n\s*(?:AND\s+)?/g, ' AND ');
    // Terms of a filter may stand in any order.
    return / AND /.test(line) && !/ OR |\(\s*NOT/.test(line) ? line.split(/\s+AND\s+/).sort().join(' AND ') : line;
  }
  if (isList(value)) return value.map((item) => spelled(deployment, item));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spelled(deployment, item)])) : value ?? null;
}

/** Whether an organisation policy refuses all that it refused: fewer values allowed, or more denied, and nothing else moved. */
function guardsTighter(old: Value | undefined, fresh: Value | undefined): boolean {
  const [before, after] = [at(old, 'rules'), at(fresh, 'rules')];
  if (!isList(before) || !isList(after) || before.length !== after.length || findUnknown(fresh) || !isObject(old) || !isObject(fresh)) return false;
  const rest = (value: Value, ...names: readonly string[]): string => canonical(isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) : value);
  const texts = (value: Value | undefined): readonly string[] => (isList(value) ? value.map((one) => canonical(one)) : []);
  return rest(old, 'rules') === rest(fresh, 'rules') && after.every((now, index) => {
    const was = before[index] as Value;
    const [allowed, allows] = [texts(at(was, 'values.allowedValues')), texts(at(now, 'values.allowedValues'))];
    const [denied, denies] = [texts(at(was, 'values.deniedValues')), texts(at(now, 'values.deniedValues'))];
    return rest(was, 'values') === rest(now, 'values') && rest(at(was, 'values') ?? null, 'allowedValues', 'deniedValues') === rest(at(now, 'values') ?? null, 'allowedValues', 'deniedValues')
      && (allowed.length === 0 ? allows.length === 0 : allows.length > 0) && allows.every((one) => allowed.includes(one)) && denied.every((one) => denies.includes(one));
  });
}

/** Whether a perimeter guards at least the services of before, and lets in nobody who was not let in. */
function guardsMore(old: Readonly<Record<string, Value>>, fresh: Readonly<Record<string, Value>>): boolean {
  const texts = (value: Value | undefined): readonly string[] => (isList(value) ? value.map((one) => canonical(one)) : []);
  const within = (some: Value | undefined, all: Value | undefined): boolean => texts(some).every((one) => texts(all).includes(one));
  /** The same way in for some of the people. */
  const narrower = (now: Value, was: Value): boolean => {
    const [people, before] = [at(now, 'ingressFrom.identities'), at(was, 'ingressFrom.identities')];
    const [calls, earlier] = [at(now, 'ingressTo.operations'), at(was, 'ingressTo.operations')];
    if (!isList(people) || people.length === 0 || !within(people, before) || !isObject(now) || !isObject(was)) return false;
    if (canonical(calls) !== canonical(earlier) && (!isList(calls) || calls.length === 0 || !within(calls, earlier))) return false;
    const without = (policy: Value): string => canonical(policy).replace(canonical(at(policy, 'ingressFrom.identities')), '').replace(canonical(at(policy, 'ingressTo.operations')), '');
    return without(now) === without(was);
  };
  const policies = (path: string): boolean => {
    const [before, after] = [old[path], fresh[path]];
    return after === undefined || canonical(after) === canonical(before) || (isList(after) && isList(before) && after.every((policy) => before.some((one) => canonical(one) === canonical(policy) || narrower(policy, one))));
  };
  return Object.keys({ ...old, ...fresh }).every((name) => {
    if (name === 'restrictedServices') return isList(fresh[name]) && within(old[name], fresh[name]);
    if (name === 'ingressPolicies' || name === 'egressPolicies') return !findUnknown(fresh[name]) && policies(name);
    return canonical(old[name]) === canonical(fresh[name]);
  });
}

/** Literal messages change nothing either. */
const withoutComments = (script: string): string => script.split('\n').filter((line, index) => index === 0 || !/^\s*(#.*|(say|echo) '[^']*')?$/.test(line)).join('\n');

/** The lifecycle rules that delete. */
function deletions(value: Value | undefined): Value {
  const rules = isList(value) ? value : at(value, 'Rules');
  return isList(rules) ? rules.filter((rule) => /Expiration|"Delete"/.test(canonical(rule)) && at(rule, 'Status') !== 'Disabled') : [];
}

/** Roles of Google Cloud that read no PHI, move no key and stop no log. */
const HARMLESS_ROLE = /^roles\/(cloudkms\.viewer|logging\.(viewer|logWriter)|monitoring\.(?:\w*[vV]iewer|metricWriter)|browser|[\w.]+[sS]erviceAgent)$/;

/** What a changed grant, role or deny policy of Google Cloud gives that it did not give; undefined for nothing, or for another setting. */
function grantsMore(type: string, path: string, old: Value | undefined, fresh: Value | undefined, before: Rewrite, after: Rewrite): string | undefined {
  const read = (value: Value | undefined, rewrite: Rewrite, ...names: readonly string[]): string[] => {
    const found: string[] = [];
    const walk = (item: Value | undefined, inside: boolean): void => {
      if (isList(item)) for (const one of item) walk(one, inside);
      else if (isObject(item)) for (const [name, inner] of Object.entries(item)) walk(inner, inside || names.includes(name));
      else if (inside && item !== undefined) found.push(canonical(item, rewrite));
    };
    walk(value, names.length === 0);
    return found;
  };
  const gained = (was: readonly string[], now: readonly string[]): string | undefined => now.find((one) => !was.includes(one));
  if (path === 'policyData' && /I[Aa][Mm]Policy:/.test(type)) {
    const bindings = (value: Value | undefined, rewrite: Rewrite): string[] | undefined => {
      const list = at(typeof value === 'string' ? embedded(value) : value, 'bindings');
      return isList(list) ? list.flatMap((binding) => read(at(binding, 'members'), rewrite).map((member) => `${canonical(at(binding, 'role'))} to ${member}${at(binding, 'condition') === undefined ? '' : ` if ${canonical(at(binding, 'condition'), rewrite)}`}`)) : undefined;
    };
    const [was, now] = [bindings(old, before), bindings(fresh, after)];
    const more = was && now && gained(was, now);
    return more === undefined ? undefined : `grants ${more}`;
  }
  if (path === 'members' && /I[Aa][Mm]Binding:/.test(type)) {
    const more = gained(read(old, before), read(fresh, after));
    return more === undefined ? undefined : `grants the role to ${more}`;
  }
  if (path === 'permissions' && /CustomRole:/.test(type)) {
    const more = gained(read(old, before), read(fresh, after));
    return more === undefined ? undefined : `the role may ${more}`;
  }
  if (path === 'rules' && type.includes('iam/denyPolicy')) {
    const excepted = gained(read(old, before, 'exceptionPrincipals', 'exceptionPermissions'), read(fresh, after, 'exceptionPrincipals', 'exceptionPermissions'));
    const undenied = gained(read(fresh, after, 'deniedPermissions', 'deniedPrincipals'), read(old, before, 'deniedPermissions', 'deniedPrincipals'));
    return excepted !== undefined ? `excepts ${excepted}` : undenied !== undefined ? `no longer denies ${undenied}` : undefined;
  }
  return undefined;
}

/** A resource without its own name and without what the workload file declares. */
function sameBut(resource: Resource, rewrite: Rewrite): string {
  const own = ownName(resource);
  return `${resource.type} ${canonical(Object.fromEntries(Object.entries(resource.properties).filter(([name]) => name !== own)), rewrite)}`;
}

/** Whether somebody has a managed policy, other than as the boundary of what others allow. */
function isAttached(deployment: Deployment, policy: Resource): boolean {
  return deployment.resources.some(({ properties }) => properties['ManagedPolicyArns'] !== undefined && deployment.refersTo(properties['ManagedPolicyArns'], policy));
}

function isDecided(resource: Resource, path: string): boolean {
  const coverage = DECIDED[resource.cloud].find(({ types }) => types.test(resource.type));
  return coverage !== undefined && !(coverage.except?.test(path) ?? false);
}

const ROLE = 'AWS::IAM::Role';
/** Policies that stand beside the roles that hold them. */
const BESIDE_ROLES = /^AWS::IAM::(Policy|ManagedPolicy|RolePolicy)$/;

/** Whether roles may do no more than before, in whichever of their policies a statement stands now. */
function mayNoMore(base: Deployment, head: Deployment, roles: readonly Resource[], before: Rewrite, after: Rewrite): boolean {
  const documents = (deployment: Deployment, role: Resource): readonly Value[] => rolePolicies(deployment, role).map(({ document }) => document ?? null);
  return roles.length > 0 && roles.every((role) => {
    const was = base.byId.get(role.id);
    return was?.type === ROLE && gains('Policies', documents(base, was), documents(head, role), spelledOut(base, was, before), spelledOut(head, role, after)) === 'nothing';
  });
}

/** Whether managed policies that a role newly names are of the artifact, so that it shows what they allow. */
function ofArtifact(head: Deployment, path: string, old: Value | undefined, fresh: Value | undefined): boolean {
  if (path !== 'ManagedPolicyArns') return true;
  const known = new Set(strings(old));
  return !findUnknown(fresh) && [...strings(fresh)].every((arn) => known.has(arn) || head.target(arn)?.type === 'AWS::IAM::ManagedPolicy');
}

const ROUTED = 'AWS::EC2::SubnetRouteTableAssociation';

/** Whether a subnet stays that has no route table of its own any more. */
function unrouted(base: Deployment, head: Deployment, association: Resource): boolean {
  const subnet = base.target(association.properties['SubnetId']);
  const left = subnet && head.byId.get(subnet.id);
  return left !== undefined && !head.ofType(ROUTED).some(({ properties }) => head.refersTo(properties['SubnetId'], left));
}

/** Whether every setting of a resource is decided. */
function wholly(resource: Resource): boolean {
  const coverage = DECIDED[resource.cloud].find(({ types }) => types.test(resource.type));
  return coverage !== undefined && (coverage.except === undefined || !Object.keys(flat(resource.properties)).some((path) => coverage.except?.test(path)));
}

function flat(properties: Readonly<Record<string, Value>>): Record<string, Value> {
  const result: Record<string, Value> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (WRAPPERS.has(name) && isObject(value)) for (const [inner, item] of Object.entries(flat(value))) result[`${name}.${inner}`] = item;
    else result[name] = value;
  }
  return result;
}

function* changed(was: Resource, now: Resource, before: Rewrite, after: Rewrite): Iterable<readonly [path: string, old: Value | undefined, fresh: Value | undefined]> {
  const [old, fresh] = [flat(was.properties), flat(now.properties)];
  for (const path of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    if (identical(old[path], fresh[path]) || (canonical(old[path]) === canonical(fresh[path]))) continue;
    if (canonical(old[path], before) !== canonical(fresh[path], after)) yield [path, old[path], fresh[path]];
  }
}

/** Accounts in a value, by number or in an ARN, that are not the deployment's. */
function strangers(deployment: Deployment, value: Value | undefined): readonly string[] {
  const own = ownAccounts(deployment);
  if (own.size === 0) return [];
  return [...strings(value)].flatMap((text) => (/^\d{12}$/.test(text) ? [text] : [...text.matchAll(/\barn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):/g)].map((match) => match[1] as string))).filter((account) => !own.has(account));
}

/** Attributes that are the same id as a reference to the resource itself. */
const SAME_AS_REF = /\.(Id|VpcId|SubnetId|GroupId|RouteTableId|KeyId|TopicArn|TargetGroupArn|LoadBalancerArn|ListenerArn|LaunchTemplateId)$/;
/** Types whose reference is their literal name. */
const NAMED_BY_REF: Readonly<Record<string, string>> = { 'AWS::Logs::LogGroup': 'LogGroupName', 'AWS::DynamoDB::Table': 'TableName', 'AWS::IAM::InstanceProfile': 'InstanceProfileName', 'AWS::AutoScaling::AutoScalingGroup': 'AutoScalingGroupName', 'AWS::CloudTrail::Trail': 'TrailName', 'AWS::CloudWatch::Alarm': 'AlarmName' };

/** Reads a reference to what has a literal name as that name: a template may write either. */
function spelledOut(deployment: Deployment, holder: Resource, rewrite: Rewrite): Rewrite {
  const names = new Names(deployment);
  const one = (reference: string, inner: string): string => {
    const target = deployment.target(reference);
    if (!target) return reference;
    const attribute = inner.slice(target.id.length);
    const name = attribute === '.Ref' ? target.properties[NAMED_BY_REF[target.type] ?? ''] : undefined;
    return typeof name === 'string' && !name.includes('${') ? name : SAME_AS_REF.test(attribute) ? `\${${target.id}.Ref}` : reference;
  };
  return (text) => {
    if (!text.includes('${')) return rewrite(text);
    const read = text.replace(/\$\{(?!!)([^{}]+)\}/g, one);
    return rewrite(names.text(read, holder) ?? read);
  };
}

/** A value on one line, for people. */
function shown(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : canonical(value);
  return text.length > 400 ? `${text.slice(0, 399)}…` : text;
}
