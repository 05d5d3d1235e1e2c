import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { aliasBody } from './aliases.ts';
import { askedBy, idOf } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';
import { type PageQuery, pageBody, pageQuery, pageRequest } from './paging.ts';
import { remoteModelBody } from './remote-models.ts';

const bytes = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/** Filters of `GET /bodhi/v1/models` (contract §3); unknown values of them are refused by the catalogue, which knows the lists. */
export const modelsQuery = pageQuery.extend({
  type: z.string().max(40).optional(),
  api_format: z.string().max(40).optional(),
  capability: z.string().max(40).optional(),
  search: z.string().max(100).optional(),
  size_min: bytes,
  size_max: bytes,
});

export async function listModelRows({ clients }: ControlPlane, call: ControlCall<z.infer<typeof modelsQuery>>): Promise<Answer> {
  const { query } = call;
  const page = await clients.models.listModels(
    {
      ...pageRequest(query),
      sort: query.sort ?? '',
      sortOrder: query.sort_order ?? '',
      type: query.type ?? '',
      apiFormat: query.api_format ?? '',
      capability: query.capability ?? '',
      search: query.search ?? '',
      ...(query.size_min === undefined ? {} : { sizeMin: query.size_min }),
      ...(query.size_max === undefined ? {} : { sizeMax: query.size_max }),
    },
    askedBy(call),
  );
  return { body: pageBody(page.models.map(rowBody), page) };
}

export async function getModelRow({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: rowBody(await clients.models.getModel({ id: idOf(call) }, askedBy(call))) };
}

export async function listFiles({ clients }: ControlPlane, call: ControlCall<PageQuery>): Promise<Answer> {
  const page = await clients.models.listFiles(pageRequest(call.query), askedBy(call));
  return { body: pageBody(page.files.map(fileBody), page) };
}

type Row = Awaited<ReturnType<ControlPlane['clients']['models']['getModel']>>;
type File = Awaited<ReturnType<ControlPlane['clients']['models']['listFiles']>>['files'][number];

function rowBody({ type, access, name, file, alias, remote }: Row) {
  const row = file ? fileBody(file) : alias ? aliasBody(alias) : remote ? remoteModelBody(remote) : {};
  return { ...row, type, name, access };
}

const fileBody = (file: File) => ({
  id: file.id,
  source: file.source,
  repo: file.repo,
  filename: file.filename,
  snapshot: file.snapshot,
  size: file.sizeBytes,
  sha256: file.sha256,
  architecture: file.architecture,
  parameters: file.parameters,
  quantization: file.quantization,
  context_length: file.contextLength,
  chat_template_source: file.chatTemplateSource,
  ...(file.chatTemplate === '' ? {} : { chat_template: file.chatTemplate }),
  capabilities: file.capabilities,
  license: file.license,
  name: file.name,
  created_at: file.createdAt,
  updated_at: file.updatedAt,
});
