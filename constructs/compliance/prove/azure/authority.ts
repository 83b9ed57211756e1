import { AZURE_ATTESTATION_REGIONS } from '../../../workload/azure-attestation.js';
import { at, type Deployment, findUnknown, isList, type Resource, Unknown } from '../../model.js';
import { armOf } from './arm.js';

/** What is known of the authority behind an address. */
export type Authority =
  | { readonly kind: 'isolated' | 'entra'; readonly provider: Resource }
  | { readonly kind: 'shared'; /** Short code of the region. */ readonly region: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Judges the address of a policy's branch. */
export function authorityOf(deployment: Deployment, address: string): Authority {
  const provider = providerOf(deployment, address);
  if (provider) {
    const keys = at(provider.properties, 'properties.policySigningCertificates.keys');
    const vague = keys instanceof Unknown ? keys : findUnknown(keys);
    if (vague) return { kind: 'unknown', reason: `the policy signers of ${provider.name} are unknown (${vague.reason})` };
    const signers = isList(keys) ? keys.filter((key) => { const chain = at(key, 'x5C') ?? at(key, 'x5c'); return isList(chain) && chain.length > 0; }) : [];
    return { kind: signers.length > 0 ? 'isolated' : 'entra', provider };
  }
  const host = hostOf(address);
  if (host === undefined) return { kind: 'unknown', reason: `authority ${address} is not an address of Azure Attestation` };
  return host.name.startsWith('shared')
    ? { kind: 'shared', region: host.region }
    : { kind: 'unknown', reason: `authority ${address} is not in the artifact: whoever owns it decides what it attests` };
}

function providerOf(deployment: Deployment, address: string): Resource | undefined {
  const providers = deployment.ofType('azure-native:attestation:AttestationProvider');
  const direct = deployment.target(address.replace(/\/+$/, ''));
  if (direct) return providers.find((provider) => provider === direct);
  const host = hostOf(address);
  if (!host) return undefined;
  return providers.find((provider) => {
    const name = armOf(deployment).text(provider.properties['providerName']);
    const location = provider.properties['location'];
    const region = typeof location === 'string' ? AZURE_ATTESTATION_REGIONS[location.toLowerCase().replace(/\s/g, '')] : undefined;
    return name?.toLowerCase() === host.name && region === host.region;
  });
}

function hostOf(address: string): { readonly name: string; readonly region: string } | undefined {
  const match = /^https:\/\/([a-z0-9-]+)\.([a-z0-9]+)\.attest\.azure\.net\/?$/.exec(address.toLowerCase());
  return match ? { name: match[1] ?? '', region: match[2] ?? '' } : undefined;
}
