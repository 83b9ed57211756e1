import { at, type Deployment, isList, isObject, type Resource, strings, type Value } from '../../model.js';

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
  const walk = (resource: Resource, value: Value, path: string, depth: number): void => {
    if (depth > DEPTH) return;
    if (isList(value)) value.forEach((item, index) => walk(resource, item, `${path}[${index}]`, depth + 1));
    else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (TELLS.has(key)) continue;
        const where = path === '' ? key : `${path}.${key}`;
        if (TAKES.test(key) && names(inner)) found.push({ resource, path: where });
        else walk(resource, inner, where, depth + 1);
      }
    }
  };
  for (const resource of deployment.resources) {
    if (SPEAKS.test(resource.type) || (own !== undefined && resource === own)) continue;
    walk(resource, resource.properties, '', 0);
    // The definition of a document that runs commands may be text.
    const assumed = at(resource.properties, 'Content.assumeRole');
    if (resource.type === 'AWS::SSM::Document' && assumed !== undefined && !found.some((one) => one.resource === resource) && names(assumed)) found.push({ resource, path: 'Content.assumeRole' });
  }
  return found;
}
