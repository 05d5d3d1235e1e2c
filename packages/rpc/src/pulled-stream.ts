/** Where the messages of a stream come from. */
export interface Source<Raw, Message> {
  /** Starts the call; called at the first `next`. `fail` ends the stream from outside, also while a message is awaited. */
  open(fail: (error: unknown) => void): Promise<AsyncIterator<Raw>>;
  read(raw: Raw): Message;
  /** The error as the consumer shall see it. */
  errorOf(error: unknown): unknown;
  /** The stream is over for the consumer. May be called twice. */
  close(how: StreamEnd): void;
}

/** `done`: every message was read. `failed`: the source or somebody outside failed it. `cancelled`: the consumer wants no more. */
export type StreamEnd = 'done' | 'failed' | 'cancelled';

interface Waiter<Message> {
  resolve(result: IteratorResult<Message>): void;
  reject(error: unknown): void;
}

/**
 * A stream that asks its source for one message when the consumer asks for one, so it never runs ahead, and that can be
 * failed in between. Costs one promise per message: a token passes through here.
 */
export class PulledStream<Raw, Message> implements AsyncIterableIterator<Message> {
  readonly #source: Source<Raw, Message>;
  readonly #waiting: Waiter<Message>[] = [];
  #iterator: AsyncIterator<Raw> | undefined;
  #opening: Promise<void> | undefined;
  #ended = false;
  #error: { thrown: unknown } | undefined;

  constructor(source: Source<Raw, Message>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Message>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#ended) this.#settleAll();
      else if (this.#iterator !== undefined) this.#pull(this.#iterator);
      else this.#open();
    });
  }

  async return(): Promise<IteratorResult<Message>> {
    this.#end('cancelled');
    return { done: true, value: undefined };
  }

  #open(): void {
    this.#opening ??= this.#source.open(this.#fail).then((iterator) => {
      if (this.#ended) return this.#source.close('cancelled');
      this.#iterator = iterator;
      for (let asked = this.#waiting.length; asked > 0; asked--) this.#pull(iterator);
    }, this.#fail);
  }

  #pull(iterator: AsyncIterator<Raw>): void {
    iterator.next().then(this.#arrived, this.#fail);
  }

  readonly #arrived = (result: IteratorResult<Raw>): void => {
    if (this.#ended) return;
    if (result.done === true) {
      this.#end('done');
      return;
    }
    try {
      const value = this.#source.read(result.value);
      this.#waiting.shift()?.resolve({ done: false, value });
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #fail = (error: unknown): void => {
    if (this.#ended) return;
    this.#error = { thrown: this.#source.errorOf(error) };
    this.#end('failed');
  };

  #end(how: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.close(how);
    this.#settleAll();
  }

  // The error is thrown once; after it the stream is simply over, as with a generator.
  #settleAll(): void {
    for (const waiter of this.#waiting.splice(0)) {
      const error = this.#error;
      this.#error = undefined;
      if (error !== undefined) waiter.reject(error.thrown);
      else waiter.resolve({ done: true, value: undefined });
    }
  }
}
