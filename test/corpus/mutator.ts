import type { Theme } from '../../constructs/compliance/rule.js';

/** A JSON value that a mutator may change in place. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject { [key: string]: Json }

/**
 * One small edit of a shipped artifact: the CloudFormation template on AWS, the preview on the Pulumi clouds.
 * `weaker` must be caught by `check` or `prove` (a fail or unknown that was not there before); `harmless` covers neutral
 * and strengthening edits, after which nothing new may be reported.
 */
export interface Mutator {
  /** kebab-case, unique within its cloud: what it does, for example `drop-deny-unattested`. */
  readonly name: string;
  readonly family: Theme;
  readonly effect: 'weaker' | 'harmless';
  /** Changes the parsed artifact in place. Throws when there is nothing to change, so that it cannot go stale. */
  readonly apply: (artifact: JsonObject) => void;
}
