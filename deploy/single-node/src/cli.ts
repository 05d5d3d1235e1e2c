#!/usr/bin/env node
/** The `sangha` command: `start` runs a node; everything else talks to a running one over its HTTP surface. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Command, InvalidArgumentError } from 'commander';
import { createApiClient, findConnection } from './api-client.ts';
import { createTerminal, reportFailure, type Terminal } from './terminal.ts';

interface CommonOptions {
  home: string;
  url?: string;
  token?: string;
  json?: boolean;
}

// Half of a start was reading TypeScript; what was read once is kept beside the installed packages. Silent where it can't be.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/node'));

const program = new Command('sangha')
  .description('One LLM platform for many organisations. `sangha start` runs it on this machine.')
  .option('--home <folder>', 'the data folder', process.env.BODHI_HOME ?? join(homedir(), '.sangha'))
  .option('--url <url>', 'the node to talk to (default: the one that this data folder started)')
  .option('--token <token>', "an API token (default: the data folder's first token)")
  .option('--json', 'answer with one JSON value, for machines')
  .showHelpAfterError('(sangha --help shows every command)');

program
  .command('start')
  .description('run the platform on this machine')
  .option('--model <file.gguf>', 'serve this model file (linked, not copied)', (path) => resolve(invokedFrom(), path))
  .option('--host <address>', 'listen on this address')
  .option('--port <number>', 'listen on this port', parsePort)
  .option('--no-sample', "don't fetch a sample model when there is none")
  .addHelpText(
    'after',
    examples(
      'npm start',
      'npm start -- --model ./qwen3-0.6b-q8_0.gguf --port 8080',
      'npm run sangha -- start --home /srv/sangha --no-sample',
    ),
  )
  .action(async (options, command: Command) => {
    // V8 learns to put a request's objects straight into the old generation, which costs a server 15 % of its CPU in collections.
    setFlagsFromString('--no-allocation-site-pretenuring');
    await (await import('./commands/start.ts')).start({ ...common(command), ...options });
  });

program
  .command('pull <model>')
  .description('download a model file from the hub: OWNER/REPO, OWNER/REPO:QUANTIZATION or OWNER/REPO/FILE.gguf')
  .option('--revision <name>', 'a branch, tag or commit', 'main')
  .addHelpText(
    'after',
    examples('sangha pull Qwen/Qwen3-0.6B-GGUF:Q8_0', 'sangha pull HuggingFaceTB/SmolLM2-360M-Instruct-GGUF --json'),
  )
  .action(
    talk(async (api, terminal, options, model: string) =>
      (await import('./commands/pull.ts')).pull(api, terminal, model, String(options.revision)),
    ),
  );

program
  .command('chat [prompt...]')
  .description('ask a model; the answer streams. Without a prompt, a conversation')
  .option('--model <name>', 'the model (default: the first that can chat)')
  .option('--system <text>', 'instructions for the model')
  .option('--max-tokens <number>', 'at most this many tokens', parseCount)
  .addHelpText('after', examples('sangha chat "Why is the sky blue?"', 'sangha chat --model my-alias'))
  .action(
    talk(async (api, terminal, options, prompt: string[]) =>
      (await import('./commands/chat.ts')).chat(api, terminal, prompt.join(' '), options),
    ),
  );

program
  .command('models')
  .description('list what you can call')
  .addHelpText('after', examples('sangha models', 'sangha models --json'))
  .action(talk(async (api, terminal) => (await import('./commands/models.ts')).models(api, terminal)));

const tokens = program.command('tokens').description('API tokens');
tokens
  .command('create <name>')
  .description('make a token and show it once')
  .option('--scope <scope>', 'scope_token_user or scope_token_power_user', 'scope_token_user')
  .option('--models <names>', 'comma-separated models that it may use; "all" for every one', 'all')
  .option('--expires <days>', 'days until it stops working', parseCount)
  .addHelpText('after', examples('sangha tokens create laptop', 'sangha tokens create ci --models my-alias --expires 30'))
  .action(
    talk(async (api, terminal, options, name: string) =>
      (await import('./commands/tokens.ts')).createToken(api, terminal, name, options),
    ),
  );
tokens
  .command('list')
  .description('your tokens')
  .action(talk(async (api, terminal) => (await import('./commands/tokens.ts')).listTokens(api, terminal)));
tokens
  .command('revoke <id>')
  .description('end a token now')
  .action(
    talk(async (api, terminal, _options, id: string) => (await import('./commands/tokens.ts')).revokeToken(api, terminal, id)),
  );

const orgs = program.command('orgs').description('organisations of this node (needs the operator key of the data folder)');
orgs
  .command('create <slug>')
  .description('make an organisation with its first admin, and a token for that admin')
  .option('--name <text>', 'what people call it')
  .option('--admin <username>', "its first admin's user name", 'admin')
  .addHelpText('after', examples('sangha orgs create acme --name "Acme Ltd" --admin wile'))
  .action(
    talk(async (api, terminal, options, slug: string) =>
      (await import('./commands/orgs.ts')).createOrg(api, terminal, slug, options),
    ),
  );
orgs
  .command('list')
  .description('every organisation')
  .action(talk(async (api, terminal, options) => (await import('./commands/orgs.ts')).listOrgs(api, terminal, options)));

program
  .command('doctor')
  .description('look for what would keep a node from working')
  .addHelpText('after', examples('sangha doctor', 'sangha doctor --json'))
  .action(async (_options, command: Command) =>
    (await import('./commands/doctor.ts')).doctor(common(command), createTerminal(common(command).json ?? false)),
  );

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error, program.opts<CommonOptions>().json ?? false);
}

type Talk = (
  api: ReturnType<typeof createApiClient>,
  terminal: Terminal,
  options: Record<string, unknown> & CommonOptions,
  ...args: never[]
) => Promise<void>;

/** A command that talks to a running node. Commander hands over its arguments, then the options, then itself. */
function talk(work: Talk) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const options = { ...common(command), ...(given.at(-2) as Record<string, unknown>) };
    const api = createApiClient(findConnection(options.home, options, process.env));
    await work(api, createTerminal(options.json ?? false), options, ...(given.slice(0, -2) as never[]));
  };
}

function common(command: Command): CommonOptions {
  return command.optsWithGlobals<CommonOptions>();
}

/** npm changes the folder before it runs a script; paths mean the folder that the person stood in. */
function invokedFrom(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('A port is a whole number from 0 (any free one) to 65535.');
  return port;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It takes a whole number from 1.');
  return count;
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
