/*
 * Ports and sockets of queues keep no thread alive; one that waits for its queue stays alive by this.
 */
let waits = 0;
let timer: NodeJS.Timeout | undefined;

/** Somebody waits. */
export function stay(): void {
  waits += 1;
  if (waits > 1) return;
  timer ??= setInterval(() => {}, 2 ** 30);
  timer.ref();
}

/** Somebody waits no more. */
export function leave(): void {
  waits -= 1;
  if (waits === 0) timer?.unref();
}
