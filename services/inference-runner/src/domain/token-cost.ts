// English text in the vocabularies in use runs at about four characters a token. Only the order of waiting depends on it: real
// usage replaces the estimate when the request ends.
const charactersPerToken = 4;
// What an answer without a limit is taken for; to the end of the context would make nearly every such request look enormous.
const usualAnswerTokens = 512;

/** Tokens that a generation will probably cost, all choices together. */
export function estimateGenerationCost(asked: {
  promptCharacters: number;
  promptTokens: number;
  maxTokens: number | undefined;
  n: number;
  contextSize: number;
}): number {
  const prompt = Math.min(asked.contextSize, estimatePromptCost(asked));
  const answer = Math.min(asked.maxTokens ?? usualAnswerTokens, asked.contextSize);
  return prompt + answer * asked.n;
}

/** Tokens of an input that was not tokenised yet, plus those that were. */
export const estimatePromptCost = ({
  promptCharacters,
  promptTokens,
}: {
  promptCharacters: number;
  promptTokens: number;
}): number => Math.ceil(promptCharacters / charactersPerToken) + promptTokens;
