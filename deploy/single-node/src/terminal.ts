import { toAppError } from '@sangha/errors';

/** How a command answers: sentences and tables for people, one JSON value on standard output for machines. */
export interface Terminal {
  readonly json: boolean;
  /** A line for people; silent with `--json`. */
  say(line?: string): void;
  /** The result: `value` with `--json`, `text` otherwise. */
  answer(value: unknown, text: string): void;
  /** Text as it comes (a streamed reply). */
  write(text: string): void;
}

export function createTerminal(json: boolean): Terminal {
  return {
    json,
    say: (line = '') => {
      if (!json) process.stdout.write(`${line}\n`);
    },
    answer: (value, text) => {
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    write: (text) => {
      process.stdout.write(text);
    },
  };
}

/** The one place where a failed command ends: one sentence (or `{"error":…}` with `--json`), exit status 1, no stack. */
export function reportFailure(error: unknown, json: boolean): void {
  const known = toAppError(error);
  const sentence = known.code === 'internal' && error instanceof Error ? `Unexpected: ${error.message}` : known.message;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: known.code, message: sentence } })}\n`);
  else process.stderr.write(`sangha: ${sentence}\n`);
  if (known.code === 'internal' && process.env.SANGHA_DEBUG) console.error(error);
  process.exitCode = 1;
}
