import { type Host, hostValue, number, shown, teeHosts } from '../aws.js';
import { guestPath, teeGuests, wantsOneOf, wants } from '../azure.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { guestAt } from '../prove/azure/guests.js';
import { machines, metadataOf, runsConfidentialSpace } from '../gcp.js';
import { text as plain } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown, type Verdict } from '../rule.js';

function judge(deployment: Deployment, host: Host): Verdict {
  if (hostValue(deployment, host, 'MetadataOptions.HttpEndpoint') === 'disabled') return true;
  const tokens = hostValue(deployment, host, 'MetadataOptions.HttpTokens');
  const hops = number(hostValue(deployment, host, 'MetadataOptions.HttpPutResponseHopLimit')) ?? 1;
  const path = `${host.prefix}MetadataOptions`;
  return [
    ...(tokens === 'required' ? [] : [tokens instanceof Unknown ? unknown(`${path}.HttpTokens`, tokens.reason) : fail(`${path}.HttpTokens`, `HttpTokens is ${shown(tokens)}: a forged request gets the role's credentials`)]),
    ...(hops instanceof Unknown ? [unknown(`${path}.HttpPutResponseHopLimit`, hops.reason)] : hops > 1 ? [fail(`${path}.HttpPutResponseHopLimit`, `the hop limit is ${hops}: credentials travel beyond the host`)] : []),
  ];
}

const aws: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const host of teeHosts(deployment)) yield* outcomes(host.resource, judge(deployment, host));
};

const PROXY = 'securityProfile.proxyAgentSettings';

const azure: Check = function* (deployment) {
  for (const guest of teeGuests(deployment)) {
    yield* outcomes(guest, [
      ...wants(guestAt(guest, `${PROXY}.enabled`), guestPath(guest, `${PROXY}.enabled`), true, 'any process asks the metadata service for the identity\'s tokens'),
      ...['imds', 'wireServer'].flatMap((service) => {
        const path = `${PROXY}.${service}`;
        const profile = guestAt(guest, `${path}.inVMAccessControlProfileReferenceId`);
        // An access control profile takes the place of the mode; what it allows stands in the profile.
        if (profile !== undefined && profile !== null) return [unknown(guestPath(guest, `${path}.inVMAccessControlProfileReferenceId`), 'an access control profile decides which requests are refused, and the kit does not read it')];
        return wantsOneOf(guestAt(guest, `${path}.mode`), guestPath(guest, `${path}.mode`), ['Enforce'], 'requests are at most recorded, not refused');
      }),
    ]);
  }
};

/** Metadata of the Confidential Space launcher that changes nothing about what runs or where its output goes. */
const HARMLESS: ReadonlySet<string> = new Set([
  'tee-image-reference', 'tee-restart-policy', 'tee-dev-shm-size-kb', 'tee-monitoring-enable', 'tee-monitoring-memory-enable', 'tee-install-gpu-driver',
  'block-project-ssh-keys', 'enable-oslogin', 'enable-oslogin-2fa', 'serial-port-enable', 'serial-port-logging-enable', 'enable-guest-attributes', 'disable-legacy-endpoints', 'google-logging-enabled', 'google-monitoring-enabled',
  'vmdnssetting', 'instance-template', 'created-by',
]);
/** Keys that run something at start or stop, on any image. */
const COMMANDS = /^(startup-script|shutdown-script|windows-startup|sysprep-|user-data|gce-container-declaration$|google-container-manifest$)/;

function* overrides(machine: Resource): Iterable<Defect> {
  const metadata = metadataOf(machine);
  if (metadata instanceof Unknown) { yield unknown('metadata', `the metadata is not known: ${metadata.reason}`); return; }
  const space = runsConfidentialSpace(machine);
  for (const [key, value] of Object.entries(metadata)) {
    const path = `metadata.${key}`;
    if (COMMANDS.test(key)) yield fail(path, 'runs a command that no measurement covers');
    else if (key === 'tee-container-log-redirect') {
      if (value instanceof Unknown) yield unknown(path, value.reason);
      else if (plain(value) !== 'false' && value !== false) yield fail(path, `${shown(value)}: the container's output, PHI included, leaves the TEE`);
    } else if (/^(tee-|ita-|gca-|test-)/.test(key) && !HARMLESS.has(key)) yield fail(path, 'overrides what runs in the TEE or who verifies it');
    else if (space && !HARMLESS.has(key) && !/^ssh-keys$|^sshKeys$/.test(key)) yield unknown(path, 'is none of the keys that the kit knows');
  }
}

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) yield* outcomes(machine, [...overrides(machine)]);
};

export const rule = defineRule({
  id: 'tee-metadata-protected',
  title: 'The metadata service does not leak credentials or take commands',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(d)'],
  why: 'Metadata hands out the identity that the key policy trusts, and on Google Cloud it can override what runs in the TEE.',
  fix: {
    aws: 'Use EnclaveFleet, or MetadataOptions HttpTokens required and HttpPutResponseHopLimit 1.',

    azure: 'Use ConfidentialVm, or securityProfile.proxyAgentSettings enabled with IMDS and WireServer in Enforce mode.',

    gcp: 'Use ConfidentialSpace, whose metadata is an allow-list: no startup-script, no tee-cmd, tee-env-* or tee-signed-image-repos overrides beyond the workload.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
