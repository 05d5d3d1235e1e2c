/** A vocabulary small enough for tests, yet whole: every text can be tokenised with it and comes back the same. */
export interface TinyTokenizer {
  /** `tokenizer.ggml.model` of the file. */
  model: 'llama' | 'gpt2' | 'bert';
  tokens: string[];
  scores: number[];
  types: number[];
  merges: string[];
  /** Special tokens by the middle of their key (`bos` → `tokenizer.ggml.bos_token_id`). */
  specials: Record<string, number>;
}

const kinds = { normal: 1, unknown: 2, control: 3, unused: 5, byte: 6 } as const;
const words =
  'the and you that was for are with his they this have from one had word but not what all were when your can said there use each which she how their will other about out many then them these some her would make like him into time look more write see number way could people water been call who oil its now find long down day did get come made may part'.split(
    ' ',
  );
const characters = 'etaoinshrdlcumwfgypbvkxjqzETAOINSHRDLCUMWFGYPBVKXJQZ0123456789.,!?:;\'"()[]{}<>|_-/\\\n@#$%&*+=';
const wordStart = '\u2581';

/** SentencePiece-like: bytes as a fallback, then pieces, each reachable by joining two shorter ones. */
export function sentencePieces(size: number): TinyTokenizer {
  const pieces = new Set([wordStart, ...characters, ...words.flatMap((word) => prefixes(wordStart + word))]);
  const list = vocabulary(size, (index) => `<unused${index}>`);
  list.add('<unk>', kinds.unknown);
  list.add('<s>', kinds.control);
  list.add('</s>', kinds.control);
  for (let byte = 0; byte < 256; byte++) list.add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, kinds.byte);
  list.add('<|im_start|>', kinds.control);
  list.add('<|im_end|>', kinds.control);
  let rank = 0;
  for (const piece of pieces) if (list.hasRoom()) list.add(piece, kinds.normal, -++rank);
  return { model: 'llama', ...list.close(), merges: [], specials: { unknown: 0, bos: 1, eos: 2, eot: list.idOf('<|im_end|>') } };
}

/** GPT-2's byte-level pairs. */
export function bytePairs(size: number): TinyTokenizer {
  const letters = byteLetters();
  const list = vocabulary(size, (index) => `<unused${index}>`);
  const merges: string[] = [];
  for (const special of ['<|endoftext|>', '<|im_start|>', '<|im_end|>']) list.add(special, kinds.control);
  for (const letter of letters) list.add(letter, kinds.normal);
  for (const word of words) {
    let left = letters[32] ?? '';
    for (const letter of word) {
      if (!list.has(left + letter)) {
        if (!list.hasRoom()) break;
        list.add(left + letter, kinds.normal);
        merges.push(`${left} ${letter}`);
      }
      left += letter;
    }
  }
  return { model: 'gpt2', ...list.close(), merges, specials: { bos: 0, eos: 0, eot: 2 } };
}

/** BERT's word pieces, a word's start marked as llama.cpp's converter does. */
export function wordPieces(size: number): TinyTokenizer {
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789.,!?:;\'"()-/'];
  const list = vocabulary(size, (index) => `[unused${index}]`);
  for (const special of ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'])
    list.add(special, special === '[UNK]' ? kinds.unknown : kinds.control);
  for (const piece of [...letters.map((letter) => wordStart + letter), ...letters, ...words.map((word) => wordStart + word)])
    if (list.hasRoom() && !list.has(piece)) list.add(piece, kinds.normal);
  // `seperator` is how the format spells it.
  return {
    model: 'bert',
    ...list.close(),
    merges: [],
    specials: { padding: 0, unknown: 1, cls: 2, bos: 2, seperator: 3, eos: 3, mask: 4 },
  };
}

function vocabulary(size: number, unused: (index: number) => string) {
  const ids = new Map<string, number>();
  const scores: number[] = [];
  const types: number[] = [];
  const add = (token: string, type: number, score = 0): void => {
    ids.set(token, ids.size);
    types.push(type);
    scores.push(score);
  };
  return {
    add,
    has: (token: string) => ids.has(token),
    hasRoom: () => ids.size < size,
    idOf: (token: string) => ids.get(token) ?? -1,
    close: () => {
      while (ids.size < size) add(unused(ids.size), kinds.unused);
      return { tokens: [...ids.keys()], scores, types };
    },
  };
}

const prefixes = (text: string): string[] => Array.from(text, (_, index) => text.slice(0, index + 1)).slice(1);

/** GPT-2 writes each byte as a printable character: itself where it is one, else one from U+0100 on. */
function byteLetters(): string[] {
  let next = 256;
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}
