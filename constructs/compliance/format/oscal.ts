import { toldExemption } from '../exemptions.js';
import type { Rule } from '../rule.js';
import type { Cloud, Finding, Resource } from '../model.js';
import { type CheckRun, everything, resourceIndex, uuid } from './run.js';

/** Version of OSCAL whose assessment-results and component-definition models these are. */
export const OSCAL_VERSION = '1.1.3';
/** Namespace of the kit's own properties: a name, not an address. */
const NS = 'urn:tee-kit:oscal';
const HIPAA = 'https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164';

export interface Property { readonly name: string; readonly ns?: string; readonly value: string; readonly class?: string }
interface Metadata { readonly title: string; readonly 'last-modified': string; readonly version: string; readonly 'oscal-version': string; readonly remarks?: string }
interface Observation {
  readonly uuid: string; readonly title: string; readonly description: string; readonly props: readonly Property[];
  readonly methods: readonly string[]; readonly types: readonly string[];
  readonly subjects?: readonly { readonly 'subject-uuid': string; readonly type: string; readonly title: string }[];
  readonly 'relevant-evidence'?: readonly { readonly href: string; readonly description: string }[];
  readonly collected: string; readonly remarks?: string;
}

/** One assessment-results document. */
export interface AssessmentResults {
  readonly 'assessment-results': {
    readonly uuid: string; readonly metadata: Metadata; readonly 'import-ap': { readonly href: string };
    readonly results: readonly {
      readonly uuid: string; readonly title: string; readonly description: string; readonly start: string; readonly end: string;
      readonly 'local-definitions'?: { readonly 'inventory-items': readonly { readonly uuid: string; readonly description: string; readonly props: readonly Property[] }[] };
      readonly 'reviewed-controls': { readonly 'control-selections': readonly { readonly description: string; readonly 'include-controls': readonly { readonly 'control-id': string }[] }[] };
      readonly observations?: readonly Observation[];
      readonly findings?: readonly {
        readonly uuid: string; readonly title: string; readonly description: string;
        readonly target: { readonly type: string; readonly 'target-id': string; readonly status: { readonly state: string; readonly reason: string } };
        readonly 'related-observations'?: readonly { readonly 'observation-uuid': string }[];
      }[];
    }[];
    readonly 'back-matter': { readonly resources: readonly { readonly uuid: string; readonly title: string; readonly description: string }[] };
  };
}

/** `45 CFR 164.312(a)(2)(iv)` as an OSCAL token: `hipaa-164.312-a-2-iv`. */
export function controlId(citation: string): string {
  return `hipaa-${citation.replace(/^45 CFR /, '').replace(/[()]+/g, '-').replace(/[^\w.-]+/g, '-').replace(/-+$/, '')}`.toLowerCase();
}

/**
 * `tee-kit check --format oscal-ar`: one observation per outcome that is not a pass and per rule that passes, one
 * finding per citation, one observation per exemption. A citation is `satisfied` only in OSCAL's word for it: no outcome
 * that supports it failed, exempt ones included.
 */
export function assessmentResults(run: CheckRun): AssessmentResults {
  const { report, evaluation, deployments, rules, time, version, files } = run;
  const find = resourceIndex(deployments);
  const identity = [...files, ...deployments.map(({ cloud, workload }) => `${cloud} ${workload?.name ?? ''}`)].join(' ');
  const used = rules.filter(({ checks }) => deployments.some(({ cloud }) => checks[cloud]));
  const observations: (Observation & { readonly rule: string; readonly open: boolean; readonly waived?: boolean })[] = [];
  const inventory = new Map<string, Resource>();
  const subject = (cloud: Cloud, id: string): Observation['subjects'] => {
    const resource = find(cloud, id);
    if (!resource) return undefined;
    inventory.set(`${cloud} ${id}`, resource);
    return [{ 'subject-uuid': uuid('resource', cloud, id), type: 'inventory-item', title: text(id) }];
  };
  for (const { finding, warning } of everything(run)) {
    const subjects = subject(finding.cloud, finding.resource);
    observations.push({
      rule: finding.rule, open: finding.status !== 'exempt' && !warning, waived: finding.status === 'exempt',
      uuid: uuid('observation', finding.cloud, finding.rule, finding.resource, finding.path, finding.message),
      title: text(`${finding.rule}: ${warning ? 'warning' : finding.status}`),
      description: text(`${finding.message} (${finding.resource}${finding.path === '' ? '' : ` ${finding.path}`})`),
      props: [own('rule', finding.rule), own('status', warning ? 'warning' : finding.status), own('severity', finding.severity), own('cloud', finding.cloud)],
      methods: ['TEST'], types: ['finding'],
      ...(subjects ? { subjects } : {}),
      ...evidence(finding, subjects === undefined ? undefined : find(finding.cloud, finding.resource)),
      collected: time, remarks: text(`Fix: ${finding.fix}`),
    });
  }
  for (const { id, title } of used) {
    const passed = evaluation.supports.filter(({ rule }) => rule === id);
    if (passed.length === 0) continue;
    const subjects = [...new Map(passed.flatMap(({ cloud, resource }) => subject(cloud, resource) ?? []).map((one) => [one['subject-uuid'], one])).values()];
    observations.push({
      rule: id, open: false, uuid: uuid('observation', identity, id, 'pass'), title: text(`${id}: pass`), description: text(`${title}: holds for ${passed.length} resources`),
      props: [own('rule', id), own('status', 'pass')], methods: ['TEST'], types: ['control-objective'], ...(subjects.length > 0 ? { subjects } : {}), collected: time,
    });
  }
  for (const [position, one] of report.exemptions.entries()) {
    observations.push({
      rule: one.rule, open: false, uuid: uuid('exemption', identity, String(position), one.rule, one.resource), title: text(`exemption ${one.state}: ${one.rule}`), description: text(toldExemption(one)),
      props: [own('rule', one.rule), own('exemption', one.state), own('hides', String(one.hides))], methods: ['EXAMINE'], types: ['mitigation'], collected: time,
    });
  }
  const citations = [...new Set(used.flatMap((rule) => rule.citations))].sort();
  const findings = citations.flatMap((citation) => {
    const about = observations.filter(({ rule }) => used.some(({ id, citations: cited }) => id === rule && cited.includes(citation)));
    if (about.length === 0) return [];
    const open = about.filter((one) => one.open);
    const waived = about.filter((one) => one.waived);
    return [{
      uuid: uuid('finding', identity, citation), title: citation,
      description: text(open.length > 0 ? `${open.length} outcomes of rules that support ${citation} failed or could not be decided.` : waived.length > 0 ? `${waived.length} outcomes of rules that support ${citation} are exempt by a written decision.` : `No outcome of the rules that support ${citation} failed.`),
      target: {
        type: 'objective-id', 'target-id': controlId(citation),
        status: { state: open.length + waived.length > 0 ? 'not-satisfied' : 'satisfied', reason: open.length > 0 ? 'fail' : waived.length > 0 ? 'other' : 'pass' },
      },
      'related-observations': about.map((one) => ({ 'observation-uuid': one.uuid })),
    }];
  });
  const plan = uuid('plan', identity);
  const items = [...inventory].map(([key, resource]) => ({
    uuid: uuid('resource', resource.cloud, resource.id), description: text(`${resource.type} ${key.slice(resource.cloud.length + 1)}`),
    props: [{ name: 'asset-id', value: text(resource.id) }, own('type', resource.type), own('cloud', resource.cloud)],
  }));
  return {
    'assessment-results': {
      uuid: uuid('assessment-results', identity, time),
      metadata: {
        title: 'tee-kit check', 'last-modified': time, version, 'oscal-version': OSCAL_VERSION,
        remarks: 'The rules look at artifacts before deployment. They support the safeguards that they cite; whether a safeguard is met is for an assessor to say.',
      },
      'import-ap': { href: `#${plan}` },
      results: [{
        uuid: uuid('result', identity, time), title: 'tee-kit check', description: text(`${report.summary.rules} rules over ${report.summary.resources} resources of ${report.summary.files} files.`),
        start: time, end: time,
        ...(items.length > 0 ? { 'local-definitions': { 'inventory-items': items } } : {}),
        'reviewed-controls': { 'control-selections': [{ description: 'Safeguards that the rules which ran support.', 'include-controls': (citations.length > 0 ? citations : ['45 CFR 164.312']).map((citation) => ({ 'control-id': controlId(citation) })) }] },
        ...(observations.length > 0 ? { observations: observations.map(({ rule: _rule, open: _open, waived: _waived, ...observation }) => observation) } : {}),
        ...(findings.length > 0 ? { findings } : {}),
      }],
      'back-matter': { resources: [{ uuid: plan, title: 'Assessment plan', description: 'Every rule of the kit that has a check for the clouds of the artifacts, applied to every resource.' }] },
    },
  };
}

function evidence({ source }: Finding, resource: Resource | undefined): Pick<Observation, 'relevant-evidence'> {
  const file = source ? `${source.file}#L${source.line}` : resource?.file;
  return file === undefined || file === '' ? {} : { 'relevant-evidence': [{ href: encodeURI(file), description: source ? 'The line that declares the resource.' : 'The artifact that holds the resource.' }] };
}

/** One component-definition document. */
export interface ComponentDefinition {
  readonly 'component-definition': {
    readonly uuid: string; readonly metadata: Metadata;
    readonly components: readonly {
      readonly uuid: string; readonly type: string; readonly title: string; readonly description: string; readonly props: readonly Property[];
      readonly 'control-implementations'?: readonly {
        readonly uuid: string; readonly source: string; readonly description: string;
        readonly 'implemented-requirements': readonly { readonly uuid: string; readonly 'control-id': string; readonly description: string; readonly props: readonly Property[] }[];
      }[];
    }[];
  };
}

/**
 * `tee-kit check --format oscal-cd`: one component per cloud and kind of resource for which a rule holds, with the
 * safeguards that those rules support. What fails is left out: a component definition says what is there.
 */
export function componentDefinition({ evaluation, report, deployments, rules, time, version }: CheckRun): ComponentDefinition {
  const find = resourceIndex(deployments);
  const failed = new Set(report.findings.filter(({ status }) => status !== 'exempt').map(({ cloud, rule, resource }) => `${cloud} ${rule} ${resource}`));
  const byType = new Map<string, { readonly cloud: Cloud; readonly type: string; readonly rules: Map<Rule, Set<string>> }>();
  for (const { cloud, rule: id, resource: name } of evaluation.supports) {
    const resource = find(cloud, name);
    const rule = rules.find((one) => one.id === id);
    if (!resource || !rule || failed.has(`${cloud} ${id} ${name}`)) continue;
    const key = `${cloud} ${resource.type}`;
    const known = byType.get(key) ?? { cloud, type: resource.type, rules: new Map<Rule, Set<string>>() };
    byType.set(key, known);
    known.rules.set(rule, (known.rules.get(rule) ?? new Set()).add(name));
  }
  const components = [...byType.values()].sort((a, b) => (`${a.cloud} ${a.type}` < `${b.cloud} ${b.type}` ? -1 : 1)).map(({ cloud, type, rules: held }) => {
    const citations = [...new Set([...held.keys()].flatMap((rule) => rule.citations))].sort();
    return {
      uuid: uuid('component', cloud, type), type: 'service', title: text(type), description: text(`${type} as deployed on ${cloud}`), props: [own('cloud', cloud)],
      'control-implementations': [{
        uuid: uuid('implementation', cloud, type), source: HIPAA, description: 'Safeguards of the HIPAA Security Rule that the settings of these resources support.',
        'implemented-requirements': citations.map((citation) => {
          const behind = [...held].filter(([rule]) => rule.citations.includes(citation));
          return {
            uuid: uuid('requirement', cloud, type, citation), 'control-id': controlId(citation),
            description: text(`Supports ${citation}: ${behind.map(([rule]) => rule.title).join('; ')}.`),
            props: behind.map(([rule, resources]) => ({ ...own('rule', rule.id), class: `resources-${resources.size}` })),
          };
        }),
      }],
    };
  });
  return {
    'component-definition': {
      uuid: uuid('component-definition', ...deployments.map(({ cloud, workload }) => `${cloud} ${workload?.name ?? ''}`)),
      metadata: { title: 'Components of the deployment', 'last-modified': time, version, 'oscal-version': OSCAL_VERSION },
      components: components.length > 0 ? components : [{ uuid: uuid('component', 'none'), type: 'this-system', title: 'The deployment', description: 'No rule holds for any resource.', props: [own('resources', String(report.summary.resources))] }],
    },
  };
}

const own = (name: string, value: string): Property => ({ name, ns: NS, value: text(value) });

/** OSCAL's strings are one line, neither empty nor padded. */
// oxlint-disable-next-line no-control-regex -- control characters are what it replaces
const text = (value: string): string => value.replace(/[\s\u0000-\u001f]+/g, ' ').trim() || 'none';
