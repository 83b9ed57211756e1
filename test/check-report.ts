import { teeKit } from './shipped.js';

interface Report {
  readonly summary: { readonly failed: number; readonly unknown: number; readonly warnings: number };
  readonly findings: readonly { readonly rule: string; readonly status: string; readonly cloud: string; readonly resource: string }[];
}

/** What `tee-kit check` says of artifacts. */
export const check = (path: string): { readonly code: number | null; readonly report: Report } => {
  const { code, out } = teeKit(['check', path, '--format', 'json']);
  return { code, report: JSON.parse(out) as Report };
};
