import { dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport, PolicyViolatingResource, PolicyViolation } from 'aws-cdk-lib/core';
import type { Workload } from '../../workload/workload.js';
import { evaluate } from '../evaluate.js';
import type { Deployment, Finding, Resource, SourceLocation } from '../model.js';
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
    const stacks = new Map(context.stackTemplates.map((stack) => [resolve(stack.templatePath), stack]));
    for (const sources of apart(all, this.props)) {
      const deployment = templateDeployment(sources, this.props, all);
      const places = [...placesOf(sources, stacks)];
      const { findings, warnings } = evaluate([deployment], { rules: RULES });
      success &&= findings.length === 0;
      violations.push(
        ...group(findings, deployment, places, ({ rule }) => (waivable.get(rule) === false ? 'fatal' : 'error')),
        ...group(warnings, deployment, places, () => 'warning'),
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
      if (isManifest(manifest)) for (const source of assemblyStacks(directory, manifest)) described.set(resolve(source.file), source);
    }
    for (const { templatePath, stackConstructPath, accountId, region } of stackTemplates) {
      yield described.get(resolve(templatePath)) ?? {
        stack: stackConstructPath.replaceAll('/', '-'), file: templatePath, template: parseText(readText(templatePath), templatePath),
        account: accountId, region, nested: nestedTemplates(dirname(templatePath)),
      };
    }
  }
}

/** A construct of the report, and the user's line that made it. */
interface Place {
  readonly resource: PolicyViolatingResource;
  readonly source: SourceLocation | null;
}

/** The stacks of a deployment: a finding about what is in none of them is about each. */
function* placesOf(sources: readonly TemplateSource[], stacks: ReadonlyMap<string, { readonly stackConstructPath: string }>): Iterable<Place> {
  for (const { file, origin } of sources) {
    const stack = stacks.get(resolve(file));
    if (stack) yield { resource: { constructPath: stack.stackConstructPath, templatePath: resolve(file), locations: [] }, source: origin?.('')?.source ?? null };
  }
}

function placeOf(resource: Resource, path: string, source: SourceLocation | null): Place {
  return {
    resource: {
      resourceLogicalId: resource.name, templatePath: resolve(resource.file), locations: path === '' ? [] : [`Properties.${path}`],
      ...(resource.constructPath === undefined ? {} : { constructPath: resource.constructPath }),
    },
    source,
  };
}

/** One violation per rule and message, with every resource it is about. */
function group(findings: readonly Finding[], deployment: Deployment, stacks: readonly Place[], severity: (finding: Finding) => string): PolicyViolation[] {
  const groups = new Map<string, { readonly finding: Finding; readonly places: Place[] }>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.status} ${finding.message}`;
    const resource = deployment.byId.get(finding.resource);
    const places = resource ? [placeOf(resource, finding.path, finding.source)] : stacks;
    const known = groups.get(key);
    if (known) known.places.push(...places);
    else groups.set(key, { finding, places: [...places] });
  }
  return [...groups.values()].map(({ finding, places }) => {
    const lines = [...new Set(places.flatMap(({ source }) => (source ? [`${source.file}:${source.line}`] : [])))];
    return {
      ruleName: finding.rule,
      description: finding.status === 'unknown' ? `cannot be decided: ${finding.message}` : finding.message,
      fix: finding.fix,
      severity: severity(finding),
      ruleMetadata: { status: finding.status, severity: finding.severity, citations: finding.citations.join(', '), ...(lines.length > 0 ? { source: lines.join(', ') } : {}) },
      violatingResources: places.map(({ resource }) => resource),
    };
  });
}
