import type { PolicyPackArgs } from '@pulumi/policy';
import type { Preview, PreviewStep } from '../../constructs/compliance/adapters/pulumi-preview.js';

/**
 * The engine's side of a preview, as far as rules can tell: outputs of resources that do not exist yet are unknown, policies
 * are called through the SDK's own server, and a second `up` plans against what the first one recorded.
 */

const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = require('@pulumi/policy/server') as { makeAnalyzeRpcFun: Rpc; makeAnalyzeStackRpcFun: Rpc };
const analyzer = require('@pulumi/pulumi/proto/analyzer_pb.js') as {
  AnalyzeRequest: new () => Message; AnalyzeStackRequest: new () => Message; AnalyzerResource: new () => Message; AnalyzerResourceOptions: new () => Message;
  AnalyzerPropertyDependencies: new () => Message;
  EnforcementLevel: { ADVISORY: number; MANDATORY: number };
};
const { Struct } = require('google-protobuf/google/protobuf/struct_pb.js') as { Struct: { fromJavaScript(value: object): unknown } };

type Rpc = (pack: string, version: string, level: string, policies: PolicyPackArgs['policies']) => (call: { request: unknown }, callback: (error: unknown, response: { getDiagnosticsList(): Raw[] }) => void) => Promise<void>;
interface Raw { getPolicyname(): string; getMessage(): string; getUrn(): string; getEnforcementlevel(): number }
interface Message { [method: string]: (...values: unknown[]) => unknown }

/** What the engine shows for an unknown string. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export interface State { inputs: { [key: string]: Json }; propertyDependencies?: { [property: string]: string[] } }
export type LiveStep = Omit<PreviewStep, 'newState'> & { readonly newState: Omit<PreviewStep['newState'], 'inputs'> & State };
export interface LivePreview { readonly config: Readonly<Record<string, string>>; readonly steps: LiveStep[] }

const REFERENCE = /\$\{[^}]+?::([^}.]+)\.[^}]+\}/;

/** The preview that `pulumi preview --json` prints before anything exists: symbolic references are unknown. */
export function live(run: Preview): LivePreview {
  const urns = new Map(run.steps.map(({ urn, newState }) => [`${newState.type}::${urn.split('::').at(-1) ?? ''}`, urn]));
  const unknowns = (value: Json, sources: Set<string>): Json => {
    if (typeof value === 'string') {
      const key = /\$\{([^}]+?::[^}.]+)\.[^}]+\}/.exec(value)?.[1];
      if (key === undefined || !REFERENCE.test(value)) return value;
      sources.add(urns.get(key) ?? key);
      return UNKNOWN;
    }
    if (Array.isArray(value)) return value.map((item) => unknowns(item, sources));
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unknowns(inner, sources)]));
    return value;
  };
  const steps = run.steps.map((step): LiveStep => {
    const inputs: { [key: string]: Json } = {};
    const propertyDependencies: { [property: string]: string[] } = {};
    for (const [name, value] of Object.entries(structuredClone(step.newState.inputs) as { [key: string]: Json })) {
      const sources = new Set<string>();
      inputs[name] = unknowns(value, sources);
      if (sources.size > 0) propertyDependencies[name] = [...sources];
    }
    return { ...step, newState: { ...step.newState, inputs, propertyDependencies } };
  });
  return { config: {}, steps };
}

export interface Diagnostic { readonly policy: string; readonly message: string; readonly urn: string; readonly mandatory: boolean }

/** Runs a policy pack over a preview: every resource, then the stack. */
export async function analyze(run: LivePreview, pack: PolicyPackArgs, level: 'mandatory' | 'advisory' = 'mandatory'): Promise<readonly Diagnostic[]> {
  const call = (rpc: Rpc, request: Message) => new Promise<readonly Raw[]>((resolve, reject) => {
    void rpc('tee-kit', '0.1.0', level, pack.policies)({ request }, (error, response) => { if (error) reject(error as Error); else resolve(response.getDiagnosticsList()); });
  });
  const found: Raw[] = [];
  for (const step of run.steps) found.push(...await call(makeAnalyzeRpcFun, message(analyzer.AnalyzeRequest, step)));
  const request = new analyzer.AnalyzeStackRequest();
  request['setResourcesList']!(run.steps.map((step) => {
    const resource = message(analyzer.AnalyzerResource, step);
    resource['setParent']!(step.newState.parent ?? '');
    resource['setDependenciesList']!(step.newState.dependencies);
    const map = resource['getPropertydependenciesMap']!() as { set(key: string, value: Message): void };
    for (const [property, urns] of Object.entries(step.newState.propertyDependencies ?? {})) {
      const dependencies = new analyzer.AnalyzerPropertyDependencies();
      dependencies['setUrnsList']!(urns);
      map.set(property, dependencies);
    }
    return resource;
  }));
  found.push(...await call(makeAnalyzeStackRpcFun, request));
  return found.map((raw) => ({ policy: raw.getPolicyname(), message: raw.getMessage(), urn: raw.getUrn(), mandatory: raw.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY }));
}

function message(kind: new () => Message, { urn, newState }: LiveStep): Message {
  const result = new kind();
  result['setType']!(newState.type);
  result['setUrn']!(urn);
  result['setName']!(urn.split('::').at(-1));
  result['setProperties']!(Struct.fromJavaScript(newState.inputs));
  const options = new analyzer.AnalyzerResourceOptions();
  options['setProtect']!(newState.protect === true);
  options['setIgnorechangesList']!(newState.ignoreChanges ?? []);
  result['setOptions']!(options);
  return result;
}
