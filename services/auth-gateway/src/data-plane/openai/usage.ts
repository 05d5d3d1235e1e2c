import type { EngineUsage } from '../../clients.ts';

/** The engine's exact count, as OpenAI writes it. */
export const usageBody = (usage: EngineUsage | null) => {
  const { promptTokens = 0, completionTokens = 0, cachedTokens = 0 } = usage ?? {};
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
};
