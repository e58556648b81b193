import { parentPort, workerData } from 'node:worker_threads';
import { carryOut } from './entry.ts';
import { forgetCompiled } from './files.ts';
import { noteLane } from './lives.ts';

forgetCompiled();
noteLane(workerData.lane);
void carryOut(workerData, (notice) => parentPort!.postMessage(notice));
