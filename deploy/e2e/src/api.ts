/** Plain HTTP against a node, with nothing of ours in between: what a stranger's client would see. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what the tests are about
  json: any;
}

export type Asker = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

/** Asks as the holder of a token (none for an anonymous caller). `host` is sent as the Host header. */
export function asker(url: string, token?: string): Asker {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a stream, or nothing
  }
}
