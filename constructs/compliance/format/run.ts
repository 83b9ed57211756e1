import { createHash } from 'node:crypto';
import type { CheckReport } from '../cli/check.js';
import type { Evaluation } from '../evaluate.js';
import type { Deployment, Finding, Resource, Severity } from '../model.js';
import type { Rule } from '../rule.js';

/** One run of `tee-kit check`, as the machine formats need it. */
export interface CheckRun {
  readonly report: CheckReport;
  readonly evaluation: Evaluation;
  readonly deployments: readonly Deployment[];
  /** Artifact files that were read. */
  readonly files: readonly string[];
  readonly rules: readonly Rule[];
  /** Version of the kit. */
  readonly version: string;
  /** When it ran, ISO 8601 in UTC. */
  readonly time: string;
}

/** Finds resources by cloud and id; the deployment as a whole has no artifact line. */
export function resourceIndex(deployments: readonly Deployment[]): (cloud: string, id: string) => Resource | undefined {
  const index = new Map<string, Resource>();
  for (const { cloud, root, resources } of deployments) {
    index.set(`${cloud} ${root.id}`, root);
    for (const resource of resources) index.set(`${cloud} ${resource.id}`, resource);
  }
  return (cloud, id) => index.get(`${cloud} ${id}`);
}

/** First 32 hex digits of the SHA-256 of what stays the same between runs: never of a position in a file. */
export function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

/** A property path without positions in lists: an entry that moves is the same finding. */
export const steadyPath = (path: string): string => path.replace(/\[\d+\]/g, '[]');

/** A version 5 UUID (RFC 9562) of a name: the same object has the same id in every run. */
export function uuid(...parts: readonly string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(parts.join('\n')).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
/** Made once for the kit. */
const NAMESPACE = Buffer.from('b6a2f0c7d1e84c0f9a55a3d1c2b4e6f8', 'hex');

/** Findings and warnings, the worst first. */
export const everything = ({ report }: CheckRun): readonly { readonly finding: Finding; readonly warning: boolean }[] => [
  ...report.findings.map((finding) => ({ finding, warning: false })), ...report.warnings.map((finding) => ({ finding, warning: true })),
];

/** The bands of GitHub: above 9.0 critical, 7.0 high, 4.0 medium, below low. */
export const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };
