import type { Mutator } from './mutator.js';

export const azure: readonly Mutator[] = [];
