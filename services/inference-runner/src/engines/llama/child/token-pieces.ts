import type { LlamaModel, Token } from 'node-llama-cpp';

/** What one token stands for. */
export interface Piece {
  /** Empty for control tokens. Not always whole UTF-8: characters may be spread over tokens. */
  readonly bytes: Uint8Array;
  /** The token's own name when it is a control token (`<|im_end|>`), for parsers that wait for it. */
  readonly control: string | undefined;
  readonly endsGeneration: boolean;
}

export interface TokenPieces {
  of(token: Token): Piece;
}

/**
 * Bytes of tokens, each worked out once and kept (at most the vocabulary). From the vocabulary itself, because the library's
 * `detokenize` gives text only: a part of a character would be lost.
 */
export function createTokenPieces(model: LlamaModel): TokenPieces {
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml;
  const decode = vocabulary.model === 'gpt2' ? fromByteLevel : fromSentencePiece;
  const known = new Map<Token, Piece>();

  function makePiece(token: Token): Piece {
    const name = vocabulary.tokens[token] ?? '';
    const attributes = model.getTokenAttributes(token);
    const endsGeneration = model.isEogToken(token);
    if (attributes.control || attributes.unknown || attributes.unused || endsGeneration) {
      return { bytes: noBytes, control: name, endsGeneration };
    }
    const bytes = attributes.byte ? byteOf(name) : attributes.userDefined ? encoder.encode(name) : decode(name);
    return { bytes, control: undefined, endsGeneration };
  }

  return {
    of(token) {
      const piece = known.get(token) ?? makePiece(token);
      known.set(token, piece);
      return piece;
    },
  };
}

const encoder = new TextEncoder();
const noBytes = new Uint8Array();

/** SentencePiece and unigram vocabularies write a space as U+2581. */
const fromSentencePiece = (name: string): Uint8Array => encoder.encode(name.replaceAll('\u2581', ' '));

/** `<0xE4>` in SentencePiece vocabularies. */
function byteOf(name: string): Uint8Array {
  const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(name)?.[1];
  return hex === undefined ? encoder.encode(name) : Uint8Array.of(Number.parseInt(hex, 16));
}

/** GPT-2's byte-level alphabet: printable bytes stand for themselves, the others are shifted to U+0100 and up, in order. */
const byteLevelAlphabet = (() => {
  const bytes = new Map<string, number>();
  let shifted = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    bytes.set(String.fromCodePoint(printable ? byte : 256 + shifted++), byte);
  }
  return bytes;
})();

function fromByteLevel(name: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of name) {
    const byte = byteLevelAlphabet.get(character);
    if (byte === undefined) bytes.push(...encoder.encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
