import type { Change, ChangeKind, DiffReport } from '../diff/types.js';
import { type ListedExemption, toldExemption } from '../exemptions.js';
import type { Finding, Resource, Severity, SourceLocation } from '../model.js';
import { kitVersion } from '../version.js';
import { type CheckRun, everything, fingerprint, resourceIndex, SECURITY_SEVERITY, steadyPath } from './run.js';

/** The part of SARIF 2.1.0 that the kit writes. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly name: string; readonly semanticVersion: string; readonly rules: readonly SarifRule[] } };
  /** What is alike for all runs of one kind: GitHub keeps the results of a check and of a diff apart by it. */
  readonly automationDetails: { readonly id: string };
  readonly columnKind: 'utf16CodeUnits';
  readonly invocations: readonly { readonly executionSuccessful: boolean; readonly toolExecutionNotifications?: readonly { readonly level: Level; readonly message: Text }[] }[];
  readonly results: readonly SarifResult[];
}

type Level = 'error' | 'warning' | 'note';
interface Text { readonly text: string }

interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: Text;
  readonly fullDescription: Text;
  readonly help: Text & { readonly markdown: string };
  readonly defaultConfiguration: { readonly level: Level };
  readonly properties: { readonly tags: readonly string[]; readonly precision: string; readonly 'security-severity': string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: Level;
  readonly message: Text;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }; readonly region: { readonly startLine: number } };
    readonly logicalLocations: readonly { readonly name: string; readonly fullyQualifiedName: string; readonly kind: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly baselineState?: 'new';
  readonly suppressions: readonly { readonly kind: 'external' | 'inSource'; readonly status: 'accepted'; readonly justification: string }[];
  readonly properties: Readonly<Record<string, string | readonly string[]>>;
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** GitHub shows the 5,000 most severe results of a run (and refuses more than 25,000). */
const MOST_RESULTS = 5000;
/** GitHub shows ten tags of a rule and refuses more than twenty. */
const MOST_TAGS = 10;
const LEVELS: Readonly<Record<Severity, Level>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };

/** `tee-kit check --format sarif`. */
export function checkSarif(run: CheckRun): SarifLog {
  const { report, deployments, rules, version, files } = run;
  const find = resourceIndex(deployments);
  const used = rules.filter(({ id }) => [...report.findings, ...report.warnings].some(({ rule }) => rule === id));
  const index = new Map(used.map(({ id }, position) => [id, position]));
  const counted = new Map<string, number>();
  const results = everything(run).map(({ finding, warning }): SarifResult => {
    const resource = find(finding.cloud, finding.resource);
    const print = fingerprint(finding.rule, finding.cloud, finding.resource, steadyPath(finding.path));
    const number = (counted.get(print) ?? 0) + 1;
    counted.set(print, number);
    const doubt = finding.status === 'unknown' ? 'Not known, which counts as failed: ' : '';
    return {
      ruleId: finding.rule,
      ruleIndex: index.get(finding.rule) ?? -1,
      level: warning ? 'note' : LEVELS[finding.severity],
      message: { text: clean(`${doubt}${finding.message} (${finding.resource}${finding.path === '' ? '' : ` ${finding.path}`}). Fix: ${finding.fix}`) },
      locations: [located(finding.source, resource?.file === '' ? undefined : resource?.file ?? files[0], finding.resource, resource)],
      partialFingerprints: { 'teeKitFinding/v1': `${print}:${number}` },
      suppressions: finding.status === 'exempt' ? [suppression(finding, resource, report.exemptions)] : [],
      properties: { cloud: finding.cloud, status: warning ? 'warning' : finding.status, citations: finding.citations },
    };
  });
  return log('tee-kit/check/', version, used.map(({ id, title, why, severity, theme, citations, fix }) => ({
    id, name: id,
    shortDescription: { text: clean(title) },
    fullDescription: { text: clean(why) },
    help: { text: clean(`${why} ${Object.values(fix).join(' ')}`), markdown: `${clean(why)}\n\n${Object.entries(fix).map(([cloud, text]) => `- **${cloud}**: ${clean(text)}`).join('\n')}\n\nSupports ${citations.join(', ')}.` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security', 'hipaa', theme, ...citations].slice(0, MOST_TAGS), precision: 'high', 'security-severity': SECURITY_SEVERITY[severity] },
  })), results, report.exemptions);
}

const KINDS: Readonly<Record<ChangeKind, { readonly title: string; readonly severity: Severity }>> = {
  key: { title: 'The verdict on a PHI key changed', severity: 'critical' },
  'key-guard': { title: 'A guard of a PHI key changed', severity: 'high' },
  'gate-changer': { title: 'Who can change the gate of a PHI key changed', severity: 'high' },
  'key-user': { title: 'Who may use a PHI key, attested, changed', severity: 'high' },
  flow: { title: 'What reaches what changed', severity: 'high' },
  log: { title: 'The verdict on a log changed', severity: 'critical' },
  'log-retention': { title: 'How long records are kept changed', severity: 'high' },
  'log-changer': { title: 'Who can weaken a log changed', severity: 'high' },
  rule: { title: 'The outcome of a rule changed', severity: 'high' },
  measurement: { title: 'A measurement was added, retired or revoked', severity: 'high' },
  workload: { title: 'The workload file declares something else', severity: 'medium' },
  exemption: { title: 'An exemption changed', severity: 'medium' },
  destroy: { title: 'A key, a log or a store would be destroyed', severity: 'critical' },
  setting: { title: 'A setting changed that nothing here judges', severity: 'medium' },
  gap: { title: 'A part of the artifact cannot be read', severity: 'high' },
};

/** `tee-kit diff --format sarif`: the changes that make protection weaker or unknown. */
export function diffSarif({ changes, exemptions }: DiffReport, version: string = kitVersion()): SarifLog {
  const told = changes.filter(({ verdict }) => verdict === 'weaker' || verdict === 'unknown');
  const kinds = (Object.keys(KINDS) as ChangeKind[]).filter((kind) => told.some((change) => change.kind === kind));
  const results = told.map((change): SarifResult => ({
    ruleId: `diff-${change.kind}`,
    ruleIndex: kinds.indexOf(change.kind),
    level: change.verdict === 'weaker' ? 'error' : 'warning',
    message: { text: clean(`${change.verdict === 'weaker' ? 'Weaker' : 'Not known, which counts as weaker'}: ${change.what} (${change.resource}). Before: ${change.before ?? 'nothing'}. After: ${change.after ?? 'nothing'}.`) },
    locations: [located(change.source, undefined, change.resource, undefined)],
    partialFingerprints: { 'teeKitChange/v1': fingerprint(change.id) },
    baselineState: 'new',
    suppressions: change.allowed ? [{ kind: 'external', status: 'accepted', justification: clean(`${change.allowed.reason} (approved by ${change.allowed.approver})`) }] : [],
    properties: properties(change),
  }));
  return log('tee-kit/diff/', version, kinds.map((kind) => ({
    id: `diff-${kind}`, name: `diff-${kind}`,
    shortDescription: { text: KINDS[kind].title },
    fullDescription: { text: `${KINDS[kind].title}: compared by what the proofs and rules say before and after.` },
    help: { text: `${KINDS[kind].title}. tee-kit diff names who gained or lost what; --allow takes the change by its id.`, markdown: `${KINDS[kind].title}. \`tee-kit diff\` names who gained or lost what; \`--allow\` takes the change by its id.` },
    defaultConfiguration: { level: LEVELS[KINDS[kind].severity] },
    properties: { tags: ['security', 'hipaa'], precision: 'high', 'security-severity': SECURITY_SEVERITY[KINDS[kind].severity] },
  })), results, exemptions);
}

function properties({ id, cloud, verdict, rule, citations, witness }: Change): SarifResult['properties'] {
  return {
    id, cloud, verdict, citations, ...(rule === null ? {} : { rule }),
    ...(witness ? { witness: `${witness.principal} calls ${witness.action}, attestation ${witness.attestation}, via ${witness.via}` } : {}),
  };
}

function log(id: string, version: string, rules: readonly SarifRule[], results: readonly SarifResult[], exemptions: readonly ListedExemption[]): SarifLog {
  const left = results.length - MOST_RESULTS;
  const notifications = [
    ...(left > 0 ? [{ level: 'warning' as const, message: { text: `${left} less severe results are left out: at most ${MOST_RESULTS} are shown` } }] : []),
    ...exemptions.map((one) => ({ level: 'note' as const, message: { text: clean(toldExemption(one)) } })),
  ];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'tee-kit', semanticVersion: version, rules } },
      automationDetails: { id },
      columnKind: 'utf16CodeUnits',
      invocations: [{ executionSuccessful: true, ...(notifications.length > 0 ? { toolExecutionNotifications: notifications } : {}) }],
      results: results.slice(0, MOST_RESULTS),
    }],
  };
}

/** The user's source line where the artifact records it, else the artifact. */
function located(source: SourceLocation | null, file: string | undefined, id: string, resource: Resource | undefined): SarifResult['locations'][number] {
  const name = source?.file ?? file;
  return {
    physicalLocation: { artifactLocation: artifact(name ?? 'workload.yaml'), region: { startLine: Math.max(1, source?.line ?? 1) } },
    logicalLocations: [{ name: resource?.name ?? id, fullyQualifiedName: clean(id), kind: 'resource' }],
  };
}

/** A URI relative to the checkout where the file lies inside it. */
function artifact(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  const path = file.split(/[\\/]/).map((part) => encodeURIComponent(part)).join('/');
  return path.startsWith('/') ? { uri: `file://${path}` } : { uri: path, uriBaseId: '%SRCROOT%' };
}

function suppression({ rule, resource: id }: Finding, resource: Resource | undefined, exemptions: readonly ListedExemption[]): SarifResult['suppressions'][number] {
  const active = exemptions.filter((one) => one.state === 'active' && one.rule === rule);
  const path = resource?.constructPath;
  const found = active.find((one) => one.kind === 'file' && one.resource === id)
    ?? active.find((one) => one.kind === 'cdk-acknowledgement' && path !== undefined && (one.resource === '' || path === one.resource || path.startsWith(`${one.resource}/`)));
  const told = found ? `${found.reason}${found.approver === '' ? '' : ` (approved by ${found.approver}, until ${found.expiry ?? 'no date'})`}` : 'exempt';
  return { kind: found?.kind === 'cdk-acknowledgement' ? 'inSource' : 'external', status: 'accepted', justification: clean(told) };
}

/** Text without control characters. */
// oxlint-disable-next-line no-control-regex -- control characters are what it replaces
const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');
