import { type ErrorCode, httpStatusOf } from '@sangha/errors';
import { z } from 'zod';
import type { GatewayConfig } from '../config.ts';
import { type Answer, type Group, groups, type Route } from '../route.ts';
import type { ControlPlane } from './control-plane.ts';

/** `GET /openapi.json` */
export const openApi = (plane: ControlPlane): Answer => ({ body: plane.openApi() });

/** OpenAPI 3.1, written from the table of routes, so that it can't be out of date. */
export function openApiDocument(routes: readonly Route[], { version, publicUrl }: GatewayConfig): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace('+}', '}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sangha',
      version,
      description: 'One LLM platform for many organisations. The /v1 routes speak the OpenAI dialect.',
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes, schemas: { Error: errorSchema } },
  };
}

const securitySchemes = {
  apiToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token (sk-bodhiapp_…). Also taken as x-api-key and x-goog-api-key.',
  },
  session: { type: 'apiKey', in: 'cookie', name: '__Host-bodhiapp_session_id' },
  platformKey: { type: 'http', scheme: 'bearer', description: "The platform operator's key." },
};

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'code'],
      properties: {
        message: { type: 'string', description: 'What is wrong and what to do next, for people.' },
        type: { type: 'string' },
        code: { type: 'string', description: 'Stable; for machines.' },
        param: { type: 'string', description: 'The field at fault.' },
        params: { type: 'object' },
      },
    },
  },
};

function operation(route: Route): Record<string, unknown> {
  const group: Group = groups[route.group];
  const { summary, description, tag, body, query, answer, example } = route;
  const wanted = `Needs: ${needs(group)}.`;
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`,
    summary,
    description: description === undefined ? wanted : `${description}\n\n${wanted}`,
    tags: [tag],
    security: securityOf(group),
    parameters: [...pathParameters(route.path), ...queryParameters(query)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body), ...(example === undefined ? {} : { example }) } },
          },
        }),
    responses: {
      [String(route.status ?? 200)]: {
        description: 'Done.',
        ...(answer === undefined ? {} : { content: { 'application/json': { schema: schemaOf(answer) } } }),
      },
      ...refusals(route, group),
    },
  };
}

const needs = ({ credential, role }: Group): string => {
  if (credential === 'none') return 'nothing';
  if (credential === 'optional') return 'nothing; a credential is understood';
  if (credential === 'platform') return "the platform operator's key";
  return `${credential === 'session' ? 'a signed-in person' : 'any credential'} with the role ${role}`;
};

const securityOf = ({ credential }: Group): Record<string, string[]>[] => {
  if (credential === 'none') return [];
  if (credential === 'platform') return [{ platformKey: [] }];
  if (credential === 'session') return [{ session: [] }];
  return [{ apiToken: [] }, { session: [] }, ...(credential === 'optional' ? [{}] : [])];
};

const pathParameters = (path: string) =>
  [...path.matchAll(/\{([a-z_]+)\+?\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters(query: z.ZodType | undefined) {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query) as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

/** What the group and the schema imply is added to what the route itself refuses. */
function refusals(route: Route, { credential }: Group): Record<string, unknown> {
  const implied: ErrorCode[] = [
    ...(credential === 'none' || credential === 'optional' ? [] : (['credential_missing', 'token_invalid'] as const)),
    ...(credential === 'any' || credential === 'session' ? (['insufficient_role', 'org_suspended'] as const) : []),
    ...(route.body === undefined && route.query === undefined ? [] : (['invalid_value'] as const)),
    ...(route.body === undefined ? [] : (['invalid_json', 'body_too_large'] as const)),
  ];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...implied, ...route.errors]))
    byStatus.set(httpStatusOf(code), [...(byStatus.get(httpStatusOf(code)) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: `Code: ${codes.join(', ')}.`,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

/** What callers send (defaults are optional); values that JSON schema can't say are left open. */
const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
};
