/**
 * Types of the gcp provider that some rule or proof reads, or that can change nothing about keys, machines, networks, stores
 * and logs. Anything else in a PHI deployment is undecided. By module; `*` stands for all of it. Bindings (`…IamMember` and
 * the like) are read wherever they stand.
 */
const JUDGED: Readonly<Record<string, string>> = {
  accesscontextmanager: `accessLevel accessLevelCondition accessLevels accessPolicy authorizedOrgsDesc servicePerimeter servicePerimeterDryRunEgressPolicy
    servicePerimeterDryRunIngressPolicy servicePerimeterDryRunResource servicePerimeterEgressPolicy servicePerimeterIngressPolicy servicePerimeterResource`,
  cloudidentity: 'group',
  compute: `address autoscaler backendService disk diskAsyncReplication diskResourcePolicyAttachment externalVpnGateway firewall firewallPolicy
    firewallPolicyAssociation firewallPolicyRule firewallPolicyWithRules forwardingRule futureReservation globalAddress globalForwardingRule haVpnGateway
    healthCheck httpHealthCheck httpsHealthCheck image instance instanceFromMachineImage instanceFromTemplate instanceGroup instanceGroupManager
    instanceGroupMembership instanceGroupNamedPort instanceTemplate instantSnapshot interconnect interconnectAttachment machineImage managedSslCertificate
    mangedSslCertificate network networkAttachment networkEdgeSecurityService networkFirewallPolicy networkFirewallPolicyAssociation
    networkFirewallPolicyPacketMirroringRule networkFirewallPolicyRule networkFirewallPolicyWithRules networkPeering nodeGroup nodeTemplate
    organizationSecurityPolicy organizationSecurityPolicyAssociation organizationSecurityPolicyRule packetMirroring perInstanceConfig previewFeature
    projectCloudArmorTier projectDefaultNetworkTier projectMetadata projectMetadataItem regionAutoscaler regionBackendService regionCommitment
    regionCompositeHealthCheck regionDisk regionDiskResourcePolicyAttachment regionHealthAggregationPolicy regionHealthCheck regionHealthSource
    regionInstanceGroupManager regionInstanceTemplate regionInstantSnapshot regionNetworkFirewallPolicy regionNetworkFirewallPolicyAssociation
    regionNetworkFirewallPolicyRule regionNetworkFirewallPolicyWithRules regionPerInstanceConfig regionResizeRequest regionSecurityPolicy
    regionSecurityPolicyRule regionSslCertificate regionSslPolicy regionTargetHttpProxy regionTargetHttpsProxy regionTargetTcpProxy regionUrlMap
    reservation resizeRequest resourcePolicy resourcePolicyAttachment rolloutPlan route router routerNat routerNatAddress sSLCertificate sSLPolicy
    securityPolicy securityPolicyRule serviceAttachment sharedVPCHostProject sharedVPCServiceProject snapshot snapshotSettings subnetwork targetGrpcProxy
    targetHttpProxy targetHttpsProxy targetSSLProxy targetTCPProxy uRLMap vPNGateway vPNTunnel`,
  dns: 'managedZone policy recordSet responsePolicy responsePolicyRule',
  folder: '*',
  iam: `accessBoundaryPolicy denyPolicy foldersPolicyBinding organizationsPolicyBinding principalAccessBoundaryPolicy projectsPolicyBinding
    workloadIdentityPool workloadIdentityPoolProvider`,
  kms: 'cryptoKey cryptoKeyVersion folderKajPolicyConfig keyRing keyRingImportJob organizationKajPolicyConfig projectKajPolicyConfig secretCiphertext',
  logging: '*',
  monitoring: '*',
  networkconnectivity: 'group hub internalRange policyBasedRoute regionalEndpoint serviceConnectionPolicy spoke',
  networksecurity: `addressGroup authorizationPolicy authzPolicy backendAuthenticationConfig clientTlsPolicy serverTlsPolicy dnsThreatDetector interceptDeployment
    interceptDeploymentGroup interceptEndpointGroup interceptEndpointGroupAssociation mirroringDeployment mirroringDeploymentGroup mirroringEndpoint
    mirroringEndpointGroup mirroringEndpointGroupAssociation securityProfile securityProfileGroup urlList`,
  networkservices: 'serviceLbPolicies',
  organizations: '*',
  orgpolicy: '*',
  osconfig: '*',
  projects: 'accessApprovalSettings defaultServiceAccounts iAMAuditConfig iAMBinding iAMCustomRole iAMMember iAMPolicy organizationPolicy service serviceIdentity',
  resourcemanager: '*',
  serviceaccount: '*',
  storage: `batchOperationsJob bucket bucketACL bucketAccessControl bucketObject defaultObjectACL defaultObjectAccessControl folder hmacKey insightsReportConfig
    managedFolder notification objectACL objectAccessControl transferJob`,
  tags: 'tagBinding tagKey tagValue',
  // Stores: judged by how they are encrypted and what they expose.
  alloydb: '*', bigquery: '*', bigtable: '*', filestore: '*', firestore: '*', healthcare: '*', memcache: '*', memorystore: '*', redis: '*', spanner: '*', sql: '*',
  // What watches, counts, documents or holds certificates and secrets; connectors and jobs have rules of their own.
  artifactregistry: '*', assuredworkloads: '*', backupdisasterrecovery: '*', billing: '*', binaryauthorization: '*', certificateauthority: '*',
  certificatemanager: '*', cloudasset: '*', cloudquota: '*', cloudscheduler: '*', cloudsecuritycompliance: '*', cloudsupport: '*',
  containeranalysis: '*', dataloss: '*', essentialcontacts: '*', iap: '*', licensemanager: '*', networkmanagement: '*', parametermanager: '*',
  privilegedaccessmanager: '*', pubsub: '*', recaptcha: '*', secretmanager: '*', securitycenter: '*', securityposture: '*', servicenetworking: '*',
  serviceusage: '*', siteverification: '*', vpcaccess: '*',
};

const types = new Map(Object.entries(JUDGED).map(([module, names]) => [module, names === '*' ? undefined : new Set(names.toLowerCase().split(/\s+/))]));

/** Whether a type of the gcp provider is one that the kit judges or knows to change nothing. */
export function isJudged(type: string): boolean {
  const [, module = '', name = ''] = /^gcp:([^/:]+)\/([^/:]+):/.exec(type) ?? [];
  if (module === '' || /I[aA][mM](Member|Binding|Policy)$/.test(name)) return true;
  const known = types.get(module.toLowerCase());
  return types.has(module.toLowerCase()) && (known === undefined || known.has(name.toLowerCase()));
}

/** Modules whose resources belong to the gate, the network, the machines, the stores or the logs, whatever a label says. */
export const CORE: ReadonlySet<string> = new Set(['accesscontextmanager', 'cloudidentity', 'compute', 'dns', 'folder', 'iam', 'kms', 'logging', 'networkconnectivity', 'networksecurity', 'networkservices', 'organizations', 'projects', 'serviceaccount', 'storage', 'tags']);
