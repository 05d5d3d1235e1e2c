const hidden = '[redacted]';

/**
 * The text without what looks like a credential: token texts, bearer values, JWTs, passwords in URLs, header lines, and
 * the values of JSON keys with a secret name (also when the JSON was escaped into a string). JSON stays valid JSON.
 *
 * It works on text and not on objects, so that one gate at the very end of the log sees every path: messages, bindings of
 * children, stacks, causes, and whatever a library put into its error. Linear in the length of the text.
 */
export function redact(text: string): string {
  let clean = hideSecretKeys(text);
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

// A word starts here. `\n` inside JSON text is a backslash and the letter n, so `\b` would miss "\nhf_…".
const wordStart = String.raw`(?<=^|[^A-Za-z0-9_-]|\\[bfnrt]|\\u[0-9a-fA-F]{4})`;

const patterns: readonly (readonly [RegExp, string])[] = [
  // Ours and those of OpenAI and Anthropic; the Hub's; Google's.
  [/sk-bodhiapp_[A-Za-z0-9_.-]*/g, hidden],
  [new RegExp(`${wordStart}sk-[A-Za-z0-9_-]{8,}`, 'g'), hidden],
  [/hf_[A-Za-z0-9]{8,}/g, hidden],
  [/AIza[A-Za-z0-9_-]{20,}/g, hidden],
  [new RegExp(String.raw`${wordStart}eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`, 'g'), hidden],
  [/(Bearer\s+)(?!\[redacted)[A-Za-z0-9._~+/=-]{4,}/gi, `$1${hidden}`],
  [
    /((?:proxy-authorization|authorization|set-cookie|cookie|x-api-key|x-goog-api-key)\s{0,4}[:=]\s{0,4})[^"\\\r\n]+/gi,
    `$1${hidden}`,
  ],
  [/([?&](?:key|code|token|api_?key|(?:access|refresh|id)_token|client_secret)=)[^&\s"'\\#]+/gi, `$1${hidden}`],
  [/(:\/\/)[^\s/:@"\\]*:[^\s/@"\\]+@/g, `$1${hidden}@`],
];

const secretKey = new RegExp(
  String.raw`(\\*")(?:proxy-authorization|authorization|set-cookie|cookie|(?:x-|x-goog-)?api[-_]?key|BODHI_ENCRYPTION_KEY|encryption[-_]?key|private[-_]?key|` +
    String.raw`(?:client[-_]?)?secret|password|code[-_]?verifier|(?:access[-_]?|refresh[-_]?|id[-_]?|hf[-_]?|hub[-_]?)?token)\\*"\s{0,4}:\s{0,4}`,
  'gi',
);

function hideSecretKeys(text: string): string {
  let clean = '';
  let done = 0;
  for (const match of text.matchAll(secretKey)) {
    if (match.index < done) continue;
    const start = match.index + match[0].length;
    const quote = match[1] ?? '"';
    clean += `${text.slice(done, start)}${quote}${hidden}${quote}`;
    done = endOfValue(text, start, escapeDepth(quote));
  }
  return done === 0 ? text : clean + text.slice(done);
}

/** How often JSON was put into a JSON string: `"` 0, `\"` 1, `\\\"` 2. */
const escapeDepth = (quote: string): number => Math.round(Math.log2(quote.length));

/** The index after the JSON value that starts at `start`. */
function endOfValue(text: string, start: number, depth: number): number {
  let nesting = 0;
  let inString = false;
  let backslashes = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') {
      backslashes += 1;
      continue;
    }
    if (char === '"') {
      if (endsOuterString(backslashes, depth)) return at - backslashes;
      if (!inString) inString = true;
      else if (delimits(backslashes, depth)) inString = false;
      if (!inString && nesting === 0) return at + 1;
    } else if (!inString) {
      if (char === '{' || char === '[') nesting += 1;
      else if (char === '}' || char === ']') {
        if (nesting === 0) return at - backslashes;
        nesting -= 1;
        if (nesting === 0) return at + 1;
      } else if (nesting === 0 && (char === ',' || char === '\n')) return at - backslashes;
    }
    backslashes = 0;
  }
  return text.length;
}

/** Whether a quote after so many backslashes delimits a string of this depth. */
function delimits(backslashes: number, depth: number): boolean {
  let left = backslashes;
  for (let level = 0; level < depth; level += 1) left = (left - 1) / 2;
  return left % 2 === 0;
}

/** Whether the quote closes a string that the value itself is inside of. */
function endsOuterString(backslashes: number, depth: number): boolean {
  let left = backslashes;
  for (let level = 0; level < depth; level += 1) {
    if (left % 2 === 0) return true;
    left = (left - 1) / 2;
  }
  return false;
}
