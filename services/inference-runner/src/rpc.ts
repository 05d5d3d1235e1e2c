import { AppError, toAppError } from '@sangha/errors';
import { type Context, isOrgContext, type OrgContext } from '@sangha/identity';
import type { Inference } from '@sangha/protos';
import type { Handlers } from '@sangha/rpc';
import type { LoadModelRequest__Output } from '../../../protos/generated/sangha/inference/v1/LoadModelRequest.ts';
import type { LoadProgress } from '../../../protos/generated/sangha/inference/v1/LoadProgress.ts';
import { createChannel } from './channel.ts';
import { runEmbedding } from './embedding.ts';
import { type InferenceDeps, runGeneration } from './generation.ts';
import { parseEmbed } from './parse-embed.ts';
import { parseGenerate } from './parse-generate.ts';
import { parseModel, sha256Pattern } from './parse-model.ts';
import { createProblems } from './parse-problems.ts';

export function inferenceHandlers(deps: InferenceDeps): Handlers<typeof Inference> {
  const { pool, config } = deps;
  return {
    generate: (request, { context, signal }) => runGeneration(deps, orgContextOf(context), parseGenerate(request), signal),

    embed: async (request, { context, signal }) => runEmbedding(deps, orgContextOf(context), parseEmbed(request), signal),

    loadModel: (request, { context, signal }) => loadModel(deps, request, context, signal),

    async unloadModel({ sha256 }, { context }) {
      if (!sha256Pattern.test(sha256))
        throw new AppError('invalid_value', 'sha256 must be 64 lower-case hexadecimal digits.', { param: 'sha256' });
      return { unloaded: pool.unload(sha256, context.orgId) };
    },

    async listEngines(_, { context }) {
      const engines = pool.list(context.orgId);
      const own = engines.reduce((sum, { estimatedBytes }) => sum + estimatedBytes, 0);
      return {
        engines,
        budgetBytes: config.memoryBudgetBytes,
        // What others use is none of an organisation's business.
        usedBytes: isOrgContext(context) ? own : pool.usedBytes,
      };
    },
  };
}

function loadModel(
  { pool, clock, config }: InferenceDeps,
  request: LoadModelRequest__Output,
  context: Context,
  signal: AbortSignal,
): AsyncIterable<LoadProgress> {
  const problems = createProblems();
  const model = parseModel(request.model, problems);
  problems.text('model', request.modelId, { max: 512 });
  problems.throwIfAny();

  const left = new AbortController();
  const out = createChannel<LoadProgress>({
    clock,
    stalledMs: config.stalledReaderMs,
    onStalled: () => left.abort(),
    onLeft: () => left.abort(),
  });
  const load = async () => {
    const resolved = await pool.resolve(model);
    await pool.load(resolved, {
      orgId: context.orgId,
      modelId: request.modelId,
      keepAliveMs: (model.keepAliveSecs ?? config.keepAliveSecs) * 1_000,
      signal: AbortSignal.any([signal, left.signal]),
      onNews: (news) => 'loading' in news && out.offer(news.loading),
    });
    void out.push({ fraction: 1, ready: true });
    out.end();
  };
  load().catch((error: unknown) => out.fail(toAppError(error)));
  return out;
}

function orgContextOf(context: Context): OrgContext {
  if (isOrgContext(context)) return context;
  throw new AppError('forbidden', 'Tokens are generated for an organisation. Ask with the context of one.');
}
