/** The sections of a page that show what changed. */
import type { Change as ComparedChange, ChangeVerdict } from '../diff/types.js';
import { type Change, findingsBetween, type Pair, pairs, witnessText } from './change.js';
import { html, type Markup, NOTHING } from './markup.js';
import { NAMES, plural } from './model.js';
import { mark, table } from './parts.js';

const ORDER: readonly ChangeVerdict[] = ['weaker', 'unknown', 'stronger', 'neutral'];

const HEADLINES: Readonly<Record<ChangeVerdict, string>> = {
  weaker: 'WEAKER: this change takes protection away.',
  unknown: 'UNKNOWN: whether this change takes protection away cannot be decided. Treat it as weaker.',
  stronger: 'Stronger: this change adds protection.',
  neutral: 'Neutral: this change alters no protection.',
};

/** The verdict on a change in words: the first thing that a reviewer reads. */
export function changeVerdict({ verdict, changes }: Change): { readonly verdict: ChangeVerdict; readonly headline: string; readonly because: readonly string[] } {
  const counts = ORDER.map((state) => [state, changes.filter((change) => change.verdict === state)] as const).filter(([, list]) => list.length > 0);
  const worst = sorted(changes).filter((change) => change.allowed === null && (change.verdict === 'weaker' || change.verdict === 'unknown')).slice(0, 8);
  const through = changes.filter(({ allowed }) => allowed !== null).length;
  return {
    verdict,
    headline: HEADLINES[verdict],
    because: [
      counts.length === 0 ? 'No change to any protection was found.' : `${counts.map(([state, list]) => `${list.length} ${state}`).join(', ')}${through === 0 ? '' : `; ${through} of them let through by an allowance`}.`,
      ...worst.map(({ cloud, what, resource }) => `${NAMES[cloud]}: ${what} (${resource})`),
    ],
  };
}

export function sorted(changes: readonly ComparedChange[]): ComparedChange[] {
  return [...changes].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

export function changeSections(change: Change): (readonly [id: string, title: string, count: string, body: Markup])[] {
  const differences = pairs(change);
  const { added, gone } = findingsBetween(change);
  const total = Object.values(differences).reduce((sum, list) => sum + list.length, 0) + added.length + gone.length;
  return [
    ['changes', 'What changed', String(change.changes.length), changesBody(change)],
    ['before-after', 'Before and after', String(total), html`<p class="lead">What the two sides say differently about keys, network, logs, measurements, exemptions and findings.</p>
${stateTable(change)}
${(Object.entries({ Keys: differences.keys, Connections: differences.network, Logs: differences.logs, Measurements: differences.measurements, Exemptions: differences.exemptions })).map(([name, list]) => pairTable(name, list))}
${findingTable('Findings that this change adds', added.map(({ cloud, rule, resource, message, status }) => [status, NAMES[cloud], rule, resource, message]))}
${findingTable('Findings that this change removes', gone.map(({ cloud, rule, resource, message, status }) => [status, NAMES[cloud], rule, resource, message]))}`],
  ];
}

function changesBody({ changes }: Change): Markup {
  if (changes.length === 0) return html`<p class="lead">Nothing that bears on protection.</p>`;
  return table('Changes, the weakening ones first', ['Verdict', 'What', 'Before', 'After'], sorted(changes).map(({ verdict, cloud, resource, what, before, after, rule, citations, witness, source, allowed }) => (
    html`<td>${mark(verdict)}${allowed ? html`<br>let through by ${allowed.approver}: ${allowed.reason}` : NOTHING}</td><th scope="row"><strong>${what}</strong><br><span class="quiet">${NAMES[cloud]}, <code>${resource}</code>${source ? html`<br><code>${source.file}:${source.line}</code>` : NOTHING}</span>${witness ? html`<div class="witness"><strong>This request succeeds now:</strong> ${witnessText(witness)}</div>` : NOTHING}<span class="cite">${rule === null ? NOTHING : html`<code>${rule}</code> `}${citations.join(', ')}</span></th><td>${side(before)}</td><td>${side(after)}</td>`
  )), 'changes');
}

function side(text: string | null): Markup {
  return text === null ? html`<span class="quiet">nothing</span>` : html`<code>${text.split('\n').map((line, index) => html`${index === 0 ? NOTHING : html`<br>`}${line}`)}</code>`;
}

function stateTable({ before, after }: Change): Markup {
  const clouds = [...new Set([...before.clouds, ...after.clouds].map(({ cloud }) => cloud))];
  const state = (report: Change['before'], cloud: (typeof clouds)[number]): Markup => {
    const entry = report.clouds.find((one) => one.cloud === cloud);
    if (!entry) return html`<span class="quiet">not there</span>`;
    return html`keys ${entry.keys.total === 0 ? 'none' : mark(entry.keys.verdict)}, network ${entry.network === 'none' ? 'none' : mark(entry.network)}, logs ${entry.logs.total === 0 ? 'none' : mark(entry.logs.verdict)}, ${entry.failed} failed, ${entry.unknown} unknown, ${entry.exempt} exempt`;
  };
  return table('State of both sides', ['Cloud', 'Before', 'After'], [
    html`<th scope="row">All</th><td>${before.verdict.headline}</td><td>${after.verdict.headline}</td>`,
    ...clouds.map((cloud) => html`<th scope="row">${NAMES[cloud]}</th><td>${state(before, cloud)}</td><td>${state(after, cloud)}</td>`),
  ], 'pair');
}

function pairTable(name: string, list: readonly Pair[]): Markup {
  if (list.length === 0) return NOTHING;
  return html`<h3>${name}</h3>${table(`${name}: ${plural(list.length, 'difference')}`, ['What', 'Before', 'After'], list.map(({ cloud, what, before, after }) => html`<th scope="row"><code>${what}</code>${cloud === '' ? NOTHING : html`<br><span class="quiet">${NAMES[cloud]}</span>`}</th><td>${side(before)}</td><td>${side(after)}</td>`), 'pair', true)}`;
}

function findingTable(caption: string, rows: readonly (readonly [status: string, cloud: string, rule: string, resource: string, message: string])[]): Markup {
  if (rows.length === 0) return NOTHING;
  return table(caption, ['State', 'Cloud', 'Rule', 'Resource', 'Message'], rows.map(([status, cloud, rule, resource, message]) => html`<td>${mark(status)}</td><td>${cloud}</td><td><code>${rule}</code></td><td><code>${resource}</code></td><td>${message}</td>`));
}
