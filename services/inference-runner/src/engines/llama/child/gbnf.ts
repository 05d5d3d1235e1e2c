import { AppError } from '@sangha/errors';

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

const limits = { chars: 32 * 1024, depth: 32, rules: 1_000, repetitions: 1_000 };

/**
 * Refuses a caller's grammar that could exhaust the native parser, which works by recursion and unrolls repetitions: size,
 * nesting, number of rules and repetitions are bounded. What is merely wrong is left to the parser itself.
 */
export function checkGrammar(text: string): void {
  if (text.length > limits.chars) throw refused(`is longer than ${limits.chars} characters`);
  const bare = text.replaceAll(/"(?:[^"\\\n]|\\.)*"|\[(?:[^\]\\\n]|\\.)*\]|#[^\n]*/g, ' ');
  if ((bare.match(/::=/g)?.length ?? 0) > limits.rules) throw refused(`has more than ${limits.rules} rules`);
  let depth = 0;
  for (const character of bare) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth > limits.depth) throw refused(`is nested deeper than ${limits.depth} levels`);
  }
  let unrolled = 0;
  for (const [, least = '', most = ''] of bare.matchAll(/\{\s*(\d*)\s*,?\s*(\d*)\s*\}/g))
    unrolled += Math.max(Number(least), Number(most), 1);
  if (unrolled > limits.repetitions) throw refused(`repeats more than ${limits.repetitions} times in all`);
}

const refused = (problem: string): AppError =>
  new AppError('grammar_invalid', `The grammar ${problem}. Make it smaller.`, { param: 'grammar' });
