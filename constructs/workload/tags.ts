import type { Cloud, Workload } from './workload.js';

/**
 * The keys of the BAA tag set, the same on three clouds: lower case, digits and hyphens, so that they are legal as
 * AWS tags, Azure tags (no `/`) and Google Cloud labels.
 */
export const BAA_TAG_KEYS = [
  'phi-workload',
  'phi-environment',
  'phi-owner',
  'phi-contact',
  'phi-classification',
  'phi-categories',
  'baa-reference',
  'baa-counterparty',
  'baa-effective',
  'baa-review',
] as const;

export type BaaTagKey = (typeof BAA_TAG_KEYS)[number];

/**
 * Tag on every key that says what it protects. Only `phi` keys release to attested code; a key of a PHI deployment
 * without this tag is judged as a PHI key.
 */
export const KEY_PURPOSE_TAG = 'key-purpose';
/** Tag of a load balancer that ends TLS itself; with the value `no-phi` it says that no PHI passes it. */
export const PLANE_TAG = 'phi-plane';
export type KeyPurpose = 'phi' | 'os-disk' | 'infrastructure' | 'logs';

/** Longest tag value: AWS 256, Azure 256, Google Cloud labels 63 characters. */
const VALUE_LIMIT: Readonly<Record<Cloud, number>> = { aws: 256, azure: 256, gcp: 63 };

/** A value in the characters and length that the cloud accepts. Google Cloud labels: `[a-z0-9_-]`, 63 characters. */
export function tagValue(cloud: Cloud, value: string): string {
  const legal =
    cloud === 'gcp'
      ? value.toLowerCase().replace(/[^a-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '')
      : value.replace(/[^\p{L}\p{N}\s_.:/=+\-@]/gu, '-');
  return legal.slice(0, VALUE_LIMIT[cloud]);
}

/**
 * The BAA tag set of a workload on one cloud.
 * @throws if the workload has no BAA record for the cloud (the workload file's validation refuses that first).
 */
export function baaTags(workload: Workload, cloud: Cloud): Record<BaaTagKey, string> {
  const baa = workload.baa[cloud];
  if (!baa) throw new Error(`baa.${cloud}: no record; add reference, counterparty, effective and review to the workload file`);
  const raw: Record<BaaTagKey, string> = {
    'phi-workload': workload.name,
    'phi-environment': workload.environment,
    'phi-owner': workload.owner,
    'phi-contact': workload.contact,
    'phi-classification': workload.data.classification,
    'phi-categories': workload.data.phiCategories.join(' '),
    'baa-reference': baa.reference,
    'baa-counterparty': baa.counterparty,
    'baa-effective': baa.effective,
    'baa-review': baa.review,
  };
  return Object.fromEntries(BAA_TAG_KEYS.map((key) => [key, tagValue(cloud, raw[key])])) as Record<BaaTagKey, string>;
}
