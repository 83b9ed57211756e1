/** Renders a report, or what changed to it, as one pull-request comment in GitHub's Markdown. */
import { scopeOf } from '../exemptions.js';
import { changeVerdict, sorted } from './change-page.js';
import { type Change, findingsBetween, isSilent, type Pair, pairs, witnessText } from './change.js';
import { visible } from './markup.js';
import { type FindingEntry, NAMES, plural, type Report } from './model.js';

/** First line of the comment: how a pipeline finds the one to update. */
export const MARKER = '<!-- tee-kit: protection report -->';

/** GitHub refuses a comment of more than 65,536 characters; the rest is room for what a pipeline puts around it. */
export const COMMENT_LIMIT = 65_000;
const CELL_LIMIT = 300;

/** One collapsible part of the comment. */
interface Part {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * The comment of a report. With a change, it is about the change, and empty when there is nothing to look at.
 * Always shorter than {@link COMMENT_LIMIT}: the least important rows are left out, with a count of them.
 */
export function comment(report: Report, change?: Change): string {
  if (change && isSilent(change)) return '';
  const head = change ? changeHead(change, report) : reportHead(report);
  const parts = change ? changeParts(change) : reportParts(report);
  const foot = `\n<sub>tee-kit ${text(report.version)}, judged as of ${report.today} from ${plural(report.inputs.length, 'file')} and ${plural(report.counts.resources, 'resource')}. Citations name safeguards that a resource supports, never satisfies.</sub>\n`;
  let result = head;
  for (const part of parts) {
    if (part.rows.length === 0) continue;
    const room = COMMENT_LIMIT - result.length - foot.length - 400;
    result += folded(part, room);
  }
  return `${result}${foot}`;
}

/** Text that Markdown and HTML show as it stands, on one line. */
function text(value: string, limit = CELL_LIMIT): string {
  const flat = visible(value.replace(/\s+/g, ' ').trim());
  const short = flat.length > limit ? `${flat.slice(0, limit)}… (${flat.length - limit} more)` : flat;
  return short.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '').replace(/[\\`*_{}[\]|~#@!$]/g, '\\$&').replace(/:\/\//g, ':&#8203;//');
}

/** A name in a code span, where Markdown reads nothing. */
function code(value: string): string {
  const flat = visible(value.replace(/\s+/g, ' ').trim()).replaceAll('`', '\'');
  const short = flat.length > CELL_LIMIT ? `${flat.slice(0, CELL_LIMIT)}…` : flat;
  return short === '' ? '' : `\`${short.replaceAll('|', '\\|')}\``;
}

const SIGN: Readonly<Record<string, string>> = { weaker: '🔴 WEAKER', unknown: '🟠 UNKNOWN', stronger: '🟢 stronger', neutral: '⚪ neutral', fail: '🔴 FAIL', exempt: '⚪ exempt', warning: '🟠 warning' };
const LIGHTS = { broken: '🔴', weaker: '🔴', unknown: '🟠', defects: '🟠', holds: '🟢', stronger: '🟢', nothing: '⚪', neutral: '⚪' } as const;
const sign = (state: string): string => SIGN[state] ?? state;

const LINES = 25;

function reportHead(report: Report): string {
  const { level, headline, because } = report.verdict;
  return `${MARKER}\n### ${LIGHTS[level]} ${headline}\n\n${because.slice(0, LINES).map((line) => `- ${line}`).join('\n')}\n\n${stateTable(report)}`;
}

function changeHead(change: Change, report: Report): string {
  const { headline, because } = changeVerdict(change);
  const shown = sorted(change.changes).slice(0, LINES);
  const rows = shown.map(({ verdict, cloud, resource, what, before, after, citations, allowed }) => (
    `| ${sign(verdict)}${allowed ? `<br>let through by ${text(allowed.approver)}: ${text(allowed.reason)}` : ''} | ${text(what)}<br>${NAMES[cloud]} ${code(resource)} | ${text(before ?? '')} | ${text(after ?? '')} | ${text(citations.join(', '))} |`
  ));
  const table = rows.length === 0 ? '' : `\n| Verdict | What | Before | After | Citation |\n|---|---|---|---|---|\n${rows.join('\n')}\n${change.changes.length > shown.length ? `\n…and ${change.changes.length - shown.length} more, below.\n` : ''}`;
  return `${MARKER}\n### ${LIGHTS[change.verdict]} ${headline}\n\n${because[0] ?? ''}\n${table}\n**After the change:** ${report.verdict.headline} ${report.verdict.because.slice(0, LINES).join(' ')}\n\n${stateTable(report)}`;
}

function stateTable(report: Report): string {
  const rows = report.clouds.map(({ cloud, phi, keys, network, logs, failed, unknown, exempt }) => (
    `| ${NAMES[cloud]} | ${keys.total === 0 ? (phi ? '**UNKNOWN: none found**' : 'none') : state(keys.verdict, `${keys.gated} of ${keys.total} gated`)} | ${network === 'none' ? 'none' : state(network)} | ${logs.total === 0 ? (phi ? '**UNKNOWN: none found**' : 'none') : state(logs.verdict, `${logs.immutable} of ${logs.total} immutable`)} | ${failed} | ${unknown} | ${exempt} |`
  ));
  return `| Cloud | PHI keys | Network | Logs | Failed | Unknown | Exempt |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function state(verdict: string, counts = ''): string {
  const good = verdict === 'gated' || verdict === 'closed' || verdict === 'immutable';
  return `${good ? verdict : `**${verdict.toUpperCase()}**`}${counts === '' ? '' : `, ${counts}`}`;
}

function findingRow({ status, severity, rule, cloud, resource, message, source }: FindingEntry): string[] {
  return [sign(status), severity, code(rule), `${NAMES[cloud]} ${code(resource)}`, text(message), source ? code(`${source.file}:${source.line}`) : ''];
}

const FINDING_HEAD = ['', 'Severity', 'Rule', 'Resource', 'Message', 'Source'];

function reportParts(report: Report): Part[] {
  const findings = report.findings.filter(({ status }) => status !== 'exempt');
  return [
    { title: 'Requests that succeed without approved attestation', head: ['Key', 'Request'], rows: report.keys.flatMap(({ key, witness }) => (witness ? [[code(key), text(witnessText(witness))]] : [])) },
    { title: 'Not decided', head: ['Cloud', 'Resource', 'Reason'], rows: report.unproved.map(({ cloud, resource, reason }) => [NAMES[cloud], code(resource), text(reason)]) },
    { title: 'Connections that nobody allowed, or that are unknown', head: ['Cloud', 'From', 'To', 'Ports', 'State'], rows: report.networks.flatMap(({ cloud, flows }) => flows.filter(({ status }) => status === 'extra' || status === 'unknown').map(({ from, to, ports, status }) => [NAMES[cloud], code(from), code(to), code(ports), status === 'extra' ? '**UNEXPECTED**' : '**unknown**'])) },
    { title: 'Findings', head: FINDING_HEAD, rows: findings.map(findingRow) },
    { title: 'Who can change the gate', head: ['Key', 'Principal', 'How'], rows: report.keys.flatMap(({ key, changers }) => changers.map(({ principal, via }) => [code(key), code(principal), text(via.join('; '))])) },
    { title: 'Measurements', head: ['Cloud', 'Release', 'State', 'Owner', 'Expires', 'Days left'], rows: report.measurements.map(({ cloud, name, status, owner, expires, days }) => [NAMES[cloud], code(name), status, text(owner), expires, days === null ? '**unknown**' : days < 0 ? `**${days}**` : String(days)]) },
    { title: 'Exemptions', head: ['State', 'Rule', 'Resource', 'Hides', 'Until', 'Reason'], rows: report.exemptions.map(exemptionRow) },
    { title: 'Warnings', head: FINDING_HEAD, rows: report.warnings.map((finding) => findingRow(finding)) },
  ];
}

function exemptionRow({ state: word, rule, resource, kind, hides, expiry, reason }: Report['exemptions'][number]): string[] {
  return [word === 'active' ? word : `**${word}**`, code(rule), code(scopeOf({ resource, kind })), String(hides), expiry ?? '**no end**', text(reason)];
}

function changeParts(change: Change): Part[] {
  const differences = pairs(change);
  const { added, gone } = findingsBetween(change);
  const pair = (title: string, list: readonly Pair[]): Part => ({
    title, head: ['What', 'Before', 'After'], rows: list.map(({ cloud, what, before, after }) => [`${cloud === '' ? '' : `${NAMES[cloud]} `}${code(what)}`, text(before ?? 'nothing'), text(after ?? 'nothing')]),
  });
  return [
    { title: 'Requests that succeed now', head: ['Resource', 'Request'], rows: change.changes.flatMap(({ resource, witness }) => (witness ? [[code(resource), text(witnessText(witness))]] : [])) },
    { title: 'Findings that this change adds', head: FINDING_HEAD, rows: added.map(findingRow) },
    {
      title: 'More changes', head: ['Verdict', 'What', 'Before', 'After'],
      rows: sorted(change.changes).slice(LINES).map(({ verdict, cloud, resource, what, before, after }) => [sign(verdict), `${text(what)}: ${NAMES[cloud]} ${code(resource)}`, text(before ?? ''), text(after ?? '')]),
    },
    pair('Keys', differences.keys), pair('Connections', differences.network), pair('Logs', differences.logs), pair('Measurements', differences.measurements), pair('Exemptions', differences.exemptions),
    { title: 'Findings that this change removes', head: FINDING_HEAD, rows: gone.map(findingRow) },
  ];
}

function folded({ title, head, rows }: Part, room: number): string {
  const open = `\n<details><summary>${title}: ${rows.length}</summary>\n\n| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}\n`;
  const close = '\n</details>\n';
  let body = '';
  let shown = 0;
  for (const row of rows) {
    const line = `| ${row.join(' | ')} |\n`;
    if (open.length + body.length + line.length + close.length > room) break;
    body += line;
    shown++;
  }
  if (shown === 0) return `\n${title}: ${rows.length}, left out: the comment is at its size limit. \`tee-kit report --out report.html\` has them.\n`;
  const cut = rows.length - shown;
  return `${open}${body}${cut === 0 ? '' : `\n${cut} more left out: the comment is at its size limit. \`tee-kit report --out report.html\` has them.\n`}${close}`;
}
