/** Tokens as a provider counted them. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

const usageKey = '"usage"';

/**
 * The `usage` of a plain answer, read from its last bytes only. Inside a JSON text every quote is escaped, so `"usage"` without a
 * backslash before it is a key; the last one is the answer's own, because OpenAI-like providers write it after the choices.
 */
export function usageInTail(tail: Buffer | undefined): TokenUsage | undefined {
  if (tail === undefined) return undefined;
  for (let at = tail.lastIndexOf(usageKey); at !== -1; at = at === 0 ? -1 : tail.lastIndexOf(usageKey, at - 1)) {
    if (at > 0 && tail[at - 1] === 0x5c) continue;
    const text = tail.toString('latin1', at + usageKey.length);
    const open = /^\s*:\s*\{/.exec(text);
    if (open === null) continue;
    const object = balanced(text, open[0].length - 1);
    const usage = object === undefined ? undefined : usageOf(parsed(object));
    if (usage !== undefined) return usage;
  }
  return undefined;
}

/** A provider's usage object as ours; undefined when it is not one. Numbers are made whole and not negative. */
export function usageOf(value: unknown): TokenUsage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = value as Record<string, unknown>;
  if (typeof prompt_tokens !== 'number') return undefined;
  const cached = (prompt_tokens_details as { cached_tokens?: unknown } | null | undefined)?.cached_tokens;
  return { promptTokens: count(prompt_tokens), completionTokens: count(completion_tokens), cachedTokens: count(cached) };
}

/** More than any context holds: whoever claims more errs or lies, and must not shut an organisation out of its own limits. */
const mostTokens = 16_777_216;

const count = (value: unknown): number =>
  typeof value === 'number' && value > 0 && value < Number.MAX_SAFE_INTEGER ? Math.min(mostTokens, Math.floor(value)) : 0;

/** The text from the brace at `open` to its partner. Usage objects hold no texts with braces. */
function balanced(text: string, open: number): string | undefined {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return text.slice(open, at + 1);
    }
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
