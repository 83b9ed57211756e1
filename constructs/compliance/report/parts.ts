/** Pieces that every section of the page is made of. */
import { html, Markup, NOTHING } from './markup.js';
import { plural } from './model.js';

/** Rows of one list in a cell before it is folded. */
const FOLD = 3;
/** Rows of one table or list before the rest is only counted. */
export const ROWS = 400;

type Kind = 'ok' | 'bad' | 'unk' | 'dim';
const KINDS: Readonly<Record<string, Kind>> = {
  gated: 'ok', closed: 'ok', immutable: 'ok', active: 'ok', stronger: 'ok', supports: 'ok',
  bypassable: 'bad', open: 'bad', mutable: 'bad', fail: 'bad', expired: 'bad', weaker: 'bad', extra: 'bad',
  unknown: 'unk', refused: 'unk', proposed: 'unk', warning: 'unk',
};
const GLYPHS: Readonly<Record<Kind, string>> = { ok: '✓', bad: '✕', unk: '?', dim: '–' };

/** A state as a word with a sign; colour only repeats it. */
export function mark(state: string, text = state.toUpperCase()): Markup {
  const kind = KINDS[state] ?? 'dim';
  return html`<span class="mark ${kind}"><span aria-hidden="true">${GLYPHS[kind]} </span>${text}</span>`;
}

/** A table with a caption; `headed` hides the caption from the eye where a heading says it already. */
export function table(caption: string, head: readonly (string | Markup)[], rows: readonly Markup[], kind = '', headed = false): Markup {
  const shown = rows.slice(0, ROWS);
  const missing = rows.length - shown.length;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="${kind}"><caption${headed ? new Markup(' class="vh"') : NOTHING}>${caption}</caption><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>
${shown.map((row) => html`<tr>${row}</tr>
`)}</tbody></table></div>${missing > 0 ? html`<p class="cut">${missing} more rows are not shown; the machine formats of tee-kit have them all.</p>` : NOTHING}`;
}

/** A list that folds when it is long. */
export function list(items: readonly Markup[], what: string): Markup {
  if (items.length === 0) return NOTHING;
  if (items.length === 1) return items[0] as Markup;
  const rows = items.slice(0, ROWS);
  const body = html`<ul>${rows.map((item) => html`<li>${item}</li>`)}</ul>${items.length > rows.length ? html`<p class="cut">and ${items.length - rows.length} more</p>` : NOTHING}`;
  return items.length <= FOLD ? body : html`<details class="cell-list"><summary>${plural(items.length, what)}</summary>${body}</details>`;
}
