import type * as pulumi from '@pulumi/pulumi';
import * as tags from '@pulumi/gcp/tags/index.js';
import { BAA_TAG_KEYS, baaTags, KEY_PURPOSE_TAG, type KeyPurpose } from '../workload/tags.js';
import type { Workload } from '../workload/workload.js';
import { Component } from './component.js';

/** The BAA tag set as labels. */
export function phiLabels(workload: Workload): Record<string, string> {
  return { ...baaTags(workload, 'gcp') };
}

/** The labels of a key: the BAA tag set and what the key protects. */
export function keyLabels(workload: Workload, purpose: KeyPurpose): Record<string, string> {
  return { ...phiLabels(workload), [KEY_PURPOSE_TAG]: purpose };
}

export interface PhiTagsArgs {
  readonly workload: Workload;
  readonly projectNumber: string;
}

/**
 * The BAA tag set as resource manager tags on a project. Networks, subnetworks, key rings, identity pools, service
 * accounts, firewall policies and log buckets take no labels; they inherit the tags of their project.
 */
export class PhiTags extends Component {
  /** By tag, one of `BAA_TAG_KEYS`. */
  readonly keys: Readonly<Record<string, tags.TagKey>>;
  readonly values: Readonly<Record<string, tags.TagValue>>;
  readonly bindings: Readonly<Record<string, tags.TagBinding>>;

  constructor(name: string, args: PhiTagsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('PhiTags', name, options);
    const text = baaTags(args.workload, 'gcp');
    const keys: Record<string, tags.TagKey> = {};
    const values: Record<string, tags.TagValue> = {};
    const bindings: Record<string, tags.TagBinding> = {};
    for (const tag of BAA_TAG_KEYS) {
      const key = (keys[tag] = new tags.TagKey(`${name}-${tag}`, { parent: `projects/${args.projectNumber}`, shortName: tag }, this.child()));
      const value = (values[tag] = new tags.TagValue(`${name}-${tag}`, { parent: key.id, shortName: text[tag] }, this.child()));
      bindings[tag] = new tags.TagBinding(`${name}-${tag}`, { parent: `//cloudresourcemanager.googleapis.com/projects/${args.projectNumber}`, tagValue: value.id }, this.child());
    }
    this.keys = keys;
    this.values = values;
    this.bindings = bindings;
    this.registerOutputs({});
  }
}
