import { basename, dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport, PolicyViolation } from 'aws-cdk-lib/core';
import type { Workload } from '../../workload/workload.js';
import { evaluate } from '../evaluate.js';
import { type Deployment, type Finding, type Resource } from '../model.js';
import { assemblyStacks, isManifest, nestedTemplates } from '../read/assembly.js';
import { apart, templateDeployment } from '../read/artifacts.js';
import type { TemplateSource } from '../read/template.js';
import { parseText, readText } from '../read/text.js';
import { RULES } from '../registry.js';
import { kitVersion } from '../version.js';

export interface TeeKitValidationProps {
  /** Governs in place of the workload that the templates embed. */
  readonly workload?: Workload;
  /** ISO date against which expiries are judged. Default: today, UTC. */
  readonly today?: string;
}

/**
 * The rules of the kit at `cdk synth`: `Validations.of(app).addPlugins(new TeeKitValidation())`.
 *
 * Register it on the app, so that stacks are judged together. Findings of rules that cannot be waived have the severity
 * `fatal`, which no acknowledgement suppresses; all others are `error` and are acknowledged as `tee-kit::<rule id>`.
 * What cannot be decided is reported like a failure.
 */
export class TeeKitValidation implements IPolicyValidationPlugin {
  readonly name = 'tee-kit';
  readonly version = kitVersion();
  readonly ruleIds: string[] = RULES.filter((rule) => rule.checks.aws).map(({ id }) => id);

  constructor(private readonly props: TeeKitValidationProps = {}) {}

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const waivable = new Map(RULES.map((rule) => [rule.id, rule.waivable]));
    const violations: PolicyViolation[] = [];
    let success = true;
    const all = [...this.sources(context)];
    for (const sources of apart(all, this.props)) {
      const deployment = templateDeployment(sources, this.props, all);
      const { findings, warnings } = evaluate([deployment], { rules: RULES });
      success &&= findings.length === 0;
      violations.push(
        ...group(findings, deployment, ({ rule }) => (waivable.get(rule) === false ? 'fatal' : 'error')),
        ...group(warnings, deployment, () => 'warning'),
      );
    }
    return { success, pluginVersion: this.version, violations };
  }

  /** The stacks as the assembly's manifests describe them; from the templates alone where there is none. */
  private *sources({ stackTemplates }: IPolicyValidationContext): Iterable<TemplateSource> {
    const described = new Map<string, TemplateSource>();
    for (const directory of new Set(stackTemplates.map(({ templatePath }) => dirname(templatePath)))) {
      const file = join(directory, 'manifest.json');
      const manifest = existsSync(file) ? parseText(readText(file), file) : null;
      if (isManifest(manifest)) for (const source of assemblyStacks(directory, manifest)) described.set(source.file, source);
    }
    for (const { templatePath, stackConstructPath, accountId, region } of stackTemplates) {
      yield described.get(templatePath) ?? {
        stack: stackConstructPath.replaceAll('/', '-'), file: templatePath, template: parseText(readText(templatePath), templatePath),
        account: accountId, region, nested: nestedTemplates(dirname(templatePath)),
      };
    }
  }
}

/** One violation per rule and message, with every resource it is about. */
function group(findings: readonly Finding[], deployment: Deployment, severity: (finding: Finding) => string): PolicyViolation[] {
  const groups = new Map<string, { readonly finding: Finding; readonly resources: { readonly resource: Resource | undefined; readonly path: string }[] }>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.status} ${finding.message}`;
    const member = { resource: deployment.byId.get(finding.resource), path: finding.path };
    const known = groups.get(key);
    if (known) known.resources.push(member);
    else groups.set(key, { finding, resources: [member] });
  }
  return [...groups.values()].map(({ finding, resources }) => ({
    ruleName: finding.rule,
    description: finding.status === 'unknown' ? `cannot be decided: ${finding.message}` : finding.message,
    fix: finding.fix,
    severity: severity(finding),
    ruleMetadata: { status: finding.status, severity: finding.severity, citations: finding.citations.join(', '), ...(finding.source ? { source: `${finding.source.file}:${finding.source.line}` } : {}) },
    violatingResources: resources.map(({ resource, path }) => (resource
      ? { resourceLogicalId: resource.name, templatePath: basename(resource.file), locations: path === '' ? [] : [`Properties.${path}`], ...(resource.constructPath === undefined ? {} : { constructPath: resource.constructPath }) }
      : { constructPath: '', locations: [] })),
  }));
}
