import { type GatewayConfig, gatewayConfig } from '@sangha/auth-gateway';
import { type Layers, publicUrl, readConfig, readSettingsFile, settings } from '@sangha/config';
import { type RunnerConfig, runnerConfig, runnerSettings } from '@sangha/inference-runner';
import packageFacts from '../package.json' with { type: 'json' };

const { version } = packageFacts;
const definition = { ...settings, ...runnerSettings };
export type NodeValues = ReturnType<typeof readNodeConfig>['values'];

export interface NodeFlags {
  home: string;
  host?: string;
  port?: number;
}

/**
 * The settings of a node: command line over environment over `settings.yaml`.
 * @throws ConfigError that lists every problem at once.
 */
export function readNodeConfig({ home, host, port }: NodeFlags, settingsFile: string, environment: NodeJS.ProcessEnv) {
  const commandLine = {
    BODHI_HOME: home,
    ...(host === undefined ? {} : { BODHI_HOST: host }),
    ...(port === undefined ? {} : { BODHI_PORT: String(port) }),
  };
  const layers: Omit<Layers, 'organization'> = { commandLine, environment, file: readSettingsFile(settingsFile) };
  const { values, warnings } = readConfig(definition, layers);
  return { values, warnings, layers };
}

/** The runner's part; what is not set follows from the machine. */
export function runnerConfigOf(values: NodeValues): RunnerConfig {
  const { BODHI_MODEL_MEMORY_BYTES: memoryBudgetBytes, BODHI_MODEL_THREADS: threads } = values;
  return runnerConfig({
    ...(memoryBudgetBytes === undefined ? {} : { memoryBudgetBytes }),
    ...(threads === undefined ? {} : { threads }),
    defaultSequences: values.BODHI_MODEL_SEQUENCES,
    defaultGpuLayers: values.BODHI_MODEL_GPU_LAYERS,
    queuedPerOrg: values.BODHI_QUEUE_PER_ORGANIZATION,
    queuedPerModel: values.BODHI_QUEUE_PER_MODEL,
    keepAliveSecs: values.BODHI_KEEP_ALIVE_SECS,
  });
}

/** The gateway's part. Until people can sign in with a browser, the first admin's token administers the organisation. */
export function gatewayConfigOf(values: NodeValues, operatorKey: string): GatewayConfig {
  return gatewayConfig({
    version,
    deployment: 'standalone',
    publicUrl: publicUrl(values),
    canonicalRedirect: values.BODHI_CANONICAL_REDIRECT && values.BODHI_PUBLIC_HOST !== undefined,
    orgDomain: values.BODHI_ORG_DOMAIN ?? 'localhost',
    trustedProxies: values.BODHI_TRUSTED_PROXIES,
    maxBodyBytes: values.BODHI_MAX_BODY_BYTES,
    sessionlessAdministration: true,
    platformKey: operatorKey,
    upstream: { allowedPrivateHosts: values.BODHI_UPSTREAM_ALLOWED_HOSTS },
  });
}
