import { isList, isObject, type Properties, type Resource, Unknown, type Value } from '../model.js';

/** Where a template comes from: what its pseudo parameters stand for. */
export interface TemplateContext {
  readonly stack: string;
  readonly file: string;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Reads the resources of one CloudFormation template. */
export function templateResources(template: Value, context: TemplateContext): Resource[] {
  const resources = isObject(template) ? template['Resources'] : undefined;
  if (!isObject(resources)) return [];
  return Object.entries(resources).map(([name, body]) => {
    const resolved = resolve(body, context);
    const { Type, Properties: properties, ...attributes } = isObject(resolved) ? resolved : {};
    return {
      cloud: 'aws', id: `${context.stack}/${name}`, type: typeof Type === 'string' ? Type : '', name,
      properties: isObject(properties) ? properties : {}, attributes: attributes as Properties, file: context.file, source: null,
    };
  });
}

const NO_VALUE = Symbol('AWS::NoValue');

function resolve(value: Value, context: TemplateContext): Value {
  const result = inner(value, context);
  return typeof result === 'symbol' ? null : result;
}

function inner(value: Value, context: TemplateContext): Value | typeof NO_VALUE {
  if (isList(value)) return value.map((item) => inner(item, context)).filter((item) => item !== NO_VALUE) as Value[];
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const key = keys[0];
  if (keys.length === 1 && key !== undefined) {
    const argument = value[key] as Value;
    if (key === 'Ref' && argument === 'AWS::NoValue') return NO_VALUE;
    if (key === 'Ref') return reference(String(argument as string), 'Ref', context);
    if (key === 'Fn::GetAtt') {
      const [name, ...attribute] = isList(argument) ? argument.map(String) : String(argument as string).split('.');
      return `\${${context.stack}/${name}.${attribute.join('.')}}`;
    }
    if (key === 'Fn::Join' && isList(argument)) {
      const parts = resolve(argument[1] ?? [], context);
      return isList(parts) && parts.every((part) => typeof part === 'string') ? parts.join(String(argument[0] as string)) : new Unknown('Fn::Join of values that are not known');
    }
    if (key === 'Fn::Sub' && typeof argument === 'string') {
      return argument.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => (name.includes('.') ? `\${${context.stack}/${name}}` : reference(name, 'Ref', context)));
    }
    if (key.startsWith('Fn::')) return new Unknown(`${key} is not resolved`);
  }
  const result: Record<string, Value> = {};
  for (const [name, item] of Object.entries(value)) {
    const resolved = inner(item, context);
    if (typeof resolved !== 'symbol') result[name] = resolved;
  }
  return result;
}

function reference(name: string, attribute: string, context: TemplateContext): string {
  switch (name) {
    case 'AWS::AccountId': return context.account ?? '${AWS::AccountId}';
    case 'AWS::Region': return context.region ?? '${AWS::Region}';
    case 'AWS::Partition': return 'aws';
    case 'AWS::URLSuffix': return 'amazonaws.com';
    case 'AWS::StackName': return context.stack;
    default: return `\${${context.stack}/${name}.${attribute}}`;
  }
}
