import type { Deployment } from '../../model.js';
import type { FlowProof, KeyProof, LogProof } from '../types.js';

export function proveKeys(_deployment: Deployment): readonly KeyProof[] {
  return [];
}

export function proveFlows(_deployment: Deployment): readonly FlowProof[] {
  return [];
}

export function proveLogs(_deployment: Deployment): readonly LogProof[] {
  return [];
}
