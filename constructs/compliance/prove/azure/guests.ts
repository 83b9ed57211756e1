import { at, type Deployment, findUnknown, isList, type Resource, Unknown, type Value } from '../../model.js';
import { armOf, userAssignedIdentities } from './arm.js';

export const GUEST_TYPES = ['azure-native:compute:VirtualMachine', 'azure-native:compute:VirtualMachineScaleSet'] as const;
const ADD_ONS: readonly (readonly [type: string, nameOf: string, guest: string])[] = [
  ['azure-native:compute:VirtualMachineExtension', 'vmName', 'azure-native:compute:VirtualMachine'],
  ['azure-native:compute:VirtualMachineRunCommandByVirtualMachine', 'vmName', 'azure-native:compute:VirtualMachine'],
  ['azure-native:compute:VirtualMachineScaleSetExtension', 'vmScaleSetName', 'azure-native:compute:VirtualMachineScaleSet'],
  ['azure-native:compute:VirtualMachineScaleSetVMExtension', 'vmScaleSetName', 'azure-native:compute:VirtualMachineScaleSet'],
  ['azure-native:compute:VirtualMachineScaleSetVMRunCommand', 'vmScaleSetName', 'azure-native:compute:VirtualMachineScaleSet'],
];

/** A property of a guest, wherever the resource type keeps it. */
export function guestAt(guest: Resource, path: string): Value | undefined {
  return at(guest.properties, guest.type.endsWith('ScaleSet') ? `virtualMachineProfile.${path}` : path);
}

/** Every virtual machine and scale set. */
export function guests(deployment: Deployment): readonly Resource[] {
  return GUEST_TYPES.flatMap((type) => [...deployment.ofType(type)]);
}

/** Services that use an identity themselves and hand its tokens to nobody. */
const SERVICES: ReadonlySet<string> = new Set(['azure-native:storage:StorageAccount', 'azure-native:compute:DiskEncryptionSet', 'azure-native:network:FlowLog', 'azure-native:network:ApplicationGateway', 'azure-native:authorization:PolicyAssignment', 'azure-native:operationalinsights:Cluster', 'azure-native:keyvault:ManagedHsm']);

interface Holders {
  readonly certain: readonly Resource[];
  readonly unsure: readonly Resource[];
}

/** What runs code of its owner and can obtain tokens of an identity: guests, and every other service that has identities. */
export function holders(deployment: Deployment, identity: Resource): Holders {
  let known = held.get(deployment);
  if (!known) held.set(deployment, (known = holdersOf(deployment)));
  const certain = known.certain.get(identity) ?? [];
  return { certain: isGuest(identity) ? [identity, ...certain] : certain, unsure: known.unsure };
}
const held = new WeakMap<Deployment, { readonly certain: ReadonlyMap<Resource, readonly Resource[]>; readonly unsure: readonly Resource[] }>();

export const isGuest = (resource: Resource): boolean => (GUEST_TYPES as readonly string[]).includes(resource.type);

function holdersOf(deployment: Deployment): { readonly certain: ReadonlyMap<Resource, readonly Resource[]>; readonly unsure: readonly Resource[] } {
  const arm = armOf(deployment);
  const certain = new Map<Resource, Resource[]>();
  const unsure: Resource[] = [];
  for (const resource of deployment.resources) {
    if (SERVICES.has(resource.type) || resource.properties['identity'] === undefined) continue;
    const ids = userAssignedIdentities(resource);
    if (ids instanceof Unknown || ids.some((id) => id instanceof Unknown)) unsure.push(resource);
    for (const id of ids instanceof Unknown ? [] : ids) {
      const identity = arm.find(id);
      if (identity) certain.set(identity, [...(certain.get(identity) ?? []), resource]);
    }
  }
  return { certain, unsure };
}

/** A way in, or the reason why it cannot be excluded. */
export interface WayIn {
  readonly status: 'open' | 'unknown';
  readonly path: string;
  readonly principal: string;
  readonly action: string;
  readonly via: string;
}

const CONTRIBUTOR = 'anyone with Virtual Machine Contributor on the guest';

/** Every way in which somebody outside the measured image can run code in a guest. */
export function waysIn(deployment: Deployment, guest: Resource): readonly WayIn[] {
  const found: WayIn[] = [];
  const judge = (path: string, sealed: (value: Value | undefined) => boolean, principal: string, action: string, via: (value: Value | undefined) => string): void => {
    const value = guestAt(guest, path);
    if (value instanceof Unknown) found.push({ status: 'unknown', path, principal, action, via: `${path} is unknown (${value.reason})` });
    else if (!sealed(value)) found.push({ status: 'open', path, principal, action, via: via(value) });
  };
  const shown = (value: Value | undefined): string => (value === undefined ? 'absent, and so on' : JSON.stringify(value));
  const os = guestAt(guest, 'osProfile');
  if (os instanceof Unknown) return [{ status: 'unknown', path: 'osProfile', principal: CONTRIBUTOR, action: 'Microsoft.Compute/virtualMachines/runCommand/action', via: `osProfile is unknown (${os.reason})` }];
  judge('osProfile.allowExtensionOperations', (value) => value === false, CONTRIBUTOR, 'Microsoft.Compute/virtualMachines/extensions/write', (value) => `${guest.name} allows extensions (allowExtensionOperations ${shown(value)})`);
  const windows = guestAt(guest, 'osProfile.windowsConfiguration') !== undefined;
  judge(`osProfile.${windows ? 'windows' : 'linux'}Configuration.provisionVMAgent`, (value) => value === false, CONTRIBUTOR, 'Microsoft.Compute/virtualMachines/runCommand/action', (value) => `${guest.name} runs the VM agent (provisionVMAgent ${shown(value)})`);
  if (!windows) {
    judge('osProfile.linuxConfiguration.disablePasswordAuthentication', (value) => value === true, 'whoever knows or resets the administrator password', 'login', (value) => `${guest.name} takes passwords (disablePasswordAuthentication ${value === undefined ? 'absent, and so false' : JSON.stringify(value)})`);
  }
  const password = guestAt(guest, 'osProfile.adminPassword');
  if (password !== undefined && password !== null) {
    found.push({ status: 'open', path: 'osProfile.adminPassword', principal: 'whoever knows the administrator password', action: 'login', via: `${guest.name} has an administrator password` });
  }
  judge('diagnosticsProfile.bootDiagnostics.enabled', (value) => value !== true, 'anyone with Virtual Machine Contributor on the guest', 'Microsoft.SerialConsole/serialPorts/connect/action', () => `${guest.name} has boot diagnostics, and with them the serial console`);
  for (const [path, what] of [['applicationProfile.galleryApplications', 'applications of a gallery'], ['securityPostureReference', 'a security posture, which brings extensions']] as const) {
    const value = guestAt(guest, path);
    if (value instanceof Unknown) found.push({ status: 'unknown', path, principal: CONTRIBUTOR, action: 'Microsoft.Compute/virtualMachines/write', via: `${path} of ${guest.name} is unknown` });
    else if (value !== undefined && value !== null && !(isList(value) && value.length === 0)) found.push({ status: 'open', path, principal: `whoever publishes ${what}`, action: 'Microsoft.Compute/virtualMachines/write', via: `${guest.name} runs ${what}` });
  }
  const inline = guestAt(guest, 'extensionProfile.extensions');
  if (inline instanceof Unknown || findUnknown(inline) instanceof Unknown) {
    found.push({ status: 'unknown', path: 'extensionProfile', principal: CONTRIBUTOR, action: 'Microsoft.Compute/virtualMachineScaleSets/extensions/write', via: `the extensions of ${guest.name} are unknown` });
  } else if (isList(inline) && inline.length > 0) {
    found.push({ status: 'open', path: 'extensionProfile', principal: CONTRIBUTOR, action: 'Microsoft.Compute/virtualMachineScaleSets/extensions/write', via: `${guest.name} has extensions` });
  }
  const arm = armOf(deployment);
  for (const [type, property, guestType] of ADD_ONS) {
    if (guestType !== guest.type) continue;
    for (const addOn of deployment.ofType(type)) {
      const on = arm.parent(addOn, guestType, property);
      const names = addOn.properties[property];
      if (on === guest) found.push({ status: 'open', path: '', principal: CONTRIBUTOR, action: type.includes('RunCommand') ? 'Microsoft.Compute/virtualMachines/runCommands/write' : 'Microsoft.Compute/virtualMachines/extensions/write', via: `${addOn.name} runs code in ${guest.name}` });
      else if (on === undefined && (names === undefined || names instanceof Unknown)) found.push({ status: 'unknown', path: '', principal: CONTRIBUTOR, action: 'Microsoft.Compute/virtualMachines/extensions/write', via: `${addOn.name} runs code in a guest that the artifact does not tell` });
    }
  }
  return found;
}
