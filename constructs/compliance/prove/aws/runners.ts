import { type Deployment, isList, isObject, perDeployment, type Resource, strings, type Value } from '../../model.js';

/** Something that acts with a role. */
export interface Runner {
  readonly resource: Resource;
  /** Property that names the role. */
  readonly path: string;
}

/** Types that speak about roles and do not act as them: policies, trust, aliases of identity and the stack itself. */
const SPEAKS = /^AWS::(IAM|KMS|Organizations|CloudTrail|CloudFormation)::|Policy$|Permission$/;
/** Names of properties by which CloudFormation resources take on a role, at any depth. */
const TAKES = /(^|[a-z])roles?(_?arns?|name|identifier)?$/i;
/** What a resource listens for, and what it tells its code: naming a role there takes on nothing. */
const TELLS: ReadonlySet<string> = new Set(['EventPattern', 'Variables']);
const DEPTH = 12;

interface Taking extends Runner {
  readonly value: Value;
}

/** Every property by which a resource takes on some role, in the order of the artifact. */
const takings = perDeployment((deployment): readonly Taking[] => {
  const found: Taking[] = [];
  const walk = (resource: Resource, value: Value, path: string, depth: number): void => {
    if (depth > DEPTH) return;
    if (isList(value)) value.forEach((item, index) => walk(resource, item, `${path}[${index}]`, depth + 1));
    else if (isObject(value)) {
      // Elastic Beanstalk writes its settings as pairs.
      const { OptionName: option, Value: given } = value;
      if (typeof option === 'string' && TAKES.test(option) && given !== undefined) found.push({ resource, path: path === '' ? option : `${path}.Value`, value: given });
      for (const [key, inner] of Object.entries(value)) {
        if (TELLS.has(key)) continue;
        const where = path === '' ? key : `${path}.${key}`;
        if (TAKES.test(key)) found.push({ resource, path: where, value: inner });
        walk(resource, inner, where, depth + 1);
      }
    }
  };
  for (const resource of deployment.resources) if (!SPEAKS.test(resource.type)) walk(resource, resource.properties, '', 0);
  return found;
});

/** Resources that act with a role: by its ARN or name, or as the role of the artifact. */
export function runnersAs(deployment: Deployment, role: string | Resource): readonly Runner[] {
  const arn = typeof role === 'string' ? role : undefined;
  const written = typeof role === 'string' ? undefined : role.properties['RoleName'];
  const name = arn?.split('/').at(-1) ?? (typeof written === 'string' ? written : undefined);
  const own = typeof role === 'string' ? deployment.ofType('AWS::IAM::Role').find(({ properties }) => properties['RoleName'] === name) : role;
  const names = (value: Value): boolean => {
    if (own && deployment.refersTo(value, own)) return true;
    for (const text of strings(value)) if (text === arn || (name !== undefined && (text === name || (text.startsWith('arn:') && text.includes(':role/') && text.endsWith(`/${name}`))))) return true;
    return false;
  };
  const found: Runner[] = [];
  for (const { resource, path, value } of takings(deployment)) {
    if (resource === own || !names(value)) continue;
    // What stands inside a property that names the role says the same again.
    const last = found.at(-1);
    if (last?.resource === resource && (path.startsWith(`${last.path}.`) || path.startsWith(`${last.path}[`))) continue;
    found.push({ resource, path });
  }
  return found;
}
