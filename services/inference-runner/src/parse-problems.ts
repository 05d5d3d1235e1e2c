import { AppError } from '@sangha/errors';

/** Collects everything that is wrong with a request, by the field's name as an OpenAI client wrote it. */
export interface Problems {
  /** `text` completes the field's name: "must be between 0 and 2". */
  add(param: string, text: string): void;
  check(param: string, holds: boolean, text: string): void;
  /** A finite number of that range, or undefined when it is absent or wrong. */
  number(param: string, value: number | undefined, min: number, max: number): number | undefined;
  integer(param: string, value: number | undefined, min: number, max: number): number | undefined;
  text(param: string, value: string, bounds: { min?: number; max: number }): string;
  /** JSON text of an object. */
  jsonObject(param: string, value: string, max: number): void;
  /** Throws one error with all of them, when there are any. */
  throwIfAny(): void;
}

// Beyond that the list says nothing new.
const shownProblems = 20;

export function createProblems(): Problems {
  const found: { param: string; text: string }[] = [];
  const add = (param: string, text: string): void => {
    found.push({ param, text });
  };
  const check = (param: string, holds: boolean, text: string): void => {
    if (!holds) add(param, text);
  };

  const problems: Problems = {
    add,
    check,
    number(param, value, min, max) {
      if (value === undefined) return undefined;
      const holds = Number.isFinite(value) && value >= min && value <= max;
      check(param, holds, `must be a number between ${min} and ${max}`);
      return holds ? value : undefined;
    },
    integer(param, value, min, max) {
      if (value === undefined) return undefined;
      const holds = Number.isInteger(value) && value >= min && value <= max;
      check(param, holds, `must be a whole number between ${min} and ${max}`);
      return holds ? value : undefined;
    },
    text(param, value, { min = 0, max }) {
      check(param, value.length >= min, 'must not be empty');
      check(param, value.length <= max, `must have at most ${max} characters`);
      return value;
    },
    jsonObject(param, value, max) {
      if (value === '') return;
      if (value.length > max) add(param, `must have at most ${max} characters`);
      else if (!isJsonObject(value)) add(param, 'must be a JSON object');
    },
    throwIfAny() {
      const [first] = found;
      if (!first) return;
      const shown = found.slice(0, shownProblems).map(({ param, text }) => `${param} ${text}`);
      const rest = found.length > shownProblems ? ` (and ${found.length - shownProblems} more)` : '';
      throw new AppError('invalid_value', `${shown.join('; ')}${rest}.`, {
        param: first.param,
        params: Object.fromEntries(found.slice(0, shownProblems).map(({ param, text }) => [param, text])),
      });
    },
  };
  return problems;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
