import { toldExemption } from '../exemptions.js';
import type { Change, ChangeVerdict, DiffReport } from './types.js';

const HEADLINE: Readonly<Record<ChangeVerdict, string>> = {
  weaker: 'the protection of PHI gets weaker',
  unknown: 'what the change does to the protection of PHI is not known',
  stronger: 'the protection of PHI gets stronger',
  neutral: 'the protection of PHI does not change',
};

/** For the terminal. */
export function diffText({ verdict, changes, exemptions, unusedAllowances }: DiffReport): string {
  const lines = [`${verdict.toUpperCase()}: ${HEADLINE[verdict]}`];
  for (const { id, verdict: own, cloud, resource, what, before, after, rule, citations, witness, source, allowed } of changes) {
    lines.push('', `${own.toUpperCase()}${allowed ? ' (allowed)' : ''} [${cloud}] ${resource}`, `  ${what}`);
    if (before !== null || after !== null) lines.push(`  before: ${before ?? 'nothing'}`, `  after:  ${after ?? 'nothing'}`);
    if (witness) lines.push(`  replay: ${witness.principal} calls ${witness.action}, attestation ${witness.attestation}, via ${witness.via}`);
    if (source) lines.push(`  at ${source.file}:${source.line}`);
    if (rule !== null) lines.push(`  ${rule}${citations.length > 0 ? `: ${citations.join(', ')}` : ''}`);
    if (allowed) lines.push(`  allowed by ${allowed.approver}: ${allowed.reason}`);
    else if (own === 'weaker' || own === 'unknown') lines.push(`  id: ${id}`);
  }
  for (const { change, note } of unusedAllowances) lines.push('', `ALLOWANCE ${change}: ${note}`);
  if (exemptions.length > 0) lines.push('', ...exemptions.map(toldExemption));
  lines.push('', tally(changes), '');
  return lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\n');
}

function tally(changes: readonly Change[]): string {
  const count = (verdict: ChangeVerdict): number => changes.filter((change) => change.verdict === verdict && !change.allowed).length;
  const allowed = changes.filter((change) => change.allowed).length;
  return `${count('weaker')} weaker, ${count('unknown')} unknown, ${count('stronger')} stronger, ${count('neutral')} neutral${allowed > 0 ? `, ${allowed} allowed` : ''}`;
}

/** Below GitHub's limit of 65,536 characters for a comment. */
const COMMENT_LIMIT = 65_000;

/** For a pull-request comment: empty when nothing changed. */
export function diffMarkdown(report: DiffReport): string {
  const { verdict, changes, exemptions, unusedAllowances } = report;
  if (changes.length === 0 && unusedAllowances.length === 0) return '';
  const head = `**${verdict.toUpperCase()}**: ${HEADLINE[verdict]} (${tally(changes)})\n`;
  const table = '\n| Verdict | Cloud | Resource | Change | Before | After | Rule |\n| --- | --- | --- | --- | --- | --- | --- |\n';
  const rows = changes.map(({ verdict: own, cloud, resource, what, before, after, rule, citations, allowed }) => (
    `| ${own}${allowed ? ` (allowed by ${cell(allowed.approver)})` : ''} | ${cloud} | ${cell(brief(resource), 120)} | ${cell(what)} | ${cell(before ?? '', 160)} | ${cell(after ?? '', 160)} | ${rule ?? ''}${citations.length > 0 ? `<br>${citations.slice(0, 3).map((one) => cell(one)).join('<br>')}` : ''} |\n`
  ));
  const notes = unusedAllowances.map(({ change, note }) => `\n- allowance \`${code(change)}\`: ${cell(note)}`).join('');
  const todo = changes.filter((change) => !change.allowed && (change.verdict === 'weaker' || change.verdict === 'unknown'));
  const waived = exemptions.length === 0 ? '' : `\n<details><summary>Exemptions</summary>\n\n${exemptions.map((one) => `- ${cell(toldExemption(one))}\n`).join('')}\n</details>\n`;
  const ids = todo.length === 0 ? '' : `\n<details><summary>Names for <code>--allow</code></summary>\n\n${todo.map(({ id }) => `- \`${code(id)}\`\n`).join('')}\n</details>\n`;
  let room = COMMENT_LIMIT - head.length - table.length - notes.length - 200;
  const shown: string[] = [];
  for (const row of rows) {
    if (row.length > room) break;
    room -= row.length;
    shown.push(row);
  }
  const cut = rows.length > shown.length ? `\n${rows.length - shown.length} more changes: run \`tee-kit diff\`.\n` : '';
  const tail = [ids, waived].filter((part) => { const fits = part.length < room; if (fits) room -= part.length; return fits; });
  return `${head}${table}${shown.join('')}${cut}${notes}${tail.join('')}`;
}

/** The last words of a long id. */
const brief = (id: string): string => (id.length > 100 ? `…${id.slice(-99)}` : id);

/** Text that no cell, link or tag of a comment can break out of. */
function cell(text: string, limit = 400): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return cut.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/([\\`*_[\]|~@#])/g, '\\$1').replace(/\s+/g, ' ');
}

const code = (text: string): string => text.replace(/[`\r\n]/g, ' ');
