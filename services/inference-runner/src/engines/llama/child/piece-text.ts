import type { Piece } from './token-pieces.ts';

/** Turns the pieces of one choice into text; a character spread over tokens comes when it is whole. */
export interface PieceText {
  push(piece: Piece): string;
  /** What is left at the end: U+FFFD for a character that never became whole. */
  end(): string;
}

export function createPieceText(): PieceText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: ({ bytes }) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}
