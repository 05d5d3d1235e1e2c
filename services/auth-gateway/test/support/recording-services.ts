import { AppError } from '@sangha/errors';
import type { Context } from '@sangha/identity';
import { Aliases, Downloads, Members, Models, Organizations, RemoteModels, Settings, Tokens, Usage } from '@sangha/protos';
import type { Implementation } from '@sangha/rpc';

export interface Recorded {
  /** `tokens.createToken` */
  readonly method: string;
  readonly request: Record<string, unknown>;
  readonly context: Context;
}

const contracts = { Aliases, Downloads, Members, Models, Organizations, RemoteModels, Settings, Tokens, Usage };

/**
 * Every service behind the management API, over real rpc: keeps who asked what, answers what the test says (a stream for an
 * array), and `not_found` for the rest.
 */
export function recordingServices(answers: Record<string, unknown> = {}): { services: Implementation[]; calls: Recorded[] } {
  const calls: Recorded[] = [];
  const services = Object.entries(contracts).map(([name, contract]): Implementation => {
    const handlers = Object.entries(contract.methods).map(([rpc, { responseStream }]) => {
      const method = `${lower(name)}.${lower(rpc)}`;
      const answer = (request: Record<string, unknown>, context: Context): unknown => {
        calls.push({ method, request, context });
        if (!(method in answers)) throw new AppError('not_found', 'There is no such thing.');
        return answers[method];
      };
      const stream = async function* (request: Record<string, unknown>, { context }: { context: Context }) {
        yield* answer(request, context) as unknown[];
      };
      const unary = async (request: Record<string, unknown>, { context }: { context: Context }) => answer(request, context);
      return [lower(rpc), responseStream ? stream : unary];
    });
    return { contract, handlers: Object.fromEntries(handlers) } as unknown as Implementation;
  });
  return { services, calls };
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
