/** How many characters at the end of `text` could be the beginning of one of `needles`. */
export function partialAtEnd(text: string, needles: readonly string[]): number {
  let longest = 0;
  for (const needle of needles) {
    for (let length = Math.min(needle.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(needle.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}

/** The first needle in `text`; of two at one place the longer. */
export function firstOf(text: string, needles: readonly string[]): { at: number; needle: string } | undefined {
  let first: { at: number; needle: string } | undefined;
  for (const needle of needles) {
    const at = text.indexOf(needle);
    if (at < 0) continue;
    if (!first || at < first.at || (at === first.at && needle.length > first.needle.length)) first = { at, needle };
  }
  return first;
}
