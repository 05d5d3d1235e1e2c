import type { TestContext } from 'node:test';
import { createLogger } from '@sangha/telemetry';
import { freePort } from '../../src/free-port.ts';
import { type Home, openHome } from '../../src/home.ts';
import { createNode, type SanghaNode } from '../../src/main.ts';
import { readNodeConfig } from '../../src/node-config.ts';
import { readNodeKeys } from '../../src/node-keys.ts';

export interface OpenNode extends SanghaNode {
  home: Home;
  url: string;
  close(): Promise<void>;
}

/** A node inside the test's process, on a free port. Closed when the test ends. */
export async function openNode(t: TestContext, root: string, env: Record<string, string> = {}): Promise<OpenNode> {
  const opened: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each();
  };
  t.after(close);
  const home = openHome(root);
  opened.push(() => home.close());
  const { values, layers } = readNodeConfig({ home: root, port: 0 }, home.settingsFile, env);
  const keys = readNodeKeys(home.keys, undefined);
  const log = createLogger({ service: 'sangha', level: 'silent' });
  const port = await freePort(values.BODHI_HOST);
  const node = await createNode({ home, port, ...keys, layers, values, log, defer: (_name, each) => opened.push(each) });
  const { url } = await node.gateway.listen({ host: values.BODHI_HOST, port });
  return { ...node, home, url, close };
}
