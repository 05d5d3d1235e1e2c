/** Streams a call that a grammar forced into the layout {"name":"…","arguments":…}: the name at once, then the arguments as they come. */
export function createForcedCall(sink: { name(name: string): void; arguments(text: string): void }): {
  push(text: string): void;
} {
  const head = /^\{"name":("(?:[^"\\]|\\.)*"),"arguments":/;
  let held = '';
  let inArguments = false;
  return {
    push(text) {
      held += text;
      if (!inArguments) {
        const match = head.exec(held);
        if (!match?.[1]) return;
        sink.name(JSON.parse(match[1]));
        held = held.slice(match[0].length);
        inArguments = true;
      }
      // The last character is the brace that closes the call itself.
      const shown = held.slice(0, -1);
      if (shown !== '') sink.arguments(shown);
      held = held.slice(-1);
    },
  };
}
