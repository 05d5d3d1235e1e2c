/** What an operator decides about the door. Everything here is about the process; an organisation's limits come from its settings. */
export interface GatewayConfig {
  version: string;
  /** `multi_tenant` where organisations have host names, `standalone` where one node serves its owner. Shown by `/bodhi/v1/info`. */
  deployment: 'standalone' | 'multi_tenant';
  /** The address that browsers see, without a slash at the end. */
  publicUrl: string;
  /** GET and HEAD on another host go to `publicUrl` with 301. */
  canonicalRedirect: boolean;
  /** Organisations are reached at `<slug>.<orgDomain>`. */
  orgDomain: string | undefined;
  /** Peers (address or CIDR) whose `X-BodhiApp-Org` counts. Nobody by default. */
  trustedProxies: readonly string[];
  /** Larger request bodies are refused with 413. */
  maxBodyBytes: number;
  /**
   * Routes that want a browser session also accept an API token of scope `scope_token_power_user` that is granted every model
   * and toolset and whose owner holds the role. For nodes that are set up before anyone can log in with a browser: whoever
   * holds such a token then administers the organisation. Off by default.
   */
  sessionlessAdministration: boolean;
  /** Credential of `/platform/v1`; at least 32 characters. Undefined closes that door. */
  platformKey: string | undefined;
  upstream: UpstreamConfig;
  /** A streaming caller who waits this long for its turn gets comments that keep the connection alive; until then a failure is a plain HTTP status. */
  waitCommentAfterMs: number;
  /** A caller who takes nothing of a waiting answer for this long is cut off, because it holds a place in an engine or at a provider. */
  stalledCallerMs: number;
  /** How long streams may go on after `close()`. */
  closeGraceMs: number;
}

/** How remote models are reached. */
export interface UpstreamConfig {
  /** Hosts and networks that may be private, loopback or plain http; `10.2.0.0/16`, `vllm.internal`, `127.0.0.1`. Metadata and link-local addresses never are. */
  allowedPrivateHosts: readonly string[];
  connectionsPerOrigin: number;
  connectTimeoutMs: number;
  /** From the end of the request to the first byte of the answer. */
  headersTimeoutMs: number;
  /** Between two pieces of an answer. */
  bodyTimeoutMs: number;
}

export type GatewayOptions = Partial<Omit<GatewayConfig, 'upstream'>> & { upstream?: Partial<UpstreamConfig> };

/** The options with everything unsaid filled in. @throws Error on a platform key that can be guessed */
export function gatewayConfig(options: GatewayOptions = {}): GatewayConfig {
  const { upstream, ...rest } = options;
  if (rest.platformKey !== undefined && (rest.platformKey.length < 32 || new Set(rest.platformKey).size < 10))
    throw new Error(
      'The platform key must have at least 32 characters, ten of them different. Make one with: openssl rand -base64 32',
    );
  return {
    version: '0.0.0',
    deployment: 'standalone',
    publicUrl: 'http://localhost:1135',
    canonicalRedirect: false,
    orgDomain: undefined,
    trustedProxies: [],
    maxBodyBytes: 10 * 1024 ** 2,
    sessionlessAdministration: false,
    platformKey: undefined,
    waitCommentAfterMs: 2000,
    stalledCallerMs: 120_000,
    closeGraceMs: 10_000,
    ...rest,
    upstream: {
      allowedPrivateHosts: [],
      connectionsPerOrigin: 512,
      connectTimeoutMs: 10_000,
      headersTimeoutMs: 300_000,
      bodyTimeoutMs: 300_000,
      ...upstream,
    },
  };
}
