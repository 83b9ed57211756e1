import type { Rule } from './rule.js';
import * as all from './rules/index.js';

/** Every rule of the kit, by id. */
export const RULES: readonly Rule[] = Object.values<Rule>(all).sort((a, b) => (a.id < b.id ? -1 : 1));
