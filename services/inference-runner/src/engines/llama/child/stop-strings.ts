import { firstOf, partialAtEnd } from './hold-back.ts';

export interface StopStrings {
  /** What may be shown of everything pushed so far: never a stop string, nor a part that could still become one. */
  push(text: string): string;
  /** The stop string that was met; nothing is shown any more. */
  readonly matched: string | undefined;
  /** What was held back, when the text ends without one. */
  end(): string;
}

export function createStopStrings(stops: readonly string[]): StopStrings {
  let held = '';
  let matched: string | undefined;
  return {
    get matched() {
      return matched;
    },
    push(text) {
      if (matched !== undefined) return '';
      held += text;
      const found = firstOf(held, stops);
      if (found) matched = found.needle;
      const shown = held.slice(0, found ? found.at : held.length - partialAtEnd(held, stops));
      held = found ? '' : held.slice(shown.length);
      return shown;
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}
