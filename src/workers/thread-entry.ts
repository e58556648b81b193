import { parentPort, workerData } from 'node:worker_threads';
import { carryOut } from './entry.ts';
import { noteLane } from './lives.ts';

noteLane(workerData.lane);
void carryOut(workerData, (notice) => parentPort!.postMessage(notice));
