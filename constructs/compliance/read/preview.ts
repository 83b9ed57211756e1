import { at, type Cloud, isList, isObject, type Properties, referenceKey, type Resource, type SourceLocation, Unknown, type Value } from '../model.js';
import { type Linkable, Links, NOT_KNOWN } from './links.js';
import { gap, opaqueProperties } from './template.js';
import { demandNames, InputError, setOwn } from './text.js';

/** Drops the API version segment of azure-native types: `azure-native:keyvault/v20240501:Key`. */
export function normalizeType(type: string): string {
  return renamed(type.replace(/^(azure-native):([^/:]+)\/v\d{8}[a-z0-9]*:/, '$1:$2:').replace(/^azure-native_([^_:]+)_v\d{8}[a-z0-9]*:/, 'azure-native:'));
}

/** Modules that azure-native 3 renamed; programs on version 2 still say the old names. */
function renamed(type: string): string {
  return type.replace(/^azure-native:insights:/, 'azure-native:monitor:').replace(/^azure-native:network:(PrivateZone|VirtualNetworkLink|PrivateRecordSet)$/, 'azure-native:privatedns:$1');
}

/** What a resource of a preview or stack export is read from. */
export interface PulumiState {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Value;
  readonly attributes: Properties;
  readonly source?: SourceLocation | null;
  /** What the artifact tells of the provider's id and of the outputs of a resource that exists. */
  readonly id?: Value | undefined;
  readonly outputs?: Value | undefined;
}

/** One resource of a Pulumi preview or stack export. */
export function pulumiResource(cloud: Cloud, file: string, state: PulumiState, links?: Links): Resource {
  const inputs = known(state.inputs);
  return {
    cloud, file, id: state.urn, type: normalizeType(state.type), name: nameOfUrn(state.urn),
    properties: isObject(inputs) ? (links?.follow(inputs, state.attributes['propertyDependencies']) ?? inputs) : opaqueProperties(NO_INPUTS), attributes: state.attributes, source: state.source ?? null,
  };
}

/** The SDK's stand-ins for an unknown string, boolean, number, list, asset, archive and object. */
const UNKNOWN_SENTINEL = /04da6b54-80e4-46f7-96ec-b56ff0331ba9|1c4a061d-8072-4f0a-a4cb-0ff528b18fe7|3eeb2bf0-c639-47a8-9e75-3b44932eb421|6a19a0b0-7e62-4c92-b797-7f8e31da9cc2|030794c1-ac77-496b-92df-f27374a8bd58|e48ece36-62e2-4504-bad9-02848725956a|dd056dcd-154b-4c76-9bd3-c8f88648b5ff/;
const NO_INPUTS = 'the artifact does not show its inputs';
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const OUTPUT_SIGNATURE = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const REFERENCE_SIGNATURE = '5cf8f73096256a8f31e491e813e4eb8e';
const ASSET_SIGNATURES = new Set(['c44067f5952c0a294b673a41bacd8c17', '0def7320c3a5731c473e5ecbe6d01bc7']);
/** What bridged providers note in every object about their own defaults. */
const BRIDGE_KEYS = new Set(['__defaults', '__meta']);
const VERSIONED_REFERENCE = /\$\{(azure-native:[^/:}]+)\/v\d{8}[a-z0-9]*:/g;

/** A value as the model has it: secrets and what only the deployment knows are `Unknown`. */
export function known(value: Value): Value {
  if (typeof value === 'string') {
    if (value.length >= 36 && UNKNOWN_SENTINEL.test(value)) return new Unknown(NOT_KNOWN);
    if (value === '[secret]') return new Unknown('a secret, which the artifact does not show');
    return value.includes('/v') ? value.replace(VERSIONED_REFERENCE, '${$1:') : value;
  }
  if (isList(value)) return value.map(known);
  if (!isObject(value)) return value;
  const signature = value[SIGNATURE];
  if (signature === OUTPUT_SIGNATURE) {
    return value['secret'] === true || value['value'] === undefined ? new Unknown('an output that the artifact does not show') : known(value['value']);
  }
  if (signature === REFERENCE_SIGNATURE && typeof value['urn'] === 'string') {
    return `\${${referenceKey(normalizeType(typeOfUrn(value['urn'])), value['urn'].split('::').slice(3).join('::'))}.id}`;
  }
  if (signature !== undefined && !ASSET_SIGNATURES.has(String(signature as string))) return new Unknown('a secret, which the artifact does not show');
  if (value['__pulumiUnknown'] === true) return new Unknown(NOT_KNOWN);
  const result: Record<string, Value> = {};
  for (const key in value) if (!BRIDGE_KEYS.has(key)) setOwn(result, key, known(value[key] ?? null));
  return result;
}

const nameOfUrn = (urn: string): string => urn.split('::').slice(3).join('::') || urn;
const typeOfUrn = (urn: string): string => (urn.split('::')[2] ?? '').split('$').at(-1) ?? '';

/** Whether a document is a `pulumi preview --json` or `pulumi stack export`. */
export function isPulumi(document: Value): boolean {
  if (!isObject(document)) return false;
  if (isList(document['steps'])) return true;
  return isObject(document['deployment']) && (isList(document['deployment']['resources']) || document['version'] !== undefined);
}

export interface PulumiDocument {
  readonly resources: readonly Resource[];
  /** The workload file embedded in the preview's configuration. */
  readonly embedded: Value | undefined;
}

/** Every other step that Pulumi has; what a later version adds may leave anything behind. */
const STAYS = new Set(['same', 'create', 'update', 'replace', 'create-replacement', 'read', 'read-replacement', 'refresh', 'import', 'import-replacement']);
/** Steps whose resource is not part of the result. */
const GONE = new Set(['delete', 'delete-replaced', 'discard', 'discard-replaced', 'remove-pending-replace']);

/** @throws InputError where the document is not what it claims to be. */
export function readPulumi(document: Value, file: string): PulumiDocument {
  const states = new Map<string, PulumiState>();
  const gaps: { readonly cloud: Cloud | undefined; readonly id: string; readonly why: string }[] = [];
  const keep = (urn: string, state: PulumiState): void => {
    const known = states.get(urn);
    // The steps of one replacement show the same new state.
    if (known && JSON.stringify([known.type, known.inputs]) !== JSON.stringify([state.type, state.inputs])) {
      gaps.push({ cloud: cloudOf(state.type) ?? cloudOf(known.type), id: urn, why: 'the artifact holds two different states of it: which one is deployed is not known' });
    }
    states.set(urn, state);
  };
  const steps = at(document, 'steps');
  if (isList(steps)) {
    let same = 0;
    for (const [index, step] of steps.entries()) {
      const op = at(step, 'op');
      if (typeof op !== 'string') throw new InputError(file, `steps[${index}] has no op: not a Pulumi preview`);
      if (op === 'same') same++;
      if (GONE.has(op)) continue;
      const urn = at(step, 'urn') ?? at(step, 'newState.urn');
      if (typeof urn !== 'string') throw new InputError(file, `steps[${index}] has no urn: not a Pulumi preview`);
      if (!STAYS.has(op)) gaps.push({ cloud: cloudOf(typeOfUrn(urn)), id: urn, why: `what the step ${op} leaves behind is not known` });
      const state = stateOf(at(step, 'newState'), urn, op.startsWith('read'));
      if (state) keep(urn, state);
      else gaps.push({ cloud: cloudOf(typeOfUrn(urn)), id: urn, why: `the step ${op} does not show the new state` });
    }
    const unchanged = at(document, 'changeSummary.same');
    if (typeof unchanged === 'number' && unchanged > same + 1) {
      gaps.push({ cloud: undefined, id: 'unchanged resources', why: `${unchanged - same} unchanged resources are not in this preview; run pulumi preview --json --show-sames, or read a stack export` });
    }
    if (at(document, 'maybeCorrupt') === true) gaps.push({ cloud: undefined, id: 'preview', why: 'the preview says that it may be corrupt' });
    const diagnostics = at(document, 'diagnostics');
    if (isList(diagnostics) && diagnostics.some((item) => at(item, 'severity') === 'error')) {
      gaps.push({ cloud: undefined, id: 'preview', why: 'the preview ended in an error, so resources may be missing' });
    }
    for (const item of isList(diagnostics) ? diagnostics : []) {
      const message = at(item, 'message');
      // The SDK turns a mandatory policy that met an unknown value into this piece of advice.
      if (typeof message === 'string' && /can't run policy .+ during preview/.test(message)) gaps.push({ cloud: undefined, id: 'policy that did not run', why: message.trim() });
    }
  } else {
    const resources = at(document, 'deployment.resources') ?? [];
    if (!isList(resources)) throw new InputError(file, 'deployment.resources is not a list: not a Pulumi stack export');
    for (const [index, item] of resources.entries()) {
      const urn = at(item, 'urn');
      if (typeof urn !== 'string') throw new InputError(file, `deployment.resources[${index}] has no urn: not a Pulumi stack export`);
      if (at(item, 'delete') === true) continue;
      const state = stateOf(item, urn, at(item, 'external') === true);
      if (state) keep(urn, state);
    }
    const pending = at(document, 'deployment.pending_operations');
    if (isList(pending) && pending.length > 0) gaps.push({ cloud: undefined, id: 'pending operations', why: 'the stack has pending operations, so its state is not certain' });
  }

  demandNames(states.keys(), file);
  // Pulumi's order changes from run to run.
  const result = pulumiResources([...states].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, state]) => state), file);
  const places = subscriptionsOf(states);
  if (places.size > 1) gaps.push({ cloud: 'azure', id: 'providers', why: `providers of ${places.size} subscriptions or directories (${[...places].sort().join('; ')}) make the resources: whose are whose is not judged` });
  const clouds = new Set(result.map(({ cloud }) => cloud));
  // A preview that shows nothing of any cloud has nobody to tell that it is not whole.
  const hidden = gaps.find(({ cloud }) => cloud === undefined);
  if (clouds.size === 0 && hidden) throw new InputError(file, hidden.why);
  for (const { cloud, id, why } of gaps) {
    for (const one of cloud ? [cloud] : clouds) result.push(gap(one, id, file, why));
  }
  return { resources: result, embedded: configured(document) };
}

/** Subscriptions and directories of the azure-native providers that resources are made with. */
function subscriptionsOf(states: ReadonlyMap<string, PulumiState>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { type, attributes } of states.values()) {
    const provider = attributes['provider'];
    if (normalizeType(type).startsWith('azure-native:')) used.add(typeof provider === 'string' ? provider.replace(/::[^:]*$/, '') : '');
  }
  const shown = (value: Value | undefined): string => (value === undefined ? 'that of the environment' : typeof value === 'string' ? value : 'not told');
  return new Set([...used].map((urn) => { const inputs = states.get(urn)?.inputs; return `${shown(at(inputs, 'subscriptionId'))}, ${shown(at(inputs, 'tenantId'))}`; }));
}

/** The resources of the three clouds among Pulumi states; providers that the rules do not read become gaps. */
export function pulumiResources(source: Iterable<PulumiState>, file: string): Resource[] {
  const read = [...source];
  const providers = new Map(read.flatMap(({ urn, type, inputs }) => (type === GCP_PROVIDER ? [[urn, known(inputs)] as const] : [])));
  const states = read.map((state) => placed(state, providers));
  const links = new Links(states.map(linkable));
  const result: Resource[] = [];
  const foreign = new Map<string, { readonly cloud: Cloud; count: number }>();
  const programs: PulumiState[] = [];
  for (const state of states) {
    const cloud = cloudOf(state.type);
    if (PROGRAM.test(state.type)) programs.push(state);
    if (!cloud) continue;
    const provider = FOREIGN.exec(state.type)?.[1];
    if (provider !== undefined) {
      const seen = foreign.get(provider);
      if (seen) seen.count++;
      else foreign.set(provider, { cloud, count: 1 });
    }
    result.push(pulumiResource(cloud, file, state, links));
    if (!isObject(state.inputs) || state.inputs[SIGNATURE] !== undefined) result.push(gap(cloud, state.urn, file, NO_INPUTS));
  }
  for (const [provider, { cloud, count }] of foreign) {
    result.push(gap(cloud, `${file}/${provider}`, file, `${count} resources of the provider ${provider}: the rules read ${JUDGED[cloud]}`));
  }
  for (const [urn, inputs] of providers) {
    for (const [name, value] of Object.entries(isObject(inputs) ? inputs : {})) {
      if (/^(accessToken|credentials)$/.test(name) && typeof value === 'string' && value !== '' && !value.includes('${')) result.push(gap('gcp', `${urn}::${name}`, file, `the provider shows its ${name} in clear: whoever reads the artifact acts as the deployer`));
      if (!name.endsWith('CustomEndpoint') || (typeof value === 'string' && /^https:\/\/[\w.-]+\.googleapis\.com(\/|$)/.test(value))) continue;
      result.push(gap('gcp', urn, file, `the provider sends its requests to ${typeof value === 'string' ? value : 'an address that is not told'} (${name}), so what it makes is not at Google`));
    }
  }
  const clouds = new Set(result.map(({ cloud }) => cloud));
  for (const { urn, type } of programs) for (const cloud of clouds) result.push(gap(cloud, urn, file, `${type} runs a program at deployment, which may change anything`));
  return result;
}

const GCP_PROVIDER = 'pulumi:providers:gcp';
/** Kinds that stand in no project of their own: under a key, a ring, a bucket, a folder or an organisation. */
const NO_PROJECT = /^gcp:(kms\/(?!keyRing:|autokey)|storage\/(?!bucket:|hmacKey|transferJob)|folder\/|organizations\/|orgpolicy\/|accesscontextmanager\/|tags\/|iam\/(denyPolicy|accessBoundaryPolicy|workforce|organizations|folders)|resourcemanager\/|serviceaccount\/(iAM|key))/;
const REGIONAL = /^gcp:compute\/(region[A-Z]|subnetwork:|address:|forwardingRule:|router|vpn|interconnectAttachment|haVpnGateway|serviceAttachment|networkAttachment|packetMirroring)/;
const ZONAL = /^gcp:compute\/(instance|instanceFromTemplate|instanceGroup(Manager)?|disk|autoscaler):/;

/** A resource of Google Cloud with the project, region and zone that its provider lays under it. */
function placed(state: PulumiState, providers: ReadonlyMap<string, Value>): PulumiState {
  const { type, inputs, attributes: { provider } } = state;
  const defaults = typeof provider === 'string' ? providers.get(provider.replace(/::[^:]*$/, '')) ?? providers.get(provider) : undefined;
  if (!type.startsWith('gcp:') || !isObject(defaults) || !isObject(inputs)) return state;
  const laid: Record<string, Value> = {};
  for (const [name, takes] of [['project', !NO_PROJECT.test(type)], ['region', REGIONAL.test(type)], ['zone', ZONAL.test(type)]] as const) {
    const value = defaults[name];
    if (takes && value !== undefined && value !== null && (inputs[name] === undefined || inputs[name] === null)) laid[name] = value;
  }
  return Object.keys(laid).length === 0 ? state : { ...state, inputs: { ...inputs, ...laid } };
}

/** The workload file in the preview's configuration. Pulumi prints config values as strings or `{value, secret}`. */
function configured(document: Value): Value | undefined {
  const config = at(document, 'config');
  const workload = isObject(config) ? config['tee-kit:workload'] : undefined;
  return isObject(workload) && Object.hasOwn(workload, 'value') && Object.keys(workload).every((key) => key === 'value' || key === 'secret' || key === 'objectValue') ? workload['value'] : workload;
}

const ATTRIBUTES = ['protect', 'retainOnDelete', 'parent', 'dependencies', 'propertyDependencies', 'ignoreChanges', 'replaceOnChanges', 'additionalSecretOutputs', 'aliases', 'external', 'custom', 'provider', 'deletedWith', 'customTimeouts'] as const;

function stateOf(state: Value | undefined, urn: string, external: boolean): PulumiState | undefined {
  if (!isObject(state)) return undefined;
  const type = state['type'];
  const attributes: Record<string, Value> = {};
  for (const name of ATTRIBUTES) if (state[name] !== undefined) attributes[name] = state[name];
  // What was only looked up has its settings among the outputs.
  const inputs = external ? (state['outputs'] ?? state['inputs']) : state['inputs'];
  return { urn, type: typeof type === 'string' ? type : typeOfUrn(urn), inputs: inputs ?? {}, attributes, source: position(state['sourcePosition']), id: state['id'], outputs: state['outputs'] };
}

/** `project:///pulumi/index.ts#12,3` */
function position(value: Value | undefined): SourceLocation | null {
  const match = typeof value === 'string' ? /^project:\/\/\/(.+)#(\d+)(?:,\d+)?$/.exec(value) : null;
  return match ? { file: match[1] as string, line: Number(match[2]) } : null;
}

/** Providers whose resources belong to a cloud but are not what the rules read. */
const FOREIGN = /^(azure|azuread|azapi|aws|aws-native|awsx|google-native|google|google-beta|gcp-global-cloudrun|azure-nextgen)(?::|$)/;
/** Resources that run code of their author when they are deployed. */
const PROGRAM = /^(command:(local|remote):Command|pulumi-(nodejs|python):dynamic:Resource|pulumi-nodejs:dynamic\/.+|terraform(-module)?:.+)$/;
const JUDGED: Readonly<Record<Cloud, string>> = { aws: 'CloudFormation templates and CDK assemblies', azure: 'azure-native resources', gcp: 'gcp resources' };

function cloudOf(type: string): Cloud | undefined {
  const provider = normalizeType(type).split(':')[0];
  switch (provider) {
    case 'azure-native': case 'azure': case 'azuread': case 'azapi': case 'azure-nextgen': return 'azure';
    case 'gcp': case 'google-native': case 'google': case 'google-beta': case 'gcp-global-cloudrun': return 'gcp';
    case 'aws': case 'aws-native': case 'awsx': return 'aws';
    default: return undefined;
  }
}

function linkable({ urn, type, id, outputs }: PulumiState): Linkable {
  return { urn, type: normalizeType(type), name: nameOfUrn(urn), id, outputs };
}
