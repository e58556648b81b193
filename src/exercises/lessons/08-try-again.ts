import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

type TryAgain = (get: () => Promise<Response>, tries: number) => unknown;

/** What the site does to one request: a status, a page, or a connection that breaks before or in the page. */
type Act = number | 'page' | 'reset' | 'broken page';

/** Ms between two tries below which a client counts as hammering. */
const shortest = 10;

/** A bounded retry that honours Retry-After. */
export const tryAgain: Definition<TryAgain> = {
  id: '08.3',
  title: 'try again, but not for ever',
  task: 'Give the text of the page, with so many tries at most. Wait as long as the site says, and ask no second time for what is not there.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: what the answer still has to use.
  stub: async function tryAgain(get: () => Promise<Response>, tries: number) {
    const reply = await get();
    return await reply.text();
  },
  hints: [
    'fetch throws when the connection breaks, and does not throw for a 503: look at reply.ok. text() may throw as well.',
    'A loop over the tries, in it a try … catch around get() and text(). Which statuses are worth another try? 429 and those from 500 on.',
    "Number(reply.headers.get('retry-after')) is the pause in seconds, if there is one; otherwise wait 20 ms, then 40, 80 …",
  ],
  solution: `async function tryAgain(get, tries) {
  for (let n = 1; ; n++) {
    let [pause, hope] = [20 * 2 ** n, true];
    try {
      const reply = await get();
      if (reply.ok) return await reply.text();
      hope = reply.status === 429 || reply.status >= 500;
      pause = Number(reply.headers.get('retry-after')) * 1000 || pause;
      throw new Error('the site says ' + reply.status);
    } catch (error) {
      if (!hope || n === tries) throw error;
    }
    await new Promise((go) => setTimeout(go, pause));
  }
}`,
  async judge(answer, that) {
    const visit = async (...acts: Act[]) => {
      const times: number[] = [];
      const get = async (): Promise<Response> => {
        const act = acts[Math.min(times.length, acts.length - 1)]!;
        times.push(performance.now());
        if (times.length > 20) await new Promise(() => {}); // an answer without a limit must not go on for ever
        return reply(act);
      };
      const { value, trouble } = await observe(() => answer(get, 4), 4_500);
      const calls = times.length;
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      const got = value === page ? 'the page' : (trouble ?? `it gave ${JSON.stringify(value)}`);
      return { calls, gaps, page: value === page, threw: trouble !== undefined, got: `${got} after ${calls} calls` };
    };
    const first = await visit('page');
    if (!that('a page that comes is asked for once', first.page && first.calls === 1, first.got)) return;
    const busy = await visit(503, 500, 'page');
    that('a site in trouble (503, 500) is asked again', busy.page && busy.calls === 3, busy.got);
    const reset = await visit('reset', 'broken page', 'page');
    that('so is one whose connection breaks, even within the page', reset.page && reset.calls === 3, reset.got);
    const down = await visit(503);
    that('after four tries it gives up, with an error', down.threw && down.calls === 4, down.got);
    const gone = await visit(404);
    that('a page that is not there is asked for once', gone.threw && gone.calls === 1, gone.got);
    const gaps = [...busy.gaps, ...reset.gaps, ...down.gaps];
    const least = Math.min(...gaps);
    const pause = gaps.length === 0 ? 'it never tried again' : `the shortest was ${least.toFixed(0)} ms`;
    that(`between two tries there is a pause of ${shortest} ms at least`, gaps.length > 0 && least >= shortest, pause);
    const told = await visit(429, 'page');
    const waited = told.gaps[0];
    const honoured = told.page && waited !== undefined && waited >= 990; // a timer may be early by a ms or two
    const seen = waited === undefined ? told.got : `it came back after ${(waited / 1000).toFixed(2)} s`;
    that('Retry-After: 1 is honoured', honoured, seen);
  },
};

const page = '<h1>São Tomé and Príncipe</h1>';

function reply(act: Act): Response {
  if (act === 'reset') throw new TypeError('fetch failed');
  if (act === 'page') return new Response(page);
  if (act === 'broken page') return new Response(breaking());
  return new Response('no page', { status: act, headers: act === 429 ? { 'retry-after': '1' } : {} });
}

function breaking(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode('<h1>São')),
    pull: (stream) => stream.error(new TypeError('terminated')),
  });
}
