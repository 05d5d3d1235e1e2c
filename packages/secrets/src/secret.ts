import { inspect } from 'node:util';

const shown = '[secret]';

/**
 * A text that must not be written down: it prints, logs and serialises as `[secret]`. `reveal()` is the one way to the
 * value; call it where the value leaves us (an Authorization header, a cipher), never to pass it on.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.toPrimitive](): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
