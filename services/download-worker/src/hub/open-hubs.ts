import { fileURLToPath } from 'node:url';
import type { Hubs } from './hub.ts';
import { createHuggingFace } from './hugging-face.ts';
import { createLocalFolder } from './local-folder.ts';
import { createOutbound, type OutboundOptions } from './outbound.ts';

export interface HubsOptions extends Partial<OutboundOptions> {
  /** `HF_ENDPOINT`: the platform's hub, or `file:///folder` with `owner/name/file.gguf` inside. Its host is trusted as the operator's word. */
  endpoint: string;
}

/** The hubs of this process, over one set of connections. The caller closes it. */
export function openHubs({ endpoint, trustedHosts = [], ...options }: HubsOptions): Hubs {
  const { host } = new URL(endpoint);
  const outbound = createOutbound({ ...options, trustedHosts: host === '' ? trustedHosts : [host, ...trustedHosts] });
  return {
    endpoint,
    open: (target) =>
      target.endpoint.startsWith('file:')
        ? createLocalFolder(fileURLToPath(target.endpoint))
        : createHuggingFace({ ...target, outbound }),
    close: () => outbound.close(),
  };
}
