/** Renders a report as one self-contained page. Pure: the same report gives the same bytes. */
import { scopeOf } from '../exemptions.js';
import { createHash } from 'node:crypto';
import { CLOUDS, type Cloud } from '../../workload/workload.js';
import type { SourceLocation } from '../model.js';
import type { FlowProof } from '../prove/types.js';
import { changeSections, changeVerdict } from './change-page.js';
import type { Change } from './change.js';
import { html, Markup, NOTHING, pre } from './markup.js';
import { type BaaEntry, type Changer, type CitationEntry, type FindingEntry, type KeyEntry, type LogEntry, type MeasurementEntry, NAMES, type NetworkEntry, plural, type Report, type ResourceEntry } from './model.js';
import { list, mark, ROWS, table } from './parts.js';
import { picture, SIGNS, WORDS } from './picture.js';
import { SCRIPT, STYLE } from './style.js';

/** Characters of one resource's JSON, and of all of them together; above, a note says what is missing. */
const JSON_LIMIT = 20_000;
const JSON_BUDGET = 12_000_000;
/** Resources named under one rule of a citation. */
const SUPPORTS = 60;
/** Findings of one page with a fold of their own: what a browser still opens at once. */
const FINDINGS = 6000;

/** Everything a page of one report needs to link between its parts. */
interface Context {
  readonly report: Report;
  readonly anchors: ReadonlyMap<string, string>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/**
 * The page of a report, or of a report and what changed to it. The policy in its head admits its own style and script by
 * hash, and nothing else: no network, no inline handler, no frame, no form.
 */
export function page(report: Report, change?: Change): string {
  const anchors = new Map(report.resources.map(({ cloud, id }, index) => [`${cloud} ${id}`, `r${index + 1}`]));
  const context: Context = { report, anchors };
  const sections: readonly (readonly [id: string, title: string, count: string, body: Markup])[] = [
    ...(change ? changeSections(change) : []),
    ['keys', 'Keys', String(report.keys.length), keySection(context)],
    ['network', 'Network', report.networks.length === 0 ? '' : String(report.networks.reduce((sum, { flows }) => sum + flows.length, 0)), networkSection(context)],
    ['logs', 'Logs', String(report.logs.length), logSection(context)],
    ['measurements', 'Measurements', String(report.measurements.length), measurementSection(report)],
    ['findings', 'Findings', String(report.findings.filter(({ status }) => status !== 'exempt').length), findingSection(context)],
    ['exemptions', 'Exemptions', String(report.exemptions.length), exemptionSection(context)],
    ['citations', 'HIPAA citations', String(report.citations.filter(({ supports }) => supports.length > 0).length), citationSection(context)],
    ['baa', 'BAA and tags', '', baaSection(context)],
    ['resources', 'Resource JSON', String(report.resources.length), resourceSection(context)],
    ['inputs', 'What was read', String(report.inputs.length), inputSection(report)],
  ];
  const name = report.workloads.map((workload) => workload.name).join(', ');
  const style = STYLE.trim();
  const script = SCRIPT.trim();
  const policy = `default-src 'none'; style-src 'sha256-${sha256(style)}'; script-src 'sha256-${sha256(script)}'; base-uri 'none'; form-action 'none'`;
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="tee-kit ${report.version}">
<title>${(change ? changeVerdict(change) : report.verdict).headline} ${name === '' ? 'Protection report' : `Protection report of ${name}`}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the verdict</a>
<div class="frame">
<header>
<h1>Protection report${name === '' ? NOTHING : html` of ${name}`}</h1>
<p>${described(report)}</p>
</header>
<nav aria-label="Sections"><ol>
<li><a href="#verdict">Verdict</a></li>
${sections.map(([id, title, count]) => html`<li><a href="#${id}">${title}${count === '' ? NOTHING : html` <span>${count}</span>`}</a></li>
`)}</ol></nav>
<main id="main" tabindex="-1">
${change ? verdictOfChange(change, report) : verdict(report)}
${sections.map(([id, title, , body]) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`)}</main>
<footer>
<p>Decided by tee-kit ${report.version} from the artifacts listed under <a href="#inputs">What was read</a>, and from nothing else: what the artifacts do not hold (accounts, organisation policies, live changes) is outside this report. Judged as of ${report.today}.</p>
</footer>
</div>
<script>${new Markup(script)}</script>
</body>
</html>`.text}\n`;
}

function described({ workloads, today }: Report): Markup {
  if (workloads.length === 0) return html`No workload file governs these artifacts. Judged as of ${today}.`;
  return html`${workloads.map(({ environment, owner, contact, classification, categories }) => html`${environment}; ${classification}: ${categories.join(', ')}. Owner ${owner}, ${contact}. `)}Judged as of ${today}.`;
}

const at = (source: SourceLocation | null): Markup => (source ? html`<code>${source.file}:${source.line}</code>` : html`<span class="quiet">not recorded in the artifact</span>`);

/** The last part of an id: what people call the resource. */
const nameOf = (id: string): string => id.split(/::|\//).at(-1) ?? id;

function link({ anchors }: Context, cloud: Cloud, id: string): Markup {
  const anchor = anchors.get(`${cloud} ${id}`);
  return anchor === undefined ? html`<code>${id}</code>` : html`<a class="id" href="#${anchor}">${id}</a>`;
}

/* Verdict */

function verdict(report: Report): Markup {
  const { level, headline, because } = report.verdict;
  return html`<section id="verdict" aria-labelledby="verdict-title">
<div class="verdict ${level}">
<h2 id="verdict-title"><span aria-hidden="true">${VERDICT_SIGNS[level]}</span>${headline}</h2>
<ul>${because.map((line) => html`<li>${line}</li>`)}</ul>
</div>
${overview(report)}
</section>`;
}

const VERDICT_SIGNS = { broken: '✕', unknown: '?', defects: '!', holds: '✓', nothing: '–', weaker: '✕', stronger: '✓', neutral: '–' } as const;

function verdictOfChange(change: Change, report: Report): Markup {
  const { verdict: state, headline, because } = changeVerdict(change);
  return html`<section id="verdict" aria-labelledby="verdict-title">
<div class="verdict ${state}">
<h2 id="verdict-title"><span aria-hidden="true">${VERDICT_SIGNS[state]}</span>${headline}</h2>
<ul>${because.map((line) => html`<li>${line}</li>`)}</ul>
</div>
<p class="lead">After the change: ${report.verdict.headline} ${report.verdict.because.join(' ')}</p>
${overview(report)}
</section>`;
}

function overview(report: Report): Markup {
  const rows = report.clouds.map((entry) => html`<th scope="row">${NAMES[entry.cloud]}</th><td>${entry.keys.total === 0 ? (entry.phi ? mark('unknown', 'UNKNOWN: NO PHI KEY') : mark('none', 'none')) : html`${mark(entry.keys.verdict)} ${entry.keys.gated} of ${entry.keys.total} gated`}</td><td>${entry.network === 'none' ? mark('none', 'none') : mark(entry.network)}</td><td>${entry.logs.total === 0 ? (entry.phi ? mark('unknown', 'UNKNOWN: NO LOG STORE') : mark('none', 'none')) : html`${mark(entry.logs.verdict)} ${entry.logs.immutable} of ${entry.logs.total} immutable`}</td><td>${entry.failed > 0 ? mark('fail', `${entry.failed} FAIL`) : NOTHING} ${entry.unknown > 0 ? mark('unknown', `${entry.unknown} UNKNOWN`) : NOTHING} ${entry.failed + entry.unknown === 0 ? mark('closed', 'none') : NOTHING}${entry.exempt > 0 ? html` ${entry.exempt} exempt` : NOTHING}</td><td class="num">${entry.resources}</td>`);
  const unproved = report.unproved.length === 0 ? NOTHING : html`<div class="doubt"><strong>Unknown.</strong> These parts could not be read or proved, and anything may hide in them:
<ul>${report.unproved.slice(0, ROWS).map(({ cloud, resource, reason }) => html`<li>${NAMES[cloud]}, <code>${resource}</code>: ${reason}</li>`)}</ul></div>`;
  return html`${unproved}${table('State per cloud', ['Cloud', 'PHI keys', 'Network', 'Logs', 'Findings', 'Resources'], rows)}`;
}

/* Keys */

function keySection(context: Context): Markup {
  const { keys, clouds } = context.report;
  if (keys.length === 0) {
    const phi = clouds.filter((entry) => entry.phi).map(({ cloud }) => NAMES[cloud]);
    return phi.length > 0
      ? html`<div class="doubt"><strong>Unknown.</strong> ${phi.join(' and ')} process PHI, and no PHI key was found in the artifacts. Who can decrypt is not known.</div>`
      : html`<p class="lead">The artifacts declare no PHI key. Nothing is claimed about one.</p>`;
  }
  return html`<p class="lead">Who can decrypt what, under which measurement, and who can change that. “Gated” means: no principal, whatever its permissions in these artifacts, gets the key released without an approved attestation.</p>
${keys.map((key) => keyCard(context, key))}`;
}

function keyCard(context: Context, key: KeyEntry): Markup {
  const { cloud, verdict: state, witness, guards, reasons, releases, changers } = key;
  const claim = { gated: 'Released only to approved, attested code.', bypassable: 'Can be used without approved attestation.', unknown: 'Unknown: whether it can be used without attestation cannot be decided.' }[state];
  const doors = typeof releases === 'string'
    ? html`<div class="doubt"><strong>Unknown.</strong> Who may ask for this key cannot be told: ${releases}</div>`
    : releases.length === 0
      ? html`<p class="quiet">No statement of these artifacts lets anybody ask for it.</p>`
      : table('Who may ask, as the artifact declares it', ['Who', 'For what', 'Measurement', 'Condition', 'Declared by'], releases.map(({ principal, operations, measurements, condition, via }) => html`<td><code>${principal}</code></td><td>${operations}</td><td>${measurements.length > 0 ? list(measurements.map((name) => html`${name}`), 'measurement') : condition === '' ? mark('bypassable', 'NO CONDITION') : html`<span class="quiet">none of the workload file</span>`}</td><td>${condition === '' ? NOTHING : html`<details class="cell-list"><summary>show</summary><code>${condition}</code></details>`}</td><td>${via}</td>`));
  return html`<article class="card">
<h3>${mark(state)} ${nameOf(key.key)} <span class="quiet">${NAMES[cloud]}</span></h3>
<p class="urn">${link(context, cloud, key.key)}</p>
<p>${claim} ${guards.present} of ${guards.expected} independent guards hold. Source: ${at(key.source)}.</p>
${witness ? html`<div class="witness"><strong>This request succeeds:</strong> <code>${witness.principal}</code> calls <code>${witness.action}</code> with attestation <code>${witness.attestation}</code>, via ${witness.via}.</div>` : NOTHING}
${reasons.length === 0 ? NOTHING : html`<div class="doubt"><strong>${state === 'unknown' ? 'Why it is unknown' : 'Lost or weak guards'}</strong><ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></div>`}
${doors}
<h4>Who can change the gate</h4>
${changerTable(changers, 'nobody in these artifacts')}
</article>`;
}

function changerTable(changers: readonly Changer[], nobody: string): Markup {
  if (changers.length === 0) return html`<p class="quiet">${nobody}</p>`;
  return table('Principals and how', ['Principal', 'How'], changers.map(({ principal, via }) => html`<td><code>${principal}</code></td><td>${list(via.map((way) => html`${way}`), 'way')}</td>`), 'changers', true);
}

/* Network */

function networkSection({ report }: Context): Markup {
  if (report.networks.length === 0) {
    return report.clouds.some(({ phi }) => phi)
      ? html`<div class="doubt"><strong>Unknown.</strong> No network was found in the artifacts. What can reach what is not known.</div>`
      : html`<p class="lead">The artifacts declare no network that this kit decides.</p>`;
  }
  return html`<p class="lead">Every connection that the artifacts leave open, held against the flows of the workload file. What is not listed is refused.</p>
<p class="note">Signs: ${(['expected', 'extra', 'unknown', 'missing'] as const).map((status) => html`<strong>${SIGNS[status]}</strong> ${WORDS[status]}; `)}<strong>·</strong> refused.</p>
${report.networks.map((network) => html`<h3>${NAMES[network.cloud]} ${mark(network.verdict)}</h3>
${network.flows.length === 0 ? html`<div class="doubt"><strong>Unknown.</strong> Not one connection could be derived from the artifacts, which does not mean that none is open.</div>` : NOTHING}
${picture(network)}
${matrix(network)}
${flowTable(network)}`)}`;
}

/** Places above which a matrix cannot be read. */
const MATRIX = 16;

function matrix({ cloud, nodes, flows }: NetworkEntry): Markup {
  const from = nodes.filter(({ name }) => flows.some((flow) => flow.from === name));
  const to = nodes.filter(({ name }) => flows.some((flow) => flow.to === name));
  if (from.length === 0 || from.length > 3 * MATRIX || to.length > MATRIX) return NOTHING;
  const worst: readonly FlowProof['status'][] = ['extra', 'unknown', 'expected', 'missing'];
  const rows = from.map((source) => html`<th scope="row">${source.name}</th>${to.map((target) => {
    const cell = flows.filter((flow) => flow.from === source.name && flow.to === target.name);
    if (cell.length === 0) return html`<td class="none"><span aria-hidden="true">·</span><span class="vh">refused</span></td>`;
    const status = worst.find((candidate) => cell.some((flow) => flow.status === candidate)) ?? 'unknown';
    return html`<td class="${status}">${cell.map((flow) => html`<div><span aria-hidden="true">${SIGNS[flow.status]} </span>${flow.ports}${flow.status === 'expected' ? html`<span class="vh"> allowed</span>` : html` ${WORDS[flow.status]}`}</div>`)}</td>`;
  })}`);
  return table(`Reachability on ${NAMES[cloud]}: from the row to the column`, ['From \\ to', ...to.map(({ name }) => name)], rows, 'matrix');
}

function flowTable({ cloud, flows }: NetworkEntry): Markup {
  if (flows.length === 0) return NOTHING;
  const order: readonly FlowProof['status'][] = ['extra', 'unknown', 'missing', 'expected'];
  const sorted = [...flows].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const state = (status: FlowProof['status']): Markup => mark({ expected: 'closed', extra: 'extra', unknown: 'unknown', missing: 'missing' }[status], WORDS[status]);
  return html`<details${sorted.some(({ status }) => status === 'extra' || status === 'unknown') ? new Markup(' open') : NOTHING}><summary>Each connection on ${NAMES[cloud]} and what opens it</summary>
${table(`Connections on ${NAMES[cloud]}`, ['State', 'From', 'To', 'Ports', 'Opened by, or why unknown'], sorted.map((flow) => html`<td>${state(flow.status)}</td><td><code>${flow.from}</code></td><td><code>${flow.to}</code></td><td>${flow.ports}</td><td>${flow.via}</td>`))}</details>`;
}

/* Logs */

function logSection(context: Context): Markup {
  const { logs, irreversible, clouds, workloads } = context.report;
  const none = clouds.filter(({ phi, logs: own }) => phi && own.total === 0).map(({ cloud }) => NAMES[cloud]);
  const missing = none.length === 0 ? NOTHING : html`<div class="doubt"><strong>Unknown.</strong> No log store was found for ${none.join(' and ')}. Where its records go, and for how long, is not known.</div>`;
  const declared = workloads.map(({ name, retentionDays, irreversible: locked }) => html`<p>The workload file of ${name} asks for ${retentionDays} days and ${locked ? 'irreversible locks: nothing can undo them, not even the provider.' : html`<strong>reversible retention: an administrator can shorten it.</strong>`}</p>`);
  return html`<p class="lead">“Immutable” means: for the days shown, no principal of these artifacts can remove or change a record. Six years are 2192 days (45 CFR 164.316(b)(2)(i)).</p>
${declared}${missing}
${logs.map((log) => logCard(context, log))}
<h3>What is irreversible</h3>
${irreversible.length === 0 ? html`<p class="quiet">Nothing in these artifacts is known to be irreversible.</p>` : table('Cannot be undone once deployed', ['Cloud', 'Resource', 'What'], irreversible.map(({ cloud, resource, what }) => html`<td>${NAMES[cloud]}</td><td>${link(context, cloud, resource)}</td><td>${what}</td>`))}`;
}

function logCard(context: Context, log: LogEntry): Markup {
  const { cloud, verdict: state, days, reasons, changers } = log;
  const claim = state === 'unknown' ? 'Unknown: whether its records can be removed cannot be decided.'
    : state === 'mutable' ? 'Records can be removed or shortened.'
      : 'No record can be removed.';
  return html`<article class="card">
<h3>${mark(state)} ${nameOf(log.log)} <span class="quiet">${NAMES[cloud]}</span></h3>
<p class="urn">${link(context, cloud, log.log)}</p>
<p>${claim} ${days === null ? html`Days kept: <strong>unknown</strong>.` : html`Kept for <strong>${days} days</strong>${days < 2192 ? html` ${mark('fail', 'LESS THAN SIX YEARS')}` : NOTHING}.`} Source: ${at(log.source)}.</p>
${reasons.length === 0 ? NOTHING : html`<div class="doubt"><strong>${state === 'unknown' ? 'Why it is unknown' : 'Reasons'}</strong><ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></div>`}
<h4>Who can stop, redirect or weaken it</h4>
${changerTable(changers, 'nobody in these artifacts')}
</article>`;
}

/* Measurements */

function measurementSection({ measurements, clouds, workloads }: Report): Markup {
  if (measurements.length === 0) {
    return workloads.length === 0 && clouds.some(({ phi }) => phi)
      ? html`<div class="doubt"><strong>Unknown.</strong> No workload file governs these artifacts, so nobody is on record as owner or approver of any measurement.</div>`
      : html`<p class="lead">No measurement is on record.</p>`;
  }
  return html`<p class="lead">Code that is approved to receive PHI keys, who answers for it, and until when.</p>
${table('Measurement ledger', ['Cloud', 'Release', 'State', 'Owner', 'Approved by', 'Approved', 'Expires', 'Days left', 'Values'], measurements.map(measurementRow))}`;
}

function measurementRow({ cloud, name, kind, values, owner, approvedBy, approved, expires, status, days }: MeasurementEntry): Markup {
  const state = status !== 'active' ? mark(status) : days === null || days < 0 ? mark('expired', 'ACTIVE BUT EXPIRED') : days <= 30 ? mark('warning', 'ACTIVE, EXPIRES SOON') : mark('active');
  return html`<td>${NAMES[cloud]}</td><th scope="row">${name}<br><span class="quiet">${kind}</span></th><td>${state}</td><td>${owner}</td><td>${approvedBy.length === 0 ? mark('fail', 'NOBODY') : list(approvedBy.map((one) => html`${one}`), 'approver')}</td><td>${approved}</td><td>${expires}</td><td class="num">${days === null ? 'unknown' : days}</td><td><details class="cell-list"><summary>${plural(values.length, 'value')}</summary><ul>${values.map(([key, value]) => html`<li><code>${key} = ${value}</code></li>`)}</ul></details></td>`;
}

/* Findings */

function findingSection(context: Context): Markup {
  const { findings: all, warnings } = context.report;
  const open = all.filter(({ status }) => status !== 'exempt');
  const exempt = all.filter(({ status }) => status === 'exempt');
  if (all.length + warnings.length === 0) return html`<p class="lead">No rule fails and none is undecided: ${context.report.counts.rules} rules over ${plural(context.report.counts.resources, 'resource')}.</p>`;
  let budget = FINDINGS;
  const groups = (entries: readonly FindingEntry[], kind?: string): Markup[] => {
    const byRule = new Map<string, FindingEntry[]>();
    for (const finding of entries) {
      const known = byRule.get(finding.rule);
      if (known) known.push(finding);
      else byRule.set(finding.rule, [finding]);
    }
    return [...byRule.values()].map((group) => {
      const shown = group.slice(0, budget);
      budget -= shown.length;
      return findingGroup(context, shown, group, kind);
    });
  };
  return html`<p class="lead">${plural(open.length, 'finding')} to act on; ${exempt.length} exempt; ${plural(warnings.length, 'warning')}. Open one for its fix, its source line and the resource as the artifact holds it.</p>
<div class="tools" id="tools" hidden><div><label for="filter">Show findings that contain</label><input id="filter" type="search" autocomplete="off" spellcheck="false"></div><button type="button" id="open">Open all shown</button><button type="button" id="close">Close all</button><output id="told" for="filter"></output></div>
${open.length === 0 ? NOTHING : html`<h3>To act on</h3>${groups(open)}`}
${warnings.length === 0 ? NOTHING : html`<h3>Warnings</h3>${groups(warnings, 'warning')}`}
${exempt.length === 0 ? NOTHING : html`<h3>Hidden by an exemption</h3>${groups(exempt)}`}`;
}

function findingGroup(context: Context, shown: readonly FindingEntry[], all: readonly FindingEntry[], kind: string | undefined): Markup {
  const [first] = all as readonly [FindingEntry, ...FindingEntry[]];
  const fixes = new Map(all.map(({ cloud, fix }) => [cloud, fix]));
  return html`<div class="group"><h4>${first.title} <span class="quiet"><code>${first.rule}</code>, ${first.severity}, ${all.length}</span></h4>
<p class="note">${first.why} ${first.citations.join(', ')}.</p>
${[...fixes].map(([cloud, fix]) => html`<p class="fix"><strong>Fix${fixes.size > 1 ? ` (${NAMES[cloud]})` : ''}:</strong> ${fix}</p>`)}
${findings(context, shown, kind)}${all.length > shown.length ? html`<p class="cut">${all.length - shown.length} more findings of this rule are not shown; the machine formats of tee-kit have them all.</p>` : NOTHING}</div>
`;
}

/** Entries of one list above which each one no longer folds by itself: thousands of folds take a browser seconds. */
const MANY = 100;

function pieces<T>(entries: readonly T[]): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < entries.length; start += MANY) result.push(entries.slice(start, start + MANY));
  return result;
}

function findings(context: Context, shown: readonly FindingEntry[], kind: string | undefined): readonly Markup[] {
  const state = (finding: FindingEntry): string => kind ?? finding.status;
  if (shown.length <= MANY) return shown.map((finding) => findingDetails(context, finding, state(finding)));
  return pieces(shown).map((piece) => html`<div class="chunk">${piece.map((finding) => findingRow(context, finding, state(finding)))}</div>`);
}

function findingRow(context: Context, finding: FindingEntry, state: string): Markup {
  return html`<div class="finding" data-rule="${finding.rule}"><p>${mark(state)} <code>${finding.resource}</code> ${finding.message}</p><p>${whereOf(context, finding)}</p></div>
`;
}

function whereOf({ anchors }: Context, { cloud, resource, path, source }: FindingEntry): Markup {
  const anchor = anchors.get(`${cloud} ${resource}`);
  return html`${NAMES[cloud]}${path === '' ? NOTHING : html`, property <code>${path}</code>`}; source ${at(source)}${anchor === undefined ? NOTHING : html`; <a href="#${anchor}">resource JSON</a>`}`;
}

function findingDetails(context: Context, finding: FindingEntry, state: string): Markup {
  return html`<details class="finding" data-rule="${finding.rule}"><summary>${mark(state)} <code>${finding.resource}</code><span class="what">${finding.message}</span></summary><p>${whereOf(context, finding)}</p>${finding.value === '' ? NOTHING : pre(finding.value, 1500, 'The resource has it in full.')}</details>
`;
}

/* Exemptions */

function exemptionSection(context: Context): Markup {
  const { exemptions, findings } = context.report;
  if (exemptions.length === 0) return html`<p class="lead">Nobody has exempted anything: every finding is shown.</p>`;
  const order = ['expired', 'refused', 'proposed', 'active', 'unused'];
  const own = exemptions.filter(({ state }) => state !== 'foreign').sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const foreign = exemptions.filter(({ state }) => state === 'foreign');
  const row = ({ state, rule, resource, kind, reason, owner, approver, expiry, source, note, hides }: Report['exemptions'][number]): Markup => {
    const hidden = findings.filter((finding) => finding.status === 'exempt' && finding.rule === rule && finding.resource === resource);
    return html`<td>${mark(state)}${note === '' ? NOTHING : html`<br><span class="quiet">${note}</span>`}</td><td><code>${rule}</code><br>on <code>${scopeOf({ resource, kind })}</code></td><td>${hidden.length > 0 ? list(hidden.map(({ message }) => html`${message}`), 'finding') : plural(hides, 'finding')}</td><td>${reason === '' ? html`<strong>none given</strong>` : reason}</td><td>${owner === '' ? html`<strong>no owner</strong>` : html`owner ${owner}`}<br>${approver === '' ? html`<strong>no approver</strong>` : html`approver ${approver}`}<br>${expiry === null ? html`<strong>no end</strong>` : html`until ${expiry === '' ? '?' : expiry}`}<br><code class="quiet">${source}</code></td>`;
  };
  const head = ['State', 'Rule and resource', 'Hides', 'Reason', 'Who, until when, where'];
  return html`<p class="lead">Written decisions to live with a finding, and what each one hides. Rules about key release, debug measurements and log locks cannot be exempted.</p>
${own.length === 0 ? html`<p>No rule of this kit is exempted.</p>` : table('Exemptions from rules of this kit', head, own.map(row))}
${foreign.length === 0 ? NOTHING : html`<details><summary>${plural(foreign.length, 'acknowledgement')} of rules of other tools: they hide nothing here, and have no owner, approver or end</summary>${table('Acknowledgements of rules of other tools', head, foreign.map((entry) => row({ ...entry, note: '' })), '', true)}</details>`}`;
}

/* Citations */

function citationSection(context: Context): Markup {
  const { citations } = context.report;
  const supported = citations.filter(({ supports }) => supports.length > 0);
  const not = citations.filter(({ supports }) => supports.length === 0);
  return html`<p class="lead">A citation here means that the resources named <strong>support</strong> that safeguard. None of them satisfies it: each also needs policies, people and practice.</p>
${supported.length === 0 ? html`<p class="quiet">Nothing in these artifacts supports a citation.</p>` : table('Citations with support', ['Citation', 'Safeguard', 'Supported by', 'Open findings'], supported.map((entry) => citationRow(context, entry)), 'cites')}
<h3>Citations that nothing here supports</h3>
${table('No resource of these artifacts supports these', ['Citation', 'Safeguard', 'Why'], not.map(({ citation, title, kind, rules, open }) => html`<th scope="row">${citation}</th><td>${title} <span class="quiet">(${kind})</span></td><td>${rules.length === 0 ? 'No rule of the kit cites it: policies, people and practice.' : open > 0 ? html`${mark('fail', 'NO RESOURCE PASSES')} ${plural(open, 'open finding')} of ${rules.join(', ')}` : html`No resource here was judged by ${rules.join(', ')}.`}</td>`), 'unsupported')}`;
}

function citationRow(context: Context, { citation, title, kind, supports, open }: CitationEntry): Markup {
  const rules = new Set(supports.map(({ rule }) => rule)).size;
  const counts = CLOUDS.flatMap((cloud) => {
    const resources = new Set(supports.filter((support) => support.cloud === cloud).flatMap((support) => support.resources)).size;
    return resources === 0 ? [] : [`${NAMES[cloud]} ${resources}`];
  });
  return html`<th scope="row">${citation}</th><td>${title} <span class="quiet">(${kind})</span></td><td><details class="cell-list"><summary>${plural(rules, 'rule')}; resources: ${counts.join(', ')}</summary>${supports.map(({ rule, cloud, resources }) => html`<p><strong>${rule}</strong>, ${NAMES[cloud]}</p><ul>${resources.slice(0, SUPPORTS).map((id) => html`<li>${link(context, cloud, id)}</li>`)}</ul>${resources.length > SUPPORTS ? html`<p class="cut">and ${resources.length - SUPPORTS} more</p>` : NOTHING}`)}</details></td><td class="num">${open === 0 ? '0' : mark('fail', String(open))}</td>`;
}

/* BAA */

function baaSection(context: Context): Markup {
  const { baa, clouds } = context.report;
  const records = baa.map((entry) => baaRow(entry, clouds.some(({ cloud, phi }) => cloud === entry.cloud && phi)));
  const tags = baa.map(({ cloud, tags: { taggable, complete, unknown, incomplete } }) => html`<th scope="row">${NAMES[cloud]}</th><td>${taggable === 0 ? html`<span class="quiet">nothing taggable</span>` : html`${complete} of ${taggable} (${Math.floor((complete / taggable) * 100)} %)`}</td><td>${unknown === 0 ? '0' : mark('unknown', String(unknown))}</td><td>${list(incomplete.map(({ resource, missing }) => html`<code>${resource}</code>: no ${missing.join(', ')}`), 'resource')}</td>`);
  return html`<p class="lead">The records are what the customer asserts in the workload file. This kit does not know whether an agreement exists.</p>
${table('Business associate agreements on record', ['Cloud', 'Reference', 'Counterparty', 'Effective', 'Next review', 'Days to review'], records)}
${table('Resources that carry the whole BAA tag set', ['Cloud', 'Complete', 'Unknown', 'Incomplete'], tags)}`;
}

function baaRow({ cloud, record, workloadKnown }: BaaEntry, phi: boolean): Markup {
  if (!record) return html`<th scope="row">${NAMES[cloud]}</th><td colspan="5">${workloadKnown ? mark('fail', 'NONE ON RECORD') : phi ? mark('unknown', 'UNKNOWN: NO WORKLOAD FILE') : html`<span class="quiet">no PHI workload</span>`}</td>`;
  const { reference, counterparty, effective, review, daysToReview } = record;
  return html`<th scope="row">${NAMES[cloud]}</th><td>${reference}</td><td>${counterparty}</td><td>${effective}</td><td>${review}</td><td class="num">${daysToReview === null ? 'unknown' : daysToReview < 0 ? mark('warning', `OVERDUE BY ${-daysToReview}`) : daysToReview}</td>`;
}

/* Resources and inputs */

function resourceSection({ report, anchors }: Context): Markup {
  if (report.resources.length === 0) return html`<p class="lead">No finding and no proof names a resource.</p>`;
  const idOf = ({ cloud, id }: ResourceEntry): string => anchors.get(`${cloud} ${id}`) ?? '';
  let budget = JSON_BUDGET;
  const body = (resource: ResourceEntry): Markup => {
    if (budget <= 0) return html`<p class="cut">Not shown: this page has reached its size limit. See <code>${resource.file}</code>.</p>`;
    budget -= Math.min(resource.json.length, JSON_LIMIT);
    return pre(resource.json, JSON_LIMIT, `The whole of it is in ${resource.file}.`);
  };
  return html`<p class="lead">Every resource that a finding or a proof names, as it was read from the artifact. What the artifact does not tell reads <code>&lt;unknown: …&gt;</code>.</p>
${report.resources.length <= MANY
    ? report.resources.map((resource) => html`<details class="finding"><summary>${titleOf(resource)}</summary><div id="${idOf(resource)}">${originOf(resource)}${body(resource)}</div></details>
`)
    : pieces(report.resources).map((piece) => html`<details class="finding"><summary><code>${piece[0]?.id ?? ''}</code> to <code>${piece.at(-1)?.id ?? ''}</code></summary>${piece.map((resource) => html`<div id="${idOf(resource)}"><p>${titleOf(resource)}</p>${originOf(resource)}${body(resource)}</div>
`)}</details>
`)}`;
}

/** A link opens the fold around its target, not a fold that is the target: ids are on what is inside. */
const titleOf = ({ id, type }: ResourceEntry): Markup => html`<code>${id}</code> <span class="quiet">${type}</span>`;

function originOf({ file, source, constructPath }: ResourceEntry): Markup {
  return html`<p>From <code>${file}</code>; source ${at(source)}${constructPath === null ? NOTHING : html`; construct <code>${constructPath}</code>`}</p>`;
}

function inputSection({ inputs, ignored, counts, unproved }: Report): Markup {
  return html`<p class="lead">${plural(counts.resources, 'resource')} from ${plural(inputs.length, 'file')}, ${counts.rules} rules, ${plural(counts.passed, 'check')} passed${unproved.length === 0 ? '' : `, ${plural(unproved.length, 'part')} unknown`}.</p>
${table('Files', ['File', 'SHA-256'], inputs.map(({ file, sha256: digest }) => html`<td><code>${file}</code></td><td><code>${digest}</code></td>`))}
${ignored.length === 0 ? NOTHING : html`<details><summary>${plural(ignored.length, 'file')} left out</summary><ul>${ignored.slice(0, ROWS).map((line) => html`<li><code>${line}</code></li>`)}</ul></details>`}`;
}
