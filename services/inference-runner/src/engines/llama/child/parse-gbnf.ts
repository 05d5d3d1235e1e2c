import { AppError } from '@sangha/errors';

/** A grammar as a tree, as far as one must know it to judge its size. */
export type GrammarNode =
  | { kind: 'chars' }
  | { kind: 'rule'; name: string }
  | { kind: 'sequence'; parts: GrammarNode[] }
  | { kind: 'either'; options: GrammarNode[] }
  /** `most` undefined = without end. */
  | { kind: 'repeat'; part: GrammarNode; least: number; most: number | undefined };

const limits = { chars: 32 * 1024, depth: 32, repetitions: 1_000 };

export const grammarRefused = (problem: string): AppError =>
  new AppError('grammar_invalid', `The grammar ${problem}.`, { param: 'grammar' });

/** Rules by name. Knows the GBNF of llama.cpp's documentation without its token references. Throws `grammar_invalid`. */
export function parseGbnf(text: string): Map<string, GrammarNode> {
  if (text.length > limits.chars) throw grammarRefused(`is longer than ${limits.chars} characters`);
  const rules = new Map<string, GrammarNode>();
  let at = 0;

  /** Takes what matches here. */
  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }
  const skip = (lines: boolean) => take(lines ? /(?:\s|#[^\n]*)*/y : /(?:[ \t]|#[^\n]*)*/y);
  const wrong = (wanted: string) => grammarRefused(`is not valid GBNF at character ${at}: ${wanted} expected`);

  function either(depth: number): GrammarNode {
    if (depth > limits.depth) throw grammarRefused(`is nested deeper than ${limits.depth} levels`);
    const options: GrammarNode[] = [];
    do {
      skip(true);
      options.push(sequence(depth));
    } while (take(/\|/y));
    return options.length === 1 && options[0] ? options[0] : { kind: 'either', options };
  }

  function sequence(depth: number): GrammarNode {
    const parts: GrammarNode[] = [];
    for (let part = item(depth); part; part = item(depth)) {
      parts.push(repeated(part));
      skip(depth > 0);
    }
    return { kind: 'sequence', parts };
  }

  function item(depth: number): GrammarNode | undefined {
    if (take(/\(/y)) {
      const group = either(depth + 1);
      skip(true);
      if (!take(/\)/y)) throw wrong('")"');
      return group;
    }
    const literal = take(/"(?:[^"\\\n]|\\.)*"/y);
    if (literal !== undefined)
      return { kind: 'sequence', parts: characters(literal.slice(1, -1), 1).map(() => ({ kind: 'chars' })) };
    const set = take(/\[(?:[^\]\\\n]|\\.)+\]/y);
    if (set !== undefined) {
      characters(set.slice(1, -1), 0);
      return { kind: 'chars' };
    }
    if (take(/\./y)) return { kind: 'chars' };
    const before = at;
    const name = take(/[a-zA-Z0-9-]+/y);
    if (name === undefined) return undefined;
    // The name of the next rule and not one more part of this.
    if (/^[ \t]*::=/.test(text.slice(at, at + 40))) {
      at = before;
      return undefined;
    }
    return { kind: 'rule', name };
  }

  function repeated(part: GrammarNode): GrammarNode {
    let node = part;
    for (let count = repetition(); count; count = repetition()) node = { kind: 'repeat', part: node, ...count };
    return node;
  }

  function repetition(): { least: number; most: number | undefined } | undefined {
    const sign = take(/[*+?]/y);
    if (sign === '*') return { least: 0, most: undefined };
    if (sign === '+') return { least: 1, most: undefined };
    if (sign === '?') return { least: 0, most: 1 };
    const braces = take(/\{\s*\d+\s*(?:,\s*\d*\s*)?\}/y);
    if (!braces) return undefined;
    const [low = '', high] = braces.slice(1, -1).split(',');
    const least = Number(low);
    const most = high === undefined ? least : high.trim() === '' ? undefined : Number(high);
    // The native parser counts down from a `most` below `least` for ever.
    if (most !== undefined && most < least) throw grammarRefused(`repeats from ${least} down to ${most} times`);
    if (Math.max(least, most ?? 0) > limits.repetitions)
      throw grammarRefused(`repeats something more than ${limits.repetitions} times`);
    return { least, most };
  }

  skip(true);
  while (at < text.length) {
    const name = take(/[a-zA-Z0-9-]+/y);
    if (name === undefined) throw wrong('the name of a rule');
    skip(false);
    if (!take(/::=/y)) throw wrong('"::="');
    if (rules.has(name)) throw grammarRefused(`has two rules named ${name.slice(0, 40)}`);
    rules.set(name, either(0));
    const end = take(/[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y);
    if (end === undefined && at < text.length) throw wrong('the end of the rule');
    skip(true);
  }
  return rules;
}

/** One entry per character of a literal or a set. A literal can't hold U+0000: no token that a grammar accepts does. */
function characters(body: string, least: number): string[] {
  const found = body.match(/\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[nrt"\\[\]]|[^\\]/gu) ?? [];
  if (found.join('') !== body) throw grammarRefused('has an escape that GBNF does not know');
  for (const escaped of found) {
    const hex = /^\\[xuU]([0-9a-fA-F]+)$/.exec(escaped)?.[1];
    const code = hex === undefined ? least : Number.parseInt(hex, 16);
    if (code < least || code > 0x10ffff) throw grammarRefused('names a character that does not exist');
  }
  return found;
}
