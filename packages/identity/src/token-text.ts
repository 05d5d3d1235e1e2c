import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AppError } from '@sangha/errors';
import { isUlid, type OrgId } from './org-id.ts';

/**
 * API token text: `sk-bodhiapp_` + 43 base64url characters (32 random bytes) + 6 characters of checksum (CRC-32 of those
 * 43, big-endian, base64url) + `.` + client id (`bodhi-<org id>`). Always 94 characters.
 */
export interface ParsedToken {
  /** `sk-bodhiapp_` and the first 8 characters of the secret: what a list of tokens may show. */
  readonly prefix: string;
  /** SHA-256 of the whole text, lower-case hex: the only form that is stored or cached. */
  readonly hash: string;
  readonly clientId: string;
}

const lead = 'sk-bodhiapp_';
const prefixLength = lead.length + 8;
const secretEnd = lead.length + 43;
const checksumEnd = secretEnd + 6;
const clientLead = 'bodhi-';
const textLength = checksumEnd + 1 + clientLead.length + 26;
const alphabet = /^[A-Za-z0-9_-]+$/;

/** The client id of an organisation: its OpenID client and the last part of its tokens. */
export const clientIdOf = (orgId: OrgId): string => clientLead + orgId;

/** A new token of the organisation that `clientId` names. `text` is shown to its owner once and never kept. */
export function issueToken(clientId: string): { text: string; prefix: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  const text = `${lead}${secret}${checksumOf(secret)}.${clientId}`;
  const { prefix, hash } = parseToken(text);
  return { text, prefix, hash };
}

/**
 * Reads a token's text without asking anyone. Throws `token_malformed` for every text that was never issued by
 * `issueToken`, typing mistakes included; the length is bounded before any other work.
 */
export function parseToken(text: string): ParsedToken {
  if (text.length !== textLength || !text.startsWith(lead) || text[checksumEnd] !== '.') throw malformed();
  const secret = text.slice(lead.length, secretEnd);
  const clientId = text.slice(checksumEnd + 1);
  if (!alphabet.test(secret) || !clientId.startsWith(clientLead) || !isUlid(clientId.slice(clientLead.length))) throw malformed();
  // A checksum finds typing mistakes and keeps garbage away from the database; it is no secret, so it needs no constant time.
  if (text.slice(secretEnd, checksumEnd) !== checksumOf(secret)) throw malformed();
  return { prefix: text.slice(0, prefixLength), hash: hashToken(text), clientId };
}

/** SHA-256 of the whole text, lower-case hex. */
export const hashToken = (text: string): string => hash('sha256', text, 'hex');

function checksumOf(secret: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(secret));
  return bytes.toString('base64url');
}

const malformed = () =>
  new AppError('token_malformed', 'The API token is not complete or was mistyped. Copy it again, or create a new one.');
