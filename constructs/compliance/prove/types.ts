import type { Cloud } from '../model.js';

/** A concrete request that a reviewer can replay: it succeeds without an approved attestation. */
export interface Witness {
  readonly principal: string;
  readonly action: string;
  /** `absent`, `debug`, `revoked`, or the measurement (or token claims) presented. */
  readonly attestation: string;
  /** The statement, grant path, role binding or branch that lets it through. */
  readonly via: string;
}

/** Someone who can change the condition under which a key is released, and how. */
export interface GateChanger {
  readonly principal: string;
  readonly via: string;
  /** False where a policy whose text is not known, or a value that is not, decides whether it can. */
  readonly certain?: boolean;
}

/** The verdict on one PHI key. The shape is contract (`tee-kit prove`). */
export interface KeyProof {
  readonly cloud: Cloud;
  /** Resource id of the key. */
  readonly key: string;
  readonly verdict: 'gated' | 'bypassable' | 'unknown';
  readonly witness: Witness | null;
  /** Independent guards that hold (for example the conditioned Allow and the Deny of everything un-attested). */
  readonly guards: { readonly present: number; readonly expected: number };
  readonly canChangeTheGate: readonly GateChanger[];
  /** Why the verdict is unknown, or which guard is lost. Empty for a fully guarded key. */
  readonly reasons: readonly string[];
}

/** One edge of the reachability matrix. */
export interface FlowProof {
  readonly cloud: Cloud;
  /** Segment name, or `internet`, `peering`, `endpoint:<service>`, or a resource id outside every segment. */
  readonly from: string;
  readonly to: string;
  /** `tcp/443`, `tcp/0-65535`, `any`. */
  readonly ports: string;
  /** `expected`: the workload file allows it and it works; `extra`: it works and nobody allowed it; `missing`: allowed but closed. */
  readonly status: 'expected' | 'extra' | 'missing' | 'unknown';
  /** The rules that open it, or the reason for unknown. */
  readonly via: string;
}

export interface NetworkProof {
  readonly verdict: 'closed' | 'open' | 'unknown';
  readonly flows: readonly FlowProof[];
}

/** The verdict on one log store. */
export interface LogProof {
  readonly cloud: Cloud;
  /** Resource id of the store (bucket, log group, container, workspace). */
  readonly log: string;
  readonly verdict: 'immutable' | 'mutable' | 'unknown';
  /** Days for which a record cannot be removed; null when it is not known. */
  readonly days: number | null;
  /** Who can shorten, stop, redirect or delete, key deletion included. */
  readonly canWeaken: readonly GateChanger[];
  readonly reasons: readonly string[];
}
