import { isList, isObject, type Value } from '../../model.js';

/** What starts machines from launch templates. */
export const STARTERS = ['AWS::AutoScaling::AutoScalingGroup', 'AWS::EC2::EC2Fleet', 'AWS::EC2::SpotFleet', 'AWS::EC2::Instance'];

/** A value and the property path to it. */
export interface Start {
  readonly path: string;
  readonly spec: Value;
}

/** Every launch template that a resource names, and every override, at any depth. */
export function starts(value: Value | undefined, path = ''): { readonly specs: readonly Start[]; readonly overrides: readonly Start[] } {
  if (isList(value)) {
    const all = value.map((item, index) => starts(item, `${path}[${index}]`));
    return { specs: all.flatMap(({ specs }) => specs), overrides: all.flatMap(({ overrides }) => overrides) };
  }
  if (!isObject(value)) return { specs: [], overrides: [] };
  const here = value['LaunchTemplateId'] ?? value['LaunchTemplateName'];
  const specs: Start[] = here === undefined || here === null ? [] : [{ path, spec: value }];
  const overrides: Start[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const where = path === '' ? name : `${path}.${name}`;
    if (name === 'Overrides') overrides.push(...(isList(inner) ? inner.map((spec, index) => ({ path: `${where}[${index}]`, spec })) : [{ path: where, spec: inner }]));
    const below = starts(inner, where);
    specs.push(...below.specs);
    overrides.push(...below.overrides);
  }
  return { specs, overrides };
}
