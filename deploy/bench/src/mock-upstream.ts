/** An OpenAI-format provider that answers at once: fixed bytes, so that what is measured is the gateway. Prints its port. */
import { createServer, type ServerResponse } from 'node:http';

const reply = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1,
  model: 'bench',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Twelve words of an answer that is neither very short nor long.' },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 20, completion_tokens: 14, total_tokens: 34 },
});
const frame = (content: string, rest: object = {}) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...rest })}\n\n`;
const token = frame(' token');
const usage = `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench', choices: [], usage: { prompt_tokens: 20, completion_tokens: 100, total_tokens: 120 } })}\n\n`;

const server = createServer((request, response) => {
  let size = 0;
  let head = '';
  request.on('data', (chunk: Buffer) => {
    if (size < 4096) head += chunk.toString('latin1');
    size += chunk.length;
  });
  request.on('end', () => {
    if (/"stream"\s*:\s*true/.test(head))
      stream(
        response,
        Number(/"max_tokens"\s*:\s*(\d+)/.exec(head)?.[1] ?? 100),
        Number(request.headers['x-bench-interval'] ?? 20),
      );
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': reply.length }).end(reply);
  });
});

/** One frame per interval and stream, as a model would. */
function stream(response: ServerResponse, frames: number, intervalMs: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const timer = setInterval(() => {
    if (sent++ < frames) response.write(token);
    else {
      clearInterval(timer);
      response.end(`${usage}data: [DONE]\n\n`);
    }
  }, intervalMs);
  response.on('close', () => clearInterval(timer));
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit());
