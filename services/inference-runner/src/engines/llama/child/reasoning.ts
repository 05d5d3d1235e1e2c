import { partialAtEnd } from './hold-back.ts';

export interface ReasoningTags {
  open: string;
  close: string;
}

export interface TextSink {
  text(text: string): void;
  reasoning(text: string): void;
}

export interface ReasoningSplitter {
  push(text: string): void;
  end(): void;
}

const families: ReasoningTags[] = [
  { open: '<think>', close: '</think>' },
  { open: '[THINK]', close: '[/THINK]' },
];

/** The tags a template uses for thoughts, if it knows any. */
export const reasoningTags = (template: string): ReasoningTags | undefined =>
  families.find(({ open, close }) => template.includes(open) || template.includes(close));

/** Whether the prompt ends inside a thought, because the template opened one for the model. */
export const opensThought = (promptTail: string, { open }: ReasoningTags): boolean => promptTail.trimEnd().endsWith(open);

/**
 * Sends a thought at the beginning of an answer to `sink.reasoning` and the rest to `sink.text`. Tags later in the answer are
 * text: an answer may speak about `<think>`.
 */
export function createReasoningSplitter(tags: ReasoningTags, startsInside: boolean, sink: TextSink): ReasoningSplitter {
  let state: 'before' | 'inside' | 'after-close' | 'answer' = startsInside ? 'inside' : 'before';
  let held = '';

  /** One step; false when nothing more can be decided yet. */
  function advance(): boolean {
    if (held === '') return false;
    if (state === 'before') {
      const start = held.trimStart();
      if (start.startsWith(tags.open)) {
        held = start.slice(tags.open.length);
        state = 'inside';
        return true;
      }
      if (tags.open.startsWith(start)) return false;
      state = 'answer';
      return true;
    }
    if (state === 'inside') {
      const at = held.indexOf(tags.close);
      const until = at >= 0 ? at : held.length - partialAtEnd(held, [tags.close]);
      if (until > 0) sink.reasoning(held.slice(0, until));
      held = held.slice(at >= 0 ? at + tags.close.length : until);
      if (at < 0) return false;
      state = 'after-close';
      return true;
    }
    if (state === 'after-close') {
      held = held.trimStart();
      if (held === '') return false;
      state = 'answer';
    }
    sink.text(held);
    held = '';
    return false;
  }

  return {
    push(text) {
      if (state === 'answer') return sink.text(text);
      held += text;
      while (advance());
    },
    end() {
      if (held === '') return;
      if (state === 'inside') sink.reasoning(held);
      else if (state !== 'after-close') sink.text(held);
      held = '';
    },
  };
}
