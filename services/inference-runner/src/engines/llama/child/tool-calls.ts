import { partialAtEnd } from './hold-back.ts';

/** How a family of models writes a call. */
export type ToolCallFormat = 'hermes' | 'mistral' | 'llama3';

export interface ParsedCall {
  name: string;
  /** JSON text. */
  arguments: string;
}

export interface ToolCallSink {
  text(text: string): void;
  call(call: ParsedCall): void;
}

export interface ToolCallParser {
  push(text: string): void;
  end(): void;
}

/** The format that a template teaches its model; undefined when it teaches none that we read. */
export function toolCallFormat(template: string): ToolCallFormat | undefined {
  if (template.includes('[TOOL_CALLS]')) return 'mistral';
  if (template.includes('<tool_call>')) return 'hermes';
  if (template.includes('<|python_tag|>') || (template.includes('"parameters"') && template.includes('ipython'))) return 'llama3';
  return undefined;
}

/** Control tokens that are part of a call, so that they reach the parser as text. */
export const toolCallMarkers: Record<ToolCallFormat, readonly string[]> = {
  hermes: ['<tool_call>', '</tool_call>'],
  mistral: ['[TOOL_CALLS]', '[ARGS]', '[CALL_ID]'],
  llama3: ['<|python_tag|>'],
};

/**
 * Reads calls out of what the model writes. Text before a call streams as text; a call is passed on when it is whole; what
 * looked like a call and isn't one, or names a function that wasn't offered, is text.
 */
export function createToolCallParser(format: ToolCallFormat, names: readonly string[], sink: ToolCallSink): ToolCallParser {
  const known = new Set(names);
  const report = (raw: string, calls: ParsedCall[] | undefined) => {
    if (calls && calls.length > 0 && calls.every(({ name }) => known.has(name))) for (const call of calls) sink.call(call);
    else sink.text(raw);
  };
  if (format === 'hermes') return createTaggedParser(sink, report);
  if (format === 'mistral') return createTailParser('[TOOL_CALLS]', sink, (raw) => report(raw, mistralCalls(raw)));
  return createWholeParser((raw) => report(raw, llamaCalls(raw)), sink);
}

/** `<tool_call>{"name": …, "arguments": …}</tool_call>`, any number of them. */
function createTaggedParser(sink: ToolCallSink, report: (raw: string, calls: ParsedCall[] | undefined) => void): ToolCallParser {
  const [open, close] = ['<tool_call>', '</tool_call>'];
  let held = '';
  let called = false;
  const reportOne = (raw: string, json: string) => {
    const call = toCall(parse(json), 'arguments');
    called ||= call !== undefined;
    report(raw, call && [call]);
  };
  const showText = (text: string) => {
    // Between calls and after the last there is only layout.
    if (text !== '' && !(called && text.trim() === '')) sink.text(text);
  };
  return {
    push(text) {
      held += text;
      for (;;) {
        const start = held.indexOf(open);
        if (start < 0) {
          const shown = held.slice(0, held.length - partialAtEnd(held, [open]));
          showText(shown);
          held = held.slice(shown.length);
          return;
        }
        const end = held.indexOf(close, start);
        if (start > 0) {
          showText(held.slice(0, start));
          held = held.slice(start);
          continue;
        }
        if (end < 0) return;
        const raw = held.slice(0, end + close.length);
        held = held.slice(raw.length);
        reportOne(raw, raw.slice(open.length, -close.length));
      }
    },
    end() {
      // Some models end their turn without closing the last call.
      if (held.startsWith(open)) reportOne(held, held.slice(open.length));
      else showText(held);
      held = '';
    },
  };
}

/** Text, then a marker after which everything is calls. */
function createTailParser(marker: string, sink: ToolCallSink, finish: (raw: string) => void): ToolCallParser {
  let held = '';
  let inCalls = false;
  return {
    push(text) {
      held += text;
      if (inCalls) return;
      const at = held.indexOf(marker);
      const shown = held.slice(0, at >= 0 ? at : held.length - partialAtEnd(held, [marker]));
      if (shown) sink.text(shown);
      held = held.slice(shown.length);
      inCalls = at >= 0;
    },
    end() {
      if (inCalls) finish(held);
      else if (held) sink.text(held);
      held = '';
    },
  };
}

/** The whole answer is a call or none of it: decided by its first character. */
function createWholeParser(finish: (raw: string) => void, sink: ToolCallSink): ToolCallParser {
  let held = '';
  let isText = false;
  return {
    push(text) {
      if (isText) return sink.text(text);
      held += text;
      const start = held.trimStart();
      if (start === '' || start.startsWith('{') || '<|python_tag|>'.startsWith(start) || start.startsWith('<|python_tag|>'))
        return;
      isText = true;
      sink.text(held);
      held = '';
    },
    end() {
      if (held) finish(held);
      held = '';
    },
  };
}

/** `[TOOL_CALLS][{…}, …]`, or `[TOOL_CALLS]name[ARGS]{…}` one after the other. */
function mistralCalls(raw: string): ParsedCall[] | undefined {
  const body = raw.slice('[TOOL_CALLS]'.length).trim();
  if (body.startsWith('[') || body.startsWith('{')) {
    const list = parse(body.startsWith('[') ? body : `[${body}]`);
    return Array.isArray(list) ? allOrNone(list.map((item) => toCall(item, 'arguments'))) : undefined;
  }
  return allOrNone(
    raw
      .split('[TOOL_CALLS]')
      .slice(1)
      .map((part) => {
        const [head = '', json = ''] = part.split('[ARGS]');
        const name = head.split('[CALL_ID]')[0]?.trim();
        return toCall({ name, arguments: parse(json) }, 'arguments');
      }),
  );
}

/** `{"name": …, "parameters": …}`, several of them separated by semicolons. */
function llamaCalls(raw: string): ParsedCall[] | undefined {
  const body = raw.trim().replace(/^<\|python_tag\|>/, '');
  const whole = parse(body);
  const items = whole === undefined ? body.split(/;\s*(?=\{)/).map(parse) : [whole];
  return allOrNone(items.map((item) => toCall(item, 'parameters') ?? toCall(item, 'arguments')));
}

const allOrNone = (calls: (ParsedCall | undefined)[]): ParsedCall[] | undefined =>
  calls.every((call) => call !== undefined) ? calls : undefined;

function toCall(value: unknown, key: 'arguments' | 'parameters'): ParsedCall | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return undefined;
  const args = key in value ? (value as Record<string, unknown>)[key] : undefined;
  if (typeof args === 'string' && parse(args) !== undefined) return { name: value.name, arguments: args };
  if (typeof args !== 'object' || args === null) return undefined;
  return { name: value.name, arguments: JSON.stringify(args) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
