import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedBy } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';

const moment = z.iso.datetime({ offset: true }).optional();
/** Half-open; nothing said = the last thirty days, today included. */
export const usageQuery = z.object({ from: moment, to: moment });

const dayMs = 86_400_000;

/** Metered use by model and source, summed over the time asked for. */
export async function summarizeUsage(
  { clients, clock }: ControlPlane,
  call: ControlCall<z.infer<typeof usageQuery>>,
): Promise<Answer> {
  // Whole UTC days are answered from daily sums.
  const tomorrow = (Math.floor(clock() / dayMs) + 1) * dayMs;
  const { from = new Date(tomorrow - 30 * dayMs).toISOString(), to = new Date(tomorrow).toISOString() } = call.query;
  const { rows } = await clients.usage.summarizeUsage({ from, to }, askedBy(call));
  return {
    body: {
      data: rows.map(({ model, source, requests, promptTokens, completionTokens }) => ({
        model,
        source,
        requests,
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      })),
    },
  };
}
