/** What a terminal or a build log prints: names in artifacts are their author's, and must not steer who reads them. */

/** Controls, direction overrides, invisible marks and lone surrogates: they move the cursor, hide text or turn it round. */
const STEERING = /(?![\n\t]|\r\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Output in which nothing is a command: not to a terminal (escape sequences), nor to a build that reads its own log
 * (`::` at the start of a line on GitHub, `##vso[` and `##teamcity[` anywhere). Each becomes a `\u` escape, which JSON
 * reads back as the same text.
 */
export function plain(text: string): string {
  return text
    .replace(STEERING, (character) => Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''))
    .replace(/^([ \t]*)::/gm, `$1${escaped(0x3a)}:`)
    .replace(/##(?=[a-z]*\[)/gi, `#${escaped(0x23)}`);
}

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** A name or message on one line: a line of its own could pretend to be another finding, or the verdict. */
export const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');
