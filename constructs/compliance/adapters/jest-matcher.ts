/** `import 'tee-kit/jest'` gives jest `expect(template).toBeHipaaTee()`. */
import type { Workload } from '../../workload/workload.js';
import { evaluate } from '../evaluate.js';
import { type Deployment, isObject, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { isTemplate, pulumiDeployments, readArtifacts, templateDeployment } from '../read/artifacts.js';
import { isPulumi } from '../read/preview.js';
import { RULES } from '../registry.js';

export interface ToBeHipaaTeeOptions {
  /** Governs in place of the workload that the artifact embeds. */
  readonly workload?: Workload;
  /** ISO date against which expiries are judged. Default: today, UTC. */
  readonly today?: string;
  /** Ids of rules that are left out, for a test of one aspect. Rules that cannot be waived stay. */
  readonly without?: readonly string[];
}

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- jest's matchers are extended through its global namespace
  namespace jest {
    interface Matchers<R> {
      /**
       * The rules of the kit find nothing wrong and nothing undecidable. Takes a CDK `Template`, a `CloudAssembly`, a
       * CloudFormation template or Pulumi preview as an object, or the path of an artifact.
       * @throws Error when it is none of these, holds nothing that a rule judges, or says nowhere that it processes PHI: with `.not` too.
       */
      toBeHipaaTee(options?: ToBeHipaaTeeOptions): R;
    }
  }
}

function toBeHipaaTee(this: unknown, received: unknown, options: ToBeHipaaTeeOptions = {}): { readonly pass: boolean; readonly message: () => string } {
  const deployments = deploymentsOf(received, options);
  const rules = RULES.filter(({ id, waivable }) => !waivable || !options.without?.includes(id));
  const { findings, passed } = evaluate(deployments, { rules });
  if (findings.length === 0 && passed === 0) throw new Error('toBeHipaaTee: no rule has anything to judge in this artifact, so neither a pass nor a failure says something about it');
  if (findings.length === 0 && !deployments.some(processesPhi)) throw new Error('toBeHipaaTee: no workload file, tag, name, machine or policy of this artifact speaks of PHI, so most rules do not apply to it; give { workload }');
  return {
    pass: findings.length === 0,
    message: () => (findings.length === 0
      ? 'the rules of the kit find nothing wrong, and something was expected'
      : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}:\n\n${findings.map(({ status, rule, resource, path, message, fix }) => `${status} ${rule} ${resource} ${path}\n  ${message}\n  fix: ${fix}`).join('\n')}`),
  };
}

function deploymentsOf(received: unknown, options: ToBeHipaaTeeOptions): readonly Deployment[] {
  if (typeof received === 'string' && received !== '') return readArtifacts([received], options).deployments;
  if (typeof received === 'object' && received !== null) {
    const { directory, toJSON } = received as { readonly directory?: unknown; readonly toJSON?: unknown };
    if (typeof directory === 'string') return readArtifacts([directory], options).deployments;
    const document = plain(received, toJSON);
    if (isPulumi(document)) return pulumiDeployments(document, 'preview', options);
    // The Template of a stack without resources has no Resources.
    if (isTemplate(document) || (isObject(document) && typeof toJSON === 'function')) return [templateDeployment([{ stack: 'Template', file: 'template', template: document }], options)];
  }
  const shown = received === '' ? 'an empty text' : `of type ${Object.prototype.toString.call(received).slice(8, -1)}`;
  throw new Error(`toBeHipaaTee takes a CDK Template, a CloudAssembly, a CloudFormation template, a Pulumi preview or the path of an artifact; this is ${shown}. Of a Stack it takes Template.fromStack(stack), of an App app.synth().`);
}

/** Through JSON: what a test builds by hand may hold undefined, dates or class instances. A CDK construct refers to itself and has none. */
function plain(received: object, toJSON: unknown): Value {
  try {
    return JSON.parse(JSON.stringify(typeof toJSON === 'function' ? (toJSON as () => unknown).call(received) : received) ?? 'null') as Value;
  } catch {
    return null;
  }
}

expect.extend({ toBeHipaaTee });
