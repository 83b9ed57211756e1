import * as pulumi from '@pulumi/pulumi';
import { baaTags, type Workload } from '../workload/index.js';

/** Longest tag name that every Azure service takes: storage accounts stop at 128 characters. */
const NAME_LIMIT = 128;
/** Longest tag value. */
const VALUE_LIMIT = 256;
/** Most tags on one resource. */
const COUNT_LIMIT = 50;

/**
 * The BAA tag set of a workload, for resources that the kit's components did not create: theirs have it already.
 *
 * ```ts
 * const tags = new PhiTags(workload, { 'cost-center': '4711' });
 * new storage.StorageAccount('x', { ..., tags: tags.all });            // one resource
 * new Anything('y', { ... }, { transformations: [tags.transformation] }); // a component and everything in it
 * pulumi.runtime.registerStackTransformation(tags.transformation);     // the whole stack
 * ```
 */
export class PhiTags {
  /** Names are lower-case letters, digits and hyphens: legal on every Azure service, unlike `hipaa/baa`. */
  readonly all: Readonly<Record<string, string>>;
  private readonly baa: Readonly<Record<string, string>>;

  /**
   * @param extra further tags; they cannot replace one of the BAA set
   * @throws on a name that is not `[a-z0-9-]`, 1 to 128 characters, on a value above 256, on more than 50 tags, or on a name of the BAA set.
   */
  constructor(workload: Workload, extra: Readonly<Record<string, string>> = {}) {
    this.baa = baaTags(workload, 'azure');
    for (const [name, value] of Object.entries(extra)) {
      if (!/^[a-z0-9-]+$/.test(name) || name.length > NAME_LIMIT) throw new Error(`tag "${name}": names are lower-case letters, digits and hyphens, ${NAME_LIMIT} characters at most (Azure forbids < > % & \\ ? /): rename it`);
      if (value.length > VALUE_LIMIT) throw new Error(`tag "${name}": the value has ${value.length} characters, ${VALUE_LIMIT} are allowed: shorten it`);
      if (Object.hasOwn(this.baa, name)) throw new Error(`tag "${name}": belongs to the BAA set, which the workload file alone decides: change it there`);
    }
    this.all = { ...this.baa, ...extra };
    const count = Object.keys(this.all).length;
    if (count > COUNT_LIMIT) throw new Error(`tags: ${count} of them, Azure takes ${COUNT_LIMIT} on one resource: remove ${count - COUNT_LIMIT}`);
  }

  /** Adds the tags to every azure-native resource that takes tags. What a resource says itself stays, except about the BAA. */
  get transformation(): pulumi.ResourceTransformation {
    return ({ type, props, opts }) => {
      // The SDK lists every input that a type has, set or not.
      if (!type.startsWith('azure-native:') || !('tags' in props)) return undefined;
      const own = props as Record<string, unknown> & { tags?: pulumi.Input<Record<string, string>> };
      return { props: { ...own, tags: pulumi.output(own.tags).apply((tags) => ({ ...this.all, ...tags, ...this.baa })) }, opts };
    };
  }
}
