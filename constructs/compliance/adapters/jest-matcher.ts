/** `import 'tee-kit/jest'` gives jest `expect(template).toBeHipaaTee()`. */
import type { Workload } from '../../workload/workload.js';
import { evaluate } from '../evaluate.js';
import type { Deployment, Value } from '../model.js';
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
       * @throws Error when it is none of these.
       */
      toBeHipaaTee(options?: ToBeHipaaTeeOptions): R;
    }
  }
}

function toBeHipaaTee(this: unknown, received: unknown, options: ToBeHipaaTeeOptions = {}): { readonly pass: boolean; readonly message: () => string } {
  const deployments = deploymentsOf(received, options);
  const rules = RULES.filter(({ id, waivable }) => !waivable || !options.without?.includes(id));
  const { findings } = evaluate(deployments, { rules });
  return {
    pass: findings.length === 0,
    message: () => (findings.length === 0
      ? 'the rules of the kit find nothing wrong, and something was expected'
      : `${findings.length} findings:\n\n${findings.map(({ status, rule, resource, path, message, fix }) => `${status} ${rule} ${resource} ${path}\n  ${message}\n  fix: ${fix}`).join('\n')}`),
  };
}

function deploymentsOf(received: unknown, options: ToBeHipaaTeeOptions): readonly Deployment[] {
  if (typeof received === 'string') return readArtifacts([received], options).deployments;
  if (typeof received === 'object' && received !== null) {
    const { directory, toJSON } = received as { readonly directory?: unknown; readonly toJSON?: unknown };
    if (typeof directory === 'string') return readArtifacts([directory], options).deployments;
    // Through JSON: what a test builds by hand may hold undefined, dates or class instances.
    const document = JSON.parse(JSON.stringify(typeof toJSON === 'function' ? (toJSON as () => unknown).call(received) : received)) as Value;
    if (isPulumi(document)) return pulumiDeployments(document, 'preview', options);
    if (isTemplate(document)) return [templateDeployment([{ stack: 'Template', file: 'template', template: document }], options)];
  }
  throw new Error('toBeHipaaTee takes a CDK Template, a CloudAssembly, a CloudFormation template, a Pulumi preview or the path of an artifact');
}

expect.extend({ toBeHipaaTee });
