import { harmless } from './aws/harmless.js';
import { hosts } from './aws/hosts.js';
import { keys } from './aws/keys.js';
import { logs } from './aws/logs.js';
import { network } from './aws/network.js';
import { stores } from './aws/stores.js';
import { tags } from './aws/tags.js';
import type { Mutator } from './mutator.js';

export const aws: readonly Mutator[] = [...keys, ...hosts, ...network, ...stores, ...logs, ...tags, ...harmless];
