import { allHosts, covers, groupRules, hostRoles, hostValue, isAllow, list, number, rolePolicies, shown, statements, teeHosts, text } from '../aws.js';
import { guestPath, securityRules, teeGuests } from '../azure.js';
import { at, type Deployment, isObject, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { guestAt, guests, waysIn } from '../prove/azure/guests.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { machines, metadataOf, toggle } from '../gcp.js';
import { standsOver } from '../gcp-rights.js';
import { bindingsOf, customPermissions } from '../prove/gcp/iam.js';
import { text as plain } from '../prove/gcp/names.js';
import { networkOf } from '../prove/gcp/network.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** AWS-managed policies that let an agent take commands. */
const AGENT = /:aws:policy\/(service-role\/)?(AmazonSSM.*|AmazonEC2RoleforSSM|EC2InstanceConnect|AWSCodeDeploy.*|AmazonEC2RoleforAWSCodeDeploy.*|CloudWatchAgentAdminPolicy)$/;
/** Actions with which the agents of Session Manager, Run Command and CodeDeploy fetch commands. */
const COMMANDS = ['ssm:UpdateInstanceInformation', 'ssmmessages:OpenDataChannel', 'ssmmessages:CreateControlChannel', 'ec2messages:GetMessages', 'codedeploy-commands-secure:PollHostCommand'];
/** SSH, RDP, WinRM. */
const SHELL_PORTS = [22, 3389, 5985, 5986];

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const host of allHosts(deployment)) {
    const name = hostValue(deployment, host, 'KeyName');
    yield* outcomes(host.resource, name === undefined || name === null || name === '' ? true : name instanceof Unknown ? unknown(`${host.prefix}KeyName`, name.reason) : fail(`${host.prefix}KeyName`, `KeyName is ${shown(name)}: its holder logs in`));
  }
  for (const role of hostRoles(deployment)) {
    const managed = list(role.properties['ManagedPolicyArns']);
    if (!(managed instanceof Unknown)) yield* outcomes(role, managed.flatMap((arn, index) => (typeof arn === 'string' && AGENT.test(arn) ? [fail(`ManagedPolicyArns[${index}]`, `attaches ${arn}: whoever may send commands is root on the host`)] : [])));
    for (const { resource, path, document } of rolePolicies(deployment, role)) {
      const all = statements(document, path);
      if (all instanceof Unknown) yield* outcomes(resource, unknown(path, `the policy is not known: ${all.reason}`));
      else yield* outcomes(resource, all.filter(isAllow).flatMap((statement) => {
        const commands = COMMANDS.filter((action) => statement.actions.some((pattern) => covers(pattern, action)) !== statement.notActions);
        return commands.length > 0 ? [fail(statement.path, `allows ${commands.join(', ')}: whoever may send commands is root on the host`)] : [];
      }));
    }
  }
  for (const type of ['AWS::SSM::Association', 'AWS::SSM::MaintenanceWindowTask', 'AWS::CodeDeploy::DeploymentGroup']) {
    for (const agent of deployment.ofType(type)) yield* outcomes(agent, fail('', `${type} runs commands on machines after they attested`));
  }
  for (const endpoint of deployment.ofType('AWS::EC2::InstanceConnectEndpoint')) yield* outcomes(endpoint, fail('', 'an Instance Connect endpoint opens SSH to the hosts'));
  for (const { resource, path, rule } of groupRules(deployment, 'Ingress')) {
    const [from, to] = [number(at(rule, 'FromPort')), number(at(rule, 'ToPort'))];
    const protocol = text(at(rule, 'IpProtocol') ?? '-1');
    if (protocol !== '6' && protocol !== 'tcp' && protocol !== '-1') continue;
    const ports = SHELL_PORTS.filter((port) => protocol === '-1' || (typeof from === 'number' && typeof to === 'number' && from <= port && port <= to));
    if (ports.length > 0) yield* outcomes(resource, fail(path, `lets in ${ports.join(', ')}: a shell on the host`));
  }
};

const LOGINS = ['Microsoft.Compute/virtualMachines/login/action', 'Microsoft.Compute/virtualMachines/loginAsAdmin/action'];

/** Boot data that cloud-init or an agent runs as root, measured by nothing. */
function bootData(guest: Resource): readonly Defect[] {
  return [['osProfile.customData'], ['userData']].flatMap(([path = '']) => {
    const value = guestAt(guest, path);
    if (value === undefined || value === null || value === '') return [];
    return [(value instanceof Unknown ? unknown : fail)(guestPath(guest, path), `${path} is run at boot and is part of no measurement`)];
  });
}

/** Azure asks for a public key; one that the workload file does not name has a holder whom nobody approved. */
function strangeKeys(deployment: Deployment, guest: Resource): readonly Defect[] {
  const declared = deployment.workload?.clouds.azure?.sshPublicKey;
  const keys = listAt(guestAt(guest, 'osProfile'), 'linuxConfiguration.ssh.publicKeys');
  if (declared === undefined || keys instanceof Unknown) return [];
  const material = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');
  return keys.flatMap((key, index) => {
    const data = at(key, 'keyData');
    const path = guestPath(guest, `osProfile.linuxConfiguration.ssh.publicKeys[${index}]`);
    return typeof data === 'string' && material(data) === material(declared) ? [] : [(data instanceof Unknown ? unknown : fail)(path, 'not the public key of the workload file: its holder logs in')];
  });
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const guest of teeGuests(deployment)) {
    yield* outcomes(guest, [...strangeKeys(deployment, guest), ...waysIn(deployment, guest).map(({ status, path, via }) => (status === 'open' ? fail : unknown)(path === '' ? '' : guestPath(guest, path), via)), ...bootData(guest)]);
  }
  for (const { assignment, role } of grantsOf(deployment)) {
    const logins = role ? LOGINS.filter((action) => allows(role, 'data', action)) : [];
    if (logins.length > 0) yield* outcomes(assignment, fail('roleDefinitionId', `allows ${logins.join(', ')}: its holder logs in`));
  }
  for (const type of ['azure-native:network:BastionHost', 'azure-native:security:JitNetworkAccessPolicy', 'azure-native:serialconsole:SerialPort']) {
    for (const door of deployment.ofType(type)) yield* outcomes(door, fail('', `${type} opens a shell on the machines`));
  }
  if (guests(deployment).length === 0) return;
  for (const { resource, path, rule } of securityRules(deployment)) {
    if (at(rule, 'access') !== 'Allow' || at(rule, 'direction') !== 'Inbound' || /^(udp|icmp)$/i.test(text(at(rule, 'protocol')))) continue;
    const many = listAt(rule, 'destinationPortRanges');
    const ranges = [at(rule, 'destinationPortRange'), ...(many instanceof Unknown ? [] : many)].map(text);
    const ports = SHELL_PORTS.filter((port) => ranges.some((range) => range === '*' || (Number(range.split('-')[0]) <= port && port <= Number(range.split('-').at(-1)) && range !== '')));
    if (ports.length > 0) yield* outcomes(resource, fail(path, `lets in ${ports.join(', ')}: a shell on the machine`));
  }
};

/** Switches of a project, and what they have to be. */
const PROJECT_SWITCHES: ReadonlyMap<string, boolean> = new Map([['enable-oslogin', true], ['block-project-ssh-keys', true], ['serial-port-enable', false], ['enable-guest-attributes', false]]);
/** Roles whose holder logs in to machines, or changes what they run. Source: Compute Engine and IAP, roles and permissions. */
const LOGIN_ROLES = /^roles\/(compute\.(osLogin|osAdminLogin|osLoginExternalUser|admin|instanceAdmin(\.v1)?)|iap\.tunnelResourceAccessor|osconfig\.(osPolicyAssignment(Admin|Editor)|guestPolicy(Admin|Editor)|patchDeploymentAdmin)|owner|editor)$/;

const LOGIN_PERMISSIONS = /^(compute\.(instances\.(osLogin|osAdminLogin|setMetadata|setServiceAccount|create|createWithServiceAccount|attachDisk)|instanceTemplates\.create|projects\.setCommonInstanceMetadata)|iap\.tunnel(Instances|DestGroups)\.accessViaIAP|osconfig\.(osPolicyAssignments|patchDeployments|patchJobs|policyOrchestrators)\.(create|update|exec))$/;

/** Metadata that holds credentials of people, and metadata that guests run. */
const LOGIN_KEYS: ReadonlySet<string> = new Set(['ssh-keys', 'sshKeys', 'windows-keys']);
const SCRIPTS = /^(startup-script|shutdown-script|windows-startup|windows-shutdown|sysprep-|user-data)/;
/** VM Manager: an agent that runs what these say as root. */
const AGENTS = ['gcp:osconfig/osPolicyAssignment:OsPolicyAssignment', 'gcp:osconfig/v2PolicyOrchestrator:V2PolicyOrchestrator', 'gcp:osconfig/v2PolicyOrchestratorForFolder:V2PolicyOrchestratorForFolder', 'gcp:osconfig/v2PolicyOrchestratorForOrganization:V2PolicyOrchestratorForOrganization', 'gcp:osconfig/guestPolicies:GuestPolicies', 'gcp:osconfig/patchDeployment:PatchDeployment'];

const gcp: Check = function* (deployment) {
  const all = machines(deployment);
  if (all.length === 0) return;
  const ofProject = new Map<string, Value>(deployment.ofType('gcp:compute/projectMetadataItem:ProjectMetadataItem').map(({ properties }) => [String(properties['key'] as string), properties['value'] ?? null]));
  for (const whole of deployment.ofType('gcp:compute/projectMetadata:ProjectMetadata')) for (const [key, value] of Object.entries(isObject(whole.properties['metadata']) ? whole.properties['metadata'] : {})) ofProject.set(key, value);
  for (const machine of all) {
    const metadata = metadataOf(machine);
    if (metadata instanceof Unknown) {
      yield* outcomes(machine, unknown('metadata', `the metadata is not known: ${metadata.reason}`));
      continue;
    }
    const setting = (key: string, wanted: boolean, inherits: boolean, why: string): Defect[] => {
      const value = toggle(metadata[key] ?? (inherits ? ofProject.get(key) : undefined)) ?? false;
      return value === wanted ? [] : [value instanceof Unknown ? unknown(`metadata.${key}`, value.reason) : fail(`metadata.${key}`, `${key} is ${String(value)}: ${why}`)];
    };
    yield* outcomes(machine, [
      ...setting('enable-oslogin', true, true, 'access is not by identity'),
      ...setting('block-project-ssh-keys', true, false, 'every key of the project logs in'),
      ...setting('serial-port-enable', false, true, 'the serial console takes input'),
      ...Object.keys(metadata).filter((key) => LOGIN_KEYS.has(key)).map((key) => fail(`metadata.${key}`, 'its holders log in')),
      ...setting('enable-guest-attributes', false, true, 'what runs inside can hand out data through the metadata server'),
      ...setting('enable-osconfig', false, true, 'whoever may write OS policies is root on the machine'),
    ]);
  }
  for (const type of AGENTS) for (const agent of deployment.ofType(type)) yield* outcomes(agent, fail('', `${type} runs commands on machines after they attested`));
  for (const whole of deployment.ofType('gcp:compute/projectMetadata:ProjectMetadata')) {
    const values = whole.properties['metadata'];
    yield* outcomes(whole, values instanceof Unknown ? unknown('metadata', values.reason) : Object.entries(isObject(values) ? values : {}).flatMap(([key, value]) => {
      const wanted = PROJECT_SWITCHES.get(key);
      return LOGIN_KEYS.has(key) || SCRIPTS.test(key) || (wanted !== undefined && toggle(value) !== wanted) ? [fail(`metadata.${key}`, `${key} reaches every machine of the project`)] : [];
    }));
  }
  for (const item of deployment.ofType('gcp:compute/projectMetadataItem:ProjectMetadataItem')) {
    const { key, value } = item.properties;
    const on = toggle(value);
    if (LOGIN_KEYS.has(plain(key) ?? '') || SCRIPTS.test(plain(key) ?? '')) yield* outcomes(item, fail('key', `${plain(key) ?? ''} reaches every machine of the project`));
    else if (key === 'serial-port-enable') yield* outcomes(item, on === false ? true : on instanceof Unknown || on === undefined ? unknown('value', 'whether the serial console takes input is not known') : fail('value', 'the serial console takes input'));
    else if (key === 'enable-oslogin') yield* outcomes(item, on === true ? true : on instanceof Unknown || on === undefined ? unknown('value', 'whether OS Login is on is not known') : fail('value', 'OS Login is off: access is not by identity'));
  }
  const network = networkOf(deployment);
  for (const rule of new Set([undefined, ...network.subnets.map((subnet) => subnet.network)].flatMap((one) => network.tiers(one).flat()))) {
    if (!rule.ingress || rule.action !== 'allow' || rule.unreadable !== null) continue;
    const ports = SHELL_PORTS.filter((port) => rule.layer4.some(({ protocol, ports: ranges }) => (protocol === 'all' || protocol === 'tcp') && (ranges.length === 0 || ranges.some(([from, to]) => from <= port && port <= to))));
    if (ports.length > 0) yield* outcomes(rule.resource, fail('', `${rule.name} lets in ${ports.join(', ')}: a shell on the machine`));
  }
  for (const grant of deployment.resources.filter((one) => standsOver(deployment, one) || /^gcp:(compute\/instanceIAM|iap\/tunnel\w*I[aA][mM])/.test(one.type))) {
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members }) => {
      const custom = customPermissions(deployment, role);
      const right = Array.isArray(custom) ? (custom as readonly string[]).find((permission) => LOGIN_PERMISSIONS.test(permission)) : LOGIN_ROLES.test(role) ? role : undefined;
      return right !== undefined && members.length > 0 ? [fail('role', `${members.join(', ')} may log in to machines or change what they run: ${right === role ? role : `${right} in ${role}`}`)] : [];
    }));
  }
};

export const rule = defineRule({
  id: 'tee-no-interactive-access',
  title: 'Nobody logs in to the TEE or its host',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(5)(ii)(C)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'A shell, an agent or a serial console on the host (or inside the VM) is a way around every other control.',
  fix: {
    aws: 'Use EnclaveFleet, or set no KeyName and attach no Session Manager, CodeDeploy or Run Command policy to the role of the instances.',

    azure: 'Use ConfidentialVm in sealed mode: disablePasswordAuthentication, provisionVMAgent false or allowExtensionOperations false, no extensions, no run command, no boot diagnostics console.',

    gcp: 'Use ConfidentialSpace, or metadata enable-oslogin TRUE, block-project-ssh-keys TRUE and serial-port-enable FALSE.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
