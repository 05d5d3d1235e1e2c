/**
 * Pieces put together as they come, in memory that doubles: each byte is copied about once. Kept as they are, pieces of one byte
 * would take two hundred bytes each, and joined anew for every piece they would cost the square of their number.
 * A single piece stays where it is.
 */
export class Gathered {
  #memory: Buffer = empty;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What was gathered, not copied. */
  get bytes(): Buffer {
    return this.#memory.length === this.#size ? this.#memory : this.#memory.subarray(0, this.#size);
  }

  add(piece: Buffer): void {
    if (this.#size === 0) {
      this.#memory = piece;
      this.#size = piece.length;
      return;
    }
    // The first piece fills its memory, so that nothing is ever written into memory of others.
    if (this.#size + piece.length > this.#memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(1024, 2 * (this.#size + piece.length)));
      this.#memory.copy(larger, 0, 0, this.#size);
      this.#memory = larger;
    }
    this.#size += piece.copy(this.#memory, this.#size);
  }

  /** Begins anew in other memory: what was handed out stays as it is. */
  clear(): void {
    this.#memory = empty;
    this.#size = 0;
  }
}

const empty = Buffer.alloc(0);
