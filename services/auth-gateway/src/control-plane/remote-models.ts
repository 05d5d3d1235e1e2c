import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedBy, idOf } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';

const apiKey = z.discriminatedUnion('action', [
  z.object({ action: z.literal('keep') }),
  z.object({ action: z.literal('set'), value: z.string().max(4096).nullable() }),
]);

export const remoteModelSchema = z.object({
  name: z.string().max(200).optional(),
  api_format: z.enum(['openai']),
  base_url: z.string().min(1).max(2048),
  api_key: apiKey.default({ action: 'keep' }),
  models: z.array(z.string().min(1).max(256)).max(1000),
  prefix: z.string().max(64).nullish(),
  forward_all_with_prefix: z.boolean().default(false),
  visibility: z.enum(['private', 'org']).default('private'),
  extra_headers: z.record(z.string(), z.string()).nullish(),
  extra_body: z.record(z.string(), z.unknown()).nullish(),
});

export async function createRemoteModel(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof remoteModelSchema>>,
): Promise<Answer> {
  return { body: remoteModelBody(await clients.remoteModels.createRemoteModel(remoteModelInput('', call.body), askedBy(call))) };
}

export async function getRemoteModel({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: remoteModelBody(await clients.remoteModels.getRemoteModel({ id: idOf(call) }, askedBy(call))) };
}

export async function updateRemoteModel(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof remoteModelSchema>>,
): Promise<Answer> {
  return {
    body: remoteModelBody(await clients.remoteModels.updateRemoteModel(remoteModelInput(idOf(call), call.body), askedBy(call))),
  };
}

export async function deleteRemoteModel({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  await clients.remoteModels.deleteRemoteModel({ id: idOf(call) }, askedBy(call));
  return {};
}

/** The dialects that a remote model may speak here. */
export const listFormats = (): Answer => ({ body: { data: ['openai'] } });

type RemoteModel = Awaited<ReturnType<ControlPlane['clients']['remoteModels']['getRemoteModel']>>;

function remoteModelInput(id: string, body: z.infer<typeof remoteModelSchema>) {
  const { api_key: key } = body;
  return {
    id,
    name: body.name ?? '',
    apiFormat: body.api_format,
    baseUrl: body.base_url,
    models: body.models,
    prefix: body.prefix ?? '',
    forwardAllWithPrefix: body.forward_all_with_prefix,
    visibility: body.visibility,
    keyAction: key.action,
    keyValue: key.action === 'set' ? (key.value ?? '') : '',
    extraHeaders: body.extra_headers ?? {},
    extraBody: body.extra_body == null ? '' : JSON.stringify(body.extra_body),
  };
}

/** The key itself is in no answer. */
export const remoteModelBody = (remote: RemoteModel) => ({
  id: remote.id,
  source: 'api',
  name: remote.name,
  api_format: remote.apiFormat,
  base_url: remote.baseUrl,
  has_api_key: remote.hasApiKey,
  models: remote.models,
  prefix: remote.prefix === '' ? null : remote.prefix,
  forward_all_with_prefix: remote.forwardAllWithPrefix,
  visibility: remote.visibility,
  extra_headers: remote.extraHeaders,
  extra_body: remote.extraBody === '' ? null : JSON.parse(remote.extraBody),
  user_id: remote.userId,
  created_at: remote.createdAt,
  updated_at: remote.updatedAt,
});
