import { AppError } from '@sangha/errors';
import type { Exchange } from './exchange.ts';
import type { Method, Route } from './route.ts';

/** Finds the route of a request and puts it, with its path's values, on the exchange. @throws AppError `route_not_found`, `method_not_allowed` */
export type Router = (exchange: Exchange) => void;

type ByMethod = Map<string, Route>;
interface Pattern {
  readonly segments: readonly string[];
  /** Name of the parameter that takes the rest, slashes included. */
  readonly rest: string | undefined;
  readonly byMethod: ByMethod;
}

/**
 * The table as look-ups: one Map for fixed paths, a short list for those with parameters. Paths match exactly, letter case and
 * final slash included, so that no second spelling of a path exists that a rule could miss.
 */
export function createRouter(routes: readonly Route[]): Router {
  const fixed = new Map<string, ByMethod>();
  const patterns: Pattern[] = [];
  for (const route of routes) {
    const byMethod = route.path.includes('{') ? patternOf(patterns, route.path).byMethod : methodsOf(fixed, route.path);
    if (byMethod.has(route.method)) throw new Error(`${route.method} ${route.path} is in the table twice.`);
    byMethod.set(route.method, route);
  }

  return (exchange) => {
    const byMethod = fixed.get(exchange.path);
    if (byMethod !== undefined) {
      exchange.route = choose(byMethod, exchange);
      return;
    }
    for (const pattern of patterns) {
      const params = match(pattern, exchange.path);
      if (params === undefined) continue;
      exchange.params = params;
      exchange.route = choose(pattern.byMethod, exchange);
      return;
    }
    throw new AppError(
      'route_not_found',
      `There is nothing at ${exchange.path.slice(0, 200)}. GET /openapi.json lists what there is.`,
    );
  };
}

function choose(byMethod: ByMethod, { req }: Exchange): Route {
  const method = req.method === 'HEAD' ? 'GET' : (req.method ?? '');
  // A preflight asks on behalf of the method it names.
  const wanted = method === 'OPTIONS' ? req.headers['access-control-request-method'] : method;
  const route = byMethod.get(wanted ?? '');
  if (route !== undefined) return route;
  const allow = [...byMethod.keys()].join(', ');
  throw new AppError('method_not_allowed', `${req.method} does not work here, but ${allow} does.`, { params: { allow } });
}

function match({ segments, rest }: Pattern, path: string): Record<string, string> | undefined {
  const given = path.split('/');
  if (rest === undefined ? given.length !== segments.length : given.length <= segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] as string;
    if (segment.startsWith('{')) {
      if (text === '') return undefined;
      params[segment.slice(1, -1)] = decoded(text);
    } else if (segment !== text) return undefined;
  }
  if (rest !== undefined) {
    const tail = given.slice(segments.length).join('/');
    if (tail === '') return undefined;
    params[rest] = decoded(tail);
  }
  return params;
}

function decoded(text: string): string {
  const plain = unescaped(text);
  if (plain.includes('\0')) throw new AppError('invalid_value', 'The path holds a NUL.');
  return plain;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new AppError('invalid_value', 'The path holds a broken percent escape.', { cause });
  }
}

function patternOf(patterns: Pattern[], path: string): Pattern {
  const all = path.split('/');
  const last = all.at(-1) ?? '';
  const rest = last.endsWith('+}') ? last.slice(1, -2) : undefined;
  const segments = rest === undefined ? all : all.slice(0, -1);
  const held = patterns.find((pattern) => pattern.rest === rest && pattern.segments.join('/') === segments.join('/'));
  if (held !== undefined) return held;
  const made: Pattern = { segments, rest, byMethod: new Map<Method, Route>() };
  patterns.push(made);
  return made;
}

function methodsOf(fixed: Map<string, ByMethod>, path: string): ByMethod {
  const held = fixed.get(path) ?? new Map<Method, Route>();
  fixed.set(path, held);
  return held;
}
