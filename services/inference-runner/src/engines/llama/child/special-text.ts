import type { LlamaModel, Token } from 'node-llama-cpp';

// `tokenizer.ggml.token_type` of the GGUF format.
const tokenType = { normal: 1, userDefined: 4, byte: 6 } as const;

/**
 * Keeps the texts of control tokens (`<|im_start|>`) in what users wrote from becoming control tokens in the prompt.
 *
 * Only the template may make control tokens. So every string of a request gets a mark inside each such text before the
 * template renders, and the rendered prompt is tokenised in the pieces between the marks: no piece holds a whole control
 * text that the template didn't write. Strings without such text pass unchanged, so their prompt has exactly the tokens of
 * the plain rendering.
 */
export interface SpecialText {
  /** `value` with all its strings, keys included, marked. */
  guard<Value>(value: Value, mark: string): Value;
  /** The same for an assistant's turn, which may hold the template's own user-defined tokens (`<think>`): templates look for them. */
  guardAssistant<Value>(value: Value, mark: string): Value;
}

/** Noncharacters: Unicode promises that no text interchange needs them. */
const marks = Array.from({ length: 32 }, (_, index) => String.fromCharCode(0xfdd0 + index));

/** A mark that no string of the request contains. */
export function unusedMark(text: string): string | undefined {
  return marks.find((mark) => !text.includes(mark));
}

export function createSpecialText(model: LlamaModel, template: string): SpecialText {
  const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
  const control: string[] = [];
  const markers: string[] = [];
  for (let id = 0; id < tokens.length; id += 1) {
    const text = tokens[id] ?? '';
    const type = types?.[id];
    if (text === '' || type === tokenType.normal || type === tokenType.byte) {
      // The native code corrects some mistyped tokens to control ones when it loads; they all look like this.
      if (type === tokenType.normal && /^<.+>$|^\[[A-Z_/]+\]$/.test(text) && model.isSpecialToken(id as Token))
        control.push(text);
      continue;
    }
    if (type === tokenType.userDefined) {
      if (text.trim().length > 2 && template.includes(text)) markers.push(text);
    } else control.push(text);
  }
  const everything = createFinder([...control, ...markers]);
  const controlOnly = createFinder(control);
  return {
    guard: (value, mark) => mapStrings(value, (text) => everything.mark(text, mark)),
    guardAssistant: (value, mark) => mapStrings(value, (text) => controlOnly.mark(text, mark)),
  };
}

interface Finder {
  mark(text: string, mark: string): string;
}

export function createFinder(needles: readonly string[]): Finder {
  const byFirst = new Map<string, { lengths: number[]; texts: Set<string> }>();
  for (const needle of needles) {
    const first = needle.charAt(0);
    const group = byFirst.get(first) ?? { lengths: [], texts: new Set<string>() };
    if (!group.lengths.includes(needle.length)) group.lengths.push(needle.length);
    group.texts.add(needle);
    byFirst.set(first, group);
  }
  for (const group of byFirst.values()) group.lengths.sort((a, b) => b - a);

  return {
    mark(text, mark) {
      let marked = '';
      let copied = 0;
      for (let at = 0; at < text.length; at += 1) {
        const group = byFirst.get(text.charAt(at));
        if (!group) continue;
        const found = group.lengths.some((length) => group.texts.has(text.substr(at, length)));
        // A beginning of a control text at the very end could be completed by what the template writes next.
        const cut = !found && text.length - at < (group.lengths[0] ?? 0) && isBeginning(group.texts, text.slice(at));
        if (!found && !cut) continue;
        marked += text.slice(copied, at + 1) + mark;
        copied = at + 1;
      }
      return copied === 0 ? text : marked + text.slice(copied);
    },
  };
}

function isBeginning(needles: Set<string>, tail: string): boolean {
  for (const needle of needles) if (needle.length > tail.length && needle.startsWith(tail)) return true;
  return false;
}

function mapStrings<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change)]);
  return Object.fromEntries(entries) as Value;
}
