import assert from 'node:assert/strict';
import test from 'node:test';
import type {
  AppInfo,
  DownloadRequest,
  PaginatedDownloadResponse,
  PaginatedTokenResponse,
  TokenCreated,
  TokenDetail,
  UserAliasRequest,
  UserAliasResponse,
  UserResponse,
} from '@bodhiapp/ts-client';
import type { z } from 'zod';
import { gatewayConfig } from '../src/config.ts';
import { infoBody, userBody } from '../src/control-plane/about.ts';
import { type aliasBody, aliasSchema } from '../src/control-plane/aliases.ts';
import { parseContextFlags } from '../src/control-plane/context-flags.ts';
import type { pageBody } from '../src/control-plane/paging.ts';
import type { pullBody } from '../src/control-plane/pulls.ts';
import type { createTokenSchema, tokenBody, tokenCreatedBody } from '../src/control-plane/tokens.ts';

/** Compiles only where every value of ours can be read as theirs. */
type Readable<Ours extends Theirs, Theirs> = Ours;

// Texts of services are strings to the compiler; their words are checked where they are made.
type Words<Row, Fixed> = Omit<Row, keyof Fixed> & Fixed;
type Token = Words<ReturnType<typeof tokenBody>, { status: TokenDetail['status'] }>;
type Pull = ReturnType<typeof pullBody>;
type Alias = ReturnType<typeof aliasBody>;
type User = ReturnType<typeof userBody>;

export type Answers = [
  Readable<Token, TokenDetail>,
  Readable<Words<ReturnType<typeof pageBody<Token>>, { data: Token[] }>, PaginatedTokenResponse>,
  Readable<ReturnType<typeof tokenCreatedBody>, TokenCreated>,
  // Ours says nothing of the build.
  Readable<ReturnType<typeof infoBody>, Omit<AppInfo, 'commit_sha'>>,
  Readable<Extract<User, { auth_status: 'logged_out' | 'logged_in' }>, UserResponse>,
  // Ours names more states, and context_params by field.
  Readable<Pull, Omit<DownloadRequest, 'status'>>,
  Readable<ReturnType<typeof pageBody<Pull>>, Omit<PaginatedDownloadResponse, 'data'>>,
  Readable<Alias, Omit<UserAliasResponse, 'context_params' | 'model_params'>>,
];
export type Requests = [
  // What their client sends, ours accepts.
  Readable<UserAliasRequest, Omit<z.input<typeof aliasSchema>, 'request_params'> & { request_params?: unknown }>,
  Readable<{ name: string; scope: 'scope_token_user' }, z.input<typeof createTokenSchema>>,
];

test('the facts that BodhiApp’s clients read first have the words they know', () => {
  const config = gatewayConfig({ version: '1.2.3' });
  assert.equal(infoBody(config, undefined).status, 'setup');
  assert.deepEqual(userBody(undefined), { auth_status: 'logged_out' });
});

test('context_params may be flags of llama-server, in one text or two, and an unknown one is refused by name', () => {
  assert.deepEqual(parseContextFlags(['--ctx-size 4096', '-np 2', '--batch-size', '512', '--threads=4', '--n-gpu-layers 99']), {
    context_size: 4096,
    sequences: 2,
    batch_size: 512,
    threads: 4,
    gpu_layers: 99,
  });
  assert.deepEqual(parseContextFlags(['-c 1', '--parallel 2', '-b 3', '-t 4', '-ngl 5']), {
    context_size: 1,
    sequences: 2,
    batch_size: 3,
    threads: 4,
    gpu_layers: 5,
  });
  assert.deepEqual(parseContextFlags(['', '-c 1 -c 2']), { context_size: 2 });
  for (const [flags, problem] of [
    [['--flash-attn on'], /"--flash-attn" is not a flag/],
    [['-c'], /"-c" needs a whole number/],
    [['-c', '-1'], /"-c" needs/],
    [['-c 1e3'], /"-c" needs/],
    [['__proto__ 1'], /"__proto__" is not/],
  ] as const)
    assert.throws(() => parseContextFlags(flags), { code: 'invalid_value', param: 'context_params', message: problem });
  const alias = { alias: 'a', repo: 'r', filename: 'f' };
  assert.equal(aliasSchema.safeParse({ ...alias, context_params: ['-c 4096'] }).success, true);
  for (const wrong of ['-c 4096', [4096], Array(65).fill('-c 1'), { ctx: 1 }])
    assert.equal(aliasSchema.safeParse({ ...alias, context_params: wrong }).success, false);
});
