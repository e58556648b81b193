import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { newSecret } from './seal.ts';
import { type ClusterSettings, secretVariable, settingsOf } from './settings.ts';

/** The environment variable that may hold the url, whose password arguments would show to other users. */
const urlVariable = 'INTERLEAVED_URL';

const help = `Usage: interleaved worker --url URL [options]   joins a cluster, and runs tasks until it is told to end
       interleaved status --url URL [options]   shows the workers of a cluster and what waits for them

  --url URL              redis://user:password@host:port, or rediss: for TLS; or in ${urlVariable},
                         where other users of this machine cannot read the password
  --queue NAME           the queue (interleaved)
  --prefix NAME          what its keys in the server begin with (interleaved)
  --tls-ca FILE          certificates (PEM) to trust instead of the system's

Of a worker:
  --secret-file FILE     the secret that callers have too; or in ${secretVariable}
  --concurrency N        tasks that run at a time, each in a process of its own (1)
  --allow MODULE#EXPORT  runs this function and no code that is sent; may be given several times
  --name NAME            what tables and timelines call it (machine and process)

  SIGTERM or SIGINT lets the tasks that run finish, gives the others back, and ends; a second one ends at once.

Of status:
  --watch                again each second, until it is interrupted
`;

const options = {
  url: { type: 'string' },
  queue: { type: 'string' },
  prefix: { type: 'string' },
  'tls-ca': { type: 'string' },
  'secret-file': { type: 'string' },
  concurrency: { type: 'string' },
  allow: { type: 'string', multiple: true },
  name: { type: 'string' },
  watch: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parse>['values'];

function parse(argv: string[]) {
  return parseArgs({ args: argv, options, allowPositionals: true });
}

/**
 * The command `interleaved`.
 *
 * @returns the exit code
 */
export async function main(argv: string[]): Promise<number> {
  try {
    const { positionals, values } = parse(argv);
    const [command = ''] = positionals;
    if (values.help || command === 'help') {
      console.log(help);
      return 0;
    }
    if (command === 'worker') {
      const { work } = await import('./cli-worker.ts');
      const { allow, name } = values;
      return await work({ ...settings(values), concurrency: concurrencyOf(values), allow, name });
    }
    if (command === 'status') {
      const { showStatus } = await import('./cli-status.ts');
      // Who may read the server may read the heartbeats: any secret does.
      return await showStatus(settings(values, newSecret()), values.watch === true);
    }
    console.error(`There is no command ${JSON.stringify(command)}.\n\n${help}`);
    return 2;
  } catch (error) {
    // Never the whole error: it may hold the url.
    console.error((error as Error).message);
    return 2;
  }
}

function settings(values: Values, otherwise?: string): ClusterSettings {
  const { url = process.env[urlVariable], queue, prefix } = values;
  const file = values['secret-file'];
  const secret = file === undefined ? otherwise : readFileSync(file, 'utf8').trim();
  const ca = values['tls-ca'];
  const tls = ca === undefined ? undefined : { ca: readFileSync(ca, 'utf8') };
  const found = settingsOf({ url, queue, prefix, tls, ...(secret !== undefined && { secret }) });
  // Not for the processes in which tasks run.
  delete process.env[secretVariable];
  delete process.env[urlVariable];
  return found;
}

function concurrencyOf({ concurrency = '1' }: Values): number {
  const number = Number(concurrency);
  if (!Number.isInteger(number) || number < 1) throw new TypeError(`--concurrency ${concurrency}: a whole number ≥ 1`);
  return number;
}
