import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface SideProcess<Message> {
  pid: number;
  first: Message;
  ask(order: object): Promise<Message>;
  close(): Promise<void>;
}

/** Another process of the benchmark, which says one thing when it is ready and answers one message per message. */
export async function startSide<Message>(file: string, args: string[] = []): Promise<SideProcess<Message>> {
  const child: ChildProcess = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const answer = async (): Promise<Message> => {
    const [message] = await once(child, 'message');
    return message as Message;
  };
  const first = await answer();
  return {
    pid: child.pid ?? 0,
    first,
    ask(order) {
      child.send(order);
      return answer();
    },
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
