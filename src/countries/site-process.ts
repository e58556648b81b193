import type { AddressInfo } from 'node:net';
import type { SiteOptions } from './options.ts';
import { Site } from './server.ts';
import type { SiteCounters } from './site.ts';

/** What the owner may ask for. */
export type Question = { what: 'start'; options: SiteOptions } | { what: 'counters' | 'checksums' | 'reset' };

/** What it is answered. */
export interface Answer {
  start: string;
  counters: SiteCounters;
  checksums: Map<string, number>;
  reset: undefined;
}

// Ctrl-C goes to every process of a terminal, and Jupyter's interrupt to all of a kernel: the owner decides.
process.on('SIGINT', () => {});
// Also when the owner was killed, the channel ends.
process.on('disconnect', () => process.exit());

let site: Site | undefined;
let url = '';

process.on('message', (question: Question) => {
  if (question.what === 'start') return start(question.options);
  process.send!({ value: answer(question.what) });
});

function start(options: SiteOptions): void {
  const opened = new Site(options);
  const { server, pages } = opened;
  server.once('error', (error) => {
    process.send!({ error: `The site of countries cannot start: ${error.message}` }, () => process.exit(1));
  });
  // As many connections may wait as the system allows: an unbounded crawl opens them all at once.
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    site = opened;
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    process.send!({ value: url });
    setImmediate(() => pages.makeAhead());
  });
}

function answer(what: 'counters' | 'checksums' | 'reset'): Answer[typeof what] {
  if (what === 'counters') return site!.counters();
  if (what === 'reset') site!.reset();
  return what === 'checksums' ? site!.checksums(url) : undefined;
}
