import { host } from '../show/host.ts';
import { showsPictures } from '../show/show.ts';
import { now } from '../timing/clock.ts';
import { checkNode, Diagnosis, watch } from '../timing/diagnose.ts';
import { watchOthers } from '../timing/others.ts';
import { Choice } from './choice.ts';
import { engineNames } from './choose-decide.ts';
import { type ChooseOptions, type ChoosePlan, choosePlan } from './choose-options.ts';
import { inALoop, inWords, type OpenTrial, OtherResults, type Refusal, titleOf, tryEngine } from './choose-trial.ts';
import { isThenable } from './outcome.ts';

/** Ms that one run of all items should take at least. */
const enough = 100;
/** Calls of one run at most. */
const mostCalls = 100_000;

/**
 * Tries a function on a sample of its items, on each engine that makes sense, and recommends one, with the evidence.
 *
 * It diagnoses the function, then runs the same items in a plain loop, as async tasks (if it gives promises), on a pool
 * of threads and on one of processes: start, first run and later runs apart, in rounds that take turns. All must give
 * the same results. Of engines that are equally fast the simplest is recommended. What cannot travel to a worker is
 * named, and tried at home only.
 *
 * The function is called many times for each item, so it must bear that. Of a long sample only the beginning is tried.
 *
 * @param fn of one item; async or not
 * @param items a sample of the work, some tens of items if there are so many
 * @returns the choice, which shows itself
 * @throws what `fn` throws at home; an Error when it gives another result for the same item each time, or before Node
 *   22.19, which `diagnose` needs
 * @example
 * const choice = await choose(thumbnail, photos.slice(0, 20), { total: photos.length });
 * await withExecutor(choice.executor(), (engine) => engine.map(thumbnail, photos));
 */
export async function choose<T, R>(
  fn: (item: T) => R,
  items: Iterable<T>,
  options: ChooseOptions = {},
): Promise<Choice> {
  const plan = choosePlan(fn, items, options);
  checkNode();
  const deadline = now() + plan.budget;
  let interrupted = false;
  const release = host()?.onInterrupt(() => {
    interrupted = true;
  });
  const goOn = () => {
    if (interrupted) throw new Error('The choice was interrupted.');
  };
  const open: OpenTrial[] = [];
  try {
    const { tried, promises } = await fitting(plan);
    goOn();
    const { facts, error } = await watch(plan.label, () => inALoop(plan.fn, tried));
    if (error) throw error.reason;
    const diagnosis = new Diagnosis<unknown[]>(facts);
    const patience = Math.ceil(Math.max(plan.budget / 4, 10 * diagnosis.ms));
    const refused: Refusal[] = [];
    for (const engine of engineNames) {
      goOn();
      if (engine === 'async' && !promises) {
        const why = 'the function gives no promise, so its tasks would not overlap';
        refused.push({ engine, title: titleOf(engine, plan), why });
        continue;
      }
      const found = await tryEngine(engine, plan, tried, diagnosis.value, patience);
      if ('why' in found) refused.push(found);
      else open.push(found);
    }
    const others = watchOthers();
    for (let round = 0, longest = 0; round < plan.rounds; round++) {
      const begun = now();
      if (round > 0 && begun + longest > deadline) break;
      const shift = round % open.length;
      for (const one of [...open.slice(shift), ...open.slice(0, shift)]) {
        goOn();
        const refusal = await againOn(one, patience);
        if (refusal === undefined) continue;
        refused.push(refusal);
        open.splice(open.indexOf(one), 1);
      }
      longest = Math.max(longest, now() - begun);
    }
    const trials = open.map(({ trial }) => trial);
    const choice = new Choice({ plan, diagnosis, tried: tried.length, trials, refused, others: others() });
    return showsPictures() ? await choice.draw() : choice;
  } catch (error) {
    if (error instanceof OtherResults) throw neverTheSame(plan, error);
    throw error;
  } finally {
    release?.();
    await Promise.all(open.map(({ close }) => close()));
  }
}

function neverTheSame({ label }: ChoosePlan, { message }: OtherResults): Error {
  return new Error(
    `${label} gives another result for the same item each time (${message}), so no two engines can be compared.` +
      ' If that is meant, say what counts as equal: choose(…, { equal: (a, b) => … }).',
  );
}

/** One more round; the refusal where it fails. */
async function againOn({ trial, again, close }: OpenTrial, patience: number): Promise<Refusal | undefined> {
  try {
    trial.rounds.push(await again());
    return undefined;
  } catch (error) {
    if (trial.engine === 'serial') throw error;
    await close();
    return { engine: trial.engine, title: trial.title, why: inWords(error, patience) };
  }
}

/** The items of one run: of a long job its beginning, of a short one all items, as often as it takes to be measured. */
async function fitting(plan: ChoosePlan): Promise<{ tried: readonly unknown[]; promises: boolean }> {
  const { fn, items, total, workers, budget } = plan;
  const fair = Math.max(8, 2 * workers);
  const longest = budget / 8;
  let promises = false;
  let count = 0;
  let ms = 0;
  const start = now();
  for (const item of items) {
    const result = fn(item);
    promises ||= isThenable(result);
    if (promises) await result;
    count += 1;
    ms = now() - start;
    if (count >= mostCalls || ms > longest || (ms > 3 * enough && count >= fair)) break;
  }
  const part = items.slice(0, count);
  const most = Math.max(1, Math.floor(mostCalls / count));
  let times = 1;
  // Compiled code is faster than the first run was: looks again until it lasts.
  for (let look = 0; look < 4 && ms < 0.7 * enough && times < most; look++) {
    times = Math.min(most, Math.ceil((times * enough) / Math.max(ms, 0.01)));
    const begun = now();
    await inALoop(fn, repeated(part, times));
    ms = now() - begun;
  }
  const share = Math.ceil(Math.min(fair, total) / count);
  const affordable = Math.floor((longest * times) / ms);
  return { tried: repeated(part, Math.max(times, Math.min(share, affordable))), promises };
}

const repeated = (part: readonly unknown[], times: number): readonly unknown[] =>
  times === 1 ? part : Array.from({ length: times }, () => part).flat();
