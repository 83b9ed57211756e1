import type { Mutator } from './mutator.js';

export const aws: readonly Mutator[] = [];
