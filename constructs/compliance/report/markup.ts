/** HTML that is safe by construction: text becomes markup only through `html`, which escapes every value. */

/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}
}

type Inner = string | number | Markup | readonly Markup[];

/** Characters that change how others read: controls, direction overrides, invisible marks, lone surrogates. */
const DECEIVING = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Shows what would otherwise be invisible or deceive (`\u{202e}`), and drops nothing. */
export function visible(text: string): string {
  return text.replace(DECEIVING, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

export function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Characters of one value in the page; longer ones are cut with a note. */
const TEXT_LIMIT = 2000;

/** Cuts text with a note of how much is missing. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)} … [cut here: ${text.length - limit} more characters]`;
}

/** Builds markup; every interpolated string is escaped and, when it is huge, cut. */
export function html(parts: TemplateStringsArray, ...values: readonly Inner[]): Markup {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += render(value) + (parts[index + 1] ?? '');
  });
  return new Markup(text);
}

function render(value: Inner): string {
  if (typeof value === 'string') return escape(cut(value, TEXT_LIMIT));
  if (typeof value === 'number') return String(value);
  return value instanceof Markup ? value.text : value.map(({ text }) => text).join('');
}

export const NOTHING = new Markup('');

/** Preformatted text with a limit of its own. */
export function pre(text: string, limit: number, rest: string): Markup {
  const shown = text.length <= limit ? text : text.slice(0, limit);
  const note = text.length <= limit ? NOTHING : html`<p class="cut">Cut here: ${text.length - limit} more characters. ${rest}</p>`;
  return html`<pre tabindex="0">${new Markup(escape(shown))}</pre>${note}`;
}
