import type { OrgContext } from '@sangha/identity';
import { isSession, mayChange } from './domain/access.ts';
import { readContextParams } from './domain/context-params.ts';
import type { AliasRow } from './repository/aliases.ts';
import type { FileRow } from './repository/files.ts';
import type { RemoteModelRow } from './repository/remote-models.ts';

/** Rows as they leave this service. A key never does. */
export const aliasView = (row: AliasRow) => ({
  id: row.id,
  alias: row.alias,
  repo: row.repo,
  filename: row.filename,
  snapshot: row.snapshot,
  requestParams: row.requestParams,
  contextParams: readContextParams(row.contextParams),
  visibility: row.visibility,
  userId: row.userId,
  ...times(row),
});

/**
 * Values of extra headers can be credentials (`helicone-auth`, a gateway's own key), so that they and the extra body are shown
 * only to who may change the row, in a session.
 */
export const remoteView = (row: RemoteModelRow, org: OrgContext) => ({
  id: row.id,
  name: row.name,
  apiFormat: row.apiFormat,
  baseUrl: row.baseUrl,
  models: row.models,
  prefix: row.prefix,
  forwardAllWithPrefix: row.forwardAllWithPrefix,
  visibility: row.visibility,
  hasApiKey: row.encryptedApiKey !== null,
  userId: row.userId,
  ...(isSession(org) && mayChange(org, row)
    ? { extraHeaders: row.extraHeaders, extraBody: row.extraBody }
    : { extraHeaders: {}, extraBody: '' }),
  ...times(row),
});

export const fileView = (row: FileRow) => ({
  id: row.id,
  source: row.source,
  repo: row.repo,
  filename: row.filename,
  snapshot: row.snapshot,
  sha256: row.sha256,
  sizeBytes: Number(row.sizeBytes),
  architecture: row.architecture,
  parameters: Number(row.parameters),
  quantization: row.quantization,
  contextLength: row.contextLength,
  chatTemplate: row.chatTemplate,
  chatTemplateSource: row.chatTemplateSource,
  capabilities: row.capabilities,
  license: row.license,
  name: row.name,
  ...times(row),
});

const times = ({ createdAt, updatedAt }: { createdAt: Date; updatedAt: Date }) => ({
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
