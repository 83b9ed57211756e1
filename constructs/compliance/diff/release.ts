import { type Deployment, isObject } from '../model.js';
import { authorityOf } from '../prove/azure/authority.js';
import { type Atom, type Conjunct, type Policy, satisfying } from '../prove/azure/policy.js';
import { releasePolicyOf } from '../prove/azure/release.js';
import type { Matching } from './match.js';
import type { Draft } from './types.js';

type Branches = Extract<Policy, { branches: unknown }>['branches'];
/** A way in: an authority and what its token must show. */
interface Way {
  readonly authority: string;
  readonly address: string;
  readonly demands: Conjunct;
}

/** Claims that the proof decides exactly: the kind of TEE, its compliance, whether its host may debug it. */
const PROVED = /^(x-ms-isolation-tee\.)?(x-ms-attestation-type|x-ms-compliance-status|x-ms-sevsnpvm-is-debuggable|tdx_td_attributes_debug)$/;
/** Pairs of ways that are compared at most; a comparison of more is left to the proofs. */
const LARGEST = 100_000;

/**
 * Compares what the release policies of Azure demand beyond the proof's least: a token that opens the head's policy and not
 * the base's is let in by this change. Claims of measurements are the workload file's, which is compared by itself.
 */
export function compareReleases(base: Deployment, { pairs, aligned, original }: Matching): Draft[] {
  const measured = new Set([base, aligned].flatMap(({ workload }) => Object.values(workload?.measurements?.azure ?? {}).flatMap(({ claims }) => Object.keys(isObject(claims) ? claims : {}))));
  return aligned.ofType('azure-native:keyvault:Key').flatMap((now): Draft[] => {
    const head = original.get(now);
    const was = head && pairs.get(head);
    const [old, fresh] = [was && releasePolicyOf(was), releasePolicyOf(now)];
    if (!was || !old || !fresh || 'unknown' in old || 'unknown' in fresh) return [];
    const [before, after] = [waysOf(base, old.branches), waysOf(aligned, fresh.branches)];
    if (before.length * after.length > LARGEST) return [];
    const counts = (claim: string): boolean => !measured.has(claim) && !PROVED.test(claim);
    const about = { cloud: 'azure', resource: was.id, kind: 'key-guard', detail: 'release policy', rule: 'attestation-condition-effective' } as const;
    for (const way of after) {
      const alike = before.filter(({ authority }) => authority === way.authority);
      const missing = alike.map(({ demands }) => [...demands].filter(([claim, atoms]) => counts(claim) && !within(way.demands.get(claim), atoms)));
      if (missing.some((claims) => claims.length === 0)) continue;
      const least = [...missing].sort((a, b) => a.length - b.length)[0];
      if (!least) return [{ ...about, verdict: 'weaker', what: `the release policy takes tokens of ${way.address} too`, before: null, after: way.address }];
      const names = least.map(([claim]) => claim).join(', ');
      const gone = least.some(([claim]) => !way.demands.has(claim));
      return [{ ...about, verdict: gone ? 'weaker' : 'unknown', what: gone ? `the release policy no longer demands ${names}` : `the release policy takes values of ${names} that it did not`, before: written(least.flatMap(([, atoms]) => atoms)), after: written(least.flatMap(([claim]) => way.demands.get(claim) ?? [])) || null }];
    }
    return [];
  });
}

function waysOf(deployment: Deployment, branches: Branches): Way[] {
  return branches.flatMap(({ authority: address, conjuncts }) => {
    const found = authorityOf(deployment, address);
    // Authorities with the artifact's own signers are the proof's to judge, whatever they are called.
    const authority = found.kind === 'shared' ? `shared ${found.region}` : found.kind === 'unknown' ? address.toLowerCase().replace(/\/+$/, '') : found.kind;
    return conjuncts.map((demands) => ({ authority, address, demands }));
  });
}

/** Whether every value of a claim that the head admits was admitted by the base. */
function within(fresh: readonly Atom[] | undefined, old: readonly Atom[]): boolean {
  const literals = [...old, ...(fresh ?? [])].map(({ value }) => value);
  const allowed = new Set(satisfying(old, literals).map(({ sample }) => String(sample)));
  return satisfying(fresh, literals).every(({ sample }) => allowed.has(String(sample)));
}

const written = (atoms: readonly Atom[]): string => atoms.map(({ claim, operator, value }) => `${claim} ${operator} ${String(value)}`).join(', ');
