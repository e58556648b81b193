import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../definition.ts';
import { inWords, observe } from '../observe.ts';

type Work = (signal: AbortSignal) => Promise<string>;
type InTime = (ms: number, work: Work) => unknown;

/** A time-out that ends the work, and does not only stop waiting for it. */
export const inTime: Definition<InTime> = {
  id: '05.2',
  title: 'in time',
  task: 'Give up work that takes longer than ms: tell it by the signal, and come back when it has cleaned up.',
  stub: async function inTime(ms: number, work: Work) {
    const late = sleep(ms).then(() => {
      throw new Error('too late');
    });
    return await Promise.race([work(new AbortController().signal), late]);
  },
  hints: [
    'Promise.race stops waiting. Who tells the work to stop?',
    'The work gets a signal that never aborts. AbortSignal.timeout(ms) makes one that does.',
    'Work that listens to its signal ends by itself, with an error, after it has cleaned up: so it is enough to await it.',
  ],
  solution: `async function inTime(ms, work) {
  return await work(AbortSignal.timeout(ms));
}`,
  async judge(answer, that) {
    const quick = await observe(() => answer(60_000, async () => 'soup'), 2_000);
    that('work in time gives its result', quick.value === 'soup', quick.trouble ?? `it gave ${String(quick.value)}`);
    const burns = async (): Promise<string> => {
      throw new Error('burnt');
    };
    const burnt = await observe(() => answer(60_000, burns), 2_000);
    const own = burnt.trouble?.includes('burnt') === true;
    that("the work's own error comes through", own, burnt.trouble ?? `it gave ${String(burnt.value)}`);

    const over = new AbortController();
    let [told, cleaned] = [false, false];
    const endless: Work = async (signal) => {
      const given = signal instanceof AbortSignal ? [signal] : [];
      try {
        return await sleep(60_000, 'at last', { signal: AbortSignal.any([over.signal, ...given]) });
      } finally {
        told = !over.signal.aborted;
        await sleep(20);
        cleaned = true;
      }
    };
    let running: Promise<string> | undefined;
    const begin: Work = (signal) => {
      running = endless(signal);
      return running;
    };
    const late = await observe(() => answer(20, begin), 2_000);
    const atEnd = { told, cleaned };
    over.abort();
    await running?.catch(inWords);
    const busy = late.trouble?.includes('still busy') === true;
    const failed = late.trouble !== undefined && !busy;
    that('work that is late fails', failed, late.trouble ?? `it gave ${String(late.value)}`);
    that('its signal tells it', atEnd.told, atEnd.told ? 'it was told' : 'nobody told it: it ran on');
    that(
      'nothing is left when it comes back',
      atEnd.cleaned,
      atEnd.cleaned ? 'it had cleaned up' : 'it had not cleaned up',
    );
  },
};
