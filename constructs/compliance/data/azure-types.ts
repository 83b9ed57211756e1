/**
 * Types of azure-native that some rule or proof reads, or that can change nothing about keys, guests, networks, stores and
 * logs. Anything else in a PHI deployment is undecided. By module; `*` stands for all of it.
 */
const JUDGED: Readonly<Record<string, string>> = {
  attestation: '*',
  authorization: `managementLockAtResourceGroupLevel managementLockAtResourceLevel managementLockAtSubscriptionLevel managementLockByScope denyAssignment
    policyAssignment policyDefinition policyDefinitionVersion policyExemption policySetDefinition policySetDefinitionVersion privateLinkAssociation
    resourceManagementPrivateLink roleAssignment roleDefinition pimRoleEligibilitySchedule scopeAccessReviewHistoryDefinitionById
    scopeAccessReviewScheduleDefinitionById accessReviewHistoryDefinitionById accessReviewScheduleDefinitionById variable variableValue`,
  compute: `availabilitySet capacityReservation capacityReservationGroup dedicatedHost dedicatedHostGroup disk diskAccess diskEncryptionSet gallery
    galleryApplication galleryApplicationVersion galleryImage galleryImageVersion galleryInVMAccessControlProfile galleryInVMAccessControlProfileVersion
    galleryScript galleryScriptVersion image proximityPlacementGroup restorePoint restorePointCollection snapshot sshPublicKey virtualMachine
    virtualMachineExtension virtualMachineRunCommandByVirtualMachine virtualMachineScaleSet virtualMachineScaleSetExtension
    virtualMachineScaleSetVMExtension virtualMachineScaleSetVMRunCommand`,
  dnsresolver: '*',
  keyvault: 'accessPolicy key managedHsm privateEndpointConnection secret vault',
  managedidentity: '*',
  monitor: `actionGroup activityLogAlert autoscaleSetting azureMonitorWorkspace dataCollectionEndpoint dataCollectionRule dataCollectionRuleAssociation
    diagnosticSetting managementGroupDiagnosticSetting metricAlert privateEndpointConnection privateLinkScope privateLinkScopedResource scheduledQueryRule
    subscriptionDiagnosticSetting tenantActionGroup`,
  network: `adminRule applicationGateway applicationGatewayPrivateEndpointConnection applicationSecurityGroup azureFirewall bastionHost customIPPrefix
    ddosCustomPolicy ddosProtectionPlan expressRouteCircuit expressRouteConnection expressRouteGateway firewallPolicy flowLog frontDoor
    hubVirtualNetworkConnection inboundNatRule ipGroup ipamPool loadBalancer loadBalancerBackendAddressPool localNetworkGateway natGateway
    networkInterface networkSecurityGroup networkSecurityPerimeter networkSecurityPerimeterAccessRule networkSecurityPerimeterAssociation
    networkSecurityPerimeterLink networkSecurityPerimeterLoggingConfiguration networkSecurityPerimeterProfile networkWatcher nspAccessRule
    nspAssociation nspLink nspProfile p2sVpnGateway privateDnsZoneGroup privateEndpoint privateLinkService
    privateLinkServicePrivateEndpointConnection publicIPAddress publicIPPrefix reachabilityAnalysisIntent reachabilityAnalysisRun route routeTable
    securityRule serviceEndpointPolicy serviceEndpointPolicyDefinition staticCidr subnet verifierWorkspace virtualNetwork virtualNetworkGateway
    virtualNetworkGatewayConnection virtualNetworkPeering vpnConnection vpnGateway webApplicationFirewallPolicy`,
  operationalinsights: 'cluster dataExport query queryPack savedSearch table workspace',
  privatedns: '*',
  // Deployments and scripts are `artifact-readable`'s.
  resources: `azureCliScript azurePowerShellScript deployment deploymentAtManagementGroupScope deploymentAtScope deploymentAtSubscriptionScope
    deploymentAtTenantScope deploymentStackAtManagementGroup deploymentStackAtResourceGroup deploymentStackAtSubscription resource resourceGroup tagAtScope
    templateSpec templateSpecVersion`,
  storage: `blob blobContainer blobContainerImmutabilityPolicy blobContainerLegalHold blobInventoryPolicy blobServiceProperties encryptionScope
    fileServiceProperties managementPolicy objectReplicationPolicy privateEndpointConnection queueServiceProperties storageAccount
    storageAccountStaticWebsite storageTaskAssignment tableServiceProperties`,
  // Services at the edge, databases and registries: judged by what they expose and how they are encrypted.
  apimanagement: '*', cdn: '*', confidentialledger: '*', containerregistry: '*', cosmosdb: '*', dbformysql: '*', dbforpostgresql: '*', documentdb: '*', frontdoor: '*', sql: '*',
  app: 'containerApp', web: 'webApp', servicenetworking: 'trafficControllerInterface', eventgrid: 'systemTopic eventSubscription systemTopicEventSubscription', serialconsole: 'serialPort',
  // Copies for recovery: judged as backups.
  dataprotection: '*', recoveryservices: '*',
  // What watches, counts and documents.
  advisor: '*', alertsmanagement: 'prometheusRuleGroup smartDetectorAlertRule alertProcessingRuleByName', applicationinsights: 'component webTest proactiveDetectionConfiguration analyticsItem workbook workbookTemplate myWorkbook favorite', billing: '*', consumption: '*', costmanagement: '*',
  dns: '*', maintenance: '*', management: '*', operationsmanagement: '*', policyinsights: '*', portal: '*', resourcegraph: '*', security: '*', securityinsights: '*', support: '*',
};

const types = new Map(Object.entries(JUDGED).map(([module, names]) => [module, names === '*' ? undefined : new Set(names.toLowerCase().split(/\s+/))]));

/** Whether a type of azure-native, without its version, is one that the kit judges or knows to change nothing. */
export function isJudged(type: string): boolean {
  const [provider, module = '', name = ''] = type.split(':');
  if (provider !== 'azure-native') return true;
  const known = types.get(module.toLowerCase());
  return types.has(module.toLowerCase()) && (known === undefined || known.has(name.toLowerCase()));
}

/**
 * Types that only say where machines stand, what is shown or searched for, and when something is reported: nothing in them
 * holds PHI, runs code, opens a way or gives a right, whatever their settings are. Telemetry that goes to a component of
 * Application Insights leaves by the network, whose rules judge that way.
 */
const PLAIN: ReadonlySet<string> = new Set(`applicationinsights:component applicationinsights:webTest applicationinsights:proactiveDetectionConfiguration applicationinsights:analyticsItem
  applicationinsights:workbook applicationinsights:workbookTemplate applicationinsights:myWorkbook applicationinsights:favorite
  compute:availabilitySet compute:capacityReservation compute:capacityReservationGroup compute:dedicatedHost compute:dedicatedHostGroup compute:proximityPlacementGroup compute:sshPublicKey
  maintenance:maintenanceConfiguration monitor:actionGroup monitor:tenantActionGroup network:ddosProtectionPlan network:ddosCustomPolicy operationalinsights:query operationalinsights:queryPack
  operationalinsights:savedSearch portal:dashboard storage:blobContainerLegalHold`.toLowerCase().split(/\s+/));

/** Whether a type of azure-native can neither open nor weaken anything. */
export function changesNothing(type: string): boolean {
  return PLAIN.has(type.replace(/^azure-native:/, '').toLowerCase());
}

/** Modules whose resources belong to the gate, the network, the guests, the stores or the logs, whatever a tag says. */
export const CORE: ReadonlySet<string> = new Set(['attestation', 'authorization', 'compute', 'keyvault', 'managedidentity', 'monitor', 'network', 'operationalinsights', 'privatedns', 'resources', 'storage']);
