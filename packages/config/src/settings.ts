import type { Definition, SettingDefinition, ValueOf } from './definition.ts';
import { hostName, keyMaterial, list, network, oneOf, path, port, text, url, wholeNumber, yesOrNo } from './fields.ts';

/**
 * Every setting there is. The gateway lists it, tenant-registry keeps the organisations' part of it, the command line
 * takes its flags from it, and `docs` prints it: add here, nowhere else.
 */
export const settings = {
  // What is this process?
  BODHI_HOME: {
    ...path('/var/lib/sangha'),
    default: '~/.sangha',
    scope: 'process',
    description: 'Folder of data, models and settings.yaml.',
  },
  BODHI_HOST: { ...hostName('0.0.0.0'), default: '127.0.0.1', scope: 'process', description: 'Address to listen on.' },
  BODHI_PORT: { ...port(), default: 1135, scope: 'process', description: 'Port to listen on; 0 takes a free one.' },
  BODHI_METRICS_PORT: {
    ...port(),
    default: undefined,
    scope: 'process',
    description: 'Port of /metrics, on the same address. Unset: no metrics.',
  },
  BODHI_SCHEME: { ...oneOf(['http', 'https']), default: 'http', scope: 'process', description: 'How we are spoken to directly.' },
  BODHI_LOG_LEVEL: {
    ...oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    scope: 'process',
    description: 'The least severe lines that are logged.',
  },
  BODHI_MAX_BODY_BYTES: {
    ...wholeNumber({ min: 1024, max: 1024 ** 3, example: 10_485_760, unit: 'bytes' }),
    default: 10 * 1024 ** 2,
    scope: 'process',
    description: 'Larger request bodies are refused with 413.',
  },

  // How is it reached?
  BODHI_PUBLIC_SCHEME: {
    ...oneOf(['http', 'https']),
    default: undefined,
    scope: 'process',
    description: 'Scheme that browsers see. Unset: BODHI_SCHEME.',
  },
  BODHI_PUBLIC_HOST: {
    ...hostName('llm.example.com'),
    default: undefined,
    scope: 'process',
    description: 'Host that browsers see. Unset: BODHI_HOST.',
  },
  BODHI_PUBLIC_PORT: {
    ...port(),
    default: undefined,
    scope: 'process',
    description: 'Port that browsers see. Unset: BODHI_PORT.',
  },
  BODHI_CANONICAL_REDIRECT: {
    ...yesOrNo(),
    default: true,
    scope: 'process',
    description: 'Send GET and HEAD on another host to the public address, where BODHI_PUBLIC_HOST is set.',
  },
  BODHI_ORG_DOMAIN: {
    ...hostName('llm.example.com'),
    default: undefined,
    scope: 'process',
    description: 'Organisations are reached at <slug>.<this domain>.',
  },
  BODHI_TRUSTED_PROXIES: {
    ...list(network()),
    default: [],
    scope: 'process',
    description: 'Proxies whose forwarding headers count. Nobody by default.',
  },

  // Who are its users?
  BODHI_AUTH_URL: {
    ...url(['https', 'http'], 'https://login.example.com'),
    default: undefined,
    scope: 'process',
    description: 'Address of the identity provider. Unset: the built-in one.',
  },
  BODHI_AUTH_REALM: {
    ...text('the name of a realm', 'sangha'),
    default: 'sangha',
    scope: 'process',
    description: 'Realm at the identity provider.',
  },

  // What does it stand on?
  BODHI_ENCRYPTION_KEY: {
    ...keyMaterial(),
    default: undefined,
    secret: true,
    scope: 'process',
    description: "Wraps the organisations' keys. Losing it loses every stored secret.",
  },
  BODHI_DATABASE_URL: {
    ...url(['postgres', 'postgresql'], 'postgres://sangha_app@db.example.com:5432/sangha'),
    default: undefined,
    secret: true,
    scope: 'process',
    description: 'The database of a cluster.',
  },
  BODHI_REDIS_URL: {
    ...url(['redis', 'rediss'], 'rediss://cache.example.com:6379'),
    default: undefined,
    secret: true,
    scope: 'process',
    description: 'Sessions and shared limits of a cluster.',
  },
  BODHI_NATS_URL: {
    ...url(['nats', 'tls'], 'nats://bus.example.com:4222'),
    default: undefined,
    secret: true,
    scope: 'process',
    description: 'The bus of a cluster.',
  },
  HF_HOME: {
    ...path('/var/lib/huggingface'),
    default: '~/.cache/huggingface',
    scope: 'process',
    description: 'An existing Hugging Face cache, found and used read-only.',
  },
  HF_ENDPOINT: {
    ...url(['https', 'http'], 'https://huggingface.co'),
    default: 'https://huggingface.co',
    scope: 'process',
    description: 'The hub that models come from.',
  },
  HF_TOKEN: {
    ...text('a token of the hub', 'hf_…'),
    default: undefined,
    secret: true,
    scope: 'process',
    description: "The operator's token for the hub. Organisations set their own, BODHI_HUB_TOKEN.",
  },
  BODHI_UPSTREAM_ALLOWED_HOSTS: {
    ...list(text('a host name, address or network', '10.2.0.0/16')),
    default: [],
    scope: 'process',
    description: 'Hosts and networks of remote models that may be private, on this machine, or plain http. Nobody by default.',
  },
  BODHI_HUB_ALLOWED_HOSTS: {
    ...list(text('a host, with its port where it has one', 'mirror.internal:8080')),
    default: [],
    scope: 'process',
    description: 'Further hosts that the hub may send downloads to although they are private or plain http. Nobody by default.',
  },

  // What may an organisation decide for itself?
  BODHI_KEEP_ALIVE_SECS: {
    ...wholeNumber({ min: 0, max: 86_400, example: 300, unit: 'seconds' }),
    default: 300,
    scope: 'organization',
    description: 'An idle model is unloaded after this long.',
  },
  BODHI_DEFAULT_MODEL: {
    ...text('the name of a model or alias', 'llama-3.2-1b'),
    default: undefined,
    scope: 'organization',
    description: 'Used when a request names no model.',
  },
  BODHI_CONTEXT_SIZE: {
    ...wholeNumber({ min: 256, max: 1_048_576, example: 8192, unit: 'tokens' }),
    default: undefined,
    scope: 'organization',
    description: 'Context of a model whose alias says nothing. Unset: what the model was trained for, as far as memory allows.',
  },
  BODHI_ALLOWED_HUBS: {
    ...list(url(['https'], 'https://huggingface.co'), 20),
    default: [],
    scope: 'organization',
    description: 'Further hubs that models may come from, besides HF_ENDPOINT.',
  },
  BODHI_HUB_TOKEN: {
    ...text('a token of the hub', 'hf_…'),
    default: undefined,
    secret: true,
    scope: 'organization',
    description: "The organisation's own token for the hub.",
  },
  BODHI_REQUESTS_PER_MINUTE: {
    ...wholeNumber({ min: 0, max: 1_000_000, example: 600, unit: 'requests' }),
    default: 0,
    scope: 'organization',
    description: 'Requests of the whole organisation per minute; 0 sets no limit.',
  },
  BODHI_TOKENS_PER_MINUTE: {
    ...wholeNumber({ min: 0, max: 1_000_000_000, example: 200_000, unit: 'tokens' }),
    default: 0,
    scope: 'organization',
    description: 'Prompt and completion tokens of the whole organisation per minute; 0 sets no limit.',
  },
  BODHI_CONCURRENT_REQUESTS: {
    ...wholeNumber({ min: 0, max: 100_000, example: 32, unit: 'requests' }),
    default: 0,
    scope: 'organization',
    description: 'Requests of the whole organisation at once; 0 sets no limit.',
  },
} as const satisfies Definition;

export type Settings = typeof settings;
export type SettingKey = keyof Settings;
export type SettingValue<K extends SettingKey> = ValueOf<Settings[K]>;

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(settings, key);
export const definitionOf = (key: SettingKey): SettingDefinition => settings[key];
