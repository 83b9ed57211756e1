import type { Mutator } from './mutator.js';

export const gcp: readonly Mutator[] = [];
