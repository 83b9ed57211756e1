import { readFileSync, statSync } from 'node:fs';
import type * as Yaml from 'yaml';
import { isList, isObject, type Value } from '../model.js';

/** The input cannot be read for what it claims to be. The command line prints the message and ends with 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`.replace(/\s+/g, ' '));
  }
}

/** Bytes of one JSON file. Above V8's practical string limits a parse would end in a crash instead of an error. */
const JSON_LIMIT = 256 * 1024 * 1024;
/** Bytes of one YAML file: ten times what CloudFormation accepts (1 MB). */
const YAML_LIMIT = 10 * 1024 * 1024;
/** Values of one JSON file: a list of numbers takes eight times its text in memory. */
const JSON_VALUE_LIMIT = 20_000_000;
/** Levels of nesting: CloudFormation, IAM and Pulumi stay far below; the walks over values are recursive. */
const DEPTH_LIMIT = 200;
/** Values of one YAML file with its aliases expanded. */
const YAML_NODE_LIMIT = 2_000_000;

/** The text of a file in UTF-8 or UTF-16, with or without a byte order mark. */
export function readText(file: string): string {
  let bytes: Buffer;
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw new InputError(file, 'is a folder, not a file');
    // A pipe without a writer and a device without an end would keep the run waiting for ever.
    if (!found.isFile()) throw new InputError(file, 'is a pipe or a device, not a file');
    const { size } = found;
    const limit = isYaml(file) ? YAML_LIMIT : JSON_LIMIT;
    if (size > limit) throw new InputError(file, `${Math.round(size / 1024 / 1024)} MB is more than the ${limit / 1024 / 1024} MB that one file may have`);
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(file, `cannot be read: ${reason(error)}`);
  }
  return decode(bytes, file);
}

/** @throws InputError for bytes that are no UTF-8 or UTF-16 text. */
export function decode(bytes: Buffer, file: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le'
    : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be'
      : bytes[0] === 0 && bytes[1] !== undefined && bytes[1] !== 0 ? 'utf-16be'
        : bytes[1] === 0 && bytes[0] !== undefined && bytes[0] !== 0 ? 'utf-16le' : 'utf-8';
  try {
    // The decoder drops the byte order mark.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, `is not ${encoding.toUpperCase()} text`);
  }
}

export const isYaml = (file: string): boolean => /\.(ya?ml|template)$/i.test(file);

/** Parses the text of a JSON or YAML file. @throws InputError */
export function parseText(text: string, file: string): Value {
  const start = /\S/.exec(text)?.[0];
  if (start === undefined) throw new InputError(file, 'is empty');
  return start === '{' || start === '[' || !isYaml(file) ? parseJson(text, file) : parseYaml(text, file);
}

/** @throws InputError for truncated text, duplicate keys and nesting beyond reason. */
export function parseJson(text: string, file: string): Value {
  const members = scan(text, file);
  let value: Leaf | Fresh;
  try {
    value = JSON.parse(text) as Leaf | Fresh;
  } catch (error) {
    const why = reason(error);
    const usual = /after JSON/.test(why) ? 'something behind it? one document is read'
      : /^\s*[^{[\s]/.test(text) && /^[{[]/m.test(text) ? 'a log before it? only what the command writes to stdout is the artifact' : 'truncated?';
    throw new InputError(file, `is not JSON (${usual}): ${why.slice(0, 120)}`);
  }
  // JSON.parse keeps the last of two equal keys and says nothing: a reviewer may read the other one.
  if ((typeof value === 'object' && value !== null ? countMembers(value) : 0) !== members) throw new InputError(file, `has the key ${duplicateKey(text)} twice in one object`);
  return value;
}

/** Members (colons outside strings) of a JSON text. @throws InputError where it nests too deep. */
function scan(text: string, file: string): number {
  let members = 0;
  let depth = 0;
  let commas = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 0x22: // "
        for (index++; index < text.length; index++) {
          const code = text.charCodeAt(index);
          if (code === 0x5c) index++;
          else if (code === 0x22) break;
        }
        break;
      case 0x3a: members++; break; // :
      case 0x2c: // ,
        if (++commas > JSON_VALUE_LIMIT) throw new InputError(file, `holds more than ${JSON_VALUE_LIMIT} values`);
        break;
      case 0x7b: case 0x5b: // { [
        if (++depth > DEPTH_LIMIT) throw new InputError(file, `nests deeper than ${DEPTH_LIMIT} levels`);
        break;
      case 0x7d: case 0x5d: depth--; break; // } ]
      default:
    }
  }
  return members;
}

/** Members of all objects of a freshly parsed value. What equals something read before is replaced by it on the way. */
function countMembers(value: Fresh): number {
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += typeof item === 'object' && item !== null ? countMembers(item) : 0;
  else {
    for (const key in value) {
      const item = value[key];
      count++;
      if (typeof item === 'object' && item !== null) count += countMembers(item);
      else if (typeof item !== 'string') continue;
      const same = shared(item);
      // Assigning to a member of this name would change the prototype.
      if (same !== item && key !== '__proto__') value[key] = same;
    }
  }
  return count;
}

type Leaf = string | number | boolean | null;
type Fresh = (Leaf | Fresh)[] | { [key: string]: Leaf | Fresh };

/** The last value read for each fingerprint: tags, names and the like repeat on every resource and are kept once. */
const recent: (string | Fresh | undefined)[] = Array.from({ length: 8192 });
/** Longest text and list that are compared with others. */
const SHARED_LENGTH = 256;

/** An equal value that was read before: of texts, and of flat objects and lists of them. */
function shared(value: string | Fresh): string | Fresh {
  const print = typeof value === 'string' ? textPrint(value) : Array.isArray(value) ? listPrint(value) : flatPrint(value);
  if (print === 0) return value;
  const slot = (print >>> 0) % recent.length;
  const known = recent[slot];
  if (known !== undefined && isSame(known, value)) return known;
  recent[slot] = value;
  return value;
}

/** A rough fingerprint: length and some characters; 0 for what is not shared. Texts of up to ten characters V8 shares itself. */
function textPrint(text: string): number {
  const { length } = text;
  if (length <= 10 || length > SHARED_LENGTH) return 0;
  let print = Math.imul(length, 31) + text.charCodeAt(0);
  print = Math.imul(print, 31) + text.charCodeAt(length >> 2);
  print = Math.imul(print, 31) + text.charCodeAt(length >> 1);
  print = Math.imul(print, 31) + text.charCodeAt(length - 5);
  print = Math.imul(print, 31) + text.charCodeAt(length - 3);
  print = Math.imul(print, 31) + text.charCodeAt(length - 2);
  print = Math.imul(print, 31) + text.charCodeAt(length - 1);
  return print || 1;
}

function flatPrint(value: { readonly [key: string]: Leaf | Fresh }): number {
  let print = 7;
  for (const key in value) {
    const item = value[key];
    if (typeof item === 'object' && item !== null) return 0;
    print = Math.imul(print, 31) + key.length + (typeof item === 'string' ? textPrint(item) || item.length + (item.charCodeAt(0) || 0) : Number(item));
  }
  return print || 1;
}

function listPrint(list: readonly (Leaf | Fresh)[]): number {
  if (list.length === 0 || list.length > SHARED_LENGTH) return 0;
  let print = list.length;
  for (const item of list) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return 0;
    const flat = flatPrint(item);
    if (flat === 0) return 0;
    print = Math.imul(print, 31) + flat;
  }
  return print || 1;
}

/** Equality of what has a fingerprint, the order of members included. */
function isSame(one: Leaf | Fresh, other: Leaf | Fresh): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index] ?? null));
  if (Array.isArray(other)) return false;
  const keys = Object.keys(one);
  const others = Object.keys(other);
  return keys.length === others.length && keys.every((key, index) => key === others[index] && isSame(one[key] ?? null, other[key] ?? null));
}

/** The first key that occurs twice in one object of a valid JSON text. */
function duplicateKey(text: string): string {
  const open: (Set<string> | null)[] = [];
  for (const { 0: token, 1: key } of text.matchAll(/("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (key !== undefined) {
      const keys = open.at(-1);
      const name = JSON.stringify(JSON.parse(key));
      if (keys?.has(name)) return name;
      keys?.add(name);
    }
  }
  return 'of some member';
}

/** CloudFormation's intrinsics, by short form. */
const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform']
    .map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);
const CORE_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq', 'merge'].map((name) => `tag:yaml.org,2002:${name}`));

/** @throws InputError for what is not one YAML document, unknown tags, and aliases that expand beyond reason. */
function parseYaml(text: string, file: string): Value {
  // Loaded here: most runs read JSON only.
  const yaml = require('yaml') as typeof Yaml;
  const lines = new yaml.LineCounter();
  let document: Yaml.Document.Parsed;
  try {
    // With the log level 'silent' the library reads the first of several documents and says nothing.
    document = yaml.parseDocument(text, { lineCounter: lines, uniqueKeys: false, merge: true, logLevel: 'error' });
  } catch (error) {
    throw new InputError(file, `is not YAML that can be read: ${reason(error)}`);
  }
  const first = document.errors[0];
  if (first) throw new InputError(file, `is not YAML: ${first.message.split('\n')[0] ?? ''}`);

  const anchors = new Map<string, Yaml.Node>();
  const done = new Map<Yaml.Node, { readonly value: Value; readonly size: number }>();
  const open = new Set<Yaml.Node>();
  let size = 0;
  const refuse = (node: Yaml.Node, problem: string): never => {
    throw new InputError(file, `line ${lines.linePos(node.range?.[0] ?? 0).line}: ${problem}`);
  };

  const convert = (node: unknown, depth: number): Value => {
    if (!yaml.isNode(node)) return null;
    if (depth > DEPTH_LIMIT) return refuse(node, `nests deeper than ${DEPTH_LIMIT} levels`);
    if (yaml.isAlias(node)) {
      const target = anchors.get(node.source) ?? refuse(node, `no anchor ${node.source}`);
      const known = done.get(target) ?? refuse(node, `anchor ${node.source} contains itself`);
      // The values are shared, the walks over them are not.
      size += known.size;
      if (size > YAML_NODE_LIMIT) refuse(node, `aliases expand to more than ${YAML_NODE_LIMIT} values`);
      return known.value;
    }
    const before = size++;
    const anchor = (node as Yaml.Scalar | Yaml.YAMLMap | Yaml.YAMLSeq).anchor;
    if (anchor) anchors.set(anchor, node);
    open.add(node);
    const plain = body(node, depth);
    open.delete(node);
    const tag = (node as Yaml.Scalar).tag;
    const short = tag ? SHORT_FORMS.get(tag) : undefined;
    if (tag && !short && !CORE_TAGS.has(tag)) refuse(node, `unknown tag ${tag}`);
    const value = short ? { [short]: plain } : plain;
    if (anchor) done.set(node, { value, size: size - before });
    return value;
  };
  const body = (node: Yaml.Node, depth: number): Value => {
    if (yaml.isSeq(node)) return node.items.map((item) => convert(item, depth + 1));
    if (yaml.isMap(node)) {
      const result: Record<string, Value> = {};
      const merged: Value[] = [];
      for (const { key, value } of node.items) {
        if (!yaml.isScalar(key)) return refuse(node, 'a key is not a plain value');
        const inner = convert(value, depth + 1);
        if (key.value === '<<' || typeof key.value === 'symbol') {
          merged.push(...(isList(inner) ? inner : [inner]));
          continue;
        }
        const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
        // The library compares every key with every other one.
        if (Object.hasOwn(result, name)) return refuse(key, `the key ${JSON.stringify(name)} is given twice`);
        setOwn(result, name, inner);
      }
      for (const other of merged) {
        if (!isObject(other)) return refuse(node, 'a merge key (<<) takes an object');
        for (const [name, inner] of Object.entries(other)) if (!Object.hasOwn(result, name)) setOwn(result, name, inner);
      }
      return result;
    }
    return yaml.isScalar(node) ? scalar(node) : null;
  };
  return convert(document.contents, 0);
}

/** A scalar; numbers that would lose digits (account ids with a leading zero) stay text. */
function scalar(node: Yaml.Scalar): Value {
  const { value, source } = node;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value) && String(value) === source) return value;
  return source ?? JSON.stringify(value);
}

/** Sets an own property, also one named `__proto__`. */
export function setOwn(target: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** Characters of a resource's name: CloudFormation takes 255, and every finding repeats it. */
const NAME_LIMIT = 4096;

/** @throws InputError for names that are none. */
export function demandNames(names: Iterable<string>, file: string): void {
  for (const name of names) if (name.length > NAME_LIMIT) throw new InputError(file, `names a resource with ${name.length} characters; at most ${NAME_LIMIT}`);
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
