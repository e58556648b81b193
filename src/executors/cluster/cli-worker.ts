import { type Host, type HostOptions, startHost } from './host.ts';
import { shownUrl } from './settings.ts';

/** Ms between two lines at least. */
const sayEvery = 1000;
/** Ms that an end at once may take. */
const enough = 3000;
/** Ms in which the server is to be reached. */
const patience = 10_000;

/**
 * Works for a cluster until a signal ends it.
 *
 * @returns the exit code
 */
export async function work(options: HostOptions): Promise<number> {
  let refusal: string | undefined;
  const log = (line: string): void => {
    refusal = line;
  };
  const waiting = setTimeout(() => say(`no answer from ${shownUrl(options.url)} so far; tries on`), patience);
  let host: Host | undefined;
  let ending: Promise<void> | undefined;
  let leave: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const end = (signal: string): void => {
    if (host === undefined) process.exit(0);
    if (ending === undefined) {
      say(`${signal}: finishes what runs (${host.stats.running}), takes no more; again to end at once`);
      ending = host.drain();
      ending.then(leave, leave);
    } else {
      void host.close();
      // The server may be out of reach.
      setTimeout(leave, enough);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  // Whoever started it by a channel is gone.
  process.on('disconnect', () => end('its starter is gone'));
  try {
    host = await startHost({ ...options, log });
  } finally {
    clearTimeout(waiting);
  }
  const { concurrency, queue, url } = options;
  const only = options.allow === undefined ? '' : `, runs only ${options.allow.join(', ')}`;
  say(`'${host.name}' joined ${shownUrl(url)}, queue '${queue}', ${concurrency} at a time${only}`);
  let last = lineOf(host);
  const timer = setInterval(() => {
    const line = lineOf(host);
    if (line !== last || refusal !== undefined) say(refusal === undefined ? line : `${line}. ${refusal}`);
    last = line;
    refusal = undefined;
  }, sayEvery);
  await left;
  clearInterval(timer);
  const { done, failed } = host.stats;
  say(`ended; tasks done: ${done}, failed: ${failed}`);
  return 0;
}

function lineOf({ stats, trouble }: Host): string {
  const { running, done, failed, refused, rate } = stats;
  const words = [`messages under way: ${running}`, `tasks done: ${done}`];
  if (failed > 0) words.push(`failed: ${failed}`);
  if (refused > 0) words.push(`refused: ${refused}`);
  if (running > 0) words.push(`${Math.round(rate)} tasks/s`);
  if (trouble !== undefined) words.push(`no connection (${trouble.message || trouble.name})`);
  return words.join(', ');
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}
