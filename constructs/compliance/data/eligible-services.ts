import type { Cloud } from '../model.js';

/** What a provider covers with its business associate agreement, as far as resource types of the kit's rules go. */
export interface EligibleServices {
  /** Where the provider keeps the list; the customer's agreement governs, not this copy. */
  readonly source: string;
  /** ISO date on which this copy was last compared with the source. */
  readonly asOf: string;
  /** Services that may hold or process PHI: the second segment of an AWS type, the module of a Pulumi type. Lower case. */
  readonly eligible: string;
  /** Services that only manage others and hold no content, so that the list need not name them. */
  readonly management: string;
}

/** Days after which this copy counts as out of date. */
export const LIST_VALID_DAYS = 180;

export const ELIGIBLE_SERVICES: Readonly<Record<Cloud, EligibleServices>> = {
  aws: {
    source: 'https://aws.amazon.com/compliance/hipaa-eligible-services-reference/',
    asOf: '2026-11-22',
    eligible: `acmpca apigateway apigatewayv2 appflow appsync athena autoscaling backup batch bedrock cassandra certificatemanager
      cloudfront cloudhsm cloudtrail cloudwatch codebuild codedeploy codepipeline cognito comprehend config connect databrew
      datasync dax dms docdb dynamodb ec2 ecr ecs efs eks elasticache elasticloadbalancing elasticloadbalancingv2
      elasticsearch emr emrserverless events fsx glue greengrass guardduty healthlake inspectorv2 iot kafka kendra kinesis
      kinesisanalytics kinesisfirehose kms lakeformation lambda lex logs macie mediaconvert memorydb mq neptune networkfirewall
      networkmanager omics opensearchserverless opensearchservice osis personalize pipes qldb quicksight rds redshift
      redshiftserverless rekognition route53 route53resolver s3 s3express s3tables sagemaker scheduler secretsmanager
      securityhub servicediscovery shield signer sns sqs ssm stepfunctions synthetics textract timestream transfer translate
      vpclattice waf wafv2 wafregional workspaces workspacesweb xray`,
    management: `accessanalyzer account applicationautoscaling auditmanager autoscalingplans budgets ccm cdk ce chatbot cloudformation
      controltower cur detective fms iam identitystore imagebuilder organizations ram resourceexplorer2 resourcegroups
      rolesanywhere servicecatalog servicecatalogappregistry sso ssmcontacts ssmincidents supportapp`,
  },
  azure: {
    source: 'https://learn.microsoft.com/azure/compliance/offerings/offering-hipaa-us',
    asOf: '2026-11-22',
    eligible: `aad apimanagement app applicationinsights attestation automation azuredata batch cache cdn certificateregistration cognitiveservices
      communication compute confidentialledger containerinstance containerregistry containerservice cosmosdb databricks datafactory
      datalakestore dataprotection dbformysql dbforpostgresql desktopvirtualization devices documentdb eventgrid eventhub
      frontdoor hdinsight healthcareapis insights keyvault kusto logic machinelearningservices monitor netapp network
      operationalinsights powerbidedicated purview recoveryservices search securityinsights servicebus servicefabric
      signalrservice sql storage storagesync streamanalytics synapse trafficmanager web dns privatedns hardwaresecuritymodules`,
    management: `advisor authorization billing blueprint consumption costmanagement features guestconfiguration managedidentity
      management managednetworkfabric maintenance policyinsights portal resourcegraph resources security solutions support alertsmanagement
      changeanalysis`,
  },
  gcp: {
    source: 'https://cloud.google.com/security/compliance/hipaa',
    asOf: '2026-11-22',
    eligible: `accesscontextmanager alloydb apigateway apigee appengine artifactregistry assuredworkloads bigquery bigquerydatatransfer
      bigtable binaryauthorization certificateauthority certificatemanager cloudbuild cloudfunctions cloudfunctionsv2
      cloudidentity cloudrun cloudrunv2 cloudscheduler cloudtasks composer compute confidentialcomputing container
      containerregistry datacatalog dataflow datafusion dataloss dataplex dataproc datastream diagflow dns documentai
      eventarc filestore firebaserules firestore gkehub healthcare iap iam kms logging memcache monitoring netapp
      networkconnectivity networkmanagement networksecurity networkservices parallelstore privilegedaccessmanager pubsub
      recaptcha redis secretmanager securesourcemanager securitycenter servicedirectory serviceusage sourcerepo spanner
      speech sql storage vertex vpcaccess workflows workstations`,
    management: `billing cloudasset essentialcontacts folder kms-autokey organizations orgpolicy osconfig oslogin projects
      resourcemanager serviceaccount servicenetworking tags folders`,
  },
};

/** Names of Google's APIs that are not those of the provider's modules. */
const API_NAMES: Readonly<Record<string, string>> = {
  aiplatform: 'vertex', cloudkms: 'kms', sqladmin: 'sql', 'sql-component': 'sql', run: 'cloudrun', file: 'filestore', privateca: 'certificateauthority', dlp: 'dataloss',
  'storage-api': 'storage', 'storage-component': 'storage', storagetransfer: 'storage', bigtableadmin: 'bigtable', iamcredentials: 'iam', sts: 'iam', cloudresourcemanager: 'resourcemanager',
  bigquerystorage: 'bigquery', dialogflow: 'diagflow', cloudsupport: 'billing', cloudbilling: 'billing', containerscanning: 'artifactregistry', containeranalysis: 'artifactregistry',
  cloudtrace: 'monitoring', clouderrorreporting: 'monitoring', cloudprofiler: 'monitoring', telemetry: 'monitoring', stackdriver: 'monitoring', servicemanagement: 'serviceusage', servicecontrol: 'serviceusage', cloudapis: 'serviceusage',
  accessapproval: 'iam', policyanalyzer: 'iam', recommender: 'monitoring', websecurityscanner: 'securitycenter', datastore: 'firestore',
};

/** The service of a Google API by its host name, such as `kms` of `cloudkms.googleapis.com`; undefined for what is no such name. */
export function serviceOfApi(host: string): string | undefined {
  const name = /^([a-z0-9-]+)\.googleapis\.com$/.exec(host)?.[1];
  return name === undefined ? undefined : Object.hasOwn(API_NAMES, name) ? API_NAMES[name] : name;
}

/** The service of a resource type: `kms` of `AWS::KMS::Key`, `keyvault` of `azure-native:keyvault:Key`, `kms` of `gcp:kms/cryptoKey:CryptoKey`. */
export function serviceOf(type: string): string | undefined {
  const parts = type.split(':').filter((part) => part !== '');
  return parts[1]?.split('/')[0]?.toLowerCase();
}

/** Whether the list covers a service. */
export function eligibility(cloud: Cloud, service: string): 'eligible' | 'management' | 'not-listed' {
  const { eligible, management } = ELIGIBLE_SERVICES[cloud];
  const has = (words: string) => words.split(/\s+/).includes(service);
  return has(eligible) ? 'eligible' : has(management) ? 'management' : 'not-listed';
}
