import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedBy, idOf } from './asked-by.ts';
import { parseContextFlags } from './context-flags.ts';
import type { ControlPlane } from './control-plane.ts';

const count = z.int().min(0).max(0xffff_ffff);
const contextParams = z
  .object({
    context_size: count,
    sequences: count,
    batch_size: count,
    threads: count,
    gpu_layers: count,
    chat_template: z.string().max(65_536),
  })
  .partial()
  .strict();
/** llama-server's own words, as BodhiApp's clients send them. */
const contextFlags = z
  .array(z.string().max(200))
  .max(64)
  .describe('llama-server flags: `["--ctx-size 4096", "-ngl 99"]`. An unknown flag is refused by name.');

export const aliasSchema = z.object({
  alias: z.string().min(1).max(200),
  repo: z.string().min(1).max(200),
  filename: z.string().min(1).max(400),
  snapshot: z.string().max(100).nullish(),
  request_params: z.record(z.string(), z.unknown()).nullish(),
  context_params: z
    .union([contextParams, contextFlags], 'must be an object of known fields or a list of llama-server flags')
    .nullish(),
  visibility: z.enum(['private', 'org']).default('private'),
});
export const copyAliasSchema = z.object({ alias: z.string().min(1).max(200) });

export async function createAlias(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof aliasSchema>>,
): Promise<Answer> {
  return { body: aliasBody(await clients.aliases.createAlias(aliasInput('', call.body), askedBy(call))) };
}

export async function updateAlias(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof aliasSchema>>,
): Promise<Answer> {
  return { body: aliasBody(await clients.aliases.updateAlias(aliasInput(idOf(call), call.body), askedBy(call))) };
}

export async function copyAlias(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof copyAliasSchema>>,
): Promise<Answer> {
  return { body: aliasBody(await clients.aliases.copyAlias({ id: idOf(call), alias: call.body.alias }, askedBy(call))) };
}

export async function deleteAlias({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  await clients.aliases.deleteAlias({ id: idOf(call) }, askedBy(call));
  return {};
}

type Alias = Awaited<ReturnType<ControlPlane['clients']['aliases']['getAlias']>>;

function aliasInput(id: string, body: z.infer<typeof aliasSchema>) {
  const { alias, repo, filename, snapshot, request_params, context_params, visibility } = body;
  return {
    id,
    alias,
    repo,
    filename,
    snapshot: snapshot ?? '',
    requestParams: JSON.stringify(request_params ?? {}),
    contextParams: toContextParams(Array.isArray(context_params) ? parseContextFlags(context_params) : (context_params ?? {})),
    visibility,
  };
}

const toContextParams = (given: z.infer<typeof contextParams>) => ({
  ...(given.context_size === undefined ? {} : { contextSize: given.context_size }),
  ...(given.sequences === undefined ? {} : { sequences: given.sequences }),
  ...(given.batch_size === undefined ? {} : { batchSize: given.batch_size }),
  ...(given.threads === undefined ? {} : { threads: given.threads }),
  ...(given.gpu_layers === undefined ? {} : { gpuLayers: given.gpu_layers }),
  ...(given.chat_template === undefined ? {} : { chatTemplate: given.chat_template }),
});

export function aliasBody(alias: Alias) {
  const { contextSize, sequences, batchSize, threads, gpuLayers, chatTemplate } = alias.contextParams ?? {};
  const given = {
    context_size: contextSize,
    sequences,
    batch_size: batchSize,
    threads,
    gpu_layers: gpuLayers,
    chat_template: chatTemplate,
  };
  return {
    id: alias.id,
    source: 'user',
    alias: alias.alias,
    repo: alias.repo,
    filename: alias.filename,
    snapshot: alias.snapshot,
    request_params: alias.requestParams === '' ? {} : JSON.parse(alias.requestParams),
    context_params: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    visibility: alias.visibility,
    user_id: alias.userId,
    created_at: alias.createdAt,
    updated_at: alias.updatedAt,
  };
}
