import type { Cloud } from '../../constructs/compliance/model.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import { gcp } from './gcp.js';
import type { Mutator } from './mutator.js';

/** The weakening corpus, per cloud. */
export const CORPUS: Readonly<Record<Cloud, readonly Mutator[]>> = { aws, azure, gcp };
