const blamed = new WeakSet<Error>();

/**
 * Writes into an error in which task it came up, such as `no bread (in task toast)`; it stays what it is, so that a
 * `catch` still knows it by its class. Only the first task is written down, which is the one that threw it.
 */
export function blame(error: unknown, task: string): void {
  if (!(error instanceof Error) || blamed.has(error)) return;
  blamed.add(error);
  const { message, stack } = error;
  const told = `${message}${message === '' ? '' : ' '}(in ${task})`;
  // A frozen one stays as it is: Reflect.set does not throw.
  if (!Reflect.set(error, 'message', told)) return;
  const head = message === '' ? error.name : `${error.name}: ${message}`;
  if (stack?.startsWith(head)) Reflect.set(error, 'stack', `${error.name}: ${told}${stack.slice(head.length)}`);
}
