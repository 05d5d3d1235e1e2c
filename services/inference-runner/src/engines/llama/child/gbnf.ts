// Building blocks of grammars in llama.cpp's GBNF. An empty string is the empty word.

export const sequence = (...parts: string[]): string =>
  parts
    .filter((part) => part !== '')
    .map(wrapAlternatives)
    .join(' ');

/** One of several. */
export function alternatives(options: readonly string[]): string {
  const distinct = [...new Set(options)];
  return distinct.length === 1 ? (distinct[0] ?? '') : distinct.map((option) => (option === '' ? '""' : option)).join(' | ');
}

export const optional = (part: string): string => `(${part})?`;

/** `part`, which must be one symbol, from `least` to `most` times; without `most` any number. */
export function repeat(part: string, least: number, most: number | undefined): string {
  if (most === 0) return '';
  if (least === 0 && most === undefined) return `${part}*`;
  return `${part}{${least},${most ?? ''}}`;
}

/** The text itself. JSON escapes the same characters; only its names for controls differ. */
export function grammarLiteral(text: string): string {
  return JSON.stringify(text).replaceAll(/\\(?:u00([0-9a-f]{2})|.)/g, (escaped: string, hex?: string) => {
    if (hex !== undefined) return `\\x${hex}`;
    return escaped === '\\b' ? '\\x08' : escaped === '\\f' ? '\\x0c' : escaped;
  });
}

/** A sequence binds stronger than `|`, so alternatives inside one need parentheses. */
function wrapAlternatives(part: string): string {
  return /\|/.test(part.replaceAll(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)/g, ''))
    ? `(${part})`
    : part;
}
