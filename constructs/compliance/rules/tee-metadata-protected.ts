import { type Host, hostValue, number, shown, teeHosts } from '../aws.js';
import { guestPath, teeGuests, wants, wantsOneOf } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { guestAt } from '../prove/azure/guests.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

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
        // An access control profile takes the place of the mode.
        if (typeof guestAt(guest, `${path}.inVMAccessControlProfileReferenceId`) === 'string' && guestAt(guest, `${path}.mode`) === undefined) return [];
        return wantsOneOf(guestAt(guest, `${path}.mode`), guestPath(guest, `${path}.mode`), ['Enforce'], 'requests are at most recorded, not refused');
      }),
    ]);
  }
};

const gcp: Check = notYet;

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
