import { type EnforcementLevel, type PolicyPackArgs, type PolicyResource, type ResourceValidationPolicy, type StackValidationArgs, type StackValidationPolicy, UnknownValueError } from '@pulumi/policy';
import { CLOUDS, type Workload } from '../../workload/workload.js';
import { evaluate } from '../evaluate.js';
import { Deployment, type Finding, Unknown, type Value } from '../model.js';
import { pulumiResources } from '../read/preview.js';
import { setOwn } from '../read/text.js';
import { RULES } from '../registry.js';
import type { Rule } from '../rule.js';

export interface TeeKitPoliciesOptions {
  /** The workload that governs; without it the rules that compare with it report unknown or nothing. */
  readonly workload?: Workload | undefined;
  /** ISO date against which expiries are judged. Default: today, UTC. */
  readonly today?: string;
}

/**
 * The rules of the kit as a Pulumi policy pack: `new PolicyPack('tee-kit', teeKitPolicies({ workload }))`.
 *
 * One stack policy per rule. The SDK turns a mandatory policy that reads an unknown value into an advisory "can't run
 * during preview"; here such values are read as unknown instead, and a rule that needed one reports a violation.
 * Rules that cannot be waived report `mandatory` whatever enforcement level the pack's configuration gives them.
 */
export function teeKitPolicies(options: TeeKitPoliciesOptions = {}): PolicyPackArgs {
  const seen = new Inputs();
  const rules = RULES.filter(({ checks }) => checks.azure ?? checks.gcp);
  return {
    description: 'HIPAA rules for PHI workloads in Trusted Execution Environments',
    displayName: 'TEE Kit',
    enforcementLevel: 'mandatory',
    policies: [seen.policy, ...rules.map((rule) => policy(rule, seen, options))],
  };
}

/** What the SDK's callback also takes, though its type declares only a message; pinned by a test. */
type ReportViolation = (violation: {
  readonly name: string;
  readonly description: string;
  readonly message: string;
  readonly severity: Finding['severity'];
  readonly urn?: string;
  readonly enforcementLevel?: EnforcementLevel;
}) => void;

function policy(rule: Rule, seen: Inputs, options: TeeKitPoliciesOptions): StackValidationPolicy {
  return {
    name: rule.id,
    description: rule.title,
    enforcementLevel: 'mandatory',
    severity: rule.severity,
    framework: { name: '45 CFR Part 164 Subpart C', version: '2013', reference: rule.citations.join(', '), specification: rule.title },
    remediationSteps: [rule.fix.azure, rule.fix.gcp].filter((text) => text !== undefined).join('\n'),
    validateStack: (args, reportViolation) => {
      const report = reportViolation as unknown as ReportViolation;
      const { findings, warnings } = evaluate(seen.deployments(args, options), { rules: [rule] });
      for (const finding of [...findings, ...warnings]) {
        const urn = finding.resource.startsWith('urn:') ? finding.resource : undefined;
        const unknown = finding.status === 'unknown' ? 'cannot be decided: ' : '';
        const message = `${unknown}${finding.message}${finding.path === '' ? '' : ` (${finding.path})`}\n${finding.fix}\n${finding.citations.join(', ')}`;
        const level = warnings.includes(finding) ? 'advisory' : rule.waivable ? undefined : 'mandatory';
        report({ name: rule.id, description: rule.title, message, severity: finding.severity, ...(urn === undefined ? {} : { urn }), ...(level === undefined ? {} : { enforcementLevel: level }) });
      }
    },
  };
}

/**
 * What the program asked for, by URN. A stack policy sees outputs, in which a provider may shape settings differently;
 * rules are about inputs, as in a preview.
 */
class Inputs {
  private readonly byUrn = new Map<string, Value>();
  private last: { readonly text: string; readonly deployments: readonly Deployment[] } | undefined;

  readonly policy: ResourceValidationPolicy = {
    name: 'tee-kit-inputs',
    description: 'Remembers the inputs of every resource for the rules of the kit; reports nothing.',
    enforcementLevel: 'advisory',
    validateResource: ({ urn, props }) => { this.byUrn.set(urn, plain(props)); },
  };

  /** The deployments of a stack; the same ones for every rule of one run, so that proofs are computed once. */
  deployments(args: StackValidationArgs, { workload, today }: TeeKitPoliciesOptions): readonly Deployment[] {
    const states = args.resources.map((resource) => this.state(resource));
    const text = JSON.stringify(states);
    if (this.last?.text === text) return this.last.deployments;
    const resources = pulumiResources(states, 'stack');
    const date = today ?? new Date().toISOString().slice(0, 10);
    const deployments = CLOUDS.flatMap((cloud) => {
      const own = resources.filter((resource) => resource.cloud === cloud);
      return own.length === 0 ? [] : [new Deployment(cloud, own, workload ?? null, date)];
    });
    this.last = { text, deployments };
    return deployments;
  }

  private state({ urn, type, props, opts, parent, dependencies, propertyDependencies }: PolicyResource) {
    return {
      urn, type, inputs: this.byUrn.get(urn) ?? plain(props),
      attributes: {
        protect: opts.protect, ignoreChanges: opts.ignoreChanges, dependencies: dependencies.map((dependency) => dependency.urn),
        // Whose output an unknown value is: a new identity's object id is not known before it exists.
        propertyDependencies: Object.fromEntries(Object.entries(propertyDependencies).map(([property, sources]) => [property, sources.map((source) => source.urn)])),
        retainOnDelete: NOT_SHOWN, replaceOnChanges: NOT_SHOWN,
        ...(parent ? { parent: parent.urn } : {}),
      },
    };
  }
}

const NOT_SHOWN = new Unknown('policy packs are not shown this option; tee-kit check on the preview decides');

/** A copy without the SDK's proxies, in which every unknown value is an `Unknown` instead of an exception. */
function plain(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value !== 'object') return new Unknown(`a ${typeof value}`);
  const source = value as Readonly<Record<string, unknown>>;
  const read = (key: string): Value => {
    try {
      return plain(source[key]);
    } catch (error) {
      if (error instanceof UnknownValueError) return new Unknown('not known at preview');
      throw error;
    }
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(String(index)));
  const result: Record<string, Value> = {};
  for (const key of Object.keys(source)) {
    setOwn(result, key, read(key));
  }
  return result;
}
