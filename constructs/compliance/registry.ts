import { CLOUDS } from '../workload/workload.js';
import { notYet, type Rule } from './rule.js';
import * as all from './rules/index.js';

/** Every rule of the kit, by id. */
export const RULES: readonly Rule[] = Object.values<Rule>(all)
  .map((rule) => ({ ...rule, checks: Object.fromEntries(CLOUDS.flatMap((cloud) => (rule.checks[cloud] && rule.checks[cloud] !== notYet ? [[cloud, rule.checks[cloud]]] : []))) }))
  .sort((a, b) => (a.id < b.id ? -1 : 1));
