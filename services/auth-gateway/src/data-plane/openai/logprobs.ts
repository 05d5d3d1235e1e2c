import type { TokenLogprob } from '../../clients.ts';

/** Log probabilities in the form of chat. */
export const chatLogprobs = (tokens: readonly TokenLogprob[]) => ({
  content: tokens.map(({ token, bytes, logprob, top }) => ({
    token,
    logprob,
    bytes: [...bytes],
    top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: [...other.bytes] })),
  })),
  refusal: null,
});

/** Log probabilities in the older form of completions. `offset` = characters before the first token. */
export function completionLogprobs(tokens: readonly TokenLogprob[], offset: number) {
  let at = offset;
  const offsets = tokens.map(({ token }) => {
    const start = at;
    at += token.length;
    return start;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: offsets,
  };
}
