import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
