import { judges } from './table.ts';

judges('02.4', {
  'exit looked at first': {
    right: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        let answer: { value: unknown } | undefined;
        worker.once('message', (value) => {
          answer = { value };
        });
        worker.once('error', reject);
        worker.once('exit', () => (answer ? resolve(answer.value) : reject(new Error('it said nothing'))));
      }),
  },
  'by Promise.race': {
    right: (Kind, source, data) => {
      const worker = new Kind(source, { eval: true, workerData: data });
      const error = new Promise((_, reject) => worker.once('error', reject));
      const exit = new Promise((_, reject) => worker.once('exit', (code) => reject(new Error(`code ${code}`))));
      return Promise.race([new Promise((resolve) => worker.once('message', resolve)), error, exit]);
    },
  },
  'message and error only': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('error', reject);
      }),
    fails: /^an end without a message is an error: exit code 3: it still waited.*exit code 0: it still waited/,
  },
  'message and exit only': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('exit', (code) => reject(new Error(`exit code ${code}`)));
      }),
    fails: /^the worker's error is the promise's: .* it failed with Error: exit code 1$/,
  },
  'only a bad exit code': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => code !== 0 && reject(new Error(`exit code ${code}`)));
      }),
    fails: /exit code 3: it failed with Error: exit code 3; exit code 0: it still waited/,
  },
  'exit gives undefined': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', resolve);
      }),
    fails: /^an end without a message is an error: exit code 3: it gave 3; exit code 0: it gave 0$/,
  },
  'not waited for': {
    wrong: (Kind, source, data) => {
      new Kind(source, { eval: true, workerData: data });
    },
    fails: /the message is the result: asked to double 21, it gave undefined/,
  },
  'the data forgotten': {
    wrong: (Kind, source) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`exit code ${code}`)));
      }),
    fails: /the message is the result: asked to double 21, it gave (null|NaN)/,
  },
  'no worker at all': {
    wrong: async (_Kind, _source, data) => 2 * (data as number),
    fails: /is asked once: 0 workers/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /the message is the result: asked to double 21, it failed with Error: no idea/,
  },
});
