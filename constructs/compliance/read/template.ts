import { resolve } from 'node:path';
import { isList, isObject, type Properties, type Resource, type SourceLocation, Unknown, type Value } from '../model.js';
import type { Acknowledgement } from '../exemptions.js';
import { setOwn } from './text.js';

/** Where a template comes from: what its pseudo parameters stand for and what lies beside it. */
export interface TemplateSource {
  /** Unique among the stacks of a run; first part of every resource id. */
  readonly stack: string;
  readonly file: string;
  readonly template: Value;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** Name of the stack in CloudFormation, when it is not `stack`. */
  readonly stackName?: string | undefined;
  /** Construct path and user's source line by logical id, when the assembly records them. */
  readonly origin?: (logicalId: string) => Origin | undefined;
  /** What was acknowledged in the app that wrote the template. */
  readonly acknowledgements?: () => readonly Acknowledgement[];
  /** The template of a nested stack, or undefined when it is not among the artifacts. */
  readonly nested?: (resource: Value) => Pick<TemplateSource, 'file' | 'template' | 'origin' | 'nested'> | undefined;
}

export interface Origin {
  readonly constructPath?: string | undefined;
  readonly source?: SourceLocation | undefined;
}

/** Type of the stand-ins for what an artifact holds but does not show; the rule `artifact-readable` reports them. */
export const GAP = 'tee-kit:gap';

/** A stand-in for something that cannot be judged. */
export function gap(cloud: Resource['cloud'], id: string, file: string, why: string): Resource {
  return { cloud, id, type: GAP, name: id.split('/').at(-1) ?? id, properties: { reason: new Unknown(why) }, attributes: {}, file, source: null };
}

/**
 * Properties of which nothing is known: every name reads as `Unknown`, so that no rule takes a setting that a macro may
 * have put there for absent.
 */
export function opaqueProperties(why: string): Properties {
  const unknown = new Unknown(why);
  const descriptor = { value: unknown, enumerable: true, configurable: true, writable: false };
  return new Proxy<Record<string, Value>>({}, {
    get: (_, name) => (typeof name === 'string' && name !== 'toJSON' ? unknown : undefined),
    has: (_, name) => typeof name === 'string',
    getOwnPropertyDescriptor: (_, name) => (typeof name === 'string' ? descriptor : undefined),
    ownKeys: () => ['Fn::Transform'],
  });
}

/** Every CloudFormation stack of one run; exports of one are imports of another. */
export class TemplateRun {
  private readonly stacks: Stack[] = [];
  private readonly others: Stack[] = [];
  private exports: Map<string, { readonly stack: Stack; readonly value: Value }[]> | undefined;
  private nested = 0;
  private spent = 0;

  add(source: TemplateSource): void {
    this.stacks.push(new Stack(source, this, undefined, []));
  }

  /** A stack whose exports may be imported, and which is not judged itself. */
  addBeside(source: TemplateSource): void {
    this.others.push(new Stack(source, this, undefined, []));
  }

  /** Counts a nested stack. @returns false where there are too many. */
  mayNest(): boolean {
    return ++this.nested <= NESTED_LIMIT;
  }

  /** Counts an intrinsic. @returns false where there are too many. */
  maySpend(): boolean {
    return ++this.spent <= INTRINSIC_LIMIT;
  }

  resources(): Resource[] {
    return this.stacks.flatMap((stack) => stack.resources());
  }

  /** Account and region per stack, nested stacks included, where they are known. */
  environments(): Record<string, { readonly account: string; readonly region: string }> {
    const result: Record<string, { readonly account: string; readonly region: string }> = {};
    for (const stack of this.stacks) stack.environments(result);
    return result;
  }

  /** The workload files embedded in the stacks' metadata. */
  embedded(): Value[] {
    return this.stacks.flatMap(({ source }) => {
      const metadata = isObject(source.template) ? source.template['Metadata'] : undefined;
      const workload = isObject(metadata) ? metadata['tee-kit:workload'] : undefined;
      return workload === undefined ? [] : [workload];
    });
  }

  importValue(name: string, from: Stack): Value {
    if (!this.exports) {
      this.exports = new Map();
      for (const stack of [...this.stacks, ...this.others]) {
        for (const [exported, value] of stack.exported()) {
          const known = this.exports.get(exported);
          if (known) known.push({ stack, value });
          else this.exports.set(exported, [{ stack, value }]);
        }
      }
    }
    const candidates = this.exports.get(name) ?? [];
    // Export names are unique per account and region only.
    const near = candidates.filter(({ stack }) => stack.source.account === from.source.account && stack.source.region === from.source.region);
    const [found, second] = near.length > 0 ? near : candidates;
    if (!found) return new Unknown(`Fn::ImportValue ${name}: no stack of this run exports it`);
    if (second) return new Unknown(`Fn::ImportValue ${name}: several stacks export it`);
    return found.stack.exportedTo(from, name, found.value);
  }
}

/** Transforms that leave plain resources as they are written. */
const PLAIN_TRANSFORMS = new Set(['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31', 'AWS::CodeDeployBlueGreen', 'AWS::SecretsManager-2020-07-28', 'AWS::SecretsManager-2024-09-16']);
/** Types that expand into resources which the template does not show. */
const EXPANDING = /^AWS::Serverless::|::MODULE$|^AWS::CloudFormation::StackSet$|^AWS::ServiceCatalog::CloudFormationProvisionedProduct$/;

/** Types whose settings decide who gets a key. */
const STRICT = /^AWS::(KMS|IAM)::/;

/** Longest string that an intrinsic may build: user data is 16 KB, a policy 128 KB. */
const STRING_LIMIT = 1024 * 1024;
/** Chain of references through exports, outputs and parameters. */
const CHAIN_LIMIT = 300;
const NESTING_LIMIT = 8;
/** Intrinsics that are resolved in a run, each as often as it is asked for: a hundred for each of 100,000 resources. */
const INTRINSIC_LIMIT = 10_000_000;
/** Nested stacks of a run: a few templates that nest each other several times each would multiply without an end. */
const NESTED_LIMIT = 2000;
const NOT_HERE = 'the template of the nested stack is not among the artifacts';

const NO_VALUE: unique symbol = Symbol('AWS::NoValue');
type Resolved = Value | typeof NO_VALUE;

/** Recursion over every stack of a run; module-wide because a chain may cross stacks. */
let chain = 0;

class Stack {
  private readonly parameters: Properties;
  private readonly conditions: Properties;
  private readonly mappings: Value | undefined;
  private readonly bodies: Properties;
  private readonly outputs: Properties;
  private decided = new Map<string, boolean | undefined>();
  private strictlyDecided = new Map<string, boolean | undefined>();
  /** Whether the defaults of parameters count for nothing: for keys and identities, which a proof stands on. */
  private strict = false;
  /** Parameters of a template on its own that were read by their default. */
  private readonly defaulted = new Set<string>();
  private readonly children = new Map<string, Stack | undefined>();
  /** Why a nested stack that is among the artifacts is not read. */
  private readonly lost = new Map<string, string>();
  private readonly outputValues = new Map<string, Value>();
  private readonly exportValues = new Map<string, Value>();

  constructor(readonly source: TemplateSource, private readonly run: TemplateRun, private readonly given: ((name: string) => Value | undefined) | undefined, private readonly around: readonly string[]) {
    const section = (name: string): Properties => {
      const value = isObject(source.template) ? source.template[name] : undefined;
      return isObject(value) ? value : {};
    };
    this.parameters = section('Parameters');
    this.conditions = section('Conditions');
    this.mappings = section('Mappings');
    this.bodies = section('Resources');
    this.outputs = section('Outputs');
  }

  environments(into: Record<string, { readonly account: string; readonly region: string }>): void {
    const { stack, account, region } = this.source;
    if (account && region) into[stack] = { account, region };
    for (const child of this.children.values()) child?.environments(into);
  }

  resources(): Resource[] {
    const { stack, file } = this.source;
    const result: Resource[] = [];
    const macro = this.macro();
    if (macro) result.push(gap('aws', `${stack}/Transform`, file, `${macro} may add, change and remove any resource`));
    for (const [name, body] of Object.entries(this.bodies)) {
      const id = `${stack}/${name}`;
      if (name.startsWith('Fn::')) {
        result.push(gap('aws', id, file, `${name.split('::').slice(0, 2).join('::')} expands into resources that the template does not show`));
        continue;
      }
      if (!isObject(body) || typeof body['Type'] !== 'string') {
        result.push(gap('aws', id, file, 'the resource has no Type'));
        continue;
      }
      const type = body['Type'];
      this.setStrict(STRICT.test(type));
      const condition = body['Condition'];
      const exists = condition === undefined ? true : typeof condition === 'string' ? this.condition(condition) : undefined;
      if (exists === false) continue;
      const attributes: Record<string, Value> = {};
      for (const [key, value] of Object.entries(body)) {
        if (key !== 'Type' && key !== 'Properties') setOwn(attributes, key, key === 'DependsOn' ? value : this.resolve(value));
      }
      if (exists === undefined) attributes['Condition'] = new Unknown(`the condition ${typeof condition === 'string' ? condition : ''} cannot be decided`);
      const origin = this.source.origin?.(name);
      const path = origin?.constructPath ?? constructPath(attributes['Metadata']);
      const properties = macro ?? this.properties(body['Properties']);
      if (typeof properties === 'string' && !macro) result.push(gap('aws', id, file, properties));
      result.push({
        cloud: 'aws', id, type, name, file, attributes, source: origin?.source ?? null,
        properties: typeof properties === 'string' ? opaqueProperties(properties) : properties,
        ...(path === undefined ? {} : { constructPath: path }),
      });
      if (EXPANDING.test(type)) result.push(gap('aws', id, file, `${type} expands into resources that the template does not show`));
      if (type === 'AWS::CloudFormation::Stack') {
        const child = this.child(name);
        if (child) result.push(...child.resources());
        else result.push(gap('aws', id, file, this.lost.get(name) ?? NOT_HERE));
      }
    }
    this.setStrict(false);
    for (const name of [...this.defaulted].sort()) result.push(gap('aws', `${stack}/Parameters.${name}`, file, `the parameter ${name} is judged by its default; a deployment can give it another value`));
    return result;
  }

  /** Conditions are decided apart for either reading. */
  private setStrict(strict: boolean): void {
    if (strict === this.strict) return;
    this.strict = strict;
    [this.decided, this.strictlyDecided] = [this.strictlyDecided, this.decided];
  }

  /** The value of an export, read as strictly as the stack that imports it is. */
  exportedTo(from: Stack, name: string, value: Value): Value {
    const strict = this.strict;
    this.setStrict(from.strict);
    const key = `${String(from.strict)} ${name}`;
    let known = this.exportValues.get(key);
    if (known === undefined) {
      this.exportValues.set(key, new Unknown(`Fn::ImportValue ${name} refers to itself`));
      this.exportValues.set(key, (known = this.resolve(value)));
    }
    this.setStrict(strict);
    return known;
  }

  /** The value of every export, unresolved. */
  *exported(): Iterable<[string, Value]> {
    for (const output of Object.values(this.outputs)) {
      if (!isObject(output) || !isObject(output['Export'])) continue;
      const name = this.resolve(output['Export']['Name'] ?? null);
      if (typeof name === 'string') yield [name, output['Value'] ?? null];
    }
  }

  resolve(value: Value): Value {
    if (chain > CHAIN_LIMIT) return new Unknown('a chain of references is too long');
    chain++;
    try {
      const result = this.inner(value);
      return result === NO_VALUE ? null : result;
    } finally {
      chain--;
    }
  }

  /** The transform that may rewrite the whole template, if any. */
  private macro(): string | undefined {
    const transform = isObject(this.source.template) ? this.source.template['Transform'] : undefined;
    if (transform === undefined) return undefined;
    for (const item of isList(transform) ? transform : [transform]) {
      if (typeof item !== 'string' || !PLAIN_TRANSFORMS.has(item)) {
        const name = isObject(item) ? item['Name'] : item;
        return `the macro ${typeof name === 'string' ? name : '(unnamed)'}`;
      }
    }
    return undefined;
  }

  /** The resolved properties, or why nothing is known of them. */
  private properties(value: Value | undefined): Properties | string {
    if (value === undefined) return {};
    const resolved = this.resolve(value);
    if (isObject(resolved)) return resolved;
    return resolved instanceof Unknown ? resolved.reason : 'Properties is not an object';
  }

  private child(name: string): Stack | undefined {
    if (this.children.has(name)) return this.children.get(name);
    this.children.set(name, undefined);
    const body = this.bodies[name];
    const found = body === undefined ? undefined : this.source.nested?.(body);
    if (!found || !isObject(body)) return undefined;
    const around = [...this.around, this.source.file];
    const why = around.some((file) => resolve(file) === resolve(found.file)) ? 'the template nests itself'
      : around.length > NESTING_LIMIT ? `the stacks nest deeper than ${NESTING_LIMIT} levels` : this.run.mayNest() ? undefined : `the run has more than ${NESTED_LIMIT} nested stacks`;
    if (why !== undefined) {
      this.lost.set(name, why);
      return undefined;
    }
    const given = isObject(body['Properties']) ? body['Properties']['Parameters'] : undefined;
    const values = new Map<string, Value>();
    const { account, region, stack } = this.source;
    const child = new Stack({ account, region, ...found, stack: `${stack}/${name}` }, this.run, (parameter) => {
      if (values.has(parameter)) return values.get(parameter);
      if (given !== undefined && !isObject(given)) return new Unknown('the parameters of the nested stack are not known');
      if (!isObject(given) || !Object.hasOwn(given, parameter)) return undefined;
      values.set(parameter, new Unknown(`the parameter ${parameter} refers to itself`));
      const value = this.resolve(given[parameter] ?? null);
      values.set(parameter, value);
      return value;
    }, around);
    this.children.set(name, child);
    return child;
  }

  private output(name: string): Value {
    const known = this.outputValues.get(name);
    if (known !== undefined) return known;
    this.outputValues.set(name, new Unknown(`the output ${name} refers to itself`));
    const output = Object.hasOwn(this.outputs, name) ? this.outputs[name] : undefined;
    const value = isObject(output) ? this.resolve(output['Value'] ?? null) : new Unknown(`the nested stack has no output ${name}`);
    this.outputValues.set(name, value);
    return value;
  }

  /** True or false where the artifact decides it. */
  private condition(name: string): boolean | undefined {
    if (this.decided.has(name)) return this.decided.get(name);
    this.decided.set(name, undefined);
    const decided = Object.hasOwn(this.conditions, name) ? this.decide(this.conditions[name] ?? null) : undefined;
    this.decided.set(name, decided);
    return decided;
  }

  private decide(value: Value): boolean | undefined {
    if (!isObject(value)) return undefined;
    const [key] = Object.keys(value);
    const argument = key === undefined ? undefined : value[key];
    if (key === 'Condition' && typeof argument === 'string') return this.condition(argument);
    if (!isList(argument)) return undefined;
    switch (key) {
      case 'Fn::Equals': {
        const [a, b] = [this.resolve(argument[0] ?? null), this.resolve(argument[1] ?? null)];
        if (isPlain(a) && isPlain(b)) return String(a) === String(b);
        return undefined;
      }
      case 'Fn::Not': {
        const inner = this.decide(argument[0] ?? null);
        return inner === undefined ? undefined : !inner;
      }
      case 'Fn::And': case 'Fn::Or': {
        const all = argument.map((item) => this.decide(item));
        const settles = key === 'Fn::Or';
        if (all.includes(settles)) return settles;
        return all.includes(undefined) ? undefined : !settles;
      }
      default: return undefined;
    }
  }

  private inner(value: Value): Resolved {
    if (typeof value === 'string') return literal(value);
    if (isList(value)) {
      let changed = false;
      const result: Value[] = [];
      for (const item of value) {
        const resolved = this.inner(item);
        if (resolved !== item) changed = true;
        if (resolved !== NO_VALUE) result.push(resolved);
      }
      return changed ? result : value;
    }
    if (!isObject(value)) return value;
    const keys = Object.keys(value);
    const first = keys[0];
    if (keys.length === 1 && first !== undefined && (first === 'Ref' || first.startsWith('Fn::'))) return this.intrinsic(first, value[first] ?? null);
    let changed = false;
    const result: Record<string, Value> = {};
    for (const key of keys) {
      if (key === 'Fn::Transform' || key.startsWith('Fn::ForEach')) return new Unknown(`${key} is expanded at deployment only`);
      const item = value[key] ?? null;
      const resolved = this.inner(item);
      if (resolved !== item) changed = true;
      if (resolved !== NO_VALUE) setOwn(result, key, resolved);
    }
    return changed ? result : value;
  }

  private intrinsic(name: string, argument: Value): Resolved {
    if (!this.run.maySpend()) return new Unknown(`the templates have more than ${INTRINSIC_LIMIT} intrinsics to resolve`);
    switch (name) {
      case 'Ref': return typeof argument === 'string' ? this.ref(argument) : new Unknown('Ref of something that is not a name');
      case 'Fn::GetAtt': return this.getAtt(argument);
      case 'Fn::Sub': return this.sub(argument);
      case 'Fn::Join': {
        if (!isList(argument) || typeof argument[0] !== 'string') return new Unknown('Fn::Join of something else than a delimiter and a list');
        const parts = this.resolve(argument[1] ?? null);
        if (!isList(parts)) return parts instanceof Unknown ? parts : new Unknown('Fn::Join of something that is not a list');
        return concat(parts, literal(argument[0]), 'Fn::Join');
      }
      case 'Fn::If': {
        if (!isList(argument) || typeof argument[0] !== 'string') return new Unknown('Fn::If without a condition');
        const decided = this.condition(argument[0]);
        if (decided !== undefined) return this.inner(argument[decided ? 1 : 2] ?? null);
        const yes = this.inner(argument[1] ?? null);
        const no = this.inner(argument[2] ?? null);
        return yes === no || (yes !== NO_VALUE && no !== NO_VALUE && JSON.stringify(yes) === JSON.stringify(no))
          ? yes : new Unknown(`the condition ${argument[0]} cannot be decided`);
      }
      case 'Fn::Select': {
        const index = isList(argument) ? Number(this.resolve(argument[0] ?? null)) : NaN;
        const source = isList(argument) ? (argument[1] ?? null) : null;
        const split = isObject(source) && Object.keys(source).length === 1 && isList(source['Fn::Split']) ? source['Fn::Split'] : undefined;
        const value = this.resolve(split ? (split[1] ?? null) : source);
        const piece = Number.isInteger(index) ? pieceOf(value, split?.[0], index) : undefined;
        if (piece !== undefined) return piece;
        const list = split ? splitAt(value, split[0]) : value;
        if (list instanceof Unknown) return list;
        const chosen = isList(list) && Number.isInteger(index) ? list[index] : undefined;
        return chosen ?? new Unknown('Fn::Select of what is not there');
      }
      case 'Fn::Split': {
        return isList(argument) ? splitAt(this.resolve(argument[1] ?? null), argument[0]) : new Unknown('Fn::Split of something that is not text');
      }
      case 'Fn::FindInMap': {
        if (!isList(argument)) return new Unknown('Fn::FindInMap without keys');
        let found: Value | undefined = this.mappings;
        const keys = argument.slice(0, 3).map((item) => this.resolve(item));
        for (const key of keys) {
          if (key instanceof Unknown) return key;
          found = isObject(found) && isPlain(key) && Object.hasOwn(found, String(key)) ? found[String(key)] : undefined;
        }
        // CloudFormation takes no intrinsics here.
        if (found !== undefined) return isObject(found) || (isList(found) && found.some((item) => typeof item === 'object')) ? new Unknown('Fn::FindInMap of a value that is no text') : this.inner(found);
        const fallback = isObject(argument[3]) ? argument[3]['DefaultValue'] : undefined;
        // A key known at deployment only may still be in the map.
        return fallback !== undefined && keys.every(isPlain) ? this.inner(fallback) : new Unknown('Fn::FindInMap of what is not in the map');
      }
      case 'Fn::ImportValue': {
        const exported = this.resolve(argument);
        return typeof exported === 'string' ? this.run.importValue(exported, this) : new Unknown('Fn::ImportValue of a name that is not known');
      }
      // Kept as text: rules read what is encoded.
      case 'Fn::Base64': return this.inner(argument);
      case 'Fn::Cidr': return cidrs(this.resolve(argument));
      case 'Fn::Length': {
        const list = this.resolve(argument);
        return isList(list) ? list.length : new Unknown('Fn::Length of a list that is not known');
      }
      case 'Fn::ToJsonString': {
        const content = this.resolve(argument);
        return hasUnknown(content) ? new Unknown('Fn::ToJsonString of values that are not known') : limited(JSON.stringify(content));
      }
      default: return new Unknown(`${name} is known at deployment only`);
    }
  }

  private ref(name: string): Resolved {
    if (name.startsWith('AWS::')) return this.pseudo(name);
    if (Object.hasOwn(this.parameters, name)) return this.parameter(name);
    if (Object.hasOwn(this.bodies, name)) return `\${${this.source.stack}/${name}.Ref}`;
    return new Unknown(`Ref ${name}: the template does not define it`);
  }

  private parameter(name: string): Value {
    const given = this.given?.(name);
    if (given !== undefined) return given;
    const declared = this.parameters[name];
    if (isObject(declared)) {
      const allowed = declared['AllowedValues'];
      if (isList(allowed) && allowed.length === 1 && typeof allowed[0] === 'string') return literal(allowed[0]);
      const fallback = declared['Default'];
      const type = declared['Type'];
      const readable = (typeof fallback === 'string' || typeof fallback === 'number') && typeof type === 'string' && !type.startsWith('AWS::SSM::') && declared['NoEcho'] !== true && declared['NoEcho'] !== 'true';
      // The parent of a nested stack gives nothing, so the default holds. For a template on its own it is a guess, which is told.
      if (readable && (this.given || !this.strict)) {
        if (!this.given) this.defaulted.add(name);
        if (type.startsWith('List<') || type === 'CommaDelimitedList') return String(fallback).split(',').map((item) => literal(item.trim()));
        return typeof fallback === 'string' ? literal(fallback) : fallback;
      }
    }
    return new Unknown(`the parameter ${name} is given at deployment${isObject(declared) ? offered(declared) : ''}`);
  }

  private getAtt(argument: Value): Value {
    let name: Value | undefined;
    let attribute: Value | undefined;
    if (isList(argument)) {
      name = argument[0];
      const rest = argument.slice(1).map((item) => this.resolve(item));
      attribute = rest.every((item) => typeof item === 'string') ? rest.join('.') : undefined;
    } else if (typeof argument === 'string') {
      const dot = argument.indexOf('.');
      name = dot < 0 ? argument : argument.slice(0, dot);
      attribute = dot < 0 ? undefined : argument.slice(dot + 1);
    }
    if (typeof name !== 'string' || typeof attribute !== 'string') return new Unknown('Fn::GetAtt of an attribute that is not known');
    return this.attribute(name, attribute);
  }

  private attribute(name: string, attribute: string): Value {
    const body = Object.hasOwn(this.bodies, name) ? this.bodies[name] : undefined;
    if (!isObject(body)) return new Unknown(`Fn::GetAtt ${name}.${attribute}: the template does not define ${name}`);
    if (body['Type'] === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) {
      const child = this.child(name);
      return child ? child.output(attribute.slice('Outputs.'.length)) : new Unknown(`${this.lost.get(name) ?? NOT_HERE}: ${name}`);
    }
    return `\${${this.source.stack}/${name}.${attribute}}`;
  }

  private sub(argument: Value): Value {
    const text = isList(argument) ? argument[0] : argument;
    const variables = isList(argument) && isObject(argument[1]) ? argument[1] : {};
    if (typeof text !== 'string') return new Unknown('Fn::Sub of something that is not text');
    const known = new Map<string, Value>();
    const variable = (name: string): Value => {
      const value = known.get(name) ?? this.resolve(variables[name] ?? null);
      known.set(name, value);
      return value;
    };
    const parts: Value[] = [];
    let last = 0;
    for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
      parts.push(literal(text.slice(last, match.index)));
      last = match.index + match[0].length;
      const name = (match[1] as string).trim();
      if (name.startsWith('!')) parts.push(`\${${name}}`);
      else if (Object.hasOwn(variables, name)) parts.push(variable(name));
      else {
        const dot = name.indexOf('.');
        const value = dot < 0 ? this.ref(name) : this.attribute(name.slice(0, dot), name.slice(dot + 1));
        parts.push(value === NO_VALUE ? '' : value);
      }
    }
    parts.push(literal(text.slice(last)));
    return concat(parts, '', 'Fn::Sub');
  }

  private pseudo(name: string): Resolved {
    const { account, region, stack, stackName } = this.source;
    const china = region?.startsWith('cn-') ?? false;
    switch (name) {
      case 'AWS::NoValue': return NO_VALUE;
      case 'AWS::AccountId': return account ?? '${AWS::AccountId}';
      case 'AWS::Region': return region ?? '${AWS::Region}';
      // Rules hold alike in every partition; one spelling keeps policies comparable with literals.
      case 'AWS::Partition': return china ? 'aws-cn' : region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
      case 'AWS::URLSuffix': return china ? 'amazonaws.com.cn' : 'amazonaws.com';
      case 'AWS::StackName': return stackName ?? stack;
      case 'AWS::StackId': return `\${AWS::StackId/${stack}}`;
      default: return new Unknown(`${name} is known at deployment only`);
    }
  }
}

/** Longest offer of a parameter that is told; a measurement, a role or a list of a few of them is shorter. */
const OFFER_LIMIT = 600;

/** What a parameter is without a value, and what it may be: a comparison sees that change though nobody knows the value. */
function offered(declared: { readonly [key: string]: Value }): string {
  if (declared['NoEcho'] === true || declared['NoEcho'] === 'true') return '';
  const [fallback, allowed] = [declared['Default'], declared['AllowedValues']];
  const said = (value: Value): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
  const offer = [
    ...(fallback === undefined ? [] : [`${said(fallback) === '' ? 'nothing' : said(fallback)} if not`]),
    ...(isList(allowed) ? [`one of ${allowed.map(said).sort().join(', ')}`] : []),
  ].join(', ');
  return offer === '' ? '' : ` (${offer.length > OFFER_LIMIT ? `${offer.slice(0, OFFER_LIMIT)}…` : offer})`;
}

/**
 * An item of a list that a resource has, or of its text split up: `${Stack/Id.DnsEntries[0][1|:]}`. It names the
 * resource still, and nothing takes it for the whole attribute.
 */
function pieceOf(source: Value, delimiter: Value | undefined, index: number): string | undefined {
  const whole = typeof source === 'string' ? /^\$\{(?!!)([^{}]+)\}$/.exec(source) : null;
  if (!whole || (delimiter !== undefined && (typeof delimiter !== 'string' || !/^[^\]{}]$/.test(delimiter)))) return undefined;
  return `\${${whole[1]}[${index}${delimiter === undefined ? '' : `|${delimiter}`}]}`;
}

function splitAt(text: Value, delimiter: Value | undefined): Value {
  if (text instanceof Unknown) return text;
  if (typeof text !== 'string' || typeof delimiter !== 'string' || delimiter === '') return new Unknown('Fn::Split of something that is not text');
  // What a reference stands for may contain the delimiter.
  return /\$\{(?!!)/.test(text) ? new Unknown('Fn::Split of a value known at deployment only') : text.split(delimiter);
}

/** Plain text of the template: a `${` in it is no reference, and a dynamic reference is not known. */
function literal(text: string): Value {
  if (text.includes('{{resolve:')) return new Unknown('a dynamic reference ({{resolve:…}}) is read at deployment');
  return text.includes('${') ? text.replaceAll('${', '${!') : text;
}

const isPlain = (value: Value): value is string | number | boolean =>
  (typeof value === 'string' && !/\$\{(?!!)/.test(value)) || typeof value === 'number' || typeof value === 'boolean';

function concat(parts: readonly Value[], delimiter: Value, what: string): Value {
  const texts: string[] = [];
  let length = 0;
  for (const part of parts) {
    if (part instanceof Unknown) return weight(parts, WITHIN_LIMIT) < WITHIN_LIMIT ? new Unknown(part.reason, parts) : new Unknown(`${part.reason}, in a text of more than ${WITHIN_LIMIT} parts`);
    if (typeof part !== 'string' && typeof part !== 'number' && typeof part !== 'boolean') return new Unknown(`${what} of something that is not text`);
    length += String(part).length;
    texts.push(String(part));
  }
  if (typeof delimiter !== 'string') return delimiter;
  if (length > STRING_LIMIT) return new Unknown(`${what} builds more than ${STRING_LIMIT} characters`);
  return texts.join(delimiter);
}

/** Parts of a text that is not known: the same ones may stand in it again and again, and a comparison walks them all. */
const WITHIN_LIMIT = 20_000;

/** The parts within parts, counted up to a limit. */
function weight(parts: readonly Value[], limit: number): number {
  let count = 0;
  for (const part of parts) {
    if (count >= limit) break;
    count += 1 + (part instanceof Unknown && part.within ? weight(part.within, limit - count) : 0);
  }
  return count;
}

const limited = (text: string): Value => (text.length > STRING_LIMIT ? new Unknown(`more than ${STRING_LIMIT} characters`) : text);

function hasUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** `Fn::Cidr` over an IPv4 block. */
function cidrs(argument: Value): Value {
  const [block, count, bits] = isList(argument) ? argument : [];
  const match = typeof block === 'string' ? /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block) : null;
  const [number, size] = [Number(count), 32 - Number(bits)];
  if (!match || !(number >= 1 && number <= 256) || !(size >= 1 && size <= 32)) return new Unknown('Fn::Cidr of a block that is not known');
  const start = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
  return Array.from({ length: number }, (_, index) => {
    const address = start + index * 2 ** (32 - size);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${size}`;
  });
}

function constructPath(metadata: Value | undefined): string | undefined {
  const path = isObject(metadata) ? metadata['aws:cdk:path'] : undefined;
  return typeof path === 'string' ? path : undefined;
}
