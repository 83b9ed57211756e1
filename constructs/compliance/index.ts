export * from './model.js';
export * from './rule.js';
export * from './evaluate.js';
export { RULES } from './registry.js';
export { InputError, readArtifacts, type Artifacts, type ReadOptions } from './read/artifacts.js';
export { prove, type Proofs } from './prove/index.js';
export type * from './prove/types.js';
