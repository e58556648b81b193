import { breakfast } from './00-breakfast.ts';
import { coresBusy } from './01-cores-busy.ts';
import { drop } from './01-drop.ts';
import { oneCook } from './01-one-cook.ts';
import { report } from './01-report.ts';
import { ask } from './02-ask.ts';
import { endAll } from './02-end-all.ts';
import { startAll } from './02-start-all.ts';
import { sumOf } from './02-sum-of.ts';
import { philosophers } from './03-philosophers.ts';
import { schedule } from './03-schedule.ts';
import { tally } from './03-tally.ts';
import { ticketLock } from './03-ticket-lock.ts';
import { drive } from './04-drive.ts';
import { mean } from './04-mean.ts';
import { million } from './04-million.ts';
import { takeTurns } from './04-take-turns.ts';
import { bounded } from './05-bounded.ts';
import { inTime } from './05-in-time.ts';
import { politely } from './05-politely.ts';
import { remember } from './05-remember.ts';
import { bothHands } from './06-both-hands.ts';
import { crumbs } from './06-crumbs.ts';
import { oneDies } from './06-one-dies.ts';
import { question } from './06-question.ts';
import { bank } from './07-bank.ts';
import { feed } from './07-feed.ts';
import { lostBytes } from './07-lost-bytes.ts';
import { stage } from './07-stage.ts';
import { savePage } from './08-save-page.ts';
import { tasksOnThreads } from './08-tasks-on-threads.ts';
import { tryAgain } from './08-try-again.ts';
import { waitsHere } from './08-waits-here-work-there.ts';
import { paysFrom } from './09-pays-from.ts';
import { pick } from './09-pick.ts';
import { stayHome } from './09-stay-home.ts';
import { bookedOnce } from './10-booked-once.ts';
import { survive } from './10-survive.ts';
import { whatIsAsked } from './10-what-is-asked.ts';

/** Every exercise of the course by its id, in reading order. */
export const definitions = {
  '00.1': breakfast,
  '01.1': coresBusy,
  '01.2': oneCook,
  '01.3': report,
  '01.4': drop,
  '02.1': startAll,
  '02.2': sumOf,
  '02.3': endAll,
  '02.4': ask,
  '03.1': tally,
  '03.2': ticketLock,
  '03.3': philosophers,
  '03.4': schedule,
  '04.1': mean,
  '04.2': takeTurns,
  '04.3': drive,
  '04.4': million,
  '05.1': bounded,
  '05.2': inTime,
  '05.3': remember,
  '05.4': politely,
  '06.1': bothHands,
  '06.2': crumbs,
  '06.3': question,
  '06.4': oneDies,
  '07.1': lostBytes,
  '07.2': feed,
  '07.3': stage,
  '07.4': bank,
  '08.1': tasksOnThreads,
  '08.2': savePage,
  '08.3': tryAgain,
  '08.4': waitsHere,
  '09.1': paysFrom,
  '09.2': pick,
  '09.3': stayHome,
  '10.1': bookedOnce,
  '10.2': whatIsAsked,
  '10.3': survive,
} as const;

/** The ids of all exercises: the lesson's number, a dot, the exercise's number. */
export type ExerciseId = keyof typeof definitions;
